"""Exact values of a long time: telegrams of one shape are read together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from appliance.errors import TelegramError
from appliance.mbus.codings import Raw
from appliance.mbus.meaning import Meaning
from appliance.mbus.telegram import decode
from appliance.store.layouts import WHOLE, LayoutShelf

RawTelegram = tuple[int, int, bytes]
"""Slot, number of the layout, and octets: the data octets, or all where the layout is `WHOLE`."""


class Block(NamedTuple):
    """Telegrams of one shape: the slot of each, what their records mean, and what gives the raw values of a record."""

    slots: list[int]
    meanings: tuple[Meaning, ...]
    values: Callable[[int], Sequence[Raw]]


def blocks(telegrams: Iterable[RawTelegram], layouts: LayoutShelf) -> Iterator[Block]:
    """All values of telegrams; one that cannot be read has none."""
    shapes: defaultdict[int, tuple[list[int], list[bytes]]] = defaultdict(lambda: ([], []))
    for slot, number, octets in telegrams:
        slots, alike = shapes[number]
        slots.append(slot)
        alike.append(octets)
    for number, (slots, alike) in shapes.items():
        if number == WHOLE:
            yield from filter(None, map(_block_of_one, slots, alike))
        else:
            layout = layouts.layout(number)
            yield Block(slots, layout.meanings, layout.many(alike).values)


def _block_of_one(slot: int, octets: bytes) -> Block | None:
    try:
        records = decode(octets).records or ()
    except TelegramError:
        return None
    return Block([slot], tuple(record.meaning for record in records), lambda index: (records[index].raw,))
