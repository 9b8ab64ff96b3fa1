"""Rounds: on the grid, per-meter cycles, overruns, retries, priorities, orders of persons, continuous mode."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appliance.clock import VirtualClock
from appliance.errors import RefusedError
from appliance.events import BusState, BusTraffic, Direction, RoundProgress, TelegramHeard
from appliance.meters.meter import Addressing, Initialization, Meter
from appliance.ports import Heard, Missed, ReadingKind, Reason
from appliance.simulated_faults import Fault
from drivers.simulated.building import load
from tests.bus.world import MAIN, World, faulty


def at(hour: int, minute: int, second: int = 0) -> int:
    return int(datetime(2026, 11, 21, hour, minute, second, tzinfo=UTC).timestamp())


class Job:
    """A long order as a person follows it."""

    def __init__(self) -> None:
        self.cancelled = False
        self.reports: list[tuple[int, int, str]] = []

    def report(self, done: int, of: int, sentence: str = "") -> None:
        self.reports.append((done, of, sentence))


def test_every_meter_is_read_once_in_every_slot_of_the_grid(world: World) -> None:
    world.add(load("apartment-block", meters=10))
    world.run(minutes=50)
    for meter in world.book.list:
        assert world.book.slots(meter.id) == [at(6, 0), at(6, 15), at(6, 30), at(6, 45)]
    assert world.book.reasons == {}
    assert {heard.kind for heard in world.book.heard} == {ReadingKind.SCHEDULED}


def test_meter_with_its_own_cycle_is_read_in_that(world: World) -> None:
    world.add(load("apartment-block", meters=3))
    world.book.list[1] = replace(world.book.list[1], schedule="5min")
    world.book.list[2] = replace(world.book.list[2], schedule="no schedule")
    world.run(minutes=31)
    assert world.book.slots(2) == [at(6, minute) for minute in (0, 5, 10, 15, 20, 25, 30)]
    assert world.book.slots(1) == world.book.slots(3) == [at(6, 0), at(6, 15), at(6, 30)]


def test_battery_meter_is_spared(world: World) -> None:
    world.add(load("apartment-block", meters=2))
    world.book.list[0] = replace(world.book.list[0], battery=True)
    world.run(hours=2, minutes=1)
    assert world.book.slots(1) == [at(6, 0), at(7, 0), at(8, 0)]


def test_passive_meters_and_disabled_readouts_have_no_slots(world: World) -> None:
    world.add(load("apartment-block", meters=2))
    world.book.list[0] = replace(world.book.list[0], active=False)
    world.run(minutes=16)
    assert world.book.slots(1) == []
    world.settings = replace(world.settings, enabled=False)
    world.engine.reconfigure()
    world.run(hours=1)
    assert world.book.slots(2) == [at(6, 0), at(6, 15)]


def test_schedule_can_be_changed_while_running(world: World) -> None:
    world.add(load("apartment-block", meters=1))
    world.run(minutes=1)
    world.settings = replace(world.settings, schedule="2min")
    world.engine.reconfigure()
    world.run(minutes=5)
    assert world.book.doubled() == []
    assert world.book.slots(1) == [at(6, 0), at(6, 2), at(6, 4)]


def test_round_that_is_not_over_lets_the_next_slot_be_missed_with_the_reason(world: World) -> None:
    world.settings = replace(world.settings, schedule="10s")
    world.add(load("apartment-block", meters=20))
    world.run(minutes=10)
    assert set(world.book.reasons) == {Reason.LATE, Reason.OFF}
    assert {end.slot for end in world.book.ends if isinstance(end, Missed) and end.reason is Reason.OFF} == {at(6, 0)}
    assert world.book.doubled() == []
    counts = {len(world.book.slots(meter.id)) for meter in world.book.list}
    assert max(counts) - min(counts) <= 1


def test_job_retries_come_a_minute_apart_and_a_meter_that_comes_back_is_read_in_its_slot(
    world: World, clock: VirtualClock
) -> None:
    bus = world.add(load("apartment-block", meters=3))
    bus.put_fault(Fault.DEAF, clock.monotonic(), meter=bus.meters[1], duration=150.0)
    world.run(minutes=10)
    assert world.book.reasons == {}
    late = next(heard for heard in world.book.heard if heard.meter == 2)
    assert late.slot == at(6, 0)
    assert late.at.wall > datetime(2026, 11, 21, 6, 2, 30, tzinfo=UTC)


def test_round_tells_until_when_it_waits_for_its_retry_and_when_it_goes_on(world: World, clock: VirtualClock) -> None:
    world.settings = replace(world.settings, scheduled_retries=2)
    bus = world.add(load("apartment-block", meters=3))
    bus.put_fault(Fault.DEAF, clock.monotonic(), meter=bus.meters[1], duration=100.0)
    world.run(seconds=30)
    now = world.engine.status()[0].round
    assert now is not None
    assert now.waits_until is not None
    assert (now.due - now.answered - now.missed, now.waits_until > clock.now()) == (1, True)
    world.run(minutes=5)
    assert world.engine.status()[0].round is None
    told = [event.waits_until for event in world.of(RoundProgress)]
    pauses = [until for until in told if until is not None]
    assert told == [None] * 3 + [pauses[0], None, pauses[1], None, None]
    assert pauses[0] == now.waits_until
    assert pauses[1] - pauses[0] >= timedelta(seconds=60)


def test_retries_that_would_meet_the_next_slot_are_dropped(world: World) -> None:
    world.settings = replace(world.settings, schedule="1min")
    world.add(faulty(load("apartment-block", meters=3), Fault.DEAF, 0))
    world.run(minutes=5, seconds=30)
    assert world.book.reasons == {Reason.NO_ANSWER: 6}
    assert len(world.book.heard) == 12
    assert all(end.at.wall.second < 30 for end in world.book.ends)  # told at once, not when time is up


def test_late_meter_gets_its_remaining_attempts_at_the_end_of_the_same_round(world: World) -> None:
    world.settings = replace(world.settings, scheduled_retries=0)
    world.add(faulty(load("apartment-block", meters=3), Fault.LATE, 0))
    world.run(minutes=10)
    assert world.book.reasons == {}
    assert [heard.meter for heard in world.book.heard] == [2, 3, 1]


def test_round_tells_its_progress_and_its_end(world: World) -> None:
    world.add(faulty(load("apartment-block", meters=4), Fault.DEAF, 0))
    world.run(minutes=14)
    progress = world.of(RoundProgress)
    assert (progress[0].due, progress[0].answered, progress[0].missed) == (4, 0, 0)
    assert (progress[-1].answered, progress[-1].missed) == (3, 1)
    assert progress[-1].ended is not None
    assert [event.ended for event in progress].count(None) == len(progress) - 1
    assert world.book.flushes >= 2


def test_person_reads_a_meter_between_two_meters_of_the_round(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=2)
    before = len(world.book.heard)
    ordered = int(world.clock.now().timestamp())
    answer = world.engine.read([world.book.list[19]])
    world.run(seconds=2)
    assert answer.done()
    (heard,) = answer.result()
    assert isinstance(heard, Heard)
    assert heard.urgent
    assert heard.kind is ReadingKind.MANUAL
    assert heard.slot == ordered
    assert world.book.heard[before + 1] is heard
    world.run(minutes=1)
    assert world.book.slots(20) == [at(6, 0), at(6, 15)]


def test_reading_for_the_eyes_alone_is_not_stored(world: World) -> None:
    world.add(load("apartment-block", meters=2))
    world.run(minutes=5)
    before = len(world.book.ends)
    answer = world.engine.read([world.book.list[1]], store=False)
    world.run(seconds=10)
    assert isinstance(answer.result()[0], Heard)
    assert len(world.book.ends) == before
    assert world.engine.newest(2) == answer.result()[0]


def test_order_over_several_segments_answers_in_the_order_asked(world: World) -> None:
    for name in ("east", "west"):
        building = load("apartment-block", meters=3, seed=len(name))
        world.add(building, replace(MAIN, name=name))
    world.run(minutes=5)
    job = Job()
    asked = list(reversed(world.book.list))
    answer = world.engine.read(asked, job=job)
    world.run(seconds=30)
    assert [outcome.meter for outcome in answer.result()] == [meter.id for meter in asked]
    assert [done for done, _, _ in job.reports] == [1, 2, 3, 4, 5, 6]
    assert {of for _, of, _ in job.reports} == {6}


def test_same_meter_named_twice_is_read_once(world: World) -> None:
    world.add(load("apartment-block", meters=1))
    world.run(minutes=5)
    before = len(world.book.heard)
    answer = world.engine.read([world.book.list[0]] * 2)
    world.run(seconds=5)
    assert len(answer.result()) == 2
    assert len(world.book.heard) == before + 1


def test_meter_on_a_segment_not_in_use_is_refused(world: World) -> None:
    world.add(load("apartment-block", meters=1))
    world.run(seconds=1)
    with pytest.raises(RefusedError, match='no segment "attic"'):
        world.engine.read([replace(world.book.list[0], segment="attic")])


def test_order_broken_off_keeps_what_was_read(world: World) -> None:
    world.add(load("apartment-block", meters=20))
    world.run(minutes=5)
    job = Job()
    answer = world.engine.read(world.book.list, job=job)
    world.run(seconds=5)
    job.cancelled = True
    world.run(seconds=5)
    outcomes = answer.result()
    assert isinstance(outcomes[0], Heard)
    assert isinstance(outcomes[-1], Missed)
    assert outcomes[-1].reason is Reason.CANCELLED
    assert world.book.doubled() == []


def test_meter_without_the_address_it_is_read_by_misses_with_the_reason(world: World) -> None:
    world.add(load("apartment-block", meters=1))
    world.book.list.append(Meter(id=2, name="cellar"))
    world.book.list.append(Meter(id=3, name="attic", addressing=Addressing.PRIMARY))
    world.run(minutes=5)
    details = [end.detail for end in world.book.ends if isinstance(end, Missed)]
    assert len(details) == 2
    assert all("has none: set one" in detail for detail in details)
    assert world.book.reasons == {Reason.NOT_ASKED: 2}
    assert len(world.book.heard) == 1


def test_meters_at_their_own_baud_rate(world: World) -> None:
    world.add(load("apartment-block", meters=2))
    world.run(minutes=1)
    bus = world.add(
        load("apartment-block", meters=2, seed=9, baud_rate=300), replace(MAIN, name="slow", baud_rate=2400)
    )
    for place in bus.meters:
        place.slave.baud_rate = 300
    world.book.list[2:] = [replace(meter, baud_rate=300) for meter in world.book.list[2:]]
    world.engine.reconfigure()
    world.run(minutes=15)
    assert world.book.slots(3)[-1] == at(6, 15)
    assert world.book.reasons == {}


def test_primary_meter_never_initialised_is_asked_with_alternating_bits(world: World) -> None:
    world.wanted.add(BusTraffic)
    world.add(load("boiler-room", meters=1))
    world.book.list[0] = replace(world.book.list[0], addressing=Addressing.PRIMARY, initialization=Initialization.OFF)
    world.run(minutes=50)
    asked = [event.octets[1] for event in world.of(BusTraffic) if event.direction is Direction.SENT]
    assert asked == [0x7B, 0x5B, 0x7B, 0x5B]


def test_continuous_mode_reads_on_in_memory_and_rounds_are_stored_beside_it(world: World) -> None:
    world.settings = replace(world.settings, continuous=True)
    world.add(load("apartment-block", meters=5))
    world.book.list[4] = replace(world.book.list[4], battery=True)
    world.run(minutes=16)
    assert {heard.kind for heard in world.book.heard} == {ReadingKind.SCHEDULED}
    assert world.book.reasons == {}
    live = [event.heard for event in world.of(TelegramHeard) if event.heard.kind is ReadingKind.CONTINUOUS]
    assert len(live) > 1000
    assert 5 not in {heard.meter for heard in live}
    newest = world.engine.newest(1)
    assert newest is not None
    assert newest.at.wall > world.clock.now() - timedelta(seconds=10)


def test_continuous_mode_pauses_between_its_rounds(world: World) -> None:
    world.settings = replace(world.settings, continuous=True, continuous_pause=60.0, enabled=False)
    world.add(load("apartment-block", meters=2))
    world.run(minutes=10)
    assert 16 <= len(world.of(TelegramHeard)) <= 20
    world.settings = replace(world.settings, continuous=False)
    world.engine.reconfigure()
    world.events.clear()
    world.run(minutes=10)
    assert world.of(TelegramHeard) == []


def test_paused_segment_reads_nothing_and_goes_on_by_itself(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(minutes=14)
    world.engine.pause("main", clock.now() + timedelta(minutes=20))
    world.run(minutes=2)
    assert world.engine.status()[0].state is BusState.PAUSED
    answer = world.engine.read([world.book.list[0]])
    world.run(seconds=1)
    refused = answer.result()[0]
    assert isinstance(refused, Missed)
    assert refused.reason is Reason.PAUSED
    world.run(minutes=20)
    assert world.book.reasons == {Reason.PAUSED: 4}
    assert world.book.slots(1)[-1] == at(6, 30)
    assert len(world.book.heard) == 6


def test_resumed_segment_reads_what_was_due(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=3))
    world.run(minutes=14)
    world.engine.pause("main", clock.now() + timedelta(hours=20))
    world.run(minutes=5)
    world.engine.resume("main")
    world.run(minutes=5)
    assert world.book.reasons == {}
    assert world.book.slots(1) == [at(6, 0), at(6, 15)]


def test_lease_waits_for_the_round_and_is_never_stolen_from(world: World, clock: VirtualClock) -> None:
    bus = world.add(load("apartment-block", meters=20))
    world.run(minutes=15, seconds=2)
    lease = world.engine.lend("main", clock.now() + timedelta(minutes=40), "level converter", baud_rate=2400)
    world.run(seconds=2)
    assert not lease.granted.is_set()
    world.run(minutes=2)
    assert lease.granted.is_set()
    assert world.engine.status()[0].state is BusState.LENT
    sent = world.engine.status()[0].counters.requests
    lease.send(bytes.fromhex("10 40 fd 3d 16"))
    address = bus.meters[0].instrument.secondary_address
    assert address is not None
    world.run(seconds=1)
    lease.send(_select(address.without_fabrication().to_bytes()))
    world.run(seconds=1)
    octets = b""
    while received := lease.receive(0).octets:
        octets += received
    assert octets.endswith(b"\xe5")
    world.run(minutes=30)
    assert world.engine.status()[0].counters.requests == sent
    assert world.book.reasons == {Reason.LENT: 20}
    lease.give_back()
    world.run(minutes=5)
    assert lease.ended.is_set()
    assert world.book.slots(1)[-1] == at(6, 45)
    assert len(world.book.heard) == 60


def test_segment_is_lent_to_one_at_a_time(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=1))
    world.run(minutes=5)
    until = clock.now() + timedelta(minutes=5)
    with world.engine.lend("main", until, "first") as first:
        world.run(seconds=1)
        second = world.engine.lend("main", until, "second")
        world.run(seconds=1)
        assert first.granted.is_set()
        assert second.ended.is_set()
        assert "lent already" in second.sentence
    world.run(seconds=1)
    assert first.ended.is_set()


def _select(octets: bytes) -> bytes:
    body = b"\x53\xfd\x52" + octets
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def test_traffic_is_published_only_while_somebody_follows(world: World) -> None:
    world.add(load("apartment-block", meters=2))
    world.run(minutes=5)
    assert world.of(BusTraffic) == []
    world.wanted.add(BusTraffic)
    world.run(minutes=15)
    assert {event.direction for event in world.of(BusTraffic)} == {Direction.SENT, Direction.RECEIVED}


def test_progress_goes_on_while_nothing_is_due(world: World, clock: VirtualClock) -> None:
    world.add(load("apartment-block", meters=2))
    world.run(minutes=14)
    assert clock.monotonic() - world.engine.last_progress <= 1


def test_progress_goes_on_while_dead_meters_are_tried_again(world: World, clock: VirtualClock) -> None:
    building = load("apartment-block", meters=3)
    world.add(faulty(building, Fault.DEAF, 0, 1, 2))
    for _ in range(20):
        world.run(seconds=30)
        assert clock.monotonic() - world.engine.last_progress <= 1
