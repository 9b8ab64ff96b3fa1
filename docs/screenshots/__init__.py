"""Pictures for the README, made by `make screenshots`."""
