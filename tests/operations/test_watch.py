"""A command that shows is repeated until somebody ends it; others are not."""

from __future__ import annotations

import json

import pytest

from appliance.errors import RefusedError
from appliance.operations.answer import Item
from appliance.operations.watch import repeated
from tests.console.dialogues import Conversation
from tests.operations.orders import started
from tests.operations.world import World


def glances(world: World, line: str) -> list[Item]:
    """What is seen before somebody ends it at once."""
    live = started(world.call, line).live
    assert live is not None
    live.close()
    return list(live)


def test_first_glance_comes_at_once_below_the_time(world: World) -> None:
    (seen,) = glances(world, "watch show version interval=1h")
    assert seen.line == f"{world.clock.now():%H:%M:%S}  show version"
    assert seen.answer is not None
    assert seen.answer.lines == ("busmeister 0.1.0",)


def test_every_look_is_shown_until_it_is_over() -> None:
    ends = iter([False, False, True])
    looks = iter([Item("2"), Item("3")])
    assert [item.line for item in repeated(Item("1"), lambda: next(looks), lambda: next(ends))] == ["1", "2", "3"]


def test_quotes_reach_the_command_that_is_watched(world: World) -> None:
    world.settings.set({"identity.name": "boiler room"}, "test")
    (seen,) = glances(world, 'watch meter list "medium=water segment=main"')
    assert seen.answer is not None
    assert seen.answer.lines == ("No meter is installed yet.",)


def test_rows_are_narrowed_at_every_glance(world: World) -> None:
    (seen,) = glances(world, "watch show presets match=15min count=1")
    assert seen.answer is not None
    assert seen.answer.table is not None
    assert [row[0] for row in seen.answer.table.rows] == ["15min"]


def test_session_shows_the_table_and_json_one_line_a_glance(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.Event.wait", lambda self, timeout=None: True)
    conversation = Conversation(world.call)
    assert conversation.say("watch show version").splitlines()[1:] == ["busmeister 0.1.0", "OK"]
    first, last = conversation.say("watch show version json").splitlines()
    assert (json.loads(first)["version"], last) == ("0.1.0", "OK")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("watch", '"watch" needs a command that shows something: watch show bus'),
        ("watch readout now", '"readout now" does more than show'),
        ("watch quit", '"quit" does more than show'),
        ("watch watch show bus", '"watch" does more than show'),
        ("watch bus watch", '"bus watch" goes on by itself: leave out watch'),
        ("watch show meter 99999999", "No meter matches 99999999"),
        ("watch show bus interval=0", "interval of watch takes 1 to 86400 s, not 0"),
    ],
)
def test_what_cannot_be_watched_is_refused(world: World, line: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        started(world.call, line)


def test_level_of_the_watched_command_counts(world: World) -> None:
    with pytest.raises(RefusedError, match='"user list" needs level 3, this session has 1'):
        started(world.person(1), "watch user list")
