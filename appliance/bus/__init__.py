"""The bus engine: segments as sans-IO steps, rounds on the grid, leases, one worker thread per segment."""
