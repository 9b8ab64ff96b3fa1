"""The appliance examines its machine and its database, and says what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from appliance.errors import Kind, RefusedError
from appliance.meters.meter import Meter
from appliance.operations.call import Call
from appliance.security.setup_code import read_code
from appliance.store.database import change, writing
from tests.operations.orders import cells, order, started
from tests.operations.world import World, water_meter


@dataclass
class Ports:
    """The serial ports of a machine that has these."""

    names: list[str] = field(default_factory=list)

    def ports(self) -> list[str]:
        return self.names

    def holders(self, path: str) -> list[str]:
        return [f"modbusd (pid {len(path)})"]

    def permission_hint(self, path: str) -> str:
        return f"Let this user reach {path}"


@pytest.fixture
def call(world: World) -> Call:
    """A person of level 2, on a machine with a port that somebody else uses."""
    parts = replace(world.parts, serial_ports=Ports(["/dev/null"]))
    return replace(world.person(2), parts=parts)


def test_doctor_looks_at_machine_folder_database_and_ports(call: Call) -> None:
    answer = order(call, "system doctor")
    subjects = ["Python", "libraries", "SQLite", "clock", "time server", "time zone", "data folder", "disk"]
    assert cells(answer, "subject") == [*subjects, "key file", "database", "serial port"]
    assert cells(answer, "remedy")[-1] == "Stop it where busmeister is to use the port"
    assert cells(answer, "level")[-1] == "warning"


def test_doctor_tells_no_setup_code_to_a_session(world: World, call: Call) -> None:
    code = read_code(world.parts.data_folder)
    assert code
    assert code not in str(order(call, "system doctor").as_data())


def test_doctor_is_no_business_of_a_visitor(world: World) -> None:
    with pytest.raises(RefusedError, match="needs level 2"):
        started(world.person(1), "system doctor")


def read_all(world: World) -> None:
    """One meter answers and one does not."""
    world.store.meters.add(Meter(id=1, name="Flat 12"), Meter(id=2, name="Flat 13"))
    for number, address in ((1, "10473002"), (2, "10473003")):
        order(world, f"meter set id={number} secondary_address={address}")
    world.engine.answers["10473002"] = water_meter("10473002")
    order(world, "readout now")


def test_check_explains_each_gap(world: World) -> None:
    read_all(world)
    answer = order(world, "system check")
    assert answer.sentence == "sound; slots without a value in 31 days, each with its reason: 1"
    assert cells(answer, "reason") == ["no answer"]
    assert cells(answer, "slots") == [1]


def test_check_in_full_tells_old_gaps_too(world: World) -> None:
    read_all(world)
    world.clock.advance(timedelta(days=40))
    assert order(world, "system check").sentence == "sound; no slot without a value in 31 days"
    assert order(world, "system check full=true").sentence == "sound; slots without a value, each with its reason: 1"


CONTRADICTIONS = [
    (
        "INSERT INTO missed SELECT slot, meter, 0, 0, 1, 0, 0, '', x'' FROM reading",
        "slots with a reading and a reason why there is none: 1",
    ),
    ("DELETE FROM layout", "telegrams whose layout is not there: 1"),
    ("UPDATE reading SET telegram = 1", "readings without their first telegram: 1"),
    ("INSERT INTO outbox VALUES (1, 7, 7)", "readings that wait to be sent and are not there: 1"),
]


@pytest.mark.parametrize(("planted", "sentence"), CONTRADICTIONS)
def test_tables_that_contradict_each_other_are_told(world: World, planted: str, sentence: str) -> None:
    read_all(world)
    database = world.store.soundness._database
    with writing(database):
        change(database, planted)
    with pytest.raises(RefusedError, match=sentence) as refused:
        order(world, "system check")
    assert refused.value.kind is Kind.STORAGE


def test_damage_is_the_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.store.housekeeping, "check", lambda full: f"Page 7 is damaged, full={full}.")
    with pytest.raises(RefusedError, match="Page 7 is damaged, full=True"):
        order(world, "system check full=true")
