"""Orders that read meters, and what was read before (operations.md §4, §6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from appliance.errors import Kind, RefusedError, SettingError
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Meter
from appliance.meters.names import automatic_name
from appliance.meters.selection import Selection
from appliance.operations.answer import Answer, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.meter_state import choose, choose_kept, reading_before
from appliance.operations.meters import check_segment
from appliance.operations.moment import NOW, TODAY, Moment
from appliance.operations.operation import operation
from appliance.operations.optical_head import check_room
from appliance.operations.readings import data_of, head, key_of, lines_of, status_text
from appliance.operations.readout import why_none
from appliance.operations.segments import BaudRate, Name, in_use, why_not_in_use
from appliance.operations.times import local
from appliance.ports import Heard, Missed
from appliance.settings.kinds import Integer, Text

PrimaryAddress = Annotated[int, Integer(0, 250)]
NOT_STORED: Final = "{waiting} not stored yet, the disk does not take it: show storage"
MeterName = Annotated[str, Text(1, 80)]


@operation("meter add", level=2, audited=True, long=True)
def meter_add(
    call: Call,
    *,
    secondary: str | None = None,
    primary: PrimaryAddress | None = None,
    segment: Name = "main",
    baud_rate: BaudRate = 0,
    name: MeterName | None = None,
    read: bool = True,
) -> Answer:
    """Adds one meter by hand and reads it."""
    check_segment(call, segment)
    meter = Meter(id=0, segment=segment, baud_rate=baud_rate, name=name or "", **_address(secondary, primary))
    check_room(call, segment, [meter])
    _refuse_twins(call, meter)
    (meter,) = call.parts.store.meters.add(meter)
    if name is None:
        meter = replace(meter, name=automatic_name(meter, call.parts.settings.search.name))
        call.parts.store.meters.change(meter)
    call.parts.engine.reconfigure()
    connected = in_use(call, segment)
    answer = call.parts.engine.read([meter], store=True, job=call.job).result()[0] if read and connected else None
    if isinstance(answer, Heard):
        meter = call.parts.identities.learn(answer) or meter
        return Answer(lines=tuple(lines_of(call, meter, answer)), data=data_of(meter, answer))
    detail = "" if connected else f", but {why_not_in_use(call, segment)}"
    detail = f", but not read yet: {answer.detail}" if answer is not None else detail
    return Answer(
        sentence=f"{meter.label} added as meter {meter.id}{detail}", data={"meter": key_of(meter), "id": meter.id}
    )


@operation("meter read", level=2, audited=True, long=True)
def meter_read(call: Call, meters: Selection, *, store: bool = True, raw: bool = False) -> Answer:
    """Reads meters now; several are queued."""
    chosen = choose(call.parts, meters)
    results = call.parts.engine.read(chosen, store=store, job=call.job).result()
    pairs = list(zip(chosen, results, strict=True))
    learn = call.parts.identities.learn
    heard = [(learn(result) or meter, result) for meter, result in pairs if isinstance(result, Heard)]
    failed = [(meter, result) for meter, result in pairs if isinstance(result, Missed)]
    if not heard:
        raise RefusedError(why_none(failed), Kind.BUS)
    lines = [line for meter, result in heard for line in lines_of(call, meter, result, raw=raw)]
    lines += [f"{head(meter)}   {result.detail}" for meter, result in failed]
    data = [data_of(meter, result) for meter, result in heard]
    remarks = [f"{len(heard)} of {len(chosen)} meters read, {len(failed)} failed"] if failed else []
    if store and (waiting := call.parts.store.waiting(result for _, result in heard)):
        remarks.append(NOT_STORED.format(waiting=waiting))
    return Answer(lines=tuple(lines), data=data[0] if len(chosen) == 1 else data, sentence="; ".join(remarks))


@operation("meter values", level=1, also="show values")
def meter_values(call: Call, meter: Selection, *, at: Moment = NOW) -> Answer:
    """Shows the values of one reading, of any past date."""
    chosen = choose_kept(call.parts, meter)
    until = int(at.at(call.now(), call.zone).timestamp())
    heard = reading_before(call.parts, chosen, until)
    if heard is None:
        raise RefusedError(f"{chosen.label} has no reading until then.", Kind.NOT_FOUND)
    return Answer(lines=tuple(lines_of(call, chosen, heard)), data=data_of(chosen, heard))


@operation("meter readings", level=1, also="show readings")
def meter_readings(
    call: Call, meter: Selection, *, since: Moment = TODAY, until: Moment = NOW, count: Count = 50
) -> Answer:
    """Lists readings: created, status, message, telegram count."""
    chosen = choose_kept(call.parts, meter)
    first, last = (int(moment.at(call.now(), call.zone).timestamp()) for moment in (since, until))
    found = call.parts.store.readings.latest(chosen.id, count, first, last)
    rows = [
        (local(h.at.wall, call.zone), _verdict(h), f"M-Bus status {status_text(h)}", len(h.telegrams)) for h in found
    ]
    return Answer(table=Table.of("created status message telegrams", rows, right="telegrams"))


def _verdict(heard: Heard) -> str:
    """The status in one word."""
    return "ok" if status_text(heard) == "ok" else "error"


def _address(secondary: str | None, primary: int | None) -> dict[str, Any]:
    if (secondary is None) == (primary is None):
        raise RefusedError('"meter add" needs either secondary=ADDRESS or primary=ADDRESS.', Kind.USAGE)
    if secondary is None:
        return {"addressing": Addressing.PRIMARY, "primary_address": primary}
    try:
        return {"addressing": Addressing.SECONDARY, "secondary_address": SecondaryAddress.parse(secondary)}
    except SettingError as error:
        raise RefusedError(error.sentence, Kind.VALUE) from None


def _refuse_twins(call: Call, meter: Meter) -> None:
    for other in call.parts.store.meters.all():
        if other.segment == meter.segment and _may_be_the_same(meter, other):
            raise RefusedError(f"{other.label} (id={other.id}) has this address on {meter.segment}.", Kind.CONFLICT)


def _may_be_the_same(one: Meter, other: Meter) -> bool:
    if one.secondary_address is None or other.secondary_address is None:
        return one.primary_address is not None and one.primary_address == other.primary_address
    mine, theirs = one.secondary_address, other.secondary_address
    return mine.matches(theirs) or theirs.matches(mine)
