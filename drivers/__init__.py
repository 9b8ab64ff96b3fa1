"""Hardware and host behind `appliance.ports`."""
