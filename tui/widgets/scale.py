"""Scales of charts: round steps of values and of time. Drawing may use floats; what is written beside is exact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NEAR_ZERO: Final = 0.3  # part of the range within which zero is drawn too
STEPS: Final = (3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2678400, 5356800)


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`, with labels every `step`."""

    low: float
    high: float
    step: float

    def part(self, value: float) -> float:
        """0 at the bottom, 1 at the top."""
        return (value - self.low) / (self.high - self.low)

    @property
    def labels(self) -> list[float]:
        """Two or three."""
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * i for i in range(count + 1)]


def scale_of(values: list[float], *, from_zero: bool = False) -> Scale:
    """A rounded scale around the values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if from_zero or 0 <= low <= (high - low) * NEAR_ZERO:
        low = min(0.0, low)
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = rounded((high - low) / 2)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)


def rounded(step: float) -> float:
    """The next of 1, 2, 4, 5, 10 ... that is not less."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 4, 5, 10) if factor * power >= step * (1 - 1e-9))


def written(value: float, step: float) -> str:
    """A label with as many digits as the step has, thousands set apart by a blank."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{digits}f}".replace(",", " ")


def ticks(since: int, until: int, most: int, zone: ZoneInfo) -> list[tuple[int, str]]:
    """Round times between two moments, with how they are written."""
    step = next((step for step in STEPS if (until - since) / step <= most), STEPS[-1])
    begin = datetime.fromtimestamp(since, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    moment = begin
    while moment.timestamp() < until:
        if moment.timestamp() > since:
            found.append((int(moment.timestamp()), f"{moment:%H:%M}" if step < 86400 else f"{moment:%d.%m.}"))
        moment = _after(moment, step, zone)
    return found


def _after(moment: datetime, step: int, zone: ZoneInfo) -> datetime:
    """Days by the calendar, which has some of 23 and 25 hours; hours by the clock."""
    if step >= 86400:
        return (moment.replace(tzinfo=None) + timedelta(days=step // 86400)).replace(tzinfo=zone)
    return datetime.fromtimestamp(moment.timestamp() + step, zone)


def edges(since: int, until: int, step: str, zone: ZoneInfo) -> tuple[int, ...]:
    """Full hours, local midnights or firsts of months, from the one before `since` to the one after `until`."""
    moment = datetime.fromtimestamp(since, zone).replace(minute=0, second=0, microsecond=0)
    if step != "hour":
        moment = moment.replace(hour=0, day=moment.day if step == "day" else 1)
    found = [int(moment.timestamp())]
    while found[-1] < until:
        moment = _later(moment, step, zone)
        found.append(int(moment.timestamp()))
    return tuple(found)


def whole(bounds: tuple[int, ...], since: int) -> tuple[int, ...]:
    """Without the first one, where it lies before the time that is shown and others are left."""
    return bounds[1:] if bounds[0] < since and len(bounds) > 2 else bounds


def _later(moment: datetime, step: str, zone: ZoneInfo) -> datetime:
    if step == "month":
        return moment.replace(year=moment.year + moment.month // 12, month=moment.month % 12 + 1)
    return _after(moment, 86400 if step == "day" else 3600, zone)
