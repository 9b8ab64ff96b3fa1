"""The main job on real input: captured telegrams of real meters, over a serial line at 2400 baud, into the store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.meters.meter import Meter
from appliance.store.store import Store
from tests.running.programs import running, script

ADDRESSES = 42  # of the 45 captured frames three share all eight address octets with another


def file_names(lines: list[str]) -> dict[str, str]:
    """Name of the file of each meter, by its address, from the printed lines."""
    found = (re.match(r'meter add secondary=(\S+) .*name="([^"]+)"', line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def stored_telegrams(data: Path) -> list[tuple[Meter, tuple[bytes, ...]]]:
    """What an appliance that has ended kept of each meter's newest reading."""
    store = Store.open(data, clock=SystemClock(), publish=lambda event: None)
    try:
        return [(meter, store.readings.latest(meter.id)[0].telegrams) for meter in store.meters.all()]
    finally:
        store.close()


@pytest.mark.first
def test_every_captured_meter_is_read_over_a_serial_line_and_kept_octet_for_octet(
    tmp_path: Path, captured: Path
) -> None:
    device = tmp_path / "bus"
    with running(
        "simulate", "--telegrams", captured / "wired", "--pty", "--link", device, sign="serial://"
    ) as building:
        building.wait_for("meter add", ADDRESSES - sum("meter add" in line for line in building.lines))
        orders = [line for line in building.lines if line.startswith("meter add")]
        commands = tmp_path / "commission.cad"
        commands.write_text("\n".join([f"segment add main serial://{device}", *orders]) + "\n", encoding="utf-8")
        with running("run", "--headless", "--data", tmp_path / "data", sign="busmeister") as appliance:
            done = script(tmp_path / "data", commands)
            assert done.returncode == 0, done.stdout + done.stderr
            assert appliance.end() == 0
    kept = stored_telegrams(tmp_path / "data")
    names = file_names(orders)
    assert len(kept) == len(names) == ADDRESSES
    for meter, telegrams in kept:
        file = captured / "wired" / f"{names[str(meter.secondary_address)]}.hex"
        assert telegrams == (bytes.fromhex(file.read_text()),), meter
