"""What meters are to the appliance, apart from any bus or store. Pure, like `appliance.mbus` below it."""
