"""Orders that look closely at one meter: its log, its telegrams, its readings live, why it is silent (§4)."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.events import ReadingMissed, TelegramHeard
from appliance.mbus.anatomy import Anatomy, anatomy
from appliance.mbus.status import status_words
from appliance.meters.meter import Meter
from appliance.meters.selection import Selection
from appliance.meters.units import show
from appliance.operations.answer import Answer, Cell, Data, Item, Live, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.explain import explanation
from appliance.operations.glances import glance, shown_main
from appliance.operations.meter_state import choose, choose_kept, choose_one, reading_before, states_of
from appliance.operations.moment import A_MONTH_AGO, NOW, Moment
from appliance.operations.operation import operation
from appliance.operations.readings import aside, key_of, status_text
from appliance.operations.times import local

EVERY: Final = Selection.parse("all")
LOG_LINES: Final = 1000


@operation("meter log", level=1)
def meter_log(call: Call, meter: Selection, *, since: Moment = A_MONTH_AGO, until: Moment = NOW) -> Answer:
    """Shows the meter's status log."""
    chosen = choose_kept(call.parts, meter)
    first, last = (moment.at(call.now(), call.zone) for moment in (since, until))
    found = call.parts.store.status.of(chosen.id, first, last + timedelta(milliseconds=1), LOG_LINES)
    rows = [(local(line.at, call.zone), Cell(line.status, f"{line.status:02X}"), _words(line.status)) for line in found]
    table = Table.of("time octet status", rows)
    return Answer(lines=() if rows else (f"{chosen.label} has no line in its log in this time.",), table=table)


@operation("meter telegram", level=1)
def meter_telegram(call: Call, meter: Selection, *, at: Moment = NOW) -> Answer:
    """Shows a telegram octet by octet with its records."""
    chosen = choose_kept(call.parts, meter)
    heard = reading_before(call.parts, chosen, int(at.at(call.now(), call.zone).timestamp()))
    if heard is None:
        raise RefusedError(f"{chosen.label} has no reading until then.", Kind.NOT_FOUND)
    rows = [
        (number, *row) for number, octets in enumerate(heard.telegrams, 1) for row in _dissected(call, anatomy(octets))
    ]
    lines = (f"{chosen.label}  {local(heard.at.wall, call.zone).text}  status {status_text(heard)}",)
    return Answer(lines=lines, table=Table.of("telegram octet octets field meaning", rows, right="telegram octet"))


@operation("meter watch", level=1)
def meter_watch(call: Call, meters: Selection = EVERY, *, count: Count | None = None) -> Answer:
    """Follows new readings live."""
    wanted = {meter.id for meter in choose(call.parts, meters)}
    following = call.parts.hub.follow(TelegramHeard, ReadingMissed)
    items = (_item(call, event) for event in following if _meter_of(event) in wanted)
    return Answer(live=Live(items, following.close, count))


@operation("meter explain", level=1)
def meter_explain(call: Call, meter: Selection) -> Answer:
    """Says in words why a meter is silent or in error and what to check."""
    chosen = choose_one(call.parts, meter)
    neighbours = [m for m in call.parts.store.meters.meters(chosen.segment) if m.id != chosen.id]
    (state,) = states_of(call.parts, [chosen])
    around = states_of(call.parts, neighbours)
    lines = explanation(call, glance(call, chosen, state), [near.status for near in around])
    return Answer(lines=lines, data={"meter": key_of(chosen), "status": str(state.status), "sentences": list(lines)})


def _words(octet: int) -> str:
    return ", ".join(status_words(octet)) or "ok"


def _dissected(call: Call, found: Anatomy) -> list[tuple[object, ...]]:
    """Position, octets, field and meaning of each stretch of octets that say one thing."""
    places = [(field, found.record_at(position)) for position, field in enumerate(found.fields)]
    rows, position = list[tuple[object, ...]](), 0
    for (field, index), group in groupby(places):
        length = len(list(group))
        octets = found.octets[position : position + length]
        rows.append((position, octets.hex(" ").upper(), str(field), _meaning(call, found, index, str(field))))
        position += length
    return rows


def _meaning(call: Call, found: Anatomy, index: int | None, field: str) -> str:
    """What a record says, beside its data."""
    records = found.telegram.records if found.telegram else None
    if index is None or field != "data" or not records or index >= len(records):
        return ""
    record, localization = records[index], call.parts.settings.localization
    value = show(record, localization.units, decimal_sign=localization.decimal_separator.sign)
    return "  ".join(part for part in (f"{record.quantity} {value}", aside(record)) if part)


def _meter_of(event: TelegramHeard | ReadingMissed) -> int:
    return event.heard.meter if isinstance(event, TelegramHeard) else event.missed.meter


def _item(call: Call, event: TelegramHeard | ReadingMissed) -> Item:
    """A line for a reading, or for one that did not come."""
    meter = call.parts.store.meters.find(_meter_of(event)) or Meter(id=_meter_of(event), name="deleted meter")
    if isinstance(event, TelegramHeard):
        at, what, status = event.heard.at.wall, shown_main(call, event.heard), status_text(event.heard)
    else:
        at, what, status = event.missed.at.wall, event.missed.detail, str(event.missed.reason)
    data: dict[str, Data] = {"time": at, "meter": key_of(meter), "name": meter.label, "value": what, "status": status}
    return Item("  ".join((f"{at.astimezone(call.zone):%H:%M:%S}", meter.label, what, status)), data)
