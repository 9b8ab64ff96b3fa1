"""Commands to one meter."""

from __future__ import annotations

import pytest

from appliance.errors import EncodeError, RefusedError
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Addressing, Meter
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.line import parse_line
from tests.operations.world import World


@pytest.fixture
def call(world: World) -> Call:
    """An appliance with a meter by secondary, and one by primary address."""
    world.store.meters.add(
        Meter(id=1, name="Cellar", secondary_address=SecondaryAddress.parse("10473001-ELS-1-7")),
        Meter(id=2, name="Attic", addressing=Addressing.PRIMARY, primary_address=5),
    )
    return world.call


def send(call: Call, typed: str) -> Answer:
    row, tokens = registry().find(parse_line(f"meter send {typed} confirm=yes").tokens)
    job = execute(call, row, tokens).job
    assert job is not None
    job.wait()
    answer = job.outcome()
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize(
    ("typed", "octets"),
    [
        ("Attic nke", "1040054516"),
        ("Attic reset", "68030368530550a816"),
        ("Attic primary_address value=17", "68060668530551017a113516"),
        ("Attic baud_rate value=9600", "680303685305bd1516"),
        ("Attic raw data=510A0B", "680505685305510a0bbe16"),
    ],
)
def test_command_goes_to_the_primary_address(world: World, call: Call, typed: str, octets: str) -> None:
    send(call, typed)
    assert [one.hex() for one in world.engine.sent] == [octets]


def test_meter_by_secondary_address_is_selected_first(world: World, call: Call) -> None:
    send(call, "Cellar reset subcode=16")
    selected, order = (one.hex() for one in world.engine.sent)
    assert selected.startswith("680b0b6853fd5201304710")
    assert order == "6804046853fd5010b016"


def test_meter_is_asked_at_its_new_speed_from_then_on(world: World, call: Call) -> None:
    send(call, "Attic baud_rate value=9600")
    meter = world.store.meters.find(2)
    assert meter is not None
    assert meter.baud_rate == 9600
    assert world.engine.reconfigured == 1


@pytest.mark.parametrize(
    ("typed", "kind", "words"),
    [
        ("Attic primary_address value=251", EncodeError, "0 to 250, not 251"),
        ("Attic baud_rate value=1234", EncodeError, "M-Bus has no 1234 Bd"),
        ("Attic primary_address", RefusedError, "needs value=NUMBER"),
        ("Attic raw", RefusedError, "needs data=HEX"),
    ],
)
def test_command_that_cannot_be_is_refused_and_nothing_is_sent(
    world: World, call: Call, typed: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        send(call, typed)
    assert world.engine.sent == []


def test_command_is_for_level_three(world: World, call: Call) -> None:
    with pytest.raises(RefusedError, match="needs level 3"):
        send(world.person(2), "Attic nke")
