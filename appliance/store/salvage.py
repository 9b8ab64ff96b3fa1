"""Counting the readings of a file by its pages, where its first page no longer leads to its tables.

The table `reading` is WITHOUT ROWID, so its rows are cells of index pages (types 02 and 0A). A row of it is told by the
kinds of its columns: eight numbers and octets, as no other table has. Pages that were given back keep what stood in
them: whether a page is in use is asked of the pointer map, which the file has since it may give room back to the disk.
Source: sqlite.org, "Database File Format".

```text
page      type | .. | number of cells (2, at 3) | .. | places of the cells (2 each, at 8 on a leaf, at 12 inside)
cell      [page below (4), inside] | length of the row | head of the row: its length, kind of each column | values
map       at page 2 and after every 819 pages: 5 octets a page, the first tells what it is: 1 and 5 are a table's
```
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

PAGE: Final = 4096  # octets; what every database of ours is made with
MAPPED: Final = PAGE // 5  # pages that one page of the map tells about
IN_USE: Final = (1, 5)  # the first page of a table, and any other of one
INSIDE, LEAF = 0x02, 0x0A
FIRST_CELL: Final = {INSIDE: 12, LEAF: 8}
BEFORE_THE_ROW: Final = {INSIDE: 4, LEAF: 0}
COLUMNS: Final = 9
TELEGRAM: Final = 2  # place of the column that numbers the telegrams of a reading
ZERO: Final = bytes((8,))  # kind of a number that is 0 and takes no room
NUMBERS: Final = frozenset((1, 2, 3, 4, 5, 6, 8, 9))
FIRST_OCTETS_KIND: Final = 12  # even from here on: octets; odd: text
MOST_PAGES: Final = (256 << 20) // PAGE  # a larger file is counted so far: nobody waits minutes for the next reading


def count_by_pages(path: Path) -> int:
    """How many readings the pages in use still show: at least so many were in the file."""
    return sum(_readings_in(page) for page in _pages_in_use(_pages(path)))


def _pages(path: Path) -> Iterator[bytes]:
    """Whole pages from the first on, as far as the disk gives them."""
    with suppress(OSError), path.open("rb") as file:
        for _ in range(MOST_PAGES):
            page = file.read(PAGE)
            if len(page) < PAGE:
                return
            yield page


def _pages_in_use(pages: Iterator[bytes]) -> Iterator[bytes]:
    """Those that belong to a table, as far as the map can be read."""
    told = b""
    for number, page in enumerate(pages, 1):
        place = (number - 2) % (MAPPED + 1)
        if number > 1 and place == 0:
            told = page
        elif told and told[5 * (place - 1)] in IN_USE:
            yield page


def _readings_in(page: bytes) -> int:
    """Rows on a page that hold the first telegram of a reading; a page has rows of one table alone."""
    first = FIRST_CELL.get(page[0])
    if first is None:
        return 0
    places = page[first : first + 2 * int.from_bytes(page[3:5])]
    rows = [int.from_bytes(places[at : at + 2]) + BEFORE_THE_ROW[page[0]] for at in range(0, len(places), 2)]
    return sum(_begins_a_reading(page, row) for row in rows) if rows and _is_reading(page, rows[0]) else 0


def _is_reading(page: bytes, row: int) -> bool:
    """Whether the row is one of `reading`, by the kinds of its columns."""
    _, head = _varint(page, row)
    length, at = _varint(page, head)
    kinds: list[int] = []
    while at < head + length and len(kinds) <= COLUMNS:
        kind, at = _varint(page, at)
        kinds.append(kind)
    *numbers, octets = kinds or [0]
    is_octets = octets >= FIRST_OCTETS_KIND and octets % 2 == 0
    return len(kinds) == COLUMNS and NUMBERS.issuperset(numbers) and is_octets


def _begins_a_reading(page: bytes, row: int) -> bool:
    """Whether the telegram of a row of `reading` is the first; all kinds before take one octet, as the length does."""
    _, head = _varint(page, row)
    return page[head + 1 + TELEGRAM : head + 2 + TELEGRAM] == ZERO


def _varint(page: bytes, at: int) -> tuple[int, int]:
    """A number of SQLite's variable length, and where it ends; what leads out of the page is 0."""
    number = 0
    for octet in page[at : at + 8]:
        at += 1
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            return number, at
    return 0, at
