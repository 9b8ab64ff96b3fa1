"""The whole appliance, as a process of its own, used as a person uses it."""
