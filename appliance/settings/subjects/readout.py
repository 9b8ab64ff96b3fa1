"""When meters are read, what they are called, how often an order is tried again (settings.md §5, §6)."""

from __future__ import annotations

from appliance.settings.kinds import Duration, Integer, ScheduleText, Text, YesNo
from appliance.settings.row import Part, Restarts, Setting, Subject

MONTH = 2678400  # seconds


# fmt: off
class Continuous(Subject):
    """`readout.continuous.*`"""

    enabled = Setting(YesNo(), "false", level=2, restarts=Restarts.SEGMENT,
        help="Read all the time; newest values in memory, storing still on schedule.")
    pause = Setting(Duration("s", 0, 3600), "0", level=2,
        help="Pause between two continuous rounds, to spare batteries.")


class Readout(Subject):
    """`readout.*`"""

    enabled = Setting(YesNo(), "true", level=2, restarts=Restarts.PLAN,
        help="Read the meters on schedule.")
    schedule = Setting(ScheduleText(), "15min", level=2, restarts=Restarts.PLAN,
        help="When meters without their own schedule are read.")
    continuous = Part(Continuous)
    battery_interval = Setting(Duration("s", 0, MONTH), "3600", level=2,
        help="Meters marked battery are not read more often than this, except by hand.")
    silent_after = Setting(Integer(1, 1000, "slots"), "3", level=2,
        help="A wired meter is silent after so many missed slots.")
    round_limit = Setting(Integer(10, 100, "%"), "95", level=2,
        help="Retries still open at this part of the period are dropped so that the next round starts in time.")


class Search(Subject):
    """`search.*`"""

    name = Setting(Text(1, 80), "{manufacturer} {medium} {primary} {secondary}", level=2,
        help="Name given to a found meter.")


class ScheduledJob(Subject):
    """`job.scheduled.*`"""

    retries = Setting(Integer(0, 20), "3", level=3,
        help="Retries of a scheduled job after the first attempt.")
    retry_offset = Setting(Duration("s", 0, 86400), "60", level=3,
        help="Wait between them.")


class ManualJob(Subject):
    """`job.manual.*`"""

    retries = Setting(Integer(0, 20), "0", level=3,
        help="Retries of a job started by hand.")
    retry_offset = Setting(Duration("s", 0, 86400), "0", level=3,
        help="Wait between them.")


class Job(Subject):
    """`job.*`"""

    scheduled = Part(ScheduledJob)
    manual = Part(ManualJob)
# fmt: on
