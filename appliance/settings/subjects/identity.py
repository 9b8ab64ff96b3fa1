"""Who this appliance is, and how it writes numbers and times (settings.md §1, §2)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from appliance.meters.units import Units
from appliance.settings.kinds import OneOf, Text, Url, Zone
from appliance.settings.row import Numbers, Restarts, Setting, Subject

SUPPORT: Final = 8  # links


class Language(StrEnum):
    """A language that the texts of the appliance are written in."""

    ENGLISH = "en"


class DecimalSeparator(StrEnum):
    """What stands between the whole and the rest."""

    POINT = "point"
    COMMA = "comma"

    @property
    def sign(self) -> str:
        """The sign itself."""
        return "," if self is DecimalSeparator.COMMA else "."


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As `date.weekday` counts, Monday is 0."""
        return list(Weekday).index(self)


# fmt: off
class Support(Subject):
    """`identity.support.N.*`"""

    name = Setting(Text(0, 80), "", level=2, help="Label of a support link on the help screen.")
    url = Setting(Url("https", "http", "mailto"), "", level=2, help="Address of that support link.")


class Identity(Subject):
    """`identity.*`"""

    name = Setting(Text(1, 63), "busmeister-<serial>", level=2, device=True,
                   help="Name of this appliance in reports, screens, display and as mail sender.")
    location = Setting(Text(0, 80), "", level=2, device=True,
                       help="Where this appliance hangs; shown beside the name on every screen.")
    contact = Setting(Text(0, 80), "", level=2,
                      help="Who to call; shown on the help screen and as the SNMP contact.")
    banner = Setting(Text(0, 1000, lines=True), "", level=3, restarts=Restarts.SESSION,
                     help="Notice shown before every login.")
    support = Numbers(Support, SUPPORT)


class Localization(Subject):
    """`localization.*`"""

    language = Setting(OneOf(Language), "en", level=2, note="the texts have no translation yet",
                       help="Language of texts the appliance writes itself: reports, log, display.")
    decimal_separator = Setting(OneOf(DecimalSeparator), "point", level=2,
                                help="Decimal separator in reports and exports.")
    first_weekday = Setting(OneOf(Weekday), "monday", level=2,
                            help="First day of the week in weekly reports, filters and charts.")
    units = Setting(OneOf(Units), "friendly", level=2,
                    help="Units on screens: friendly (kWh), base (Wh) or as the meter sent them.")


class Time(Subject):
    """`time.*`"""

    zone = Setting(Zone(), "host", level=3, restarts=Restarts.PLAN,
                   help="Zone in which schedules run and times are shown.")
# fmt: on
