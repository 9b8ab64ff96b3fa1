"""The dialogues of the manual, and every kind of refusal, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.dialogues import Conversation
from tests.operations.world import World, water_meter

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_dialogue_goes_as_written(world: World, path: Path) -> None:
    world.set_up()
    world.engine.answers = {
        "10473002": water_meter("10473002"),
        "10473003": water_meter("10473003", status=0x0C),
    }
    expected = path.read_text(encoding="utf-8")
    assert Conversation(world.call, plain=False).replay(expected) == expected


def test_there_are_dialogues() -> None:
    assert TRANSCRIPTS
