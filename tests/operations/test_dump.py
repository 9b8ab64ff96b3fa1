"""The diagnostic file has what somebody far away needs, and is whole or not there."""

from __future__ import annotations

import json
import zipfile

import pytest

from appliance.errors import Cancelled, RefusedError
from appliance.meters.meter import Meter
from appliance.operations import dump
from appliance.operations.call import Call
from appliance.security.setup_code import read_code
from tests.operations.orders import order, started
from tests.operations.world import World, water_meter


def parts(world: World, line: str) -> dict[str, str]:
    """What the archive holds."""
    order(world, line)
    (path,) = world.parts.files.glob("dump-*.zip")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_archive_has_states_settings_log_memory_and_threads(world: World) -> None:
    world.settings.set({"bus.baud_rate": "300"}, "test")
    found = parts(world, "system dump")
    assert json.loads(found["about.json"])["serial"] == "00000000"
    assert "set bus.baud_rate=300" in found["show-configuration.json"]
    assert "error" not in json.loads(found["show-bus.json"])
    assert json.loads(found["doctor.json"])[0]["subject"] == "Python"
    assert "VmRSS" in found["memory.txt"]
    assert "MainThread" in found["threads.txt"]
    failed = {name for name, text in found.items() if text.startswith('{"error"')}
    assert failed == {"show-panel.json", "show-relays.json"}  # no panel here


def test_telegrams_are_in_it_where_they_are_wanted(world: World) -> None:
    world.store.meters.add(Meter(id=1, name="Flat 12"))
    order(world, "meter set id=1 secondary_address=10473002")
    world.engine.answers["10473002"] = water_meter("10473002")
    order(world, "meter read id=1")
    assert water_meter("10473002").hex() in parts(world, "system dump telegrams=true")["telegrams.txt"]


def test_setup_code_is_not_in_it(world: World) -> None:
    code = read_code(world.parts.data_folder)
    assert code
    assert not [name for name, text in parts(world, "system dump").items() if code in text]


def test_part_that_fails_says_so_and_costs_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(world.store.survey, "extent", fail)
    found = parts(world, "system dump")
    assert "made a mistake" in json.loads(found["show-storage.json"])["error"]
    assert found["show-segments.json"]


def test_dump_that_is_broken_off_leaves_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(call: Call) -> object:
        raise Cancelled("system dump was broken off.")

    monkeypatch.setattr(dump, "_about", broken_off)
    with pytest.raises(Cancelled):
        order(world, "system dump")
    assert list(world.parts.files.iterdir()) == []


def test_dump_is_for_administrators(world: World) -> None:
    with pytest.raises(RefusedError, match="needs level 3"):
        started(world.person(2), "system dump")
