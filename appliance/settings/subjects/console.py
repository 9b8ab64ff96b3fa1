"""The console, over whatever door it is reached (settings.md §13)."""

from __future__ import annotations

from appliance.settings.kinds import Integer
from appliance.settings.row import Restarts, Setting, Subject


class Console(Subject):
    """`console.*`"""

    line_length = Setting(
        Integer(256, 8192, "octets"), "1024", level=3, restarts=Restarts.SESSION, help="Longest input line."
    )
