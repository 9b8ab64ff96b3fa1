"""Earlier lines of a session: the same for arrow keys and `history`, and never a secret."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from appliance.operations.all import registry
from appliance.operations.remembered import remember
from appliance.settings.table import ROWS
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
        ('set identity.location="Cellar', 'set identity.location="Cellar'),
        ('set identity.location="Cellar console.password.2=pumpernickel', ""),
        ("pumpernickel", ""),
        ("log anna pumpernickel", ""),
        ("meter lst medium=water", "meter lst medium=water"),
    ],
)
def test_line_is_kept_without_its_secrets(typed: str, kept: str) -> None:
    lines: deque[str] = deque()
    remember(lines, registry(), typed)
    assert "".join(lines) == kept


CANARY: Final = "c4nary7731"


def lines_with_secrets() -> Iterator[str]:
    """Every order and every setting that takes a secret, given in each way there is."""
    for row in registry().operations:
        for argument in row.signature.arguments:
            if argument.kind.is_secret:
                yield f"{row.name} {argument.name}={CANARY} level=2"
                yield f'{row.name} anna {argument.name}="{CANARY}'
                yield f"{row.name} anna {CANARY}"
        yield from (f"{row.name} 1 {name}={CANARY}" for name, kind in row.fields.items() if kind.is_secret)
    for setting in (row for row in ROWS if row.setting.kind.is_secret):
        for name in (setting.pattern, setting.pattern.upper(), setting.pattern[:-1]):
            yield from (f"set bus.baud_rate=300 {name}{sign}={CANARY}" for sign in ("", "+", "-"))
            yield f'set {name}="{CANARY} #'


def slips(line: str) -> Iterator[str]:
    """The line with its first word mistyped as fingers do it."""
    word, _, rest = line.partition(" ")
    yield line
    yield line.upper()
    for place in range(1, len(word)):
        yield f"{word[:place]}{word[place + 1 :]} {rest}"
        yield f"{word[:place]}{word[place]}{word[place:]} {rest}"
        yield f"{word[: place - 1]}{word[place]}{word[place - 1]}{word[place + 1 :]} {rest}"


def test_no_secret_is_kept_however_it_is_given_or_mistyped() -> None:
    typed = [slip for line in lines_with_secrets() for slip in slips(line)]
    assert len(typed) > 500
    lines: deque[str] = deque()
    for line in typed:
        remember(lines, registry(), line)
        assert CANARY not in "".join(lines).lower(), line
        lines.clear()


def test_history_lists_what_was_typed(world: World) -> None:
    entry = world.parts.doorkeeper.sessions.open("local", "test", lambda: None)
    person = Conversation(replace(world.call, session=entry))
    for line in ("show version", "show version", "set console.password.2=pumpernickel-17", "meter nonsense"):
        person.say(line)
    assert person.say("history").splitlines() == [
        "show version", "set console.password.2", "meter nonsense", "history", "OK",
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
