"""The console, over whatever door it is reached, and TLS (settings.md §13, §16)."""

from __future__ import annotations

from enum import StrEnum

from appliance.settings.kinds import Duration, Integer, IpList, Listen, OneOf, Port, Text, YesNo
from appliance.settings.row import Part, Restarts, Setting, Subject
from appliance.settings.subjects.security import LevelPasswords

SERVICE, SESSION = Restarts.SERVICE, Restarts.SESSION


class Encryption(StrEnum):
    """Whether a port speaks TLS."""

    OFF = "off"
    OFFER = "offer"
    REQUIRED = "required"


class TlsVersion(StrEnum):
    """Oldest version spoken."""

    V1_2 = "1.2"
    V1_3 = "1.3"


# fmt: off
class Console(Subject):
    """`console.*`"""

    enabled = Setting(YesNo(), "true", level=3, restarts=SERVICE, help="Offer the console on the network.")
    listen = Setting(Listen(), "127.0.0.1", level=3, restarts=SERVICE, help="Addresses the console listens on.",
                     note="others than loopback need console.allow or console.tls=required")
    port = Setting(Port(), "9999", level=3, restarts=SERVICE, help="Its TCP port.")
    tls = Setting(OneOf(Encryption), "offer", level=3, restarts=SERVICE,
                  help="TLS on the same port; offer also takes plain text.")
    idle_timeout = Setting(Duration("s", 10, 86400), "60", level=3, restarts=SESSION,
                           help="A silent client is closed after this.")
    max_clients = Setting(Integer(1, 32), "8", level=3, restarts=SERVICE, help="Most clients at once.")
    allow = Setting(IpList(), "", level=3, restarts=SERVICE, help="Clients that may connect.", note="empty = all")
    auto_off = Setting(Duration("min", 0, 10080), "0", level=3, note="0 = never",
                       help="Close the network console after this time, for a visit.")
    line_length = Setting(Integer(256, 8192, "octets"), "1024", level=3, restarts=SESSION,
                          help="Longest input line.")
    password = Part(LevelPasswords)
    page = Setting(YesNo(), "true", level=2, restarts=SESSION,
                   help="Stop long answers at each screenful in a terminal.")


class Tls(Subject):
    """`tls.*`"""

    minimum_version = Setting(OneOf(TlsVersion), "1.2", level=3, restarts=SERVICE,
                              help="Oldest TLS version, in and out.")
    certificate = Setting(Text(1, 63), "self", level=3, device=True, restarts=SERVICE,
                          help="Certificate of services that name none (console, Modbus, OPC UA, virtual).",
                          note="alias in the key store")
    expiry_warning = Setting(Duration("d", 1, 365), "30", level=3, help="Event before a certificate ends.")
    self_signed_life = Setting(Duration("d", 30, 7300), "3650", level=3, help="Life of a self-signed certificate.")
# fmt: on
