"""The thread around a segment: over a line of its own in real time, without waiting for any time to pass."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from queue import Empty, SimpleQueue

import pytest

from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.clock import SystemClock
from appliance.errors import LineLost, LineRefused, RefusedError, WrongAnswer
from appliance.events import BusState, SegmentChanged
from appliance.mbus.dialogue import READOUT
from appliance.mbus.dialogue.orders import application_reset, give_order, normalise
from appliance.mbus.framer import Received
from appliance.mbus.frames import LongFrame
from appliance.meters.meter import Addressing, Meter
from appliance.ports import Heard, Line, Missed, Reason
from tests.bus.world import Book

TELEGRAM = LongFrame(0x08, 1, 0x72, bytes.fromhex("78563412 2d2c 08 04 01 00 0000  0c 13 23010000")).to_bytes()


class ScriptedLine:
    """Answers SND_NKE and REQ_UD2 at once; may be lost when told."""

    name = "scripted://"

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._queue: SimpleQueue[bytes] = SimpleQueue()

    def open(self, baud_rate: int) -> None:
        self._bench.opened += 1
        if self._bench.refuses:
            raise LineRefused("scripted:// belongs to somebody else: give it back.")
        if self._bench.away:
            raise LineLost("scripted:// is away.")

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        self._bench.rates.append(baud_rate if parity else -baud_rate)

    def send(self, octets: bytes) -> None:
        if self._bench.lose_next_request:
            self._bench.lose_next_request = False
            raise LineLost("scripted:// was pulled out.")
        if octets[0] != 0x55:
            self._queue.put(b"\xe5" if octets[1] == 0x40 else TELEGRAM)

    def receive(self, until: float) -> Received:
        timeout = max(until - self._bench.clock.monotonic(), 0.0)
        try:
            return Received(self._queue.get(timeout=timeout))
        except Empty:
            return Received()

    def wake(self) -> None:
        self._queue.put(b"")

    def close(self) -> None:
        self._bench.closed += 1


class Bench:
    """An engine with threads over scripted lines."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.book = Book()
        self.book.list.append(Meter(id=1, addressing=Addressing.PRIMARY, primary_address=1))
        self.opened = self.closed = 0
        self.away = self.refuses = self.lose_next_request = False
        self.rates: list[int] = []  # negative without parity
        self.states: SimpleQueue[BusState] = SimpleQueue()
        quick = replace(READOUT, longest_response=0.2)
        self.segment = SegmentSettings(name="main", url="scripted://", readout=quick, reopen_pause_minimum=0.01)
        self.settings = EngineSettings(segments=(self.segment,), enabled=False)
        self.engine = Engine(
            open_line=self.open_line,
            meters=self.book,
            intake=self.book,
            settings=lambda: self.settings,
            clock=self.clock,
            publish=self.note,
            wanted=lambda kind: False,
        )

    def open_line(self, url: str) -> Line:
        return ScriptedLine(self)

    def note(self, event: object) -> None:
        if isinstance(event, SegmentChanged):
            self.states.put(event.state)

    def wait_for(self, state: BusState) -> None:
        """Until the segment gets into a state."""
        while self.states.get(timeout=20) is not state:
            pass

    def read(self) -> Heard | Missed:
        return self.engine.read(self.book.list).result(timeout=20)[0]


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.engine.stop()


def test_order_of_a_person_wakes_the_thread(bench: Bench) -> None:
    bench.engine.start()
    outcome = bench.read()
    assert isinstance(outcome, Heard)
    assert outcome.telegrams == (TELEGRAM,)


def test_optical_head_is_woken_without_parity_and_read_with_it(bench: Bench) -> None:
    head = replace(bench.segment, baud_rate=300, wake_up=0.01)
    bench.settings = replace(bench.settings, segments=(head,))
    bench.engine.start()
    assert isinstance(bench.read(), Heard)
    assert bench.rates == [-2400, 300]


def test_lost_line_is_closed_and_opened_again(bench: Bench) -> None:
    bench.engine.start()
    bench.wait_for(BusState.IDLE)
    bench.lose_next_request = True
    outcome = bench.read()
    assert isinstance(outcome, Missed)
    assert outcome.reason is Reason.LINE_LOST
    assert outcome.detail == "scripted:// was pulled out."
    bench.wait_for(BusState.IDLE)
    assert isinstance(bench.read(), Heard)
    assert (bench.opened, bench.closed) == (2, 1)


def test_line_that_is_away_at_the_start_is_tried_until_it_comes(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.away = True
    with caplog.at_level(logging.INFO):
        bench.engine.start()
        bench.wait_for(BusState.LOST)
        bench.away = False
        bench.wait_for(BusState.IDLE)
    assert [record.message for record in caplog.records] == [
        "main: scripted:// is away.",
        "main: scripted:// is open again.",
    ]


def test_refused_line_says_what_to_do_and_stops_at_once(bench: Bench) -> None:
    bench.refuses = True
    bench.engine.start()
    bench.wait_for(BusState.REFUSED)
    assert bench.engine.status()[0].sentence == "scripted:// belongs to somebody else: give it back."
    outcome = bench.read()
    assert isinstance(outcome, Missed)
    bench.engine.stop()
    assert bench.opened == 1


def test_rate_of_a_meter_is_set_before_it_is_asked(bench: Bench) -> None:
    bench.engine.start()
    bench.book.list[0] = replace(bench.book.list[0], baud_rate=9600)
    assert isinstance(bench.read(), Heard)
    assert bench.rates == [9600]


def test_changed_segment_starts_anew(bench: Bench) -> None:
    bench.engine.start()
    bench.wait_for(BusState.IDLE)
    bench.settings = replace(bench.settings, segments=(replace(bench.segment, baud_rate=300),))
    bench.engine.reconfigure()
    bench.wait_for(BusState.OFF)
    bench.wait_for(BusState.IDLE)
    assert bench.engine.status()[0].baud_rate == 300
    bench.settings = replace(bench.settings, segments=())
    bench.engine.reconfigure()
    assert bench.engine.status() == ()
    assert bench.closed == 2


def test_program_that_fails_on_one_meter_reads_the_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    bench.engine.start()
    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr("appliance.bus.visits.Visits._learn", fail)
        outcome = bench.read()
    assert isinstance(outcome, Missed)
    assert "The program failed" in outcome.detail
    assert caplog.records[0].exc_info
    bench.wait_for(BusState.LOST)
    bench.wait_for(BusState.IDLE)
    assert isinstance(bench.read(), Heard)


def test_borrower_has_the_line_in_real_time(bench: Bench) -> None:
    bench.engine.start()
    bench.wait_for(BusState.IDLE)
    with bench.engine.lend("main", bench.clock.now() + timedelta(minutes=1), "a test") as lease:
        assert lease.granted.wait(20)
        lease.send(bytes.fromhex("1040014116"))
        assert lease.receive(20).octets == b"\xe5"
    assert lease.ended.wait(20)
    assert isinstance(bench.read(), Heard)


def test_engine_stopped_refuses_orders_and_can_be_started_again(bench: Bench) -> None:
    bench.engine.start()
    bench.engine.stop()
    with pytest.raises(RefusedError):
        bench.read()
    bench.engine.start()
    assert isinstance(bench.read(), Heard)


def test_dialogue_brought_by_somebody_else_gives_its_result_or_its_error(bench: Bench) -> None:
    bench.engine.start()
    reset = give_order(normalise(1), (0.2,), "SND_NKE 1")
    assert bench.engine.talk("main", reset).result(timeout=20) >= 0.0
    never = give_order(application_reset(1), (0.01,), "application reset")
    with pytest.raises(WrongAnswer):
        bench.engine.talk("main", never).result(timeout=20)


def test_many_threads_may_order_at_once(bench: Bench) -> None:
    bench.engine.start()
    outcomes: list[Heard | Missed] = []
    threads = [threading.Thread(target=_order(bench, outcomes)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == 8
    assert all(isinstance(outcome, Heard) for outcome in outcomes)


def _order(bench: Bench, outcomes: list[Heard | Missed]) -> Callable[[], None]:
    return lambda: outcomes.append(bench.read())
