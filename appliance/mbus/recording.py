"""Recorded bus traffic: one line of text per burst of octets, for people, `decode` and `simulate` alike.

```text
2026-11-21T06:00:00.125Z main > 10 5B 01 5C 16
2026-11-21T06:00:00.310Z main < 68 1B 1B 68 08 01 72 07 20 ...  # noise: parity
```
Time in UTC, segment, direction (`>` from the master, `<` to it), octets, and where there is something to say a note.
Lines that are empty or begin with `#` are skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from appliance.errors import SettingError


class Direction(StrEnum):
    """Which way octets went, seen from the master."""

    SENT = ">"
    RECEIVED = "<"


@dataclass(frozen=True, slots=True)
class Burst:
    """Octets that went over a segment one way at one time."""

    at: datetime  # aware
    segment: str
    direction: Direction
    octets: bytes
    note: str = ""

    def to_line(self) -> str:
        """As it stands in a recording, without the line's end."""
        at = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        segment = "".join(self.segment.split()) or "-"
        line = f"{at} {segment} {self.direction} {self.octets.hex(' ').upper()}"
        note = " ".join(self.note.split())
        return f"{line}  # {note}" if note else line


def is_recorded(line: str) -> bool:
    """Whether a line is one of a recording, not a bare telegram."""
    words = line.split(maxsplit=3)
    return len(words) > 2 and words[2] in tuple(Direction) and "T" in words[0]


def parse_line(line: str) -> Burst:
    """The burst that a line tells; raises `SettingError`."""
    told, _, note = line.partition("#")
    words = told.split(maxsplit=3)
    try:
        at, segment, direction, octets = (*words, "") if len(words) == 3 else words
        burst = Burst(_moment(at), segment, Direction(direction), bytes.fromhex(octets), note.strip())
    except ValueError as error:
        example = "2026-11-21T06:00:00.125Z main > 10 5B 01 5C 16"
        raise SettingError(f'A line of a recording is like "{example}", not "{line.strip()}".') from error
    return burst


def read_recording(lines: Iterable[str]) -> Iterator[Burst]:
    """The bursts of a recording in their order; raises `SettingError` naming the line that is none."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                yield parse_line(line)
            except SettingError as error:
                raise SettingError(f"Line {number}: {error}") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
