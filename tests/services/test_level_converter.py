"""A computer is M-Bus master on the lent bus: over TCP and over a serial line, with meters that really answer."""

from __future__ import annotations

import os
import pty
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import IPv4Network

import meterbus
import pytest

from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.clock import SystemClock, VirtualClock
from appliance.errors import RefusedError
from appliance.events import BusState, BusTraffic
from appliance.hub import Hub, Job
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.dialogue.orders import selection
from appliance.mbus.frames import ShortFrame
from appliance.operations.lending import LendingOrder, LentView
from appliance.ports import Reason
from appliance.security.books import Act
from appliance.services.computers import TcpComputer
from appliance.services.level_converter import LevelConverter
from appliance.settings import Settings
from appliance.settings.subjects.level_converter import Computer
from drivers.lines import open_line
from drivers.simulated.building import load
from tests.bus.world import World
from tests.settings.books import MemoryBook

BUILDING = "boiler-room"
URL = f"simulated://{BUILDING}?fast=on"
REQUEST = ShortFrame(0x5B, 253).to_bytes()
PATIENCE = 20


class Bench:
    """An engine with one simulated bus, and the level converter upon it."""

    def __init__(
        self, engine: Engine, converter: LevelConverter, settings: Settings, job: Job, acts: list[Act], hub: Hub
    ) -> None:
        self.acts = acts
        self.hub = hub
        self.engine = engine
        self.converter = converter
        self.settings = settings
        self.job = job

    @contextmanager
    def lent(self, to: Computer = Computer.TCP) -> Iterator[Future[LentView]]:
        """The bus is lent while the block runs."""
        order = LendingOrder(segment="main", to=to, baud_rate=2400, seconds=600, who="anna")
        with ThreadPoolExecutor(1) as pool:
            lending = pool.submit(self.converter.lend, order, self.job)
            try:
                wait_until(lambda: bool(self.state() is BusState.LENT or lending.done()))
                yield lending
            finally:
                self.converter.take_back()

    def state(self) -> BusState:
        return self.engine.status()[0].state

    def connect(self) -> socket.socket:
        port = int(self.converter.lent()[0].where.split()[1])
        return socket.create_connection(("127.0.0.1", port), PATIENCE)


def wait_until(holds: Callable[[], bool]) -> None:
    """Look until it holds; the test's own time limit ends what never does."""
    pause = threading.Event()
    while not holds():
        pause.wait(0.01)


@pytest.fixture
def bench() -> Iterator[Bench]:
    clock, hub, world = SystemClock(), Hub(), World(VirtualClock())
    segment = SegmentSettings(name="main", url=URL)
    engine = Engine(
        open_line=open_line,
        meters=world.book,
        intake=world.book,
        settings=lambda: EngineSettings(segments=(segment,), enabled=False),
        clock=clock,
        publish=hub.publish,
        wanted=hub.wanted,
    )
    settings = Settings(MemoryBook())
    settings.set({"level_converter.port": str(free_port())}, "test")
    engine.start()
    acts: list[Act] = []
    converter = LevelConverter(engine, settings, clock, open_line, acts.append)
    yield Bench(engine, converter, settings, hub.jobs.open("bus lend", "anna"), acts, hub)
    engine.stop()
    hub.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def first_address() -> SecondaryAddress:
    return next(one.instrument.secondary_address for one in load(BUILDING).meters if one.instrument.secondary_address)


def batched(words: list[str]) -> Iterator[tuple[str, str]]:
    """The directions with their octets."""
    return zip(words[::2], words[1::2], strict=True)


def read_exactly(read: Callable[[int], bytes], count: int) -> bytes:
    octets = b""
    while len(octets) < count:
        more = read(count - len(octets))
        assert more, "the bus hung up"
        octets += more
    return octets


def read_a_meter(write: Callable[[bytes], object], read: Callable[[int], bytes]) -> str:
    """What a master does: select, wait for E5, ask, take the long frame. The identification that answered."""
    write(selection(first_address()))
    assert read_exactly(read, 1) == b"\xe5"
    write(REQUEST)
    head = read_exactly(read, 4)
    frame = meterbus.load(head + read_exactly(read, head[1] + 2))
    return str(frame.secondary_address)[:8]


def test_master_over_tcp_reads_a_meter_on_the_lent_bus(bench: Bench) -> None:
    with bench.lent() as lending, bench.connect() as computer:
        assert read_a_meter(computer.sendall, computer.recv) == first_address().identification
        view = bench.converter.lent()[0]
        assert (view.segment, view.client, view.baud_rate) == ("main", "127.0.0.1", 2400)
    done = lending.result(PATIENCE)
    assert done.to_bus == len(selection(first_address())) + len(REQUEST)
    assert done.from_bus > 20
    wait_until(lambda: bench.state() is BusState.IDLE)
    assert bench.converter.lent() == ()


def test_every_octet_on_the_lent_bus_stands_in_the_audit_trail(bench: Bench) -> None:
    with bench.lent() as lending, bench.connect() as computer:
        read_a_meter(computer.sendall, computer.recv)
    done = lending.result(PATIENCE)
    words = " ".join(act.new for act in bench.acts).split()
    sent = bytes.fromhex("".join(octets for way, octets in batched(words) if way == ">"))
    came = bytes.fromhex("".join(octets for way, octets in batched(words) if way == "<"))
    assert sent == selection(first_address()) + REQUEST
    assert (came[:2], len(came)) == (b"\xe5\x68", done.from_bus)
    assert {(act.who, act.source) for act in bench.acts} == {("anna", "127.0.0.1")}


def test_lent_octets_are_seen_as_traffic_by_whoever_follows(bench: Bench) -> None:
    with bench.hub.follow(BusTraffic) as following, bench.lent(), bench.connect() as computer:
        read_a_meter(computer.sendall, computer.recv)
        seen = [event for event in iter(lambda: following.get(0.0), None) if isinstance(event, BusTraffic)]
    assert seen[0].octets == selection(first_address())
    assert all(event.note.startswith("lent to TCP") for event in seen)


def test_master_over_a_serial_line_reads_a_meter_on_the_lent_bus(bench: Bench) -> None:
    ours, theirs = pty.openpty()
    bench.settings.set({"level_converter.url": f"serial://{os.ttyname(theirs)}"}, "test")
    with bench.lent(Computer.USB) as lending:
        read = read_a_meter(lambda octets: os.write(ours, octets), lambda count: os.read(ours, count))
        assert read == first_address().identification
    assert lending.result(PATIENCE).client.startswith("serial://")
    os.close(ours)
    os.close(theirs)


def test_second_computer_is_turned_away_and_the_first_one_stays(bench: Bench) -> None:
    with bench.lent(), bench.connect() as first:
        assert read_a_meter(first.sendall, first.recv)
        with bench.connect() as second:
            assert second.recv(1) == b""
        assert read_a_meter(first.sendall, first.recv)


def test_computer_that_went_away_may_come_back(bench: Bench) -> None:
    with bench.lent():
        for _ in range(2):
            with bench.connect() as computer:
                assert read_a_meter(computer.sendall, computer.recv)
            wait_until(lambda: not bench.converter.lent()[0].client)


def test_stranger_is_turned_away() -> None:
    computer = TcpComputer(["127.0.0.1"], 0, [IPv4Network("10.4.0.0/16")])
    with socket.create_connection(("127.0.0.1", int(computer.where.split()[1])), PATIENCE) as stranger:
        assert computer.receive(PATIENCE) == b""
        assert stranger.recv(1) == b""
        assert computer.client == ""
    computer.close()


def test_breaking_off_the_order_gives_the_bus_back(bench: Bench) -> None:
    with bench.lent() as lending:
        bench.job.cancel()
        assert lending.result(PATIENCE).to_bus == 0


def test_segment_is_lent_once_at_a_time(bench: Bench) -> None:
    order = LendingOrder(segment="main", to=Computer.USB, baud_rate=2400, seconds=60, who="anna")
    ours, theirs = pty.openpty()
    bench.settings.set({"level_converter.url": f"serial://{os.ttyname(theirs)}"}, "test")
    with bench.lent(), pytest.raises(RefusedError, match="The segment main is lent already"):
        bench.converter.lend(order, None)
    os.close(ours)
    os.close(theirs)


def test_computer_without_a_line_is_refused_before_the_bus_is_taken(bench: Bench) -> None:
    order = LendingOrder(segment="main", to=Computer.USB, baud_rate=2400, seconds=60, who="anna")
    with pytest.raises(RefusedError, match=r"set level_converter\.url=serial:///dev/ttyGS0"):
        bench.converter.lend(order, None)
    assert bench.converter.lent() == ()


def test_port_that_is_taken_is_refused(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", bench.settings.level_converter.port)):
        order = LendingOrder(segment="main", to=Computer.TCP, baud_rate=2400, seconds=60, who="anna")
        with pytest.raises(RefusedError, match=r"TCP port \d+ of 127\.0\.0\.1 cannot be used"):
            bench.converter.lend(order, None)


def test_silent_computer_loses_the_bus(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = timedelta(seconds=601).total_seconds()
    with bench.lent() as lending, bench.connect():
        wait_until(lambda: bool(bench.converter.lent()[0].client))
        clock = bench.converter._clock
        now = clock.monotonic
        monkeypatch.setattr(clock, "monotonic", lambda: now() + ahead)
        assert lending.result(PATIENCE).client == "127.0.0.1"


def test_slots_that_fall_due_while_the_bus_is_lent_are_missed_with_the_reason(clock: VirtualClock) -> None:
    world = World(clock)
    world.add(load(BUILDING))
    world.run(seconds=1)
    world.engine.lend("main", clock.now() + timedelta(hours=1), "TCP 50000")
    world.run(minutes=50)
    assert world.book.reasons.keys() == {Reason.LENT}
    world.run(minutes=30)
    assert world.book.heard, "readouts go on when the time is over"
