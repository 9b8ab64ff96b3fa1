"""Decoding beside pyMeterBus, on the same telegrams in the same run.

Frames of real meters that pyMeterBus reads, with other data octets each time; their layouts are learnt before. Ours
test the checksum, remember no telegram and read every value exactly.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

import meterbus

from appliance.mbus.book import LayoutBook
from appliance.mbus.json_line import json_line
from appliance.mbus.telegram import decode
from benchmarks.corpus import frames, pass_over, readable
from benchmarks.measure import side_by_side
from benchmarks.registry import Row

SEED: Final = 13757
PASSES: Final = 4
VARIANTS: Final = 60  # telegrams of each frame in a pass: a building or a few days of one, as an export has them
PIECES: Final = 30  # of a pass for pyMeterBus, which then takes about as long as we do for the whole pass
BATCH_TARGET: Final = 50
TELEGRAM_TARGET: Final = 30
JSON_TARGET: Final = 80


def peer_load(octets: bytes) -> object:
    """What pyMeterBus makes of a telegram."""
    return meterbus.load(octets)


def peer_json(octets: bytes) -> str:
    """And its JSON."""
    text: str = meterbus.load(octets).to_JSON()
    return text


def each(way: Callable[[bytes], object]) -> Callable[[Sequence[bytes]], None]:
    """A function that reads one telegram, made one that reads them all and keeps none."""

    def work(telegrams: Sequence[bytes]) -> None:
        for octets in telegrams:
            way(octets)

    return work


def run() -> list[Row]:
    """Ratios to pyMeterBus, and the rates behind them."""
    chance = random.Random(SEED)
    corpus = [octets for octets in frames() if readable(octets, peer_json)]
    passes = [
        [octets for octets in pass_over(corpus, VARIANTS, chance) if readable(octets, peer_json)] for _ in range(PASSES)
    ]
    book = LayoutBook()
    for octets in corpus:
        book.decode(octets)
    for telegrams in passes:
        check(book, telegrams)
    (load, peers_json, slow), (batch, single, lines, line) = side_by_side(
        passes,
        (each(peer_load), each(peer_json), each(decode)),
        (book.decode_many, each(book.decode), book.json_lines, each(book.json_line)),
        PIECES,
    )
    count = sum(map(len, passes)) / len(passes)
    return [
        Row("frames of the corpus that pyMeterBus reads", len(corpus), "frames"),
        Row("pyMeterBus load", count / load, "telegrams/s"),
        Row("pyMeterBus load and to_JSON", count / peers_json, "telegrams/s"),
        Row("decode (slow path)", count / slow, "telegrams/s"),
        Row("LayoutBook.decode_many", count / batch, "telegrams/s"),
        Row("LayoutBook.decode, a Telegram each", count / single, "telegrams/s"),
        Row("LayoutBook.json_lines", count / lines, "telegrams/s"),
        Row("LayoutBook.json_line, one at a time", count / line, "telegrams/s"),
        _ratio("decode_many : load", load / batch, BATCH_TARGET),
        _ratio("decode : load", load / single, TELEGRAM_TARGET),
        _ratio("json_lines : load and to_JSON", peers_json / lines, JSON_TARGET),
        Row("json_line, one at a time : load and to_JSON", peers_json / line, "x"),
    ]


def check(book: LayoutBook, telegrams: Sequence[bytes]) -> None:
    """A figure for wrong values would be worth nothing: all ways say what the slow path says."""
    found, lines = book.decode_many(telegrams), book.json_lines(telegrams)
    for octets, meanings, values, line in zip(telegrams, *found, lines, strict=True):
        slow = decode(octets)
        assert meanings == tuple(record.meaning for record in slow.records or ())
        assert values == tuple(record.raw for record in slow.records or ())
        assert book.decode(octets) == slow
        assert book.json_line(octets) == line == json_line(slow, octets=False, notes=False)


def _ratio(name: str, figure: float, target: float) -> Row:
    return Row(name, figure, "x", f">= {target} x", figure >= target)
