"""Which meters an order is for (operations.md §14.4).

```text
selection = term { "," term }                any of them
term      = all | active | passive | wired | silent | error | ADDRESS | NAME | FIELD=VALUE
            several terms in one pair of quotes, with blanks between, must all hold
```
`*` in a name or value stands for anything, F in an address for any digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from appliance.errors import SettingError
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.manufacturers import manufacturer_letters
from appliance.mbus.media import medium_name
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
    "silent": lambda meter, status: status is Status.SILENT,
    "error": lambda meter, status: status is Status.ERROR,
}

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

    def holds(self, meter: Meter, status: Status) -> bool:
        """Whether it is true of this meter."""
        if not self.field:
            return WORDS[self.value](meter, status)
        if self.field == "address":
            own = meter.secondary_address
            return own is not None and SecondaryAddress.parse(self.value).matches(own)
        text = FIELDS[self.field](meter, status).lower()
        return fnmatchcase(text, _pattern(self.value)) or (
            self.field == "status" and self.value.lower() in text.split()
        )


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

    def holds(self, meter: Meter, status: Status) -> bool:
        """Whether the meter is chosen."""
        return any(all(term.holds(meter, status) for term in group) for group in self.groups)

    def choose(self, meters: Iterable[Meter], status: Callable[[Meter], Status]) -> list[Meter]:
        """The meters chosen, in their order."""
        return [meter for meter in meters if self.holds(meter, status(meter))]


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
        return Term(field[1], field[2].strip('"'))
    if text.lower() in WORDS:
        return Term("", text.lower())
    if ADDRESS.fullmatch(text):
        return Term("address", str(SecondaryAddress.parse(text)))
    return Term("name", text)


def _pattern(value: str) -> str:
    """Only `*` is a wildcard; other signs of a shell stand for themselves."""
    return value.lower().replace("[", "[[]").replace("?", "[?]")
