"""Board profiles: files that say which button, light, relay and display is on which pin.

Looked for in /etc/busmeister/boards, so that a person can add or change one, then among those that come along.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from appliance.board import FOLLOWED, OFF, ON, Board, Button, Cutter, Light, Pattern, Pin, Relay, Screen, Shine, Times
from appliance.errors import SettingError

FOLDERS: Final = (
    Path("/etc/busmeister/boards"),
    Path(__file__).resolve().parents[1] / "etc" / "boards",
    Path(sys.prefix) / "share" / "busmeister" / "boards",
)
ROLES: Final = ("red", "blue", "push")
PULLS: Final = ("up", "down", "none")
STEADY: Final[Mapping[str, Pattern]] = {"on": ON, "off": OFF}
MOST_PARTS: Final = 16
LONGEST_PART: Final = 60_000  # milliseconds

Made = TypeVar("Made")


def names(folders: Sequence[Path] = FOLDERS) -> tuple[str, ...]:
    """The boards there are."""
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.toml")}))


def load(name: str, folders: Sequence[Path] = FOLDERS) -> Board:
    """A board by its name. Raises a `SettingError` for one that is not there or not sound."""
    known = names(folders)
    if name not in known:
        raise SettingError(f'panel.board takes {", ".join(known) or "the name of a board profile"}, not "{name}"')
    path = next(folder / f"{name}.toml" for folder in folders if (folder / f"{name}.toml").is_file())
    try:
        return parse(name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"The board profile {path} cannot be read: {error}.") from error


def parse(name: str, text: str) -> Board:
    """A board from the text of its profile."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"The board profile {name} is no TOML: {error}.") from error
    return _Profile(name, table).board()


class _Profile:
    """Reads one profile; every complaint names the entry."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        self._name = name
        self._table = table
        self._lines: dict[int, str] = {}

    def board(self) -> Board:
        known = {"title", "chip", "buttons", "lights", "relays", "power", "screen", "times"}
        for word in self._table.keys() - known:
            raise self._wrong(word, f"is none of {', '.join(sorted(known))}")
        board = Board(
            name=self._name,
            title=self._text("title", self._table.get("title", self._name)),
            chip=self._text("chip", self._table.get("chip", "")),
            buttons=self._all("buttons", self._button),
            lights=self._all("lights", self._light),
            relays=self._all("relays", self._relay),
            cutters=self._all("power", self._cutter),
            screen=self._plain("screen", Screen()),
            times=self._plain("times", Times()),
        )
        if self._lines and not board.chip:
            raise self._wrong("chip", "is missing, but pins are named")
        return board

    def _all(self, word: str, make: Callable[[str, Mapping[str, Any]], Made]) -> tuple[Made, ...]:
        return tuple(make(role, self._section(f"{word}.{role}", entry)) for role, entry in self._of(word).items())

    def _of(self, word: str) -> Mapping[str, Any]:
        return self._section(word, self._table.get(word, {}))

    def _button(self, role: str, entry: Mapping[str, Any]) -> Button:
        where = f"buttons.{role}"
        if role not in ROLES:
            raise self._wrong(where, f"is none of {', '.join(ROLES)}")
        return Button(role, self._text(f"{where}.colour", entry.get("colour", role)), self._pin(where, entry))

    def _relay(self, number: str, entry: Mapping[str, Any]) -> Relay:
        if number not in ("1", "2"):
            raise self._wrong(f"relays.{number}", "is neither relay 1 nor 2")
        return Relay(int(number), self._pin(f"relays.{number}", entry))

    def _cutter(self, segment: str, entry: Mapping[str, Any]) -> Cutter:
        return Cutter(self._text(f"power.{segment}", segment), self._pin(f"power.{segment}", entry))

    def _light(self, role: str, entry: Mapping[str, Any]) -> Light:
        where = f"lights.{role}"
        follows = self._text(f"{where}.follows", entry.get("follows", ""))
        if follows not in FOLLOWED:
            raise self._wrong(f"{where}.follows", f"is none of {', '.join(FOLLOWED)}")
        shines = self._section(f"{where}.shines", entry.get("shines", {}))
        for state in FOLLOWED[follows]:
            if state not in shines:
                raise self._wrong(f"{where}.shines.{state}", "is missing")
        return Light(
            role,
            self._text(f"{where}.title", entry.get("title", role)),
            self._text(f"{where}.colour", entry.get("colour", role)),
            follows,
            {state: self._shine(f"{where}.shines.{state}", shines[state]) for state in FOLLOWED[follows]},
            self._pin(where, entry),
        )

    def _shine(self, where: str, entry: Any) -> Shine:  # noqa: ANN401  # whatever the file holds
        section = self._section(where, entry)
        return Shine(self._pattern(where, section.get("pattern")), self._text(where, section.get("means", "")))

    def _pattern(self, where: str, given: Any) -> Pattern:  # noqa: ANN401  # whatever the file holds
        if isinstance(given, str) and given in STEADY:
            return STEADY[given]
        pairs = isinstance(given, list) and 2 <= len(given) <= MOST_PARTS and len(given) % 2 == 0
        if pairs and all(type(part) is int and 0 < part <= LONGEST_PART for part in given):
            return tuple(given)
        raise self._wrong(f"{where}.pattern", "is neither on, off nor milliseconds such as [500, 500]")

    def _pin(self, where: str, entry: Mapping[str, Any]) -> Pin | None:
        if "pin" not in entry:
            return None
        pin = self._plain(f"{where}.pin", Pin(-1), entry["pin"])
        if pin.line < 0 or pin.pull not in PULLS:
            raise self._wrong(f"{where}.pin", f"needs a line from 0, and a pull of {', '.join(PULLS)}")
        other = self._lines.setdefault(pin.line, where)
        if other != where:
            raise self._wrong(f"{where}.pin", f"is line {pin.line}, which {other} has")
        return pin

    def _plain(self, where: str, default: Made, entry: Any = None) -> Made:  # noqa: ANN401  # whatever the file holds
        """A value whose fields have the types of its defaults."""
        section = self._section(where, self._table.get(where, {}) if entry is None else entry)
        fields: dict[str, Any] = {}
        for word, value in section.items():
            present = getattr(default, word, None)
            number = isinstance(present, float) and type(value) is int
            if present is None or not (type(value) is type(present) or number):
                raise self._wrong(f"{where}.{word}", "is no entry of a profile, or of another type")
            fields[word] = float(value) if number else value
        made: Made = replace(default, **fields)  # type: ignore[type-var]  # only dataclasses are handed in
        return made

    def _section(self, where: str, entry: Any) -> Mapping[str, Any]:  # noqa: ANN401  # whatever the file holds
        if not isinstance(entry, dict):
            raise self._wrong(where, "is no table")
        return entry

    def _text(self, where: str, value: Any) -> str:  # noqa: ANN401  # whatever the file holds
        if not isinstance(value, str) or not value.isprintable():
            raise self._wrong(where, "is no text")
        return value

    def _wrong(self, where: str, what: str) -> SettingError:
        return SettingError(f"In the board profile {self._name}, {where} {what}.")
