"""Thirty virtual days of a hundred meters with every fault on, over the real engine and the real store.

Each day other meters have other faults; the bus is short-circuited, the line vanishes, the appliance is restarted and
the clock is set. At the end an auditor with SQL of its own explains every slot that was due.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.bus.virtual import drive
from appliance.clock import VirtualClock
from appliance.errors import LineRefused
from appliance.events import RoundProgress
from appliance.mbus.address import SecondaryAddress
from appliance.ports import Line
from appliance.simulated_faults import Fault
from appliance.store.store import Store
from drivers.simulated.building import load
from drivers.simulated.bus import SimulatedBus
from tests.auditor import Key, audit, due_slots
from tests.bus.world import meter_of
from tests.running.figures import tell

METERS = 100
PERIOD = 900
HOUR = 3600
SICK_AT_ONCE = 10
SETTINGS = EngineSettings(
    segments=(SegmentSettings(name="main", url="simulated://main"),), zone=ZoneInfo("Europe/Berlin"), schedule="15min"
)
WHOLE_BUS = (Fault.SHORT_CIRCUIT, Fault.VANISHING_LINE, Fault.ECHO, Fault.BIT_ERRORS)
OF_ONE_METER = [fault for fault in Fault if fault not in (Fault.SHORT_CIRCUIT, Fault.VANISHING_LINE, Fault.ECHO)]


class House:
    """A building, its bus, and an appliance that is started and stopped in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = VirtualClock()
        self.random = Random(13757)
        self.building = load("apartment-block", meters=METERS, seed=30)
        self.bus: SimulatedBus = self.building.bus(self.clock)
        self.faults = cycle(OF_ONE_METER)
        self.start()
        if not self.store.meters.all():
            meters = [meter_of(each.instrument, n, "main") for n, each in enumerate(self.building.meters, 1)]
            self.store.meters.add(*meters)

    def start(self) -> None:
        self.store = Store.open(self.folder, clock=self.clock, publish=self.take, threaded=False)
        self.clock.boot = self.store.boot
        self.engine = Engine(
            open_line=_no_line,
            meters=self.store.meters,
            intake=self.store,
            settings=lambda: SETTINGS,
            clock=self.clock,
            publish=self.take,
            wanted=lambda kind: False,
        )

    def take(self, event: object) -> None:
        if isinstance(event, RoundProgress) and event.ended is not None:
            self.store.round_ended(event)

    def run(self, seconds: float) -> None:
        """Let time pass, writing as the writer's thread would."""
        until = self.clock.monotonic() + seconds
        while (now := self.clock.monotonic()) < until:
            drive(self.engine, {"main": self.bus}, self.clock, min(until, now + 30))
            self.store.pump()

    def stop(self) -> None:
        self.engine.stop()
        self.store.pump()
        self.store.close()

    def restart(self, off: float) -> None:
        self.stop()
        self.clock.advance(seconds=off)
        self.start()

    def fall_ill(self) -> None:
        """Other meters have other faults, each for a few hours."""
        for meter in self.random.sample(self.building.meters, SICK_AT_ONCE):
            lasting = self.random.uniform(1, 6) * HOUR
            self.bus.put_fault(next(self.faults), self.clock.monotonic(), meter=meter, duration=lasting)

    def trouble_of_the_day(self, day: int) -> None:
        """What concerns everybody, something else each day."""
        now = self.clock.monotonic()
        match day % 6:
            case 0 | 1 | 2 | 3:
                self.bus.put_fault(WHOLE_BUS[day % 6], now, duration=HOUR / 2)
            case 4:
                self.restart(off=self.random.uniform(1, 5000))
            case 5:
                self.clock.step(timedelta(seconds=self.random.choice((-3600, -700, -5, 5, 700, 3600))))

    def days(self, count: int) -> Iterator[int]:
        """Day by day, in four parts, with the day's trouble in between."""
        for day in range(count):
            for part in range(4):
                self.fall_ill()
                if part == 1:
                    self.trouble_of_the_day(day)
                self.run(6 * HOUR)
            yield day


def _no_line(url: str) -> Line:
    raise LineRefused(f"{url} is driven in virtual time.")


def live(folder: Path, days: int) -> tuple[House, list[Key]]:
    """So many days, and the slots that were due in them."""
    house = House(folder)
    began = int(house.clock.now().timestamp())
    for _ in house.days(days):
        pass
    ended = int(house.clock.now().timestamp()) - 2 * PERIOD  # the last slots may still be under way
    house.stop()
    return house, list(due_slots(range(1, METERS + 1), began, ended, PERIOD))


def check(folder: Path, house: House, due: list[Key]) -> None:
    found = audit(folder / "busmeister.db")
    assert found.problems == []
    assert found.unexplained(due) == []
    read = sum(key in found.readings for key in due)
    assert read > 0.9 * len(due)  # one bad meter, hour or restart costs no more than its own
    addresses = {n: meter.instrument.secondary_address for n, meter in enumerate(house.building.meters, 1)}
    wrong = [
        (key, telegrams)
        for key, telegrams in found.readings.items()
        if (address := addresses[key[1]]) is not None
        and not address.without_fabrication().matches(SecondaryAddress.from_bytes(telegrams[0][7:15]))
    ]
    assert wrong == []


@pytest.mark.first
def test_a_day_with_faults_leave_no_slot_unexplained(tmp_path: Path) -> None:
    house, due = live(tmp_path, days=1)
    check(tmp_path, house, due)


@pytest.mark.soak
@pytest.mark.alone
def test_thirty_days_with_every_fault_leave_no_slot_unexplained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = time.monotonic()
    house, due = live(tmp_path, days=30)
    assert len(due) > 28 * 96 * METERS
    check(tmp_path, house, due)
    tell(capsys, "minutes for thirty virtual days", (time.monotonic() - begin) / 60, limit=10)
