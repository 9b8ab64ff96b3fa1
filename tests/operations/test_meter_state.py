"""How meters are counted: what speaks against a meter, and what was our own doing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from appliance.events import RoundProgress
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.meters.selection import Status
from appliance.operations.glances import glances
from appliance.operations.meter_state import state_of, states_of
from appliance.operations.overview import rounds_done
from appliance.operations.to_do import to_do
from appliance.ports import Heard, Missed, ReadingKind, Reason
from appliance.store.database import query
from tests.operations.orders import cells, order, text
from tests.operations.world import ELS, WATER, World, water_meter

OWN_DOING = [
    *(Reason.LENT, Reason.PAUSED, Reason.LATE, Reason.STOPPED, Reason.CANCELLED, Reason.OFF, Reason.CLOCK),
]


def install(world: World, count: int) -> list[Meter]:
    addresses = [SecondaryAddress(f"{10473001 + number}", ELS, 1, WATER) for number in range(count)]
    return world.store.meters.add(
        *(Meter(id=0, name=f"Flat {number}", secondary_address=address) for number, address in enumerate(addresses))
    )


def heard(world: World, meter: Meter) -> None:
    slot = int(world.clock.now().timestamp())
    telegrams = (water_meter("10473001"),)
    at = world.clock.stamp()
    world.store.accept(Heard(meter=meter.id, slot=slot, kind=ReadingKind.SCHEDULED, telegrams=telegrams, at=at))
    world.store.flush()


def missed(world: World, meter: Meter, reason: Reason, detail: str = "No answer.") -> None:
    slot, at = int(world.clock.now().timestamp()), world.clock.stamp()
    kind = ReadingKind.SCHEDULED
    world.store.missed(Missed(meter=meter.id, slot=slot, kind=kind, reason=reason, detail=detail, at=at))
    world.store.flush()


@pytest.mark.parametrize("reason", list(Reason))
def test_reason_speaks_against_a_meter_unless_it_was_our_own_doing(world: World, reason: Reason) -> None:
    (meter,) = install(world, 1)
    heard(world, meter)
    world.clock.advance(seconds=900)
    missed(world, meter, reason)
    assert state_of(world.parts, meter).status is (Status.OK if reason in OWN_DOING else Status.FAILED)


def test_round_broken_off_leaves_untouched_meters_as_they_were(world: World) -> None:
    meters = install(world, 5)
    heard(world, meters[0])
    world.clock.advance(seconds=900)
    for meter in meters:
        missed(world, meter, Reason.CANCELLED, "The order was broken off.")
    assert [state.status for state in states_of(world.parts, meters)] == [Status.OK, *[Status.NEVER] * 4]
    assert not [todo for todo in to_do(world.call, glances(world.call)) if todo.word == "silent"]
    assert "common cable" not in str(to_do(world.call, glances(world.call)))


def test_meter_is_silent_since_its_first_failure_whatever_came_between(world: World) -> None:
    (meter,) = install(world, 1)
    heard(world, meter)
    world.clock.advance(seconds=900)
    since = world.clock.now()
    for reason in (Reason.NO_ANSWER, Reason.PAUSED, Reason.COLLISION, Reason.NO_ANSWER, Reason.CANCELLED):
        missed(world, meter, reason, f"It was: {reason}.")
        world.clock.advance(seconds=900)
    (glance,) = glances(world.call)
    assert (glance.status, glance.failures, glance.failed_since) == (Status.SILENT, 3, since.replace(microsecond=0))
    assert glance.reason == "It was: no answer."


def test_meter_that_answers_again_is_forgiven(world: World) -> None:
    (meter,) = install(world, 1)
    for _ in range(4):
        missed(world, meter, Reason.NO_ANSWER)
        world.clock.advance(seconds=900)
    assert state_of(world.parts, meter).status is Status.SILENT
    heard(world, meter)
    assert state_of(world.parts, meter).status is Status.OK


def test_failures_of_others_are_not_counted_for_a_meter(world: World) -> None:
    one, other = install(world, 2)
    for _ in range(4):
        missed(world, one, Reason.NO_ANSWER)
        world.clock.advance(seconds=900)
    missed(world, other, Reason.NO_ANSWER)
    assert [state.failures.times for state in states_of(world.parts, [one, other])] == [4, 1]


def test_what_waits_to_be_written_counts_already(world: World) -> None:
    one, other = install(world, 2)
    missed(world, one, Reason.NO_ANSWER)
    world.clock.advance(seconds=900)
    slot, at, kind = int(world.clock.now().timestamp()), world.clock.stamp(), ReadingKind.SCHEDULED
    telegrams = (water_meter("10473001"),)
    world.store.accept(Heard(meter=one.id, slot=slot, kind=kind, telegrams=telegrams, at=at))
    world.store.missed(
        Missed(meter=other.id, slot=slot, kind=kind, reason=Reason.COLLISION, detail="Two answered.", at=at)
    )
    assert [state.status for state in states_of(world.parts, [one, other])] == [Status.OK, Status.FAILED]
    assert state_of(world.parts, other).failures.detail == "Two answered."


def test_old_failures_are_forgotten(world: World) -> None:
    (meter,) = install(world, 1)
    missed(world, meter, Reason.NO_ANSWER)
    world.clock.advance(seconds=timedelta(days=32).total_seconds())
    assert state_of(world.parts, meter).status is Status.NEVER


def counted(query: Callable[..., Any], asked: list[str]) -> Callable[..., Any]:
    """The same query, each one noted."""

    def noting(database: object, sql: str, values: tuple[object, ...] = ()) -> object:
        asked.append(sql)
        return query(database, sql, values)

    return noting


def test_five_hundred_meters_are_counted_with_a_handful_of_questions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meters = install(world, 500)
    for number, meter in enumerate(meters):
        if number % 5:
            heard(world, meter)
        else:
            missed(world, meter, Reason.NO_ANSWER)
    asked: list[str] = []
    for module in ("standing", "readings"):
        monkeypatch.setattr(f"appliance.store.{module}.query", counted(query, asked))
    states = states_of(world.parts, meters)
    assert sum(state.status is Status.OK for state in states) == 400
    assert len(asked) <= 4


def test_graph_of_rounds_shows_meters_that_failed_not_those_left_out(world: World) -> None:
    meters, now = install(world, 3), world.clock.now()
    slot = int(now.timestamp())
    missed(world, meters[0], Reason.NO_ANSWER)
    for meter in meters[1:]:
        missed(world, meter, Reason.CANCELLED)
    world.store.round_ended(
        RoundProgress(number=1, slot=slot, segment="main", due=3, answered=0, missed=3, began=now, ended=now)
    )
    world.store.flush()
    (done,) = rounds_done(world.call)
    assert (done.due, done.answered, done.failed) == (3, 0, 1)


def test_water_is_found_by_its_family_and_an_unknown_medium_is_refused_in_one_sentence(world: World) -> None:
    install(world, 2)
    assert cells(order(world, "meter list medium=water"), "name") == ["Flat 0", "Flat 1"]
    assert text(order(world, "meter list medium=gas")) == "No meter matches medium=gas."
    with pytest.raises(Exception, match="medium of a meter is other, oil"):
        order(world, "meter list medium=watre")
    with pytest.raises(Exception, match="status of a meter is never read, ok"):
        order(world, "show meters status=asleep")


def test_empty_list_says_so(world: World) -> None:
    assert text(order(world, "meter list")) == "No meter is installed yet."
    assert order(world, "meter list").as_data() == []
