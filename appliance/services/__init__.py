"""Services that run upon the operations: what the appliance is to the hands at its panel and to other systems."""
