"""Earlier lines of a session: the same for arrow keys and `history`, and never a secret."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest

from appliance.operations.all import registry
from console.history import remember
from tests.console.dialogues import Conversation
from tests.console.streams import PaperStream, play
from tests.operations.world import World


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("meter list", "meter list"),
        ("set console.password.2=pumpernickel bus.baud_rate=300", "set console.password.2 bus.baud_rate=300"),
        ("login anna pumpernickel", "login"),
        ("setup 7KQF-2M9X pumpernickel", "setup"),
        ("user add anna password=pumpernickel level=2", "user add"),
        ("lgoin anna pumpernickel", ""),
        ("metr list", "metr list"),
        ("set nonsense.password=pumpernickel", "set nonsense.password"),
        ('login anna "pumpernickel', ""),
    ],
)
def test_line_is_kept_without_its_secrets(typed: str, kept: str) -> None:
    lines: deque[str] = deque()
    remember(lines, registry(), typed)
    assert "".join(lines) == kept


def test_history_lists_what_was_typed(world: World) -> None:
    entry = world.parts.doorkeeper.sessions.open("local", "test", lambda: None)
    person = Conversation(replace(world.call, session=entry))
    for line in ("show version", "show version", "set console.password.2=pumpernickel-17", "nonsense"):
        person.say(line)
    assert person.say("history").splitlines() == [
        "show version", "set console.password.2", "nonsense", "history", "OK",
    ]  # fmt: skip
    assert person.say("history count=1 json").splitlines()[0] == '["history count=1 json"]'


def test_arrow_key_brings_the_line_back(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see("3>")
        assert "busmeister" in await paper.answer("show version")
        paper.type("\x1b[A")
        await paper.see("show version")
        paper.type("\x03")

    play(world, story)
