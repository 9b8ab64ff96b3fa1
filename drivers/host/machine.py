"""The machine the appliance runs on, as the panel sees and sets it."""

from __future__ import annotations

from appliance.ports import FixedAddress, Link
from drivers.host.addresses import give_address
from drivers.host.network import HostNetwork
from drivers.host.usb import has_power


class HostMachine:
    """A Linux machine. Implements `Host`."""

    def __init__(self) -> None:
        self._network = HostNetwork()

    def link(self, device: str = "") -> Link:
        """How its wired network is now."""
        return self._network.link(device)

    def usb_has_power(self, line: str) -> bool:
        """Whether a computer is at the USB port."""
        return has_power(line)

    def give_address(self, wanted: FixedAddress) -> None:
        """An address for the network interface, until the machine restarts."""
        give_address(wanted.device or self._network.first_device(), wanted)
