"""Every action a user can take, one row each: words, typed arguments, level, help and a plain function."""
