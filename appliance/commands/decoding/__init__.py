"""What `busmeister decode` needs besides the protocol core: telegrams from text, a table for people, keys."""
