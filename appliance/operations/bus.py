"""Orders that look at the bus (operations.md §6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from appliance.errors import Kind, RefusedError
from appliance.events import BusTraffic, Direction
from appliance.hub import Following
from appliance.mbus import recording
from appliance.operations.answer import Answer, Data, Item, Live
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.meters import check_segment
from appliance.operations.operation import operation
from appliance.operations.repository import room
from appliance.operations.segments import Name
from appliance.settings.kinds import FilePath

ARROWS: Final = {Direction.SENT: ">", Direction.RECEIVED: "<", Direction.SILENCE: " ", Direction.NOISE: "!"}
RECORDED: Final = {
    Direction.SENT: recording.Direction.SENT,
    Direction.RECEIVED: recording.Direction.RECEIVED,
    Direction.NOISE: recording.Direction.RECEIVED,
}
LONGEST_RECORDING: Final = 64 << 20  # octets: a month of a busy bus, and a small part of a card
RepositoryFile = Annotated[str, FilePath()]
ANY_SEGMENT: Final = "all"
FOR_EVER: Final = float("inf")
BY_LINE: Final = 1  # what passed is in the file at once, whatever happens next


@operation("bus watch", level=1)
def bus_watch(call: Call, segment: Name = ANY_SEGMENT, *, octets: bool = True, count: Count | None = None) -> Answer:
    """Follows traffic both ways with timing."""
    wanted = _segment(call, segment)
    zone = call.zone

    several = segment == ANY_SEGMENT and len(call.parts.settings.segment) > 1
    following = call.parts.hub.follow(BusTraffic)
    items = (_item(traffic, zone, octets, several) for traffic in following if wanted(traffic))
    return Answer(live=Live(items, following.close, count))


@operation("bus record", level=2, audited=True, long=True)
def bus_record(
    call: Call, file: RepositoryFile, segment: Name = ANY_SEGMENT, *, for_: timedelta | None = None
) -> Answer:
    """Writes traffic to a file that decode and simulate can replay, until cancelled or for=DURATION is over."""
    wanted = _segment(call, segment)
    path, longest = new_file(call, file), min(LONGEST_RECORDING, room(call))
    until = call.parts.clock.monotonic() + for_.total_seconds() if for_ else FOR_EVER
    with (
        call.parts.hub.follow(BusTraffic, limit=10_000) as following,
        path.open("x", encoding="utf-8", buffering=BY_LINE) as target,
    ):
        if call.job is not None:
            call.job.on_cancel(following.close)
        written = _record(call, following, wanted, target.write, until, longest)
    return Answer(sentence=f"{written} bursts in {file}", data={"file": file, "bursts": written})


def _item(traffic: BusTraffic, zone: ZoneInfo, octets: bool, several: bool) -> Item:
    moment = f"{traffic.at.astimezone(zone):%H:%M:%S}.{traffic.at.microsecond // 1000:03}"
    shown = traffic.octets.hex(" ").upper() if octets else f"{len(traffic.octets)} octets" * bool(traffic.octets)
    where = f"{traffic.segment} " * several
    parts = (f"{moment} {where}{ARROWS[traffic.direction]} {shown}".rstrip(), traffic.note)
    return Item("   ".join(part for part in parts if part), _data(traffic))


def new_file(call: Call, name: str) -> Path:
    """A file of the repository that does not exist yet; its name cannot lead out of it."""
    folder = call.parts.files.resolve()
    path = (folder / name).resolve()
    if not name or not path.is_relative_to(folder) or path == folder:
        raise RefusedError(f"{name or 'An empty name'} is no file of the repository.", Kind.VALUE)
    if path.exists():
        raise RefusedError(f"There is a file {name} already: choose another name.", Kind.CONFLICT)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RefusedError(f"{name} cannot be written: {error.strerror}.", Kind.STORAGE) from error
    return path


def _record(
    call: Call,
    following: Following[BusTraffic],
    wanted: Callable[[BusTraffic], bool],
    write: Callable[[str], object],
    until: float,
    longest: int,
) -> int:
    bursts, octets = 0, 0
    while call.parts.clock.monotonic() < until and octets < longest and not following.closed:
        traffic = following.get(1)
        if traffic is None or not wanted(traffic) or traffic.direction not in RECORDED:
            continue
        direction = RECORDED[traffic.direction]
        line = recording.Burst(traffic.at, traffic.segment, direction, traffic.octets, traffic.note).to_line()
        write(f"{line}\n")
        bursts, octets = bursts + 1, octets + len(line) + 1
        if call.job is not None:
            call.job.report(bursts, 0, f"{bursts} bursts")
    return bursts


def _segment(call: Call, name: str) -> Callable[[BusTraffic], bool]:
    if name == ANY_SEGMENT:
        return lambda traffic: True
    check_segment(call, name)
    return lambda traffic: traffic.segment == name


def _data(traffic: BusTraffic) -> dict[str, Data]:
    return {
        "at": traffic.at,
        "segment": traffic.segment,
        "direction": str(traffic.direction),
        "octets": traffic.octets.hex().upper(),
        "note": traffic.note,
    }
