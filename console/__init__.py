"""The console: one language over every door (operations.md §14). Calls operations, has no logic of its own."""
