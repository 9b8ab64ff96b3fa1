"""Gives the machine the fixed address of the settings, where `network.managed` leaves that to the appliance."""

from __future__ import annotations

from ipaddress import IPv4Address

from appliance.errors import HardwareError
from appliance.log import stream
from appliance.ports import FixedAddress, Host
from appliance.settings import Settings
from appliance.settings.subjects.network import LanMode

log = stream("service.network")


def fixed_address(settings: Settings) -> FixedAddress | None:
    """The address the appliance is to set; None where that is the operating system's business."""
    lan = settings.network.lan
    address, netmask = lan.address, lan.netmask
    if not (settings.network.managed and lan.mode is LanMode.STATIC):
        return None
    if not (isinstance(address, IPv4Address) and isinstance(netmask, IPv4Address)):
        return None
    router = lan.gateway if isinstance(lan.gateway, IPv4Address) else None
    return FixedAddress(device=lan.device, address=address, netmask=netmask, gateway=router)


def apply_network(settings: Settings, host: Host) -> str:
    """Set it as it is wanted now; a sentence for whoever ordered it, beginning with `err` where it cannot be done."""
    wanted = fixed_address(settings)
    if wanted is None:
        return "saved, not applied: network.managed is off"
    try:
        host.give_address(wanted)
    except HardwareError as error:
        log.warning("The address %s is not set: %s", wanted.address, error.sentence)
        return f"err: saved for next start. {error.sentence}"
    log.info("The address of this machine is %s, mask %s.", wanted.address, wanted.netmask)
    return f"saved and applied: {wanted.address}"
