"""Telegrams spoilt at random, some so that only the link layer notices, some so that the records must."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

# Octets at which a decoder turns: ends of data, fillers, variable lengths, extensions, secondary and plain-text VIFs.
TURNING: Final = bytes.fromhex("000D0E0F1F2F7F808DFF7CFCFDFB6D6CBFC0D0E0F0707273767778797A7B696B")
MOST: Final = 300  # octets; a frame has at most 261


def _flip(octets: bytearray, chance: random.Random) -> None:
    octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)


def _set(octets: bytearray, chance: random.Random) -> None:
    octets[chance.randrange(len(octets))] = chance.choice(TURNING)


def _insert(octets: bytearray, chance: random.Random) -> None:
    octets.insert(chance.randrange(len(octets)), chance.choice(TURNING))


def _delete(octets: bytearray, chance: random.Random) -> None:
    del octets[chance.randrange(len(octets))]


def _truncate(octets: bytearray, chance: random.Random) -> None:
    del octets[1 + chance.randrange(len(octets)) :]


def _repeat(octets: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(octets))
    octets[start:start] = octets[start : start + chance.randrange(1, 40)]


def _fill(octets: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(octets))
    octets[start:] = bytes((chance.choice(TURNING),)) * (len(octets) - start)


WAYS: Final[Sequence[Callable[[bytearray, random.Random], None]]] = (
    _flip,
    _set,
    _insert,
    _delete,
    _truncate,
    _repeat,
    _fill,
)


def spoilt(octets: bytes, chance: random.Random) -> bytes:
    """Up to four mutations of the whole frame, as a bad line makes them."""
    return _mutated(octets, chance)


def sealed(octets: bytes, chance: random.Random) -> bytes:
    """Up to four mutations of what the frame carries, in a frame whose lengths and checksum are right."""
    return seal(_mutated(octets[4:-2], chance))


def seal(body: bytes) -> bytes:
    """A long frame around C, A, CI and data, cut to what a frame holds."""
    body = body[:255].ljust(3, b"\0")
    return bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def mutations(telegrams: Sequence[bytes], seed: int, count: int) -> Iterator[bytes]:
    """`count` mutated telegrams, one in four spoilt on the line, the others sealed again."""
    chance = random.Random(seed)
    for number in range(count):
        octets = chance.choice(telegrams)
        yield spoilt(octets, chance) if number % 4 == 0 else sealed(octets, chance)


def _mutated(octets: bytes, chance: random.Random) -> bytes:
    mutated = bytearray(octets)
    for _ in range(chance.randrange(1, 5)):
        if mutated:
            chance.choice(WAYS)(mutated, chance)
    return bytes(mutated[:MOST])
