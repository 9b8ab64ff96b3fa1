"""Board profiles: those that come along, and every way a person's own can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.board import FOLLOWED, OFF, ON, Board, Button, Pin, Screen
from appliance.errors import HardwareError, SettingError
from appliance.ports import Picture
from drivers import boards
from drivers.display import LumaDisplay
from drivers.gpio import GpioPins

OWN = [folder for folder in boards.FOLDERS if folder.parts[1] != "etc"]
LIGHT = """
[lights.usb]
follows = "usb"
pin = { line = 4 }
shines.on = { pattern = "on" }
shines.off = { pattern = [100, 900] }
"""


@pytest.mark.parametrize("name", ["mbus-center", "cme3100", "raspberry-pi", "none"])
def test_profile_that_comes_along_is_sound(name: str) -> None:
    board = boards.load(name, OWN)
    assert board.name == name
    assert bool(board.chip) is (name != "none")
    for light in board.lights:
        assert light.shines.keys() == set(FOLLOWED[light.follows])


def test_buttons_of_the_devices() -> None:
    assert [one.role for one in boards.load("mbus-center", OWN).buttons] == ["red", "blue"]
    assert [one.role for one in boards.load("cme3100", OWN).buttons] == ["push"]
    assert len(boards.load("mbus-center", OWN).relays) == 2


def test_profile_says_what_cuts_the_power_of_a_bus() -> None:
    board = boards.parse("mine", 'chip = "/dev/gpiochip0"\n[power.main]\npin = { line = 9 }\n')
    assert [(one.segment, one.role, one.pin) for one in board.cutters] == [("main", "cut main", Pin(9))]


def test_profile_gives_pins_patterns_and_times() -> None:
    text = f'chip = "/dev/gpiochip0"\n[times]\nsearch = 3\n[buttons.red]\npin = {{ line = 7, pull = "up" }}\n{LIGHT}'
    board = boards.parse("mine", text)
    assert board.times.search == 3.0
    assert board.buttons[0].pin == Pin(7, pull="up")
    assert board.lights[0].shines["on"].pattern == ON
    assert board.lights[0].shines["off"].pattern == (100, 900)
    assert OFF != ON


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[", "is no TOML"),
        ("colour = 3", "colour is none of"),
        ("title = 3", "title is no text"),
        ("buttons = 3", "buttons is no table"),
        ("[buttons.green]", "buttons.green is none of red, blue, push"),
        ("[relays.3]", "relays.3 is neither relay 1 nor 2"),
        ("[times]\nsearch = 'long'", "times.search is no entry of a profile"),
        ("[times]\nlunch = 3", "times.lunch is no entry of a profile"),
        ("[buttons.red]\npin = { line = 7 }", "chip is missing, but pins are named"),
        ('chip = "x"\n[buttons.red]\npin = { line = -2 }', "buttons.red.pin needs a line from 0"),
        ('chip = "x"\n[buttons.red]\npin = { line = 7 }\n[buttons.blue]\npin = { line = 7 }', "which buttons.red has"),
        (LIGHT.replace('"usb"', '"mood"'), "lights.usb.follows is none of bus"),
        ('chip = "x"\n' + LIGHT.replace("shines.on", "shines.hot"), "lights.usb.shines.on is missing"),
        ('chip = "x"\n' + LIGHT.replace("[100, 900]", "[100]"), "is neither on, off nor milliseconds"),
        ('chip = "x"\n' + LIGHT.replace("[100, 900]", "[0, 0]"), "is neither on, off nor milliseconds"),
    ],
)
def test_wrong_profile_is_refused_with_the_entry_that_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(SettingError) as caught:
        boards.parse("mine", text)
    assert complaint in caught.value.sentence
    assert "\n" not in caught.value.sentence


@pytest.mark.parametrize("name", ["mine", "../none", "", "/etc/passwd"])
def test_board_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(SettingError, match=r"panel\.board takes cme3100, mbus-center, none, raspberry-pi, not"):
        boards.load(name, OWN)


def test_own_profile_goes_before_the_one_that_comes_along(tmp_path: Path) -> None:
    (tmp_path / "none.toml").write_text('title = "mine"')
    assert boards.load("none", [tmp_path, *OWN]).title == "mine"


def test_chip_that_is_not_there_is_told_in_one_sentence() -> None:
    pytest.importorskip("gpiod", reason="gpiod is not installed")
    pins = GpioPins(Board("mine", "mine", "/dev/no-such-chip", (Button("red", "red", Pin(1)),)))
    with pytest.raises(HardwareError, match=r"The pins of /dev/no-such-chip cannot be used: no such file"):
        pins.open(lambda edge: None)
    pins.close()


def test_display_of_an_unknown_driver_is_refused() -> None:
    with pytest.raises(HardwareError, match=r"screen\.driver takes ssd1306, .*not tube"):
        LumaDisplay(Screen(driver="tube"))


def test_display_that_does_not_answer_is_told_in_one_sentence() -> None:
    pytest.importorskip("luma.oled", reason="luma is not installed")
    with pytest.raises(HardwareError, match="The display ssd1306 on i2c 97 does not answer"):
        LumaDisplay(Screen(driver="ssd1306", port=97))


class Glass:
    """A device of luma that remembers."""

    mode = "1"

    def __init__(self) -> None:
        self.images: list[bytes] = []
        self.levels: list[int] = []
        self.hidden = False

    def display(self, image: object) -> None:
        self.images.append(image.tobytes())  # type: ignore[attr-defined]  # an image of Pillow

    def contrast(self, level: int) -> None:
        self.levels.append(level)

    def hide(self) -> None:
        self.hidden = True


def test_display_draws_the_last_picture_in_black_and_white_and_is_dark_at_the_end() -> None:
    glass = Glass()
    display = LumaDisplay(Screen(driver="ssd1306", width=8, height=1), device=glass)
    display.set_brightness(50)
    display.show(Picture(8, 1, bytes(3) + b"\xff\xff\xff" * 7))
    display.close()
    assert glass.images[-1] == b"\x7f"
    assert glass.levels == [127]
    assert glass.hidden


def test_display_whose_wire_breaks_puts_nobody_else_out() -> None:
    glass = Glass()
    glass.display = lambda image: (_ for _ in ()).throw(OSError("i2c"))  # type: ignore[method-assign]  # the fault
    display = LumaDisplay(Screen(driver="ssd1306"), device=glass)
    display.show(Picture(8, 1, bytes(24)))
    display.close()
    assert glass.images == []
