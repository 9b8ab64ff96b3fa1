"""Files of commands: settings that stand together change together, the first error ends it and names its line."""

from __future__ import annotations

import pytest

from tests.console.dialogues import Conversation
from tests.operations.world import World


@pytest.fixture
def conversation(world: World) -> Conversation:
    return Conversation(world.call)


def test_settings_that_follow_each_other_are_one_change(world: World, conversation: Conversation) -> None:
    script = (
        "\ufeff# busmeister configuration 1\r\n"
        "set segment.main.reopen_pause.minimum=50\r\n"
        "\r\n"
        "set segment.main.reopen_pause.maximum=55 bus.baud_rate=300\r\n"
        "unset bus.baud_rate\r\n"
        "show version\r\n"
    )
    assert conversation.script(script) == "OK\nOK\nOK\nbusmeister 0.1.0\nOK"
    assert world.settings.bus.baud_rate == 2400
    assert world.settings.segment["main"].reopen_pause.minimum.total_seconds() == 50


def test_one_bad_setting_keeps_its_neighbours_out(world: World, conversation: Conversation) -> None:
    script = "set bus.baud_rate=300\nset readout.schedule=5min\nset bus.readout.dead_after=101\nshow version\n"
    assert (
        conversation.script(script) == "ERROR line 3: bus.readout.dead_after takes 0 to 100 rounds (0 = never), not 101"
    )
    assert world.settings.bus.baud_rate == 2400
    assert not conversation.outcome.ok


def test_what_came_before_the_error_stays(world: World, conversation: Conversation) -> None:
    assert conversation.script("set bus.baud_rate=300\nmeter lits\nset bus.baud_rate=600") == (
        'OK\nERROR line 2: Unknown command "meter lits". Near: list.'
    )
    assert world.settings.bus.baud_rate == 300


def test_error_of_an_order_names_its_line(conversation: Conversation) -> None:
    assert conversation.script("# first\n\nmeter read 12345678\n") == "ERROR line 3: No meter matches 12345678."


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("m list", 'ERROR line 1: In a file words are written in full: "meter", not "m".'),
        ("set bus.baud=300", 'ERROR line 1: In a file names are written in full: bus.baud_rate, not "bus.baud".'),
        ("unset bus.baud", 'ERROR line 1: Unknown setting "bus.baud". Near: bus.baud_rate.'),
        ("set", 'ERROR line 1: "set" needs the name of a setting.'),
        (
            "show version\nx" + "x" * 2000,
            "OK\nERROR line 2: The line is longer than 1024 octets and was not looked at.",
        ),
    ],
)
def test_file_is_written_in_full(conversation: Conversation, script: str, sentence: str) -> None:
    assert conversation.script(script).removeprefix("busmeister 0.1.0\n") == sentence


@pytest.mark.parametrize("line", ["login anna x", "enable 3 x", "setup 1234 x", "password x"])
def test_file_cannot_become_somebody_else(world: World, conversation: Conversation, line: str) -> None:
    name = line.split()[0]
    assert conversation.script(f"show version\n{line}\n").endswith(
        f'ERROR line 2: "{name}" is not taken from a file: type it, or run the file as that user.'
    )
    assert conversation.session.call == world.call


def test_file_has_a_largest_size(conversation: Conversation) -> None:
    assert "at most 1 MiB and 10000 lines" in conversation.script("#\n" * 10_001)
    assert "at most 1 MiB and 10000 lines" in conversation.script("#" * (1 << 20) + "#")


def test_printed_configuration_can_be_typed_back(world: World, conversation: Conversation) -> None:
    settings = {
        "identity.name": 'Haus "3", Keller # 2 \\',
        "readout.schedule": "*/15 8-18 * * *|0 * * * *",
        "segment.main.url": "simulated://apartment-block?meters=60&fault=deaf:3",
        "bus.readout.response_timeout": "1500",
        "storage.check.schedule": "",
    }
    world.settings.set(settings, "test")
    printed = conversation.say("show configuration device=true").removesuffix("\nOK")
    assert printed.startswith("# busmeister configuration 1\n")
    world.settings.unset(settings, "test")
    conversation.script(printed)
    assert {name: world.settings.text(name) for name in settings} == settings


def test_configuration_leaves_out_what_belongs_to_this_building(world: World, conversation: Conversation) -> None:
    world.settings.set({"segment.main.url": "serial:///dev/ttyUSB0", "bus.baud_rate": "300"}, "test")
    printed = conversation.say("show configuration")
    assert "bus.baud_rate=300" in printed
    assert "ttyUSB0" not in printed
