"""A simulated building: meters, wire and faults."""
