"""An auditor with SQL of its own: it uses nothing of the store's code, and recounts what the store has kept.

It rebuilds telegrams from layouts by the description in the schema, checks what must hold between the tables, and
explains each slot that was due: by a reading, by a reason, or by the appliance having been off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import apsw

LAST_SIGN = (
    "SELECT MAX(at) FROM (SELECT MAX(slot * 1000 + delay) AS at FROM reading WHERE boot = ?"
    " UNION ALL SELECT MAX(slot * 1000 + delay) FROM missed WHERE boot = ?)"
)
UNFINDABLE = "SELECT COUNT(*) FROM reading WHERE marks & 7 = 0 AND slot NOT IN (SELECT slot FROM slot)"

Key = tuple[int, int]
"""(slot, meter)"""


@lru_cache(maxsize=100_000)
def rebuild(mask: bytes, pattern: bytes, data: bytes) -> bytes:
    """A long frame from its layout and data: data stands where the mask does not compare an octet whole."""
    rest = iter(data)
    body = bytes(fixed if compared == 0xFF else next(rest) for compared, fixed in zip(mask[:-2], pattern, strict=False))
    return body + bytes((sum(body[4:]) & 0xFF,)) + pattern[-1:]


@dataclass
class Findings:
    """What the tables hold, and what is wrong with them."""

    readings: dict[Key, tuple[bytes, ...]] = field(default_factory=dict)
    missed: set[Key] = field(default_factory=set)
    outbox: set[Key] = field(default_factory=set)
    off: list[tuple[float, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def explains(self, slot: int, meter: int) -> bool:
        """Whether it is known what became of a slot."""
        key = (slot, meter)
        return key in self.readings or key in self.missed or any(begin <= slot <= end for begin, end in self.off)

    def unexplained(self, due: Iterable[Key]) -> list[Key]:
        """Slots that were due and of which nothing is known."""
        return [(slot, meter) for slot, meter in due if not self.explains(slot, meter)]


def audit(path: Path) -> Findings:
    """Look through a database file that nobody writes to at the moment."""
    connection = apsw.Connection(str(path))
    try:
        return _audit(connection)
    finally:
        connection.close()


def due_slots(meters: Iterable[int], since: int, until: int, period: int) -> Iterator[Key]:
    """Every slot of a grid in a time, for each of the meters."""
    numbers = list(meters)
    first = -(-since // period) * period
    return ((slot, meter) for slot in range(first, until + 1, period) for meter in numbers)


def _audit(connection: apsw.Connection) -> Findings:
    found = Findings()
    for (answer,) in connection.execute("PRAGMA integrity_check"):
        if answer != "ok":
            found.problems.append(f"integrity: {answer}")
    found.readings = _readings(connection, found.problems)
    found.missed = {(slot, meter) for slot, meter in connection.execute("SELECT slot, meter FROM missed")}
    found.outbox = {(slot, meter) for slot, meter in connection.execute("SELECT slot, meter FROM outbox")}
    found.off = _off(connection)
    if both := found.missed & found.readings.keys():
        found.problems.append(f"{len(both)} slots have a reading and a reason why they have none, as {min(both)}")
    if stray := found.outbox - found.readings.keys():
        found.problems.append(f"{len(stray)} outbox rows carry no reading, as {min(stray)}")
    if unfindable := connection.execute(UNFINDABLE).get:
        found.problems.append(f"{unfindable} readings lie in slots that are not known")
    return found


def _readings(connection: apsw.Connection, problems: list[str]) -> dict[Key, tuple[bytes, ...]]:
    layouts = {
        number: (bytes(mask), bytes(pattern))
        for number, mask, pattern in connection.execute("SELECT number, mask, pattern FROM layout")
    }
    telegrams: dict[Key, dict[int, bytes]] = defaultdict(dict)
    for slot, meter, telegram, layout, octets in connection.execute(
        "SELECT slot, meter, telegram, layout, octets FROM reading"
    ):
        if layout and layout not in layouts:
            problems.append(f"reading {(slot, meter)} has the layout {layout}, which is not there")
            continue
        telegrams[slot, meter][telegram] = rebuild(*layouts[layout], octets) if layout else octets
    for key, parts in telegrams.items():
        if sorted(parts) != list(range(len(parts))):
            problems.append(f"reading {key} is torn: telegrams {sorted(parts)}")
    return {key: tuple(octets for _, octets in sorted(parts.items())) for key, parts in telegrams.items()}


def _off(connection: apsw.Connection) -> list[tuple[float, float]]:
    """From the last sign of life of each boot to the start of the next."""
    boots = list(connection.execute("SELECT number, started, ended FROM boot ORDER BY number"))
    off = []
    for (number, started, ended), (_, next_started, _) in pairwise(boots):
        last = ended or connection.execute(LAST_SIGN, (number, number)).get or started
        off.append((last / 1000, next_started / 1000))
    return off
