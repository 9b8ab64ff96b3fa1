"""Speed and memory of the appliance, as ratios in one run: `make bench`."""
