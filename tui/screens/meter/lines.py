"""The lines about one meter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.meters.units import Shown
from appliance.operations.meter_view import Gap, MeterView, Reading, Value
from appliance.operations.times import ago
from tui.draw import Line, cut, fit, line, marked, spread, that_fit, width
from tui.shown import cycle_text, mark_of, power_text, unit_text, when
from tui.text import _, plural
from tui.widgets.table import Row
from tui.words import FLAG, OK, SILENT

NAME: Final = 22
NUMBER: Final = 16
NAMED: Final = 33  # of a name with its number


def identity(view: MeterView, now: datetime, zone: ZoneInfo, cells: int) -> list[Line]:
    """Who it is and when it answered; a second line where it is and how it is read."""
    one = view.glance
    kind = " ".join(part for part in (view.manufacturer, view.medium) if part)
    left = line(" ", marked(mark_of(one)), (f" {one.meter.label}", "strong"), f"  {kind} · {view.key}")
    if one.read is None:
        end = line((_("never read "), "never"))
    else:
        read = when(one.read, now, zone, seconds=True)
        end = line((_("read "), "grey"), (read, "strong"), (f"  {ago_text(one.read, now)} ", "grey"))
    places = [part for part in (one.meter.location, one.meter.cost_centre, view.access) if part]
    is_now = state(view, now, zone)
    where = (
        *line((" " + " · ".join([*places, _("every {}").format(cycle_text(view.schedule))]) + " · ", "grey")),
        *is_now,
    )
    return [spread(left, end, cells), fit(where, cells)]


def ago_text(moment: datetime, now: datetime) -> str:
    return _("{} ago").format(ago(moment, now))


def state(view: MeterView, now: datetime, zone: ZoneInfo) -> Line:
    """In words: no error bits, silent since when and why, passive."""
    one = view.glance
    if not one.meter.active:
        return line((_("passive: not in rounds"), "grey"))
    if one.failed_since is not None:
        since = when(one.failed_since, now, zone)
        times = plural("{} readout", "{} readouts", one.failures).format(one.failures)
        return line((_("silent since {}, {}: {}").format(since, times, one.reason), "silent"))
    if one.read is None:
        return line((_("no reading yet: r reads now"), "never"))
    if mark_of(one) is FLAG:
        return line((f"{FLAG.symbol} {one.words}", "flag"))
    return line((_("no error bits"), "ok"))


def value_rows(view: MeterView, *, compact: bool) -> list[Row]:
    """Every record of the newest reading; where there is little room, name and number share a column."""
    grey = "grey" if mark_of(view.glance) is SILENT else "strong"
    return [
        Row(
            str(value.record.index),
            (
                *_named(line(value.record.quantity), line((cut(value.shown.number, NUMBER), grey)), compact=compact),
                line((unit_text(value.shown.unit), "grey")),
                line((value.when, "grey")),
            ),
        )
        for value in view.values
    ]


def _named(name: Line, number: Line, *, compact: bool) -> tuple[Line, ...]:
    return (spread(name, (*line(" "), *number), NAMED),) if compact else (name, number)


def exactly(value: Value, cells: int) -> list[Line]:
    """The record as it came: octets, raw number, base unit."""
    record = value.record
    header = record.meaning.dif.hex(" ").upper(), record.meaning.vif.hex(" ").upper()
    data = record.octets[len(record.meaning.dif) + len(record.meaning.vif) :].hex(" ").upper()
    place = _("{} of {}").format(record.index + 1, value.of)
    begin = line((_(" record   "), "grey"), f"{place} · ", (header[0], "third"), " ", (header[1], "curve"), " ")
    octets = line((cut(data, max(8, cells - width(begin) - 1)), "second"))
    exact = f"{value.exact:f} {unit_text(record.unit or '')}" if value.exact is not None else value.shown.number
    lines = [
        that_fit(((*begin, *octets), line((_(" DIF VIF data"), "grey"))), cells),
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
    return f"{raw} × {power_text(record.meaning.exponent)} {unit_text(record.unit or '')}".rstrip()


def reading_rows(readings: Sequence[Reading], now: datetime, zone: ZoneInfo) -> list[Row]:
    """When, how, what its status byte says, and the first values."""
    return [
        Row(
            str(one.slot),
            (
                line((_created(one.at, now, zone), "grey")),
                line(marked(FLAG if one.words else OK), f" {one.kind}"),
                line((one.words, "flag")),
                line((str(one.telegrams), "grey")),
                *(line(shown.number, (f" {unit_text(shown.unit)}", "grey")) for shown in _three(one)),
            ),
        )
        for one in readings
    ]


def _created(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{there:%d.%m. %H:%M:%S}" if there.year == now.astimezone(zone).year else f"{there:%d.%m.%Y %H:%M}"


def _three(one: Reading) -> list[Shown]:
    return [*one.main, *([Shown("", "")] * (3 - len(one.main)))]


def log_lines(view: MeterView, zone: ZoneInfo) -> list[Line]:
    """Slots it missed, those of one spell joined, newest first."""
    if not view.gaps:
        return [line((_(" nothing missed in 31 days"), "grey"))]
    return [_spell(gaps, zone) for gaps in _spells(view)]


def _spells(view: MeterView) -> list[list[Gap]]:
    """Misses for one reason without a reading between them."""
    read = [one.slot for one in view.readings]
    spells: list[list[Gap]] = []
    for gap in view.gaps:
        last = spells[-1][-1] if spells else None
        slots = (gap.slot.timestamp(), last.slot.timestamp()) if last else (0.0, 0.0)
        same = last is not None and (last.reason, last.detail) == (gap.reason, gap.detail)
        if same and not any(slots[0] < slot < slots[1] for slot in read):
            spells[-1].append(gap)
        else:
            spells.append([gap])
    return spells


def _spell(gaps: Sequence[Gap], zone: ZoneInfo) -> Line:
    first, last = gaps[-1].slot.astimezone(zone), gaps[0].slot.astimezone(zone)
    missed = plural("{} reading missed", "{} readings missed", len(gaps)).format(len(gaps))
    until = _(" until {:%d.%m. %H:%M}").format(last) if len(gaps) > 1 else ""
    return line((f" {first:%d.%m. %H:%M} ", "grey"), marked(SILENT), f" {missed}{until}: {gaps[0].detail}")


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
    answer = plural("{}, {} octet", "{}, {} octets", octets).format(count, octets) if count else "–"
    facts = ((_("bus"), segment), (_("how"), how), (_("cycle"), cycle_text(view.schedule)), (_("telegrams"), answer))
    return [fit(line((f" {name:10}", "grey"), text), cells) for name, text in facts]
