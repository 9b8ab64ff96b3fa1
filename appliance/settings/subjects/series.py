"""How series are shown (settings.md §7)."""

from __future__ import annotations

from enum import StrEnum

from appliance.settings.kinds import OneOf, YesNo
from appliance.settings.row import Setting, Subject


class ChartPeriod(StrEnum):
    """What of time a chart shows at first."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


# fmt: off
class Series(Subject):
    """`series.*`"""

    chart_period = Setting(OneOf(ChartPeriod), "week", level=2, help="Period a chart opens with.")
    gap_mark = Setting(YesNo(), "true", level=2,
                       help="Mark roll-over, meter swap and running back instead of smoothing.")
# fmt: on
