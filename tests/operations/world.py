"""A small appliance to give orders to: the real store and settings, and a bus whose meters answer what a test says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from appliance import wiring
from appliance.clock import VirtualClock
from appliance.errors import LineLost, LineRefused
from appliance.events import BusState
from appliance.hub import Hub, Job
from appliance.mbus.dialogue import Counters
from appliance.mbus.dialogue.conversation import Dialogue
from appliance.mbus.dialogue.exchange import Reply, Verdict
from appliance.mbus.encode import encode_record, encode_telegram
from appliance.mbus.framer import Received
from appliance.mbus.frames import Ack
from appliance.mbus.header import Header
from appliance.meters.meter import Meter
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.parts import Parts, RoundNow
from appliance.ports import Heard, Missed, ReadingKind, Reason
from appliance.settings import Settings
from appliance.store import StoreOptions
from appliance.store.folder import DataFolder
from appliance.store.store import Store

ELS = 0x1593
WATER = 0x07
NO_RESERVE = StoreOptions(ballast=0)
ACKNOWLEDGED = Reply(Verdict.ANSWER, Ack(), b"\xe5", 0.052)


def water_meter(identification: str, litres: int = 412307, status: int = 0) -> bytes:
    """Volume now and on a due date, volume flow."""
    header = Header(identification, ELS, 1, WATER, status=status)
    records = [
        encode_record(b"\x0c", b"\x13", litres),
        encode_record(b"\x4c", b"\x13", 398114),
        encode_record(b"\x0b", b"\x3b", 0),
    ]
    return encode_telegram(header, records, primary_address=1)


def finished(answer: Answer) -> Answer:
    """The answer of a long order, once it is over."""
    if answer.job is None:
        return answer
    answer.job.wait()
    result = answer.job.outcome()
    assert isinstance(result, Answer)
    return result


class QuickHasher:
    """Costs nothing, and counts what would have cost."""

    def __init__(self) -> None:
        self.checked = 0

    def keep(self, password: str) -> str:
        return hashlib.sha256(password.encode()).hexdigest()

    def verify(self, password: str, kept: str) -> bool:
        self.checked += 1
        return self.keep(password) == kept


@dataclass(frozen=True)
class FakeSegment:
    """A segment that is idle, unless a round is given to it."""

    name: str
    url: str
    state: BusState = BusState.IDLE
    baud_rate: int = 2400
    queue: int = 0
    sentence: str = ""
    round: RoundNow | None = None
    counters: Counters = field(default_factory=Counters)


@dataclass
class FakeEngine:
    """Meters answer with the telegram under their identification; those without one are silent."""

    store: Store
    settings: Settings
    clock: VirtualClock
    answers: dict[str, bytes] = field(default_factory=dict)
    rounds: dict[str, RoundNow] = field(default_factory=dict)
    reconfigured: int = 0
    paused: dict[str, datetime] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    heard: dict[int, Heard] = field(default_factory=dict)

    def read(self, meters: Sequence[Meter], *, store: bool, job: Job | None) -> Future[Sequence[Heard | Missed]]:
        done: Future[Sequence[Heard | Missed]] = Future()
        outcomes = [self._ask(meter) for meter in meters]
        for outcome in outcomes if store else ():
            if isinstance(outcome, Heard):
                self.store.accept(outcome)
            else:
                self.store.missed(outcome)
        self.store.flush()
        if job is not None:
            job.report(len(meters), len(meters))
        done.set_result(outcomes)
        return done

    def round_now(self, job: Job | None) -> Future[Sequence[Heard | Missed]]:
        return self.read(self.store.meters.meters("main"), store=True, job=job)

    def newest(self, meter: int) -> Heard | None:
        return self.heard.get(meter)

    def status(self) -> Sequence[FakeSegment]:
        found = {name: one.url for name, one in self.settings.segment.items() if one.url}
        return [FakeSegment(name, url, round=self.rounds.get(name)) for name, url in found.items()]

    def reconfigure(self) -> None:
        self.reconfigured += 1

    def pause(self, segment: str, until: datetime) -> None:
        self.paused[segment] = until

    def resume(self, segment: str) -> None:
        self.paused.pop(segment, None)

    def talk(self, segment: str, dialogue: Dialogue[Any], baud_rate: int = 0) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            request = next(dialogue)
            while True:
                self.sent.append(request.octets)
                request = dialogue.send(ACKNOWLEDGED)
        except StopIteration as end:
            done.set_result(end.value)
        return done

    def _ask(self, meter: Meter) -> Heard | Missed:
        key = meter.secondary_address.identification if meter.secondary_address else str(meter.primary_address)
        slot, at = int(self.clock.now().timestamp()), self.clock.stamp()
        octets = self.answers.get(key)
        if octets is None:
            detail = f"No answer from {key} (select, 3 attempts)."
            return Missed(
                meter=meter.id, slot=slot, kind=ReadingKind.MANUAL, reason=Reason.NO_ANSWER, detail=detail, at=at
            )
        return Heard(meter=meter.id, slot=slot, kind=ReadingKind.MANUAL, telegrams=(octets,), at=at, urgent=True)


class FakeLine:
    """A line that opens, unless its URL says otherwise."""

    def __init__(self, url: str) -> None:
        self.name = url

    def open(self, baud_rate: int) -> None:
        if "locked" in self.name:
            raise LineRefused("/dev/locked cannot be opened: no permission; add the user to the group dialout.")
        if "unplugged" in self.name:
            raise LineLost("/dev/unplugged is not there.")

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None: ...
    def send(self, octets: bytes) -> None: ...
    def receive(self, until: float) -> Received:
        raise AssertionError("nobody listens in these tests")

    def wake(self) -> None: ...
    def close(self) -> None: ...


class World:
    """All of it; `call` is a person of level 3."""

    def __init__(self, folder: Path, clock: VirtualClock) -> None:
        self.clock = clock
        self.hub = Hub(clock)
        self.store = Store.open(folder, clock=clock, publish=self.hub.publish, options=NO_RESERVE, threaded=False)
        data = DataFolder(folder)
        self.settings = wiring.open_settings(
            self.store, self.hub.publish, key=data.key(), serial="00000161", open_line=FakeLine
        )
        self.settings.set({"time.zone": "UTC"}, "test")
        self.engine = FakeEngine(self.store, self.settings, clock)
        doorkeeper = wiring.doorkeeper(self.store, self.settings, clock, data, QuickHasher())
        self.parts = Parts(
            hub=self.hub,
            settings=self.settings,
            store=self.store,
            engine=self.engine,
            clock=clock,
            open_line=FakeLine,
            version="0.1.0",
            started=clock.now(),
            data_folder=folder,
            doorkeeper=doorkeeper,
            identities=wiring.identities(self.store, self.hub, self.settings, doorkeeper),
        )
        self.call = Call(self.parts, "anna", 3, source="test")

    def person(self, level: int) -> Call:
        """Somebody of another level."""
        return Call(self.parts, "anna" if level else "", level)

    def set_up(self, password: str = "seven-green-boilers") -> None:
        """Make the first user, as whoever has the code of the device does."""
        keeper = self.parts.doorkeeper
        keeper.prepare()
        keeper.setup(keeper.setup_code, password, door="local", source="test")

    def close(self) -> None:
        """End it."""
        self.hub.close()
        self.store.close()
