"""Which meters an order is for (operations.md §14.4).

```text
selection = term { "," term }                any of them
term      = all | active | passive | wired | wireless | silent | error | ADDRESS | NAME | FIELD=VALUE
            several terms in one pair of quotes, with blanks between, must all hold
```
`*` in a name or value stands for anything, F in an address for any digit. A medium is one of EN 13757-3 or a family
of them: `medium=water` are cold, warm and hot water too. A status is named whole or by one of its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from appliance.errors import SettingError
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.manufacturers import manufacturer_letters
from appliance.mbus.media import MEDIA, medium_name
from appliance.meters.meter import Meter

ADDRESS: Final = re.compile(r"[0-9A-Fa-f]{8}(-[A-Za-z0-9*]+){0,3}", re.ASCII)
FIELD: Final = re.compile(r"([a-z_]+)=(.*)", re.DOTALL)
TERMS: Final = re.compile(r'((?:[^,"]|"(?:[^"\\]|\\.)*")*)(?:,|$)', re.DOTALL)


class Status(StrEnum):
    """Result of a meter's last readout (settings.md §26.1)."""

    NEVER = "never read"
    OK = "ok"
    ERROR = "meter error"
    FAILED = "readout failed"
    SILENT = "silent"  # failed for readout.silent_after slots


WORDS: Final[dict[str, Callable[[Meter, Status], bool]]] = {
    "all": lambda meter, status: True,
    "active": lambda meter, status: meter.active,
    "passive": lambda meter, status: not meter.active,
    "wired": lambda meter, status: True,
    "wireless": lambda meter, status: False,  # a meter of the list hangs on a segment
    "silent": lambda meter, status: status is Status.SILENT,
    "error": lambda meter, status: status is Status.ERROR,
}

STATUS_WORDS: Final = ("silent", "error")

FIELDS: Final[dict[str, Callable[[Meter, Status], str]]] = {
    "id": lambda meter, status: str(meter.id),
    "name": lambda meter, status: meter.name,
    "location": lambda meter, status: meter.location,
    "cost_centre": lambda meter, status: meter.cost_centre,
    "group": lambda meter, status: meter.group,
    "comment": lambda meter, status: meter.comment,
    "segment": lambda meter, status: meter.segment,
    "addressing": lambda meter, status: meter.addressing,
    "primary": lambda meter, status: "" if meter.primary_address is None else str(meter.primary_address),
    "manufacturer": lambda meter, status: manufacturer_of(meter),
    "medium": lambda meter, status: medium_of(meter),
    "status": lambda meter, status: status,
}


KNOWN: Final = {"medium": (*MEDIA.values(), medium_name(-1)), "status": tuple(Status)}

FAMILIES: Final = {
    "water": frozenset({0x06, 0x07, 0x10, 0x11, 0x15, 0x16, 0x17}),
    "heat": frozenset({0x04, 0x0C, 0x0D}),
    "cooling": frozenset({0x0A, 0x0B, 0x0D}),
    "gas": frozenset({0x03, 0x12, 0x13}),
}
"""Media that people call by one word, by their codes; the word is the name of one of them too."""


def manufacturer_of(meter: Meter) -> str:
    """Three letters, empty while not known."""
    address = meter.secondary_address
    return "" if address is None or address.manufacturer == 0xFFFF else manufacturer_letters(address.manufacturer)


def medium_of(meter: Meter) -> str:
    """The medium in words, empty while not known."""
    address = meter.secondary_address
    return "" if address is None or address.medium == 0xFF else medium_name(address.medium)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a word, an address, a name, or a field and its value."""

    field: str  # "" for a word, "address", "name" or one of FIELDS
    value: str

    @property
    def asks_status(self) -> bool:
        """Whether the status of a meter matters."""
        return self.field == "status" or (not self.field and self.value in STATUS_WORDS)

    def holds(self, meter: Meter, status: Status) -> bool:
        """Whether it is true of this meter."""
        if not self.field:
            return WORDS[self.value](meter, status)
        if self.field == "address":
            own = meter.secondary_address
            return own is not None and SecondaryAddress.parse(self.value).matches(own)
        if self.field == "medium" and self.value.lower() in FAMILIES:
            own = meter.secondary_address
            return own is not None and own.medium in FAMILIES[self.value.lower()]
        return _fits(self.field, self.value, FIELDS[self.field](meter, status))


@dataclass(frozen=True, slots=True)
class Selection:
    """Meters for which all terms of one of the groups hold."""

    text: str
    groups: tuple[tuple[Term, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Selection:
        """From what a person typed; raises `SettingError`."""
        groups = tuple(tuple(_terms(group)) for group in _split(text))
        if not groups or not all(groups):
            raise SettingError("A selection of meters is all, an address, a name or field=value, not nothing.")
        return cls(text, groups)

    @property
    def number(self) -> int | None:
        """The one meter it names by `id=`."""
        match self.groups:
            case ((Term("id", value),),) if value.isdecimal():
                return int(value)
        return None

    @property
    def asks_status(self) -> bool:
        """Whether the status of a meter matters."""
        return any(term.asks_status for group in self.groups for term in group)

    def holds(self, meter: Meter, status: Status) -> bool:
        """Whether the meter is chosen."""
        return any(all(term.holds(meter, status) for term in group) for group in self.groups)


def _split(text: str) -> Iterator[str]:
    """Groups between commas outside quotes, without their quotes."""
    for match in TERMS.finditer(text):
        group = match[1].strip()
        if len(group) > 1 and group[0] == group[-1] == '"':
            group = re.sub(r"\\(.)", r"\1", group[1:-1]).strip()
        if group:
            yield group


def _terms(group: str) -> Iterator[Term]:
    """Conditions of one group: `medium=water segment=main` are two, `Flat 12` is one name."""
    pieces: list[str] = []
    for piece in group.split():
        if pieces and not _begins_term(piece):
            pieces[-1] += f" {piece}"
        else:
            pieces.append(piece)
    return map(_term, pieces) if len(pieces) > 1 and all(map(_begins_term, pieces)) else iter((_term(group.strip()),))


def _begins_term(piece: str) -> bool:
    return FIELD.fullmatch(piece) is not None or piece.lower() in WORDS or ADDRESS.fullmatch(piece) is not None


def _term(text: str) -> Term:
    field = FIELD.fullmatch(text)
    if field is not None:
        if field[1] not in FIELDS:
            raise SettingError(f'Meters are selected by {", ".join(FIELDS)}, not by "{field[1]}".')
        return _field_term(field[1], field[2].strip('"'))
    if text.lower() in WORDS:
        return Term("", text.lower())
    if ADDRESS.fullmatch(text):
        return Term("address", str(SecondaryAddress.parse(text)))
    return Term("name", text)


def _field_term(field: str, value: str) -> Term:
    """A field and its value; raises `SettingError` for a word that no meter can have there."""
    known = KNOWN.get(field)
    if known is not None and not any(_fits(field, value, word) for word in known):
        raise SettingError(f"{field} of a meter is {', '.join(known)}, not {value or 'nothing'}.")
    return Term(field, value)


def _fits(field: str, value: str, text: str) -> bool:
    """Whether a field that holds `text` is meant by `value`."""
    text, value = text.lower(), value.lower()
    return fnmatchcase(text, _pattern(value)) or (field == "status" and value in text.split())


def _pattern(value: str) -> str:
    """Only `*` is a wildcard; other signs of a shell stand for themselves."""
    return value.lower().replace("[", "[[]").replace("?", "[?]")
