"""Exact values of a long time: telegrams of one shape are read together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from appliance.errors import TelegramError
from appliance.mbus.codings import Raw
from appliance.mbus.meaning import Meaning
from appliance.mbus.telegram import decode
from appliance.store.layouts import WHOLE, LayoutShelf

RawTelegram = tuple[int, int, bytes]
"""Slot, number of the layout, and octets: the data octets, or all where the layout is `WHOLE`."""


slot_of, layout_of, octets_of = map(itemgetter, range(3))


class Block(NamedTuple):
    """Telegrams of one shape: the slot of each, what their records mean, and what gives the raw values of a record."""

    slots: list[int]
    meanings: tuple[Meaning, ...]
    values: Callable[[int], Sequence[Raw]]


def blocks(telegrams: Sequence[RawTelegram], layouts: LayoutShelf) -> Iterator[Block]:
    """All values of telegrams; one that cannot be read has none."""
    for number, slots, octets in _by_layout(telegrams):
        if number == WHOLE:
            yield from filter(None, map(_block_of_one, slots, octets))
        else:
            layout = layouts.layout(number)
            yield Block(slots, layout.meanings, layout.many(octets).values)


def _by_layout(telegrams: Sequence[RawTelegram]) -> Iterator[tuple[int, list[int], list[bytes]]]:
    """Slots and octets of each layout; a year of a meter mostly has one."""
    numbers = dict.fromkeys(map(layout_of, telegrams))
    for number in numbers:
        own = telegrams if len(numbers) == 1 else [one for one in telegrams if layout_of(one) == number]
        yield number, list(map(slot_of, own)), list(map(octets_of, own))


def _block_of_one(slot: int, octets: bytes) -> Block | None:
    try:
        records = decode(octets).records or ()
    except TelegramError:
        return None
    return Block([slot], tuple(record.meaning for record in records), lambda index: (records[index].raw,))
