"""What most often keeps an appliance from working, one subject a file. Looking changes nothing."""
