"""The console: command grammar, sessions and rendering. A view of `appliance.operations`."""
