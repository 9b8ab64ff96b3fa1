"""The commands of the command line, one module each: `add_arguments(parser)` and `run(arguments) -> int` (exit code)."""
