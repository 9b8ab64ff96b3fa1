"""What screens are made of. Widgets draw plain data; they know neither the appliance nor the screen they are on."""
