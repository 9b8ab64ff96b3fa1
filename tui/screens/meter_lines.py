"""The lines about one meter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from appliance.meters.units import FRIENDLY as UNITS
from appliance.meters.units import Shown, choose, friendly
from appliance.operations.days import HOUR, Day
from appliance.operations.meter_view import Curve, MeterView, Reading, Value
from appliance.operations.times import ago
from tui.draw import EMPTY, Line, cut, fit, joined, line, marked, right, spread
from tui.screens.meter_rows import unit_text
from tui.shown import mark_of, when
from tui.text import _
from tui.widgets.chart import GAP_FACTOR, Span, bars, curve
from tui.widgets.table import Row
from tui.words import FLAG, OK, SILENT

NAME: Final = 19
NUMBER: Final = 17
PREVIEW_VALUES: Final = 10
CUMULATIVE: Final = ("energy", "volume", "mass", "pulses", "heat cost allocation")


def identity(view: MeterView, now: datetime, zone: ZoneInfo, cells: int) -> list[Line]:
    """Who it is and when it answered; a second line where it is and how it is read."""
    one = view.glance
    kind = " ".join(part for part in (view.manufacturer, view.medium) if part)
    left = line(" ", marked(mark_of(one)), (f" {one.meter.label}", "strong"), f"  {kind} · {view.key}")
    if one.read is None:
        end = line((_("never read "), "never"))
    else:
        read = when(one.read, now, zone, seconds=True)
        end = line((_("read "), "grey"), (read, "strong"), (f"  {_ago(one.read, now)} ", "grey"))
    places = [part for part in (one.meter.location, one.meter.cost_centre, view.access) if part]
    state = _state(view, now, zone)
    where = (*line((" " + " · ".join([*places, _("every {}").format(view.schedule)]) + " · ", "grey")), *state)
    return [spread(left, end, cells), fit(where, cells)]


def _ago(moment: datetime, now: datetime) -> str:
    return _("{} ago").format(ago(moment, now))


def _state(view: MeterView, now: datetime, zone: ZoneInfo) -> Line:
    """In words: no error bits, silent since when and why, passive."""
    one = view.glance
    if not one.meter.active:
        return line((_("passive: not in rounds"), "grey"))
    if one.failed_since is not None:
        since = when(one.failed_since, now, zone)
        return line((_("silent since {}, {} readouts: {}").format(since, one.failures, one.reason), "silent"))
    if one.read is None:
        return line((_("no reading yet: r reads now"), "never"))
    if mark_of(one) is FLAG:
        return line((f"{FLAG.symbol} {one.words}", "flag"))
    return line((_("no error bits"), "ok"))


def value_rows(view: MeterView) -> list[Row]:
    """Every record of the newest reading."""
    grey = "grey" if mark_of(view.glance) is SILENT else "strong"
    return [
        Row(
            str(value.record.index),
            (
                line(value.record.quantity),
                line((cut(value.shown.number, NUMBER), grey)),
                line((unit_text(value.shown.unit), "grey")),
                line((value.when, "grey")),
            ),
        )
        for value in view.values
    ]


def exactly(value: Value, cells: int) -> list[Line]:
    """The record as it came: octets, raw number, base unit."""
    record = value.record
    header = record.meaning.dif.hex(" ").upper(), record.meaning.vif.hex(" ").upper()
    data = record.octets[len(record.meaning.dif) + len(record.meaning.vif) :].hex(" ").upper()
    colours = ((header[0], "third"), " ", (header[1], "curve"), " ", (cut(data, max(8, cells - 44)), "second"))
    exact = f"{value.exact:f} {unit_text(record.unit or '')}" if value.exact is not None else value.shown.number
    place = _("{} of {}").format(record.index + 1, value.of)
    lines = [
        line((_(" record   "), "grey"), f"{place} · ", *colours, (_("   DIF VIF data"), "grey")),
        line((_(" raw      "), "grey"), _raw(value)),
        line((_(" exact    "), "grey"), exact),
    ]
    notes = (*record.meaning.notes, *record.notes)
    return [*lines, line((_(" notes    "), "grey"), ", ".join(notes))] if notes else lines


def _raw(value: Value) -> str:
    record = value.record
    raw = record.raw.hex(" ").upper() if isinstance(record.raw, bytes) else str(record.raw)
    if value.exact is None or not record.meaning.exponent:
        return f"{raw} {unit_text(record.unit or '')}".rstrip()
    power = str(record.meaning.exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{raw} × 10{power} {unit_text(record.unit or '')}".rstrip()


def reading_rows(readings: Sequence[Reading], zone: ZoneInfo) -> list[Row]:
    """When, how, and the first values."""
    return [
        Row(
            str(one.slot),
            (
                line((f"{one.at.astimezone(zone):%d.%m. %H:%M:%S}", "grey")),
                line(marked(FLAG if one.words else OK), f" {one.kind}"),
                line((one.words, "flag")),
                line((str(one.telegrams), "grey")),
                *(line(shown.number, (f" {unit_text(shown.unit)}", "grey")) for shown in _three(one)),
            ),
        )
        for one in readings
    ]


def _three(one: Reading) -> list[Shown]:
    return [*one.main, *([Shown("", "")] * (3 - len(one.main)))]


def log_lines(view: MeterView, zone: ZoneInfo) -> list[Line]:
    """Slots it missed, those of one spell joined."""
    if not view.gaps:
        return [line((_(" nothing missed in 31 days"), "grey"))]
    return [
        line((f" {gap.slot.astimezone(zone):%d.%m. %H:%M} ", "grey"), marked(SILENT), f" {gap.reason}: {gap.detail}")
        for gap in view.gaps
    ]


def status_lines(view: MeterView) -> list[Line]:
    """The status octet in words."""
    octet = view.glance.octet
    if octet is None:
        return [line((_(" –"), "grey"))]
    mark = FLAG if octet & 0x1F else OK
    return [line(f" {octet:02X}  ", marked(mark), f" {view.glance.words if octet & 0x1F else _('no error')}")]


def access(view: MeterView, cells: int) -> list[Line]:
    """How it is reached."""
    segment, _gap, how = view.access.partition(", ")
    count, octets = len(view.telegrams), sum(map(len, view.telegrams))
    answer = _("{}, {} octets").format(count, octets) if count else "–"
    facts = ((_("bus"), segment), (_("how"), how), (_("cycle"), view.schedule), (_("telegrams"), answer))
    return [fit(line((f" {name:10}", "grey"), text), cells) for name, text in facts]


def preview_values(view: MeterView, now: datetime, zone: ZoneInfo, cells: int) -> list[Line]:
    """What it is, how it is, its first values."""
    one = view.glance
    mark = mark_of(one)
    head = [line((f" {view.manufacturer} {view.medium}", "")), line((f" {view.key}", "grey")), EMPTY]
    state = [fit((*line(" ", marked(mark), " "), *_state(view, now, zone)), cells), EMPTY]
    read = [line(f" {when(one.read, now, zone, seconds=True)} ", (_ago(one.read, now), "grey"))] if one.read else []
    numbers = [value for value in view.values if value.exact is not None and value.record.unit][:PREVIEW_VALUES]
    values = [_preview_value(value, cells) for value in numbers]
    return [*head, *state, *read, *values]


def _preview_value(value: Value, cells: int) -> Line:
    number = right(line(value.shown.number), 12)
    name = value.record.quantity if not value.when else f"{value.record.quantity}, {value.when}"
    begin = fit(line((f" {cut(name, cells - 20)}", "grey")), cells - 17)
    return (*begin, *number, *line((f" {unit_text(value.shown.unit)}", "grey")))


def day_title(view: MeterView) -> str:
    """`24 h, kWh per hour`."""
    return _("24 h, {} per hour").format(view.glance.quantity or _("value"))


def preview_day(view: MeterView, day: Day | None, zone: ZoneInfo, cells: int) -> list[Line]:
    """What was used in each of the last 24 hours."""
    if day is None or not view.glance.unit:
        return []
    starts = range(day.hour - 24 * HOUR, day.hour, HOUR)
    return hourly([day.used(start, start + HOUR) for start in starts], starts, view.glance.unit, zone, cells, 8)


def hourly(
    amounts: Sequence[Decimal | None],
    starts: Sequence[int],
    unit: str,
    zone: ZoneInfo,
    cells: int,
    height: int,
    *,
    days: bool = False,
) -> list[Line]:
    """Bars in the unit that fits the greatest."""
    name, power = unit_for([amount for amount in amounts if amount is not None], unit)
    values = [None if amount is None else float(amount.scaleb(-power)) for amount in amounts]
    written = "%d" if days else "%H"
    labels = [f"{datetime.fromtimestamp(start, zone):{written}}" for start in starts]
    return bars(values, labels, unit_text(name), cells, height)


def unit_for(values: Sequence[Decimal], unit: str) -> tuple[str, int]:
    """The friendly unit of a series and its power of ten."""
    units = UNITS.get(unit)
    greatest = max(values, default=Decimal(0))
    return choose(units, greatest) if units else (unit, 0)


def state_curve(found: Curve, span: Span, cells: int, height: int) -> list[Line]:
    """A braille line."""
    name, power = unit_for([value for _second, value in found.points], found.unit)
    points = [(second, float(value.scaleb(-power))) for second, value in found.points]
    return curve(points, span, found.interval, unit_text(name), cells, height)


def facts_below(found: Curve, now: datetime, zone: ZoneInfo, cells: int) -> Line:
    """Least, mean, most with its time; gaps."""
    if not found.points:
        return line((_(" no reading in this time"), "grey"))
    values = [value for _second, value in found.points]
    most_at, most = max(found.points, key=lambda point: point[1])
    mean = sum(values, Decimal(0)) / len(values)
    rounded = mean.quantize(Decimal(1).scaleb(int(values[-1].as_tuple().exponent)))
    moment = when(datetime.fromtimestamp(most_at, zone), now, zone)
    facts = [_fact(_("min"), min(values), found.unit), _fact(_("mean"), rounded, found.unit)]
    facts.append((*_fact(_("max"), most, found.unit), *line((f" {moment}", "grey"))))
    return fit(joined((line(" "), *facts, _gaps(found, zone)), "  "), cells)


def _fact(name: str, value: Decimal, unit: str) -> Line:
    shown = friendly(value, unit)
    return line((f"{name} ", "grey"), f"{shown.number} {unit_text(shown.unit)}")


def _gaps(found: Curve, zone: ZoneInfo) -> Line:
    slots = [second for second, _value in found.points]
    missing = [(before, after) for before, after in pairwise(slots) if after - before > found.interval * GAP_FACTOR]
    if not missing:
        return EMPTY
    first, last = (datetime.fromtimestamp(second, zone) for second in missing[-1])
    more = _(" and {} more").format(len(missing) - 1) if len(missing) > 1 else ""
    return line((_("gap {:%H:%M}–{:%H:%M}{}").format(first, last, more), "flag"))
