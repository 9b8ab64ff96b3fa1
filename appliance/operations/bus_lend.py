"""Orders that keep the appliance off a bus: pause, and handing it to a computer (operations.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError
from appliance.mbus.dialogue.orders import give_order, initialize_all, normalise
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.lending import Lender, LendingOrder
from appliance.operations.meters import check_segment
from appliance.operations.operation import operation
from appliance.operations.segments import BaudRate, Name
from appliance.settings.kinds import Duration, Integer
from appliance.settings.subjects.level_converter import Computer

ANY_SEGMENT: Final = "all"
BROADCAST: Final = 255
DAY: Final = 86400  # seconds
ORDER_PATIENCE: Final = 60.0  # seconds; a visit under way is finished first
ANSWER_WAITS: Final = (1.5,)  # seconds; 330 bit times at 300 Bd and what a converter holds back
While = Annotated[timedelta, Duration("s", 1, DAY)]
Address = Annotated[int, Integer(0, BROADCAST)]


@operation("bus pause", level=2, audited=True)
def bus_pause(call: Call, segment: Name = ANY_SEGMENT, *, for_: While = timedelta(minutes=10)) -> Answer:
    """Pauses readouts; goes on by itself."""
    until = call.now() + for_
    for name in segments_meant(call, segment):
        call.parts.engine.pause(name, until)
    return Answer(sentence=f"readouts are paused until {until.astimezone(call.zone):%H:%M:%S}")


@operation("bus resume", level=2, audited=True)
def bus_resume(call: Call, segment: Name = ANY_SEGMENT) -> Answer:
    """Goes on."""
    for name in segments_meant(call, segment):
        call.parts.engine.resume(name)
    return Answer()


@operation("bus initialize", level=2, audited=True)
def bus_initialize(call: Call, segment: Name = ANY_SEGMENT, *, address: Address = BROADCAST) -> Answer:
    """Sends SND_NKE to all meters of a segment."""
    names = segments_meant(call, segment)
    for name in names:
        if address == BROADCAST:
            call.parts.engine.talk(name, initialize_all()).result(ORDER_PATIENCE)
        else:
            order = give_order(normalise(address), ANSWER_WAITS, f"SND_NKE to {address}")
            call.parts.engine.talk(name, order).result(ORDER_PATIENCE)
    return Answer(sentence=f"sent on {', '.join(names)}")


@operation("bus lend", level=3, audited=True, long=True)
def bus_lend(
    call: Call,
    to: Computer | None = None,
    segment: Name | None = None,
    *,
    baud_rate: BaudRate = 0,
    for_: While = timedelta(hours=1),
) -> Answer:
    """Hands the bus to a computer: display "rs", readouts paused."""
    settings = call.parts.settings.level_converter
    name = segment or settings.segment
    check_segment(call, name)
    order = LendingOrder(
        segment=name,
        to=to or settings.type,
        baud_rate=baud_rate or settings.baud_rate,
        seconds=for_.total_seconds(),
        who=call.who,
    )
    done = lender_of(call).lend(order, call.job)
    data = {"segment": name, "to_bus": done.to_bus, "from_bus": done.from_bus}
    return Answer(sentence=f"{name} is back: {done.to_bus} octets went out, {done.from_bus} came", data=data)


@operation("bus return", level=2, audited=True)
def bus_return(call: Call, segment: Name = ANY_SEGMENT) -> Answer:
    """Ends it, readouts go on."""
    if segment != ANY_SEGMENT:
        check_segment(call, segment)
    if not lender_of(call).take_back(None if segment == ANY_SEGMENT else segment):
        raise RefusedError("No bus is lent.", Kind.CONFLICT)
    return Answer()


def lender_of(call: Call) -> Lender:
    """The level converter."""
    if call.parts.lender is None:
        raise RefusedError("The level converter does not run.", Kind.REFUSED)
    return call.parts.lender


def segments_meant(call: Call, name: str) -> Sequence[str]:
    """Those in use that are meant."""
    if name != ANY_SEGMENT:
        check_segment(call, name)
        return [name]
    found = [segment.name for segment in call.parts.engine.status()]
    if not found:
        raise RefusedError("No segment has a line: segment add main URL.", Kind.NOT_FOUND)
    return found
