"""The lines of a meter's charts: curve and bars in the unit that fits, and what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from appliance.meters.units import FRIENDLY as UNITS
from appliance.meters.units import choose, friendly
from appliance.operations.curves import Curve, Point
from tui.draw import EMPTY, Line, Piece, line, that_fit
from tui.shown import unit_text, when
from tui.text import _
from tui.widgets.chart import Plot, bars

CUMULATIVE: Final = ("energy", "volume", "mass", "pulses", "heat cost allocation")
LABELS: Final = {"hour": "%H", "day": "%d.", "month": "%m/%y"}
STEP_WORDS: Final = {"hour": _("by hour"), "day": _("by day"), "month": _("by month")}


def unit_for(values: Sequence[Decimal], unit: str) -> tuple[str, int]:
    """The friendly unit of a series and its power of ten."""
    units = UNITS.get(unit)
    greatest = max((value.copy_abs() for value in values), default=Decimal(0))
    return choose(units, greatest) if units else (unit, 0)


def plot_of(curve: Curve) -> Plot:
    """As it is drawn: here, and not before, a value becomes a float."""
    name, power = unit_for([value for run in curve.runs for _slot, value in run], curve.unit)
    runs = [[(slot, float(value.scaleb(-power))) for slot, value in run] for run in curve.runs]
    return Plot(runs, unit_text(name))


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
    name, power = unit_for([amount for amount in amounts if amount is not None], unit)
    values = [None if amount is None else float(amount.scaleb(-power)) for amount in amounts]
    labels = [f"{datetime.fromtimestamp(start, zone):{LABELS[step]}}" for start in starts]
    return bars(values, labels, unit_text(name), cells, height)


def curve_facts(curve: Curve, now: datetime, zone: ZoneInfo, cells: int, *, compact: bool = False) -> Line:
    """Least, mean, most with its time; gaps."""
    found = curve.extremes
    if found is None:
        return line((_(" no reading in this time"), "grey"))
    moment = when(datetime.fromtimestamp(found.most_at, zone), now, zone)
    most = (*_fact(_("max"), found.most, curve.unit), *line((f" {moment}", "grey")))
    mean = _fact(_("mean"), found.mean, curve.unit)
    facts = (most, mean) if compact else (_fact(_("min"), found.least, curve.unit), mean, most)
    return (Piece(" "), *that_fit((*facts, _gaps(curve, now, zone)), cells - 1))


def cursor_facts(point: Point | None, second: int, unit: str, now: datetime, zone: ZoneInfo) -> Line:
    """`08:45  7.9 kW`: what was read nearest to the cursor."""
    if point is None:
        moment = when(datetime.fromtimestamp(second, zone), now, zone)
        return line((f" {moment}  ", "accent"), (_("no reading"), "flag"))
    shown = friendly(point[1], unit)
    moment = when(datetime.fromtimestamp(point[0], zone), now, zone)
    return line((f" {moment}  ", "accent"), (shown.number, "strong"), (f" {unit_text(shown.unit)}", "grey"))


def amount_facts(facts: Sequence[tuple[str, Decimal | None]], unit: str, cells: int) -> Line:
    """`today 43.6 kWh  yesterday 78.9 kWh`."""
    known = [_fact(name, amount, unit) for name, amount in facts if amount is not None]
    return (Piece(" "), *that_fit(known, cells - 1))


def _fact(name: str, value: Decimal, unit: str) -> Line:
    shown = friendly(value, unit)
    return line((f"{name} ", "grey"), f"{shown.number} {unit_text(shown.unit)}".rstrip())


def _gaps(curve: Curve, now: datetime, zone: ZoneInfo) -> Line:
    if not curve.gaps:
        return EMPTY
    first, last = (datetime.fromtimestamp(second, zone) for second in curve.gaps[-1])
    more = _(" and {} more").format(len(curve.gaps) - 1) if len(curve.gaps) > 1 else ""
    return line((_("gap {}–{:%H:%M}{}").format(when(first, now, zone), last, more), "flag"))
