"""The machine the appliance runs on."""
