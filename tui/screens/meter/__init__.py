"""Everything about one meter: a page with a tab for values, readings, charts, registers, settings and log."""
