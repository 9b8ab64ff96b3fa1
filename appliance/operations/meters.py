"""Orders about the meter list (operations.md §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from math import ceil
from typing import Annotated, Any, Final

from appliance.errors import Kind, RefusedError, SettingError
from appliance.mbus.address import ANY, SecondaryAddress
from appliance.meters.meter import Addressing, Initialization, Meter, MultiTelegram
from appliance.meters.names import automatic_name
from appliance.meters.selection import Selection, Status, manufacturer_of, medium_of
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.call import Call
from appliance.operations.meter_state import State, choose, choose_one, chosen, state_of, states_of
from appliance.operations.moment import NOW, Moment
from appliance.operations.operation import operation
from appliance.operations.optical_head import check_room
from appliance.operations.readings import head, key_of, lines_of
from appliance.operations.times import local
from appliance.settings.kinds import Duration, Integer, NotTaken, OneOf, ScheduleText, Text, YesNo
from appliance.settings.kinds import Kind as ValueKind
from appliance.settings.subjects.bus import BAUD_RATES

ALL: Final = Selection.parse("all")
ACTIVE: Final = Selection.parse("active")
SORTS: Final[dict[str, Callable[[tuple[Meter, State]], Any]]] = {
    "secondary_address": lambda row: (key_of(row[0]), row[0].id),
    "name": lambda row: row[0].label.lower(),
    "id": lambda row: row[0].id,
    "status": lambda row: (list(Status).index(row[1].status), row[0].id),
}
Sort = Annotated[str, Text(1, 20)]
NameTemplate = Annotated[str, Text(1, 80)]


class Activity(StrEnum):
    """Whether a meter is read."""

    ACTIVE = "active"
    PASSIVE = "passive"


FIELDS: Final[dict[str, ValueKind[Any]]] = {
    "state": OneOf(Activity),
    "secondary_address": Text(8, 20),
    "name": Text(1, 80),
    "location": Text(0, 80),
    "cost_centre": Text(0, 40),
    "group": Text(0, 40),
    "comment": Text(0, 500),
    "segment": Text(1, 32),
    "addressing": OneOf(Addressing),
    "primary_address": Integer(0, 250),
    "baud_rate": Integer(unit="Bd", of=(0, *BAUD_RATES)),
    "schedule": ScheduleText(optional=True),
    "multi_telegram": OneOf(MultiTelegram),
    "multi_telegram_limit": Integer(0, 64),
    "response_timeout": Duration("ms", 0, 60000),
    "initialization": OneOf(Initialization),
    "application_reset_subcode": Integer(0, 255),
    "battery": YesNo(),
    "store": YesNo(),
}
"""Fields of settings.md §26.1 that can be changed here."""


@operation("meter list", level=1, also="show meters", short="m l")
def meter_list(call: Call, *terms: str, passive: bool = False, sort: Sort = "secondary_address") -> Answer:
    """Lists meters with type, address, name, manufacturer, version, status and last readout."""
    if sort not in SORTS:
        raise RefusedError(f"sort of meter list takes {', '.join(SORTS)}, not {sort}", Kind.VALUE)
    selection = _selection(terms) if terms else (ALL if passive else ACTIVE)
    found = chosen(call.parts, selection)
    rows = zip(found, states_of(call.parts, found), strict=True)
    cells = [_row(call, meter, state) for meter, state in sorted(rows, key=SORTS[sort])]
    none = f"No meter matches {selection.text}." if call.parts.store.meters.all() else "No meter is installed yet."
    table = Table.of("type address name manufacturer version status last_readout", cells, "version")
    return Answer(lines=() if cells else (none,), table=table)


@operation("meter show", level=1, also="show meter")
def meter_show(call: Call, meter: Selection) -> Answer:
    """Shows all about a meter: fields, newest values, status in words."""
    chosen = choose_one(call.parts, meter)
    state = state_of(call.parts, chosen)
    facts = _fields(chosen) | {"status": state.words, "last_readout": state.last_readout}
    shown = facts | {"last_readout": local(state.last_readout, call.zone).text}
    lines = [
        head(chosen),
        *(f"  {name:26}{_written(value)}" for name, value in shown.items() if value not in ("", None)),
    ]
    values = lines_of(call, chosen, state.newest)[1:] if state.newest else []
    return Answer(lines=(*lines, *values), data=facts)


@operation("meter set", level=2, audited=True, fields=FIELDS)
def meter_set(call: Call, meters: Selection, **fields: str) -> Answer:
    """Changes fields of one or many meters."""
    if not fields:
        raise RefusedError(f'"meter set" needs FIELD=VALUE; fields are {", ".join(FIELDS)}.', Kind.USAGE)
    chosen = choose(call.parts, meters)
    changes = parse_fields(call, fields)
    changed = [_changed(meter, changes) for meter in chosen]
    if "segment" in changes:
        check_room(call, changes["segment"], changed)
    call.parts.store.meters.change(*changed)
    call.parts.engine.reconfigure()
    return Answer(sentence="" if len(chosen) == 1 else f"{len(chosen)} meters changed")


@operation("meter activate", level=2, audited=True)
def meter_activate(call: Call, meters: Selection) -> Answer:
    """Makes meters active."""
    return _switch(call, meters, active=True)


@operation("meter deactivate", level=2, audited=True)
def meter_deactivate(call: Call, meters: Selection) -> Answer:
    """Makes meters passive; values stay."""
    return _switch(call, meters, active=False)


@operation("meter rename", level=2, audited=True)
def meter_rename(call: Call, meters: Selection, *, template: NameTemplate | None = None) -> Answer:
    """Gives automatic names."""
    words = template or call.parts.settings.search.name
    named = [replace(meter, name=automatic_name(meter, words)) for meter in choose(call.parts, meters)]
    nameless = next((meter for meter in named if not meter.name), None)
    if nameless is not None:
        raise RefusedError(f"The template {words} gives {nameless.label} no name.", Kind.VALUE)
    call.parts.store.meters.change(*named)
    rows = [(key_of(meter), meter.name) for meter in named]
    return Answer(table=Table.of("address name", rows), sentence=f"{len(named)} meters named")


@operation("meter delete", level=3, audited=True, confirms="For good?", long=True)
def meter_delete(call: Call, meters: Selection, *, keep_values: bool = False) -> Answer:
    """Deletes meters and their values."""
    chosen = choose(call.parts, meters)
    call.parts.store.meters.delete(*(meter.id for meter in chosen), keep_values=keep_values)
    call.parts.engine.reconfigure()
    sentence = f"{len(chosen)} meter{'s' * (len(chosen) != 1)} deleted"
    return Answer(sentence=sentence if keep_values else f"{sentence}, {_erased(call)}")


@operation("meter clear", level=3, audited=True, confirms="For good?", long=True)
def meter_clear(call: Call, meters: Selection, *, before: Moment = NOW) -> Answer:
    """Deletes stored values of meters, not the meters."""
    chosen = choose(call.parts, meters)
    until = min(before.at(call.now(), call.zone), call.now())
    call.parts.store.erasure.clear([meter.id for meter in chosen], ceil(until.timestamp()))
    return Answer(sentence=_erased(call))


def _erased(call: Call) -> str:
    """Delete what is condemned. Broken off or cut off, it is finished by housekeeping."""
    return f"{call.parts.store.erasure.finish(call.report)} values deleted"


def parse_fields(call: Call, fields: Mapping[str, str]) -> dict[str, Any]:
    """Field names and their values; raises `RefusedError` naming the field."""
    values: dict[str, Any] = {}
    for name, text in fields.items():
        kind = FIELDS.get(name)
        if kind is None:
            raise RefusedError(f'A meter has no field "{name}" to set; fields are {", ".join(FIELDS)}.', Kind.USAGE)
        try:
            value = kind.parse(text)
        except NotTaken as reason:
            more = f": {reason}" if str(reason) else ""
            raise RefusedError(f"{name} takes {kind.allowed()}, not {text or 'nothing'}{more}", Kind.VALUE) from None
        values |= _as_kept(name, value)
    check_segment(call, values.get("segment"))
    return values


def _as_kept(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - what a field's kind makes of its text
    """A field as the meter has it."""
    match name:
        case "response_timeout":
            return {name: value.total_seconds()}
        case "state":
            return {"active": value is Activity.ACTIVE}
        case "secondary_address":
            try:
                return {name: SecondaryAddress.parse(value)}
            except SettingError as error:
                raise RefusedError(error.sentence, Kind.VALUE) from None
        case _:
            return {name: value}


def check_segment(call: Call, name: str | None) -> None:
    """Refuse a segment that does not exist."""
    if name is not None and name not in call.parts.settings.segment:
        known = ", ".join(call.parts.settings.segment)
        raise RefusedError(f"There is no segment {name}: segments are {known}.", Kind.NOT_FOUND)


def _selection(terms: tuple[str, ...]) -> Selection:
    try:
        return Selection.parse(" ".join(terms))
    except SettingError as error:
        raise RefusedError(error.sentence, Kind.VALUE) from None


def _changed(meter: Meter, changes: Mapping[str, Any]) -> Meter:
    changed = replace(meter, **changes)
    if changed.addressing is Addressing.PRIMARY and changed.primary_address is None:
        raise RefusedError(f"{meter.label} needs a primary_address for primary addressing.", Kind.VALUE)
    if changed.addressing is not Addressing.PRIMARY and changed.secondary_address is None:
        raise RefusedError(f"{meter.label} has no secondary address yet: read it once.", Kind.VALUE)
    return changed


def _switch(call: Call, meters: Selection, *, active: bool) -> Answer:
    chosen = [meter for meter in choose(call.parts, meters) if meter.active is not active]
    call.parts.store.meters.change(*(replace(meter, active=active) for meter in chosen))
    call.parts.engine.reconfigure()
    return Answer(sentence=f"{len(chosen)} meter{'s' * (len(chosen) != 1)} changed")


def _row(call: Call, meter: Meter, state: State) -> tuple[object, ...]:
    address = meter.secondary_address
    version = address.version if address and address.version != ANY else None
    return (
        medium_of(meter),
        key_of(meter),
        meter.name,
        manufacturer_of(meter),
        version,
        Cell(state.status, state.words) if meter.active else Cell("passive", "passive"),
        local(state.last_readout, call.zone),
    )


def _fields(meter: Meter) -> dict[str, object]:
    address = meter.secondary_address
    facts: dict[str, object] = {
        "id": meter.id,
        "state": "active" if meter.active else "passive",
        "secondary_address": str(address) if address else None,
        "manufacturer": manufacturer_of(meter),
        "medium": medium_of(meter),
    }
    own = {name: getattr(meter, name) for name in FIELDS if name not in facts and name != "response_timeout"}
    return facts | own | {"response_timeout": round(meter.response_timeout * 1000)}


def _written(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
