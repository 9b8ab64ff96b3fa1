"""The appliance as a whole: restarts on schedule, and what makes no progress (settings.md §23)."""

from __future__ import annotations

from appliance.settings.kinds import CronText, Duration, YesNo
from appliance.settings.row import Restarts, Setting, Subject


# fmt: off
class Restart(Subject):
    """`restart.*`"""

    enabled = Setting(YesNo(), "false", level=3, restarts=Restarts.PLAN, help="Restart on schedule.")
    schedule = Setting(CronText(), "0 4 * * sun", level=3, restarts=Restarts.PLAN,
                       help="When; waits for the end of a round.")


class Watchdog(Subject):
    """`watchdog.*`"""

    enabled = Setting(YesNo(), "true", level=3, device=True, restarts=Restarts.APPLIANCE,
                      help="Restart what makes no progress; feed the machine's watchdog.")
    stall_time = Setting(Duration("s", 10, 3600), "60", level=3, help="No progress for so long counts as a stall.")
# fmt: on
