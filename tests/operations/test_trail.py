"""What of an order goes into the audit trail."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from appliance.errors import BusmeisterError
from appliance.hub import Job
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.operations import trail
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.line import parse_line
from appliance.operations.operation import Operation, operation
from appliance.ports import Heard, Missed
from appliance.settings.kinds import Hidden, Text
from tests.operations.orders import finished, order, started
from tests.operations.world import ELS, WATER, World, water_meter


def rows(world: World) -> list[tuple[str, str]]:
    """What and result of each row, the oldest first."""
    return [(row.act.what, row.act.result) for row in world.parts.doorkeeper.audit.rows()]


def install(world: World) -> None:
    world.store.meters.add(Meter(id=0, name="Flat 12", secondary_address=SecondaryAddress("10473002", ELS, 1, WATER)))
    world.engine.answers["10473002"] = water_meter("10473002")


def test_long_order_leaves_a_row_when_it_begins_and_one_when_it_ends(world: World) -> None:
    install(world)
    order(world, "meter read id=1")
    assert rows(world) == [("meter read meters=id=1", "begun"), ("meter read meters=id=1", "ok")]


def test_order_that_never_ends_has_left_its_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    install(world)
    reached, go_on = threading.Event(), threading.Event()

    def endless(meters: Sequence[Meter], *, store: bool, job: Job | None) -> Future[Sequence[Heard | Missed]]:
        reached.set()
        assert go_on.wait(10)
        raise OSError("the power went")

    monkeypatch.setattr(world.engine, "read", endless)
    job = started(world.call, "meter read id=1").job
    assert job is not None
    assert reached.wait(10)
    assert rows(world) == [("meter read meters=id=1", "begun")]
    go_on.set()
    job.wait(10)


def test_round_broken_off_is_written_down_as_cancelled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    install(world)
    read = world.engine.read

    def broken_off(meters: Sequence[Meter], *, store: bool, job: Job | None) -> Future[Sequence[Heard | Missed]]:
        assert job is not None
        job.cancel()
        return read(meters, store=store, job=job)

    monkeypatch.setattr(world.engine, "read", broken_off)
    finished(started(world.call, "readout now"))
    assert rows(world) == [("readout now", "begun"), ("readout now", "cancelled: 1 of 1 meters read")]


def test_what_was_refused_is_written_down_with_the_reason(world: World) -> None:
    with pytest.raises(Exception, match="No meter matches"):
        order(world, "meter read nobody")
    assert rows(world)[-1] == ("meter read meters=nobody", "refused: No meter matches nobody.")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("bus.readout.readout_retries=900", "bus.readout.readout_retries=900"),
        ("bus.read.readout_r=900", "bus.read.readout_r=900"),
        ("ssh.listen+=nowhere", "ssh.listen+=nowhere"),
        ("console.password.2=hunter2", f"console.password.2={trail.DOTS}"),
        ("cons.pass.2=hunter2", f"cons.pass.2={trail.DOTS}"),
        ("console=hunter2", f"console={trail.DOTS}"),
        ("console.pasword.2=hunter2", f"console.pasword.2={trail.DOTS}"),
    ],
)
def test_refused_value_of_a_setting_is_dots_only_where_it_may_be_a_secret(
    world: World, typed: str, written: str
) -> None:
    with pytest.raises(BusmeisterError):
        order(world, f"set {typed} console.port=none")
    what, result = rows(world)[-1]
    assert what == f"set {written} console.port=none"
    assert result.startswith("refused: ")


@operation("lamp set", level=2, audited=True, fields={"monkey": Text(0, 20), "pin": Hidden()})
def lamp_set(call: Call, **fields: str) -> Answer:
    """Changes a lamp."""
    return Answer()


@pytest.mark.parametrize(
    ("typed", "written"),
    [("monkey=brown", "monkey=brown"), ("pin=hunter2", f"pin={trail.DOTS}"), ("other=hunter2", f"other={trail.DOTS}")],
)
def test_secret_is_what_its_kind_says_not_what_its_name_looks_like(typed: str, written: str) -> None:
    lamp: Operation = lamp_set
    filled = lamp.signature.fill(lamp.name, parse_line(typed).tokens)
    assert trail.order_text(lamp, filled) == f"lamp set {written}"


def test_question_is_asked_in_the_words_of_its_row(world: World) -> None:
    with pytest.raises(Exception, match=r'"restart" asks first: Restart\? confirm=yes does it\.'):
        order(world, "restart")
