"""A simulated building: meters described in TOML or taken from captured telegrams, the wire between them, faults.

`building.load` makes one, `building.bus(clock)` hangs it on a wire in virtual time, `line.SimulatedLine` is that bus
as a line in real time, `offer.serve` gives it to any M-Bus master on a pty or a TCP port.
"""
