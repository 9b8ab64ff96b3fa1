"""SSH and the dashboard (settings.md §14)."""

from __future__ import annotations

from enum import StrEnum

from appliance.settings.kinds import Duration, Exact, Integer, IpList, Listen, OneOf, Port, YesNo
from appliance.settings.row import Restarts, Setting, Subject


class Look(StrEnum):
    """Colours of the dashboard."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    PLAIN = "plain"


class StartScreen(StrEnum):
    """What a session opens with."""

    OVERVIEW = "overview"
    METERS = "meters"
    BUS = "bus"
    LOG = "log"


# fmt: off
class Ssh(Subject):
    """`ssh.*`"""

    enabled = Setting(YesNo(), "true", level=3, restarts=Restarts.SERVICE, help="Dashboard and console over SSH.")
    listen = Setting(Listen(), "0.0.0.0", level=3, restarts=Restarts.SERVICE, help="Addresses SSH listens on.")
    port = Setting(Port(), "2222", level=3, restarts=Restarts.SERVICE, help="Its TCP port.")
    idle_timeout = Setting(Duration("s", 30, 86400), "300", level=3, restarts=Restarts.SESSION,
                           help="A silent session is closed after this.")
    max_clients = Setting(Integer(1, 32), "8", level=3, restarts=Restarts.SERVICE, help="Most sessions at once.")
    allow = Setting(IpList(), "", level=3, restarts=Restarts.SERVICE, help="Clients that may connect.",
                    note="empty = all")
    password_login = Setting(YesNo(), "true", level=3, restarts=Restarts.SESSION, help="Allow login by password.",
                             note="off: keys only")


class Dashboard(Subject):
    """`dashboard.*`"""

    max_clients = Setting(Integer(1, 16), "4", level=3, help="Most dashboards at once, all doors together.")
    refresh_rate = Setting(Exact("0.2", "2", "/s"), "2", level=3, restarts=Restarts.SESSION,
                           help="Screen updates a second.")
    theme = Setting(OneOf(Look), "dark", level=2, restarts=Restarts.SESSION,
                    help="Colours; a user's own choice wins.")
    start_screen = Setting(OneOf(StartScreen), "overview", level=2, restarts=Restarts.SESSION,
                           help="Screen a session opens with.")
    show_passive = Setting(YesNo(), "false", level=2, restarts=Restarts.SESSION, help="List passive meters too.")
# fmt: on
