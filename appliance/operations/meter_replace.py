"""One meter takes the place of another, whose name, values and series it carries on (operations.md §4)."""

from __future__ import annotations

from dataclasses import replace

from appliance.errors import Kind, RefusedError, SettingError
from appliance.log import Severity
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.telegram import decode
from appliance.meters.meter import Addressing, Meter
from appliance.meters.selection import FAMILIES, Selection, medium_of
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.meter_state import choose_one, chosen
from appliance.operations.moment import NOW, Moment
from appliance.operations.operation import operation
from appliance.operations.segments import in_use, why_not_in_use
from appliance.operations.times import local
from appliance.ports import Missed

PRIMARY = "primary="
UNLISTED = 0  # the number of a meter that is not in the list: what it says is filed under nobody


def _leads_to(call: Call, meter: Selection, new: Selection, *, at: Moment = NOW) -> str:
    """Both meters with their media, and what becomes of the new one's own entry."""
    old = choose_one(call.parts, meter)
    installed = _installed(call, old, new)
    successor = installed or _addressed(call, old, new)
    named = f"{installed.label}, {_known_as(installed)}" if installed else f"{_address(successor)}, not in the list yet"
    sentence = f"{old.label}, {_known_as(old)}, is replaced by {named}."
    if installed is None:
        return sentence
    if not _is_alike(old, installed):
        sentence += " It is another medium: the series would go on with what is not comparable."
    return f"{sentence} {installed.label} leaves the list; what it was read as id={installed.id} is kept."


@operation("meter replace", level=2, audited=True, confirms="Replace it?", warns=_leads_to, long=True)
def meter_replace(call: Call, meter: Selection, new: Selection, *, at: Moment = NOW) -> Answer:
    """Marks a swap; the series go on with the new meter."""
    old = choose_one(call.parts, meter)
    moment = at.at(call.now(), call.zone)
    if moment > call.now():
        raise RefusedError(f"{old.label} cannot have been replaced later than now.", Kind.VALUE)
    installed = _installed(call, old, new)
    successor = _in_place_of(old, installed) if installed else _addressed(call, old, new)
    tried = _try(call, old, installed or replace(successor, id=UNLISTED), is_listed=installed is not None)
    call.parts.store.swaps.make(successor, int(moment.timestamp()), [installed.id] if installed else [])
    _note(call, old, successor, local(moment, call.zone).text)
    call.parts.engine.reconfigure()
    kept = f"; what it was read as id={installed.id} is kept" if installed else ""
    return Answer(
        sentence=f"{successor.label} goes on as {_address(successor)}, which {tried}{kept}",
        data={"id": old.id, "address": _address(successor), "at": moment},
    )


def _try(call: Call, old: Meter, new: Meter, *, is_listed: bool) -> str:
    """Read the new meter once, for nobody's series: how it answered. One that is not in the list tells its medium only
    here; another than the old one's is refused."""
    if not in_use(call, new.segment):
        return f"was not asked: {why_not_in_use(call, new.segment)}"
    (outcome,) = call.parts.engine.read([new], store=False, job=call.job).result()
    if isinstance(outcome, Missed):
        return f"did not answer: {outcome.detail.rstrip('.')}"
    told = replace(new, secondary_address=decode(outcome.telegrams[0]).secondary_address)
    if not is_listed and not _is_alike(old, told):
        sentence = f"{_address(new)} says it is {medium_of(told)}, but {old.label} is {medium_of(old)}."
        raise RefusedError(f"{sentence} If that is meant: meter add it first, then replace by that.", Kind.CONFLICT)
    return "answered"


def _is_alike(old: Meter, new: Meter) -> bool:
    """Whether they measure the same, as far as their media are known."""
    media = {medium_of(old), medium_of(new)} - {""}
    if len(media) < 2 or old.secondary_address is None or new.secondary_address is None:
        return True
    both = {old.secondary_address.medium, new.secondary_address.medium}
    return any(both <= family for family in FAMILIES.values())


def _known_as(meter: Meter) -> str:
    return f"{medium_of(meter) or 'medium not known'} ({_address(meter)})"


def _installed(call: Call, old: Meter, new: Selection) -> Meter | None:
    """The new meter, where it is in the list already."""
    found = [one for one in chosen(call.parts, new) if one.id != old.id]
    if len(found) > 1:
        raise RefusedError(f"{new.text} matches {len(found)} meters: one takes the place.", Kind.USAGE)
    if not found and chosen(call.parts, new):
        raise RefusedError(f"{new.text} is {old.label} itself.", Kind.CONFLICT)
    return found[0] if found else None


def _in_place_of(old: Meter, new: Meter) -> Meter:
    """The new meter's addresses, all else as the old one had it."""
    return replace(
        old,
        segment=new.segment,
        addressing=new.addressing,
        primary_address=new.primary_address,
        secondary_address=new.secondary_address,
        baud_rate=new.baud_rate,
    )


def _addressed(call: Call, old: Meter, new: Selection) -> Meter:
    """The new meter by an address that nobody in the list has. By a primary one it tells at its first reading who it
    is."""
    text = new.text.strip('"')
    if text.startswith(PRIMARY):
        address = text.removeprefix(PRIMARY)
        if not address.isdecimal() or int(address) > 250:
            raise RefusedError(f"A primary address is 0 to 250, not {address}.", Kind.VALUE)
        return replace(old, addressing=Addressing.PRIMARY, primary_address=int(address), secondary_address=None)
    try:
        return replace(old, secondary_address=SecondaryAddress.parse(text))
    except SettingError:
        raise RefusedError(
            f"{text} is no meter of the list and no address such as 12345678 or primary=5.", Kind.NOT_FOUND
        ) from None


def _note(call: Call, old: Meter, new: Meter, when: str) -> None:
    sentence = f"{old.label} ({_address(old)}) was replaced by {_address(new)} at {when}, says {call.who}."
    call.parts.store.journal.add(Severity.INFO, "meters", sentence)


def _address(meter: Meter) -> str:
    return str(meter.secondary_address or f"{PRIMARY}{meter.primary_address}")
