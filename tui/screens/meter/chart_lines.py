"""The lines of a meter's charts: curve and bars in the unit that fits, and what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from appliance.meters.units import FRIENDLY as UNITS
from appliance.meters.units import SECONDS, choose, digits, friendly
from appliance.operations.curves import Curve, Point
from tui.draw import EMPTY, Line, Piece, line, that_fit
from tui.shown import unit_text, when
from tui.text import _
from tui.widgets.chart import Plot, bars

CUMULATIVE: Final = ("energy", "volume", "mass", "pulses", "heat cost allocation")
LABELS: Final = {"hour": "%H", "day": "%d.", "month": "%m/%y"}
STEP_WORDS: Final = {"hour": _("by hour"), "day": _("by day"), "month": _("by month")}


@dataclass(frozen=True, slots=True)
class Measure:
    """The one unit of a whole chart: its axis, and every number beside it."""

    unit: str
    power: int = 0  # of ten, of the base unit
    seconds: int = 1  # of times, that are no powers of ten of one another

    def of(self, value: Decimal) -> Decimal:
        """A value of the base unit in this one, with the digits it has; a mean of times in whole ones."""
        return value.scaleb(-self.power) if self.seconds == 1 else (value / self.seconds).quantize(Decimal(1))

    def written(self, value: Decimal) -> str:
        """`7.9 kW`."""
        return f"{digits(self.of(value))} {unit_text(self.unit)}".rstrip()


def measure_for(values: Sequence[Decimal], unit: str) -> Measure:
    """The unit that fits the greatest value; of times the longest that all of them are whole ones of."""
    if unit == "s":
        whole = ((name, size) for name, size in SECONDS if all(value % size == 0 for value in values))
        name, size = next(whole, (unit, 1))
        return Measure(name, seconds=size)
    units = UNITS.get(unit)
    greatest = max((value.copy_abs() for value in values), default=Decimal(0))
    return Measure(*choose(units, greatest)) if units else Measure(unit)


def measure_of(curve: Curve) -> Measure:
    """The unit that a curve is drawn in."""
    return measure_for([value for run in curve.runs for _slot, value in run], curve.unit)


def plot_of(curve: Curve) -> Plot:
    """As it is drawn: here, and not before, a value becomes a float."""
    measure = measure_of(curve)
    runs = [[(slot, float(measure.of(value))) for slot, value in run] for run in curve.runs]
    return Plot(runs, unit_text(measure.unit))


def amount_bars(
    amounts: Sequence[Decimal | None],
    starts: Sequence[int],
    unit: str,
    zone: ZoneInfo,
    cells: int,
    height: int,
    *,
    step: str,
) -> list[Line]:
    """Bars in the unit that fits the greatest."""
    measure = measure_for([amount for amount in amounts if amount is not None], unit)
    values = [None if amount is None else float(measure.of(amount)) for amount in amounts]
    labels = [f"{datetime.fromtimestamp(start, zone):{LABELS[step]}}" for start in starts]
    return bars(values, labels, unit_text(measure.unit), cells, height)


def curve_facts(curve: Curve, now: datetime, zone: ZoneInfo, cells: int, *, compact: bool = False) -> Line:
    """Least, mean, most with its time; gaps."""
    found = curve.extremes
    if found is None:
        return line((_(" no reading in this time"), "grey"))
    moment, measure = when(datetime.fromtimestamp(found.most_at, zone), now, zone), measure_of(curve)
    most = (*_fact(_("max"), measure.written(found.most)), *line((f" {moment}", "grey")))
    mean = _fact(_("mean"), measure.written(found.mean))
    facts = (most, mean) if compact else (_fact(_("min"), measure.written(found.least)), mean, most)
    return (Piece(" "), *that_fit((*facts, _gaps(curve, now, zone)), cells - 1))


def cursor_facts(point: Point | None, second: int, measure: Measure, now: datetime, zone: ZoneInfo) -> Line:
    """`08:45  7.9 kW`: what was read nearest to the cursor."""
    if point is None:
        moment = when(datetime.fromtimestamp(second, zone), now, zone)
        return line((f" {moment}  ", "accent"), (_("no reading"), "flag"))
    moment, number = when(datetime.fromtimestamp(point[0], zone), now, zone), digits(measure.of(point[1]))
    return line((f" {moment}  ", "accent"), (number, "strong"), (f" {unit_text(measure.unit)}", "grey"))


def amount_facts(facts: Sequence[tuple[str, Decimal | None]], unit: str, cells: int) -> Line:
    """`today 43.6 kWh  yesterday 78.9 kWh`."""
    known = [_fact(name, _amount(amount, unit)) for name, amount in facts if amount is not None]
    return (Piece(" "), *that_fit(known, cells - 1))


def _fact(name: str, value: str) -> Line:
    return line((f"{name} ", "grey"), value)


def _amount(amount: Decimal, unit: str) -> str:
    shown = friendly(amount, unit)
    return f"{shown.number} {unit_text(shown.unit)}".rstrip()


def _gaps(curve: Curve, now: datetime, zone: ZoneInfo) -> Line:
    if not curve.gaps:
        return EMPTY
    first, last = (datetime.fromtimestamp(second, zone) for second in curve.gaps[-1])
    more = _(" and {} more").format(len(curve.gaps) - 1) if len(curve.gaps) > 1 else ""
    return line((_("gap {}–{:%H:%M}{}").format(when(first, now, zone), last, more), "flag"))
