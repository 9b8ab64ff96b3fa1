"""The appliance itself: everything but its views and its drivers."""
