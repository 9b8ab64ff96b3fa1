"""The dialogues of the manual, and every kind of refusal, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.operations import status
from tests.console.dialogues import Conversation
from tests.operations.world import World, water_meter

SURROUNDINGS = {  # of no particular machine
    "network": "192.0.2.7",
    "internet": "reached",
    "time": "clock trusted, kept by a time server",
    "disk": "20 480 MB free",
}
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_dialogue_goes_as_written(world: World, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "surroundings", lambda _call: SURROUNDINGS)
    world.set_up()
    world.engine.answers = {
        "10473002": water_meter("10473002"),
        "10473003": water_meter("10473003", status=0x0C),
    }
    expected = path.read_text(encoding="utf-8")
    assert Conversation(world.call, plain=False).replay(expected) == expected


def test_there_are_dialogues() -> None:
    assert TRANSCRIPTS
