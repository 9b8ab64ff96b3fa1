"""Every row by its full name, and how a name typed by a person finds its row."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from appliance.errors import BusmeisterError, Kind, RefusedError, SettingError
from appliance.settings.row import AnySetting, Family, Numbers, Part, Setting, Subject
from appliance.settings.tree import Tree

MEMBER: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its place in the table; placeholders of families are capitals: `segment.NAME.url`."""

    pattern: str
    setting: AnySetting

    @property
    def is_family(self) -> bool:
        """Stands for one row per member."""
        return self.pattern != self.pattern.lower()


def _walk(subject: type[Subject], prefix: str) -> Iterator[Row]:
    for word, attribute in vars(subject).items():
        if isinstance(attribute, Setting):
            yield Row(prefix + word, attribute)
        elif isinstance(attribute, Part):
            yield from _walk(attribute.subject, f"{prefix}{word}.")
        elif isinstance(attribute, Numbers):
            for number in range(1, attribute.count + 1):
                yield from _walk(attribute.subject, f"{prefix}{word}.{number}.")
        elif isinstance(attribute, Family):
            yield from _walk(attribute.subject, f"{prefix}{word}.{attribute.placeholder}.")


ROWS: Final = tuple(_walk(Tree, ""))
_BY_PATTERN: Final = {row.pattern: row for row in ROWS}


def row_of(name: str) -> Row:
    """The row of a full name; raises a `SettingError` with the nearest known names."""
    row = _BY_PATTERN.get(name) if name == name.lower() else None
    for candidate in () if row else ROWS:
        if candidate.is_family and _matches(candidate.pattern.split("."), name.split(".")):
            return candidate
    if row is None:
        raise SettingError(unknown(name))
    return row


def is_secret(name: str) -> bool:
    """Whether a setting prints as dots; names of a later version are none of ours."""
    try:
        return row_of(name).setting.kind.is_secret
    except SettingError:
        return False


def may_be_secret(typed: str) -> bool:
    """Whether a name as typed is that of a setting that prints as dots, or nobody knows what it was meant to be."""
    try:
        return row_of(full_name(typed)).setting.kind.is_secret
    except BusmeisterError:
        return True


def full_name(typed: str, members: Iterable[str] = ()) -> str:
    """The full name of one whose parts may be shortened while they are unique at their place."""
    parts = typed.lower().split(".")
    names = [(row.pattern.split("."), row.pattern) for row in ROWS]
    found: list[str] = []
    for place, part in enumerate(parts):
        words = sorted({words[place] for words, _ in names if len(words) > place})
        chosen = _choose(part, words, typed)
        names = [(words, name) for words, name in names if len(words) > place and words[place] == chosen]
        found.append(_member(part, members) if chosen.isupper() else chosen)
    return ".".join(found)


def unknown(name: str) -> str:
    """The sentence for a name no row has."""
    near = difflib.get_close_matches(name, [row.pattern for row in ROWS], 3, 0.6)
    return f'Unknown setting "{name}".' + (f" Near: {', '.join(near)}." if near else "")


def _matches(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(
        MEMBER.fullmatch(part) is not None if word.isupper() else word == part
        for word, part in zip(pattern, parts, strict=True)
    )


def _choose(part: str, words: list[str], typed: str) -> str:
    if part in words:
        return part
    if any(word.isupper() for word in words):
        return next(word for word in words if word.isupper())
    candidates = [word for word in words if part and word.startswith(part)]
    if len(candidates) > 1:
        raise RefusedError(f'"{part}" in {typed} may be {" or ".join(candidates)}.', Kind.USAGE)
    if not candidates:
        raise SettingError(unknown(typed))
    return candidates[0]


def _member(part: str, members: Iterable[str]) -> str:
    names = tuple(members)
    candidates = [name for name in names if name.startswith(part)]
    return candidates[0] if part not in names and len(candidates) == 1 else part
