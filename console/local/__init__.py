"""The door to the console on the machine itself: a Unix socket that knows who is at its other end."""
