"""The machine's network, as far as the display can set it up (settings.md §3)."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_network

from appliance.settings.kinds import Address, HostPorts, NotTaken, OneOf, ScheduleText, Text, YesNo
from appliance.settings.row import Part, Restarts, Setting, Subject

NETWORK = Restarts.NETWORK


class LanMode(StrEnum):
    """How an interface gets its address."""

    DHCP = "dhcp"
    STATIC = "static"
    OFF = "off"


class Netmask(Address):
    """A mask, or the length of its prefix, which is kept as the mask."""

    def parse(self, text: str) -> IPv4Address | IPv6Address | None:
        try:
            return IPv4Address(int(ip_network(f"0.0.0.0/{text}").netmask))
        except ValueError:
            raise NotTaken from None

    def allowed(self) -> str:
        return "a network mask such as 255.255.255.0, or a prefix length such as 24"


# fmt: off
class Lan(Subject):
    """`network.lan.*`"""

    device = Setting(Text(0, 15), "", level=3, device=True, restarts=NETWORK, note="empty = first wired one",
        help="Network interface of the local network.")
    mode = Setting(OneOf(LanMode), "dhcp", level=3, device=True, restarts=NETWORK,
        help="How the interface gets its address.")
    address = Setting(Address(), "", level=3, device=True, restarts=NETWORK,
        help="Fixed IP address.")
    netmask = Setting(Netmask(), "255.255.255.0", level=3, device=True, restarts=NETWORK,
        help="Network mask of the fixed address.")
    gateway = Setting(Address(), "", level=3, device=True, restarts=NETWORK,
        help="Router for other networks.")


class InternetCheck(Subject):
    """`network.internet_check.*`"""

    enabled = Setting(YesNo(), "true", level=3,
        help="Show on the overview whether the internet is reached.")
    target = Setting(HostPorts(), "", level=3, note="empty = first time server's name is resolved, nothing sent",
        help="What is contacted to tell whether the internet is reached.")
    schedule = Setting(ScheduleText(), "15min", level=3, restarts=Restarts.PLAN,
        help="How often it is checked.")


class Network(Subject):
    """`network.*`"""

    managed = Setting(YesNo(), "false", level=3, device=True, restarts=NETWORK,
        help="Let the appliance set the machine's network; off leaves it to the operating system.")
    internet_check = Part(InternetCheck)
    lan = Part(Lan)
# fmt: on
