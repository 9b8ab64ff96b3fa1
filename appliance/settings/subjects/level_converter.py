"""The bus handed to a computer (settings.md §19)."""

from __future__ import annotations

from enum import StrEnum

from appliance.settings.kinds import Duration, Integer, IpList, Listen, OneOf, Port, Text, Url
from appliance.settings.row import Restarts, Setting, Subject
from appliance.settings.subjects.bus import BAUD_RATES

SERVICE = Restarts.SERVICE


class Computer(StrEnum):
    """Where the computer is."""

    USB = "usb"
    TCP = "tcp"


class SegmentName(Text):
    """Name of a segment."""

    word = "name"


# fmt: off
class LevelConverter(Subject):
    """`level_converter.*`"""

    type = Setting(OneOf(Computer), "usb", level=3, restarts=SERVICE,
        help="Where the computer is that gets the bus.")
    url = Setting(Url("serial"), "", level=3, device=True, restarts=SERVICE,
        help="Serial line of the USB port.")
    listen = Setting(Listen(), "127.0.0.1", level=3, restarts=SERVICE,
        help="Addresses the TCP form listens on, only while the mode is on.")
    port = Setting(Port(), "50000", level=3, restarts=SERVICE,
        help="Its TCP port.")
    allow = Setting(IpList(), "", level=3, restarts=SERVICE,
        help="Clients that may connect.")
    max_clients = Setting(Integer(1, 1), "1", level=3, restarts=SERVICE,
        help="One computer at a time.")
    idle_timeout = Setting(Duration("s", 60, 86400), "600", level=3, restarts=SERVICE,
        help="The mode ends after this silence and readouts go on.")
    segment = Setting(SegmentName(1, 32), "main", level=3, device=True, restarts=SERVICE,
        help="Segment handed over.")
    baud_rate = Setting(Integer(unit="Bd", of=BAUD_RATES), "2400", level=3, restarts=SERVICE,
        help="Baud rate on the bus.")
# fmt: on
