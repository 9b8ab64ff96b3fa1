"""What is kept, how long, and what the log takes (settings.md §8, §9)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from appliance.log import Output
from appliance.settings.kinds import CronText, Duration, Host, Integer, OneOf, Port, Size, Url, YesNo
from appliance.settings.row import Part, Restarts, Setting, Subject

DATABASE: Final = "DATA/busmeister.db"  # stands for the URL of where it is; DATA is the data folder


class Severity(StrEnum):
    """How much a log entry matters, the least first."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Telegrams(StrEnum):
    """How long raw telegrams go to the log."""

    OFF = "off"
    HOUR = "hour"
    DAY = "day"


class SyslogProtocol(StrEnum):
    """How entries travel."""

    TLS = "tls"
    TCP = "tcp"
    UDP = "udp"


class MeterStatusRule(StrEnum):
    """When a status byte is worth an entry."""

    ALWAYS = "always"
    NEVER = "never"
    ON_CHANGE = "on_change"
    ON_ERROR = "on_error"


# fmt: off
class Batch(Subject):
    """`storage.batch.*`"""

    readings = Setting(Integer(1, 500), "50", level=3,
        help="Readings written in one transaction at most.")
    time = Setting(Duration("s", 1, 60), "30", level=3,
        help="Longest wait before readings are written.")


class Maintenance(Subject):
    """`storage.maintenance.*`"""

    schedule = Setting(CronText(), "35 * * * *", level=3, restarts=Restarts.PLAN,
        help="When housekeeping runs.")


class Snapshot(Subject):
    """`storage.snapshot.*`"""

    schedule = Setting(CronText(optional=True), "20 2 * * *", level=3, restarts=Restarts.PLAN, note="empty = off",
        help="When the last good copy of the configuration part (settings, users, meters, registers, keys, licences; "
             "not the readings) is made, besides after each change.")


class Check(Subject):
    """`storage.check.*`"""

    schedule = Setting(CronText(optional=True), "40 2 * * sun", level=3, restarts=Restarts.PLAN, note="empty = off",
        help="When the database is checked from end to end.")


class Storage(Subject):
    """`storage.*`"""

    database = Setting(Url("file", "postgresql", "cockroachdb"), DATABASE, level=3, device=True,
        restarts=Restarts.APPLIANCE, given_by="busmeister run --database URL",
        help="Where values are kept.")
    retention = Setting(Duration("d", 0, 36500), "0", level=3, note="0 = until the disk is full",
        help="Delivered values older than this are deleted.")
    high_water = Setting(Integer(50, 98, "% of disk"), "90", level=3,
        help="Oldest delivered values are deleted above this.")
    ballast = Setting(Size("MiB", 4, 1024), "16", level=3, restarts=Restarts.APPLIANCE,
        help="Reserve file given up when the disk is full, so that clean-up can work.")
    batch = Part(Batch)
    disk_warning = Setting(Size("MiB", 10, 100000), "500", level=3,
        help='Event "disk low" below this.')
    maintenance = Part(Maintenance)
    snapshot = Part(Snapshot)
    check = Part(Check)


class Files(Subject):
    """`files.*`"""

    quota = Setting(Size("MiB", 16, 100000), "1024", level=3,
        help="Space for the file repository: backups, reports, exports.")


class Syslog(Subject):
    """`log.syslog.*`"""

    enabled = Setting(YesNo(), "false", level=3, restarts=Restarts.SERVICE,
        help="Send log lines to a syslog server.")
    server = Setting(Host(), "", level=3, restarts=Restarts.SERVICE,
        help="Syslog server.")
    port = Setting(Port(), "6514", level=3, restarts=Restarts.SERVICE,
        help="Its port (514 for udp).")
    protocol = Setting(OneOf(SyslogProtocol), "tls", level=3, restarts=Restarts.SERVICE,
        help="How lines are sent; udp and tcp are readable by others.")
    severity = Setting(OneOf(Severity), "warning", level=3,
        help="Lowest severity sent.")


class Log(Subject):
    """`log.*`"""

    severity = Setting(OneOf(Severity), "info", level=3,
        help="Lowest severity kept in the system log.")
    meter_status = Setting(OneOf(MeterStatusRule), "on_change", level=3,
        help="When a meter's status byte goes to its log.")
    flood_interval = Setting(Duration("s", 0, 3600), "60", level=3, note="0 = off",
        help="Same source and text at most once in this time, then the number left out.")
    size = Setting(Size("MB", 1, 10000), "100", level=3,
        help="Largest log; oldest entries go first.")
    retention = Setting(Duration("d", 1, 3650), "31", level=3,
        help="Entries older than this are deleted.")
    output = Setting(OneOf(Output), "text", level=3, device=True,
        help="Form of log lines on standard error, for the host's journal.")
    telegrams = Setting(OneOf(Telegrams), "off", level=3,
        help="Write raw telegrams to the log for so long, then off by itself (personal data).")
    syslog = Part(Syslog)
# fmt: on
