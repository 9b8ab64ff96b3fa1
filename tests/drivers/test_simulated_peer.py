"""pyMeterBus as a stranger's master over TCP: it reads the simulated meters and finds the values they say they have."""

from __future__ import annotations

import importlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from types import ModuleType

import pytest
import serial

from appliance.clock import SystemClock, VirtualClock
from appliance.mbus.telegram import decode
from drivers.simulated.building import Building, load
from drivers.simulated.meter import SimulatedMeter
from drivers.simulated.offer import Bell, TcpDoor, serve

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def meterbus() -> ModuleType:
    try:
        return importlib.import_module("meterbus")
    except ModuleNotFoundError:
        if os.environ.get("BUSMEISTER_REQUIRE_PEERS") == "1":
            pytest.fail("pymeterbus is not installed, and BUSMEISTER_REQUIRE_PEERS asks for it")
        pytest.skip("pymeterbus is not installed")


@pytest.fixture
def building() -> Building:
    return load("apartment-block", meters=12, seed=11)


@pytest.fixture
def port(building: Building, clock: VirtualClock) -> Iterator[serial.SerialBase]:
    """The building's bus, its wire in real time, its values at the time that stands still."""
    bus = building.bus(_StillClock(clock), fast=True)
    door, bell = TcpDoor("127.0.0.1", 0), Bell()
    thread = threading.Thread(target=serve, args=(bus, door, bell))
    thread.start()
    with serial.serial_for_url(f"socket://{door.host}:{door.port}", timeout=60) as opened:
        yield opened
    bell.ring()
    thread.join()
    door.close()
    bell.close()


class _StillClock(SystemClock):
    """The machine's monotonic clock with another wall time."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._still = clock

    def now(self) -> datetime:
        return self._still.now()


def read(meterbus: ModuleType, port: serial.SerialBase, meter: SimulatedMeter) -> bytes:
    """Select and read one meter as pyMeterBus's own tools do."""
    address = meter.instrument.secondary_address
    assert address is not None
    mask = address.identification + address.to_bytes()[4:8].hex().upper()
    meterbus.send_select_frame(port, mask)
    assert isinstance(meterbus.load(meterbus.recv_frame(port, 1)), meterbus.TelegramACK)
    meterbus.send_request_frame(port, meterbus.ADDRESS_NETWORK_LAYER)
    return bytes(meterbus.recv_frame(port, 1))


def test_stranger_reads_every_meter_and_agrees_with_its_values(
    meterbus: ModuleType, port: serial.SerialBase, building: Building
) -> None:
    compared = 0
    for meter in building.meters:
        octets = read(meterbus, port, meter)
        ours = decode(octets)
        theirs = json.loads(meterbus.load(octets).to_JSON())["body"]
        assert meter.instrument.secondary_address is not None
        assert theirs["header"]["identification"].replace(", ", "").replace("0x", "").upper() in (
            meter.instrument.secondary_address.identification,
            bytes.fromhex(meter.instrument.secondary_address.identification)[::-1].hex().upper(),
        )
        for record, found in zip(ours.records or (), theirs["records"], strict=True):
            if record.meaning.unit is not None and isinstance(found["value"], int | float):
                assert float(found["value"]) == pytest.approx(float(Decimal(str(record.value))), rel=1e-6)
                compared += 1
    assert compared > 3 * len(building.meters)


def test_stranger_pings_a_primary_address(meterbus: ModuleType, port: serial.SerialBase, building: Building) -> None:
    building.meters[0].slave.primary_address = 5
    meterbus.send_ping_frame(port, 5)
    assert isinstance(meterbus.load(meterbus.recv_frame(port, 1)), meterbus.TelegramACK)


def test_stranger_sees_the_counter_that_has_grown(
    meterbus: ModuleType, port: serial.SerialBase, building: Building, clock: VirtualClock
) -> None:
    def energy() -> float:
        records = json.loads(meterbus.load(read(meterbus, port, building.meters[0])).to_JSON())["body"]["records"]
        return float(next(one["value"] for one in records if "ENERGY" in one["type"]))

    before = energy()
    clock.advance(timedelta(days=30))
    assert energy() > before
