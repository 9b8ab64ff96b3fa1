"""The six dialogues of the manual, played through a session, as far as their operations exist.

Left out, because what they need comes with a later issue:
* 15.1  `show warnings` names no backup: there are none yet.
* 15.2  `search start` and `meter report`; meters are added by hand.
* 15.3  a reading by hand tells no duration; of one reading `series show` makes no consumption.
* 15.4  all of it (`delivery.*`, `report ...`): push reports.
* 15.5  `modbus map ...` and `service open modbus`; what opens a service is played with the console in 15.1.
* 15.6  the second `search start`, and what `bus watch` and the bus's voltage show: the fake bus has neither.

A line `(typed: ...)` before a prompt says what the person answers to the questions of the next order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.operations.call import Call
from tests.console.dialogues import Conversation
from tests.operations.world import World, water_meter

FOLDER = Path(__file__).parent / "six_dialogues"
CODE = "7KQF-2M9X-C4TD-PW3N"
TYPED = "(typed: "


def first_start(world: World) -> Call:
    """Nobody is there yet, and the code lies in the folder."""
    (world.parts.data_folder / "setup-code").write_text(f"{CODE} 2026-11-21T06:00:00Z\n", encoding="ascii")
    return Call(world.parts, "", 0, door="console", source="127.0.0.1")


def installer(world: World) -> Call:
    """Level 2, with a level password for 3."""
    world.settings.set({"identity.name": "boiler-room", "console.password.3": "pumpernickel-17"}, "test")
    world.engine.answers = {
        "10473002": water_meter("10473002"),
        "10473003": water_meter("10473003", litres=398114),
    }
    return Call(world.parts, "anna", 2, door="console", source="127.0.0.1")


def reader(world: World) -> Call:
    """Two meters that answer."""
    call = installer(world)
    world.settings.set({"segment.main.url": "serial:///dev/ttyUSB0"}, "test")
    conversation = Conversation(world.call)
    conversation.say('meter add secondary=10473002 name="Flat 12" read=false')
    conversation.say('meter add secondary=10473003 name="Flat 13" read=false')
    return call


def silent_meter(world: World) -> Call:
    """One more that does not, for a day."""
    world.set_up()
    call = reader(world)
    conversation = Conversation(world.call)
    conversation.say('meter add secondary=10473019 name="Flat 29" read=false')
    conversation.say("readout now")
    for _ in range(30):
        world.clock.advance(minutes=15)
        conversation.say("readout now")
    return call


SCENES: dict[str, Callable[[World], Call]] = {
    "1_first_start": first_start,
    "2_install_meters": installer,
    "3_read_a_meter": reader,
    "6_silent_meter": silent_meter,
}


def play(conversation: Conversation, dialogue: str) -> Iterator[str]:
    """The dialogue as it goes now."""
    for line in dialogue.splitlines():
        prompt, sign, typed = line.partition("> ")
        if line.startswith(TYPED):
            conversation.paper.answers = line.removeprefix(TYPED).removesuffix(")").split(", ")
            yield line
        elif sign and prompt[-1:].isdecimal():
            yield f"{conversation.session.prompt}{typed}"
            yield from conversation.say(typed).splitlines()


@pytest.mark.parametrize("name", SCENES)
def test_dialogue_goes_as_the_manual_has_it(world: World, name: str) -> None:
    path = FOLDER / f"{name}.txt"
    written = path.read_text(encoding="utf-8")
    said = list(play(Conversation(SCENES[name](world), plain=False), written))
    assert "\n".join([*said, ""]) == written
