"""The dashboard. A view of `appliance.operations`."""
