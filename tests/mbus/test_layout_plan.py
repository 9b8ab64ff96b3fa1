"""The plan and the slow path say the same, whatever the data octets are."""

from __future__ import annotations

import itertools
import random
import struct
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from appliance.errors import TelegramError
from appliance.mbus.book import LayoutBook
from appliance.mbus.dates import read_date_time
from appliance.mbus.dif import IDLE_FILLER
from appliance.mbus.encode import encode_telegram, plain_text_vif
from appliance.mbus.header import Header
from appliance.mbus.json_line import json_line
from appliance.mbus.layout import Layout
from appliance.mbus.many import TOGETHER, Digits
from appliance.mbus.moments import REMEMBERED, Met, days, midnights
from appliance.mbus.numerals import read_real
from appliance.mbus.singles import real
from appliance.mbus.telegram import decode
from tests.mbus.mutate import seal

SIZES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 6, 7: 8, 8: 0, 9: 1, 10: 2, 11: 3, 12: 4, 14: 6}
ORDERS = (0x72, 0x76, 0x78, 0x7A)
# Octets of which oddities are made: BCD that is none, minus signs, not a number, infinity, days and hours without end.
ODD = (0x00, 0x0A, 0x7F, 0x80, 0x99, 0xA0, 0xC0, 0xF0, 0xF1, 0xFF)
DIGITS = bytes(tens << 4 | ones for tens in range(10) for ones in range(10))
CLOCK = seal(bytes.fromhex("080172 78563412 2D2C 01 07 05 00 0000  046D 0000413C"))
WATER = seal(bytes.fromhex("080172 78563412 2D2C 01 07 05 00 0000  0C13 27048502"))


def data_octets(size: int) -> st.SearchStrategy[bytes]:
    """Any octets, and more than by chance those with odd values or digits alone."""
    digits = st.lists(
        st.integers(0, 99).map(lambda number: number // 10 << 4 | number % 10), min_size=size, max_size=size
    )
    odd = st.lists(st.sampled_from(ODD), min_size=size, max_size=size)
    return st.one_of(st.binary(min_size=size, max_size=size), digits.map(bytes), odd.map(bytes))


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """A record of any coding, any quantity, with data that need not make sense."""
    field = draw(st.sampled_from((*SIZES, 0x0D)))
    dif = bytes((field | draw(st.sampled_from((0x00, 0x10, 0x40))),))
    if draw(st.booleans()):
        dif = bytes((dif[0] | 0x80, draw(st.integers(0, 0x7F))))
    first = draw(st.sampled_from((0x06, 0x13, 0x5B, 0x6C, 0x6D, 0x78, 0x7A, 0x7F, 0x3B)))
    vif = draw(
        st.sampled_from(
            (bytes((first,)), bytes((first | 0x80, 0x22)), bytes((first | 0x80, 0x15)), b"\xfd\x17", b"\xfb\x1a",
             b"\xfd\x30", b"\xef\x18", b"\xef\x98\x3b", b"\xef\x98\x18",
             plain_text_vif("%b"), plain_text_vif("kWh", b"\x7d"), b"\xfc\x7d\x02%b"),
        )
    )  # fmt: skip
    if field != 0x0D:
        return dif + vif + draw(data_octets(SIZES[field]))
    lvar, size = draw(
        st.sampled_from(
            ((0x00, 0), (0x05, 5), (0xC3, 3), (0xC5, 5), (0xC7, 7), (0xD2, 2), (0xE5, 5), (0xF0, 16), (0xF8, 8))
        )
    )
    return dif + vif + bytes((lvar,)) + draw(data_octets(size))


@st.composite
def telegrams(draw: st.DrawFn) -> bytes:
    """A sound telegram of a meter with up to eight records, fillers between them and perhaps an end of its own."""
    ci = draw(st.sampled_from(ORDERS))
    header = draw(st.binary(min_size=12, max_size=12))[: {0x72: 12, 0x76: 12, 0x78: 0, 0x7A: 4}[ci]]
    if header and draw(st.booleans()):
        header = header[:-2] + b"\0\0"
    body = b"".join(
        record + bytes((IDLE_FILLER,)) * draw(st.integers(0, 2))
        for record in draw(st.lists(records(), min_size=0, max_size=8))
    )
    end = draw(st.sampled_from((b"", b"\x0f", b"\x1f", b"\x0f\x04\x13", b"\x1f\xff")))
    return seal(bytes((0x08, draw(st.integers(0, 255)), ci)) + header + body + end)


def with_other_data(layout: Layout, octets: bytes, chance: random.Random) -> bytes:
    """The telegram with other data octets of every kind, its header octets left as they are."""
    data = bytearray(layout.data(octets))
    for position in range(len(data)):
        way = chance.randrange(4)
        data[position] = (
            chance.randrange(256) if way == 0
            else chance.choice(ODD) if way == 1
            else chance.randrange(10) << 4 | chance.randrange(10) if way == 2
            else data[position]
        )  # fmt: skip
    return layout.rebuild(bytes(data))


def agree(layout: Layout, octets: bytes) -> None:
    """Plan and slow path say the same of a telegram of the layout, and it is rebuilt exactly."""
    slow = decode(octets)
    assert layout.belongs(octets)
    assert layout.decode(octets) == slow
    assert layout.rebuild(layout.data(octets)) == octets
    assert layout.json_line(octets) == json_line(slow, octets=False, notes=False)
    if slow.records is not None:
        raws = tuple(record.raw for record in slow.records)
        for values in (layout.values(octets), layout.values_of_data(layout.data(octets))):
            assert values == raws
            assert list(map(str, values)) == list(map(str, raws))  # 1.0 equals 1.00 and is another text
            assert list(map(type, values)) == list(map(type, raws))


@settings(max_examples=200, deadline=None)
@given(telegrams(), st.integers())
@example(encode_telegram(Header("1", 0, 0, 0), [b"\x05\x5b\x00\x00\x00\x80"], primary_address=0), 0)
def test_plan_and_slow_path_agree_on_any_telegram_and_any_data(octets: bytes, seed: int) -> None:
    layout = Layout.of(octets)
    assume(layout is not None)
    assert layout is not None
    loaded = Layout.of_parts(layout.length, layout.mask, layout.pattern)
    agree(loaded, octets)
    chance = random.Random(seed)
    for _ in range(5):
        agree(loaded, with_other_data(loaded, octets, chance))


@settings(max_examples=100, deadline=None)
@given(telegrams(), st.integers(), st.integers(0, TOGETHER))
def test_many_telegrams_at_once_have_the_values_that_each_has_alone(octets: bytes, seed: int, count: int) -> None:
    layout = Layout.of(octets)
    assume(layout is not None)
    assert layout is not None
    chance = random.Random(seed)
    odd = layout.data(with_other_data(layout, octets, chance))
    numbers = [bytes(chance.choice(DIGITS) for _ in odd) for _ in range(3)]
    datas = [*chance.choices(numbers, k=count), odd, *chance.choices(numbers, k=count)]
    singly = list(zip(*map(layout.values_of_data, datas), strict=True))
    many = layout.many(datas)
    found = [tuple(many.values(index)) for index in range(len(layout.meanings))]
    assert found == singly
    assert list(map(repr, found)) == list(map(repr, singly))


@given(st.lists(st.integers(0, 10**16 - 1), min_size=1, max_size=40), st.sampled_from((1, 2, 4, 8)))
def test_digits_become_numbers_where_they_stand(numbers: list[int], width: int) -> None:
    numbers = [number % 100**width for number in numbers]
    lanes = b"".join(bytes.fromhex(f"{number:0{2 * width}d}")[::-1] for number in numbers)
    converted = Digits(width, 64).convert(lanes)
    assert converted == b"".join(number.to_bytes(width, "little") for number in numbers)


def test_one_digit_that_is_none_is_seen_among_many() -> None:
    digits = Digits(4, 2)
    for place, octet in itertools.product(range(8), (0x0A, 0xA0, 0xFF, 0x9B, 0xE9)):
        octets = bytearray.fromhex("99999999 99999999")
        octets[place] = octet
        assert digits.convert(bytes(octets)) is None


def test_clocks_of_every_hour_and_century_are_read_alike_among_many() -> None:
    layout = Layout.of(CLOCK)
    assert layout is not None
    data = layout.data(CLOCK)
    for end in (b"\x41\x3c", b"\x00\x00"):  # a day, and none
        datas = [data[:-4] + bytes((minute, hour)) + end for minute in (0, 59, 0xBB) for hour in range(256)]
        assert layout.many(datas).values(0) == [layout.values_of_data(one)[0] for one in datas]
        assert layout.many(datas[:128:32]).values(0) == [layout.values_of_data(one)[0] for one in datas[:128:32]]
        for century in range(0, 128, 32):
            plain = [data[:-4] + bytes((minute, century + hour)) + end for minute in (0, 59) for hour in range(24)]
            assert layout.many(plain).values(0) == [layout.values_of_data(one)[0] for one in plain]


def test_data_of_another_length_are_refused_among_many() -> None:
    layout = Layout.of(WATER)
    assert layout is not None
    data = layout.data(WATER)
    with pytest.raises(TelegramError):
        layout.many([data, data[:-1], data + b"\0"])
    assert not layout.many([]).values(0)


@settings(max_examples=100, deadline=None)
@given(telegrams(), st.integers())
def test_layout_depends_on_no_data_octet(octets: bytes, seed: int) -> None:
    layout = Layout.of(octets)
    assume(layout is not None)
    assert layout is not None
    other = with_other_data(layout, octets, random.Random(seed))
    again = Layout.of(other)
    assert again is None or again.equals(layout)  # None: the configuration word now says that it is encrypted
    assert again is not None or decode(other).security != "none"


@settings(max_examples=100, deadline=None)
@given(st.lists(telegrams(), max_size=6))
def test_book_and_slow_path_agree_whatever_was_learnt_before(several: list[bytes]) -> None:
    book = LayoutBook()
    for octets in several * 2:
        assert book.decode(octets) == decode(octets)
        assert book.json_line(octets) == json_line(decode(octets), octets=False, notes=False)
    for octets, meanings, values in zip(several, *book.decode_many(several), strict=True):
        slow = decode(octets).records or ()
        assert meanings == tuple(record.meaning for record in slow)
        assert values == tuple(record.raw for record in slow)


@pytest.mark.parametrize("seed", range(3))
def test_plans_of_captured_telegrams_agree_on_other_data(captured: Path, seed: int) -> None:
    chance = random.Random(seed)
    for path in sorted((captured / "wired").glob("*.hex")):
        octets = bytes.fromhex("".join(path.read_text().split()))
        layout = Layout.of(octets)
        assert layout is not None
        for _ in range(3):
            agree(layout, with_other_data(layout, octets, chance))


DAYS = range(0, 1 << 16, 7)  # prime to the fields of type G, so that each of their values comes with many others


@pytest.mark.parametrize(
    "halves",
    [
        [(clock, 0x3C41) for clock in range(1 << 16)],
        *([(clock, upper) for upper in DAYS] for clock in (0x0000, 0x2A17, 0x4A17, 0x80BB)),
    ],
    ids=["every clock", "midnight", "century 1", "century 2", "invalid in summer"],
)
def test_every_half_of_a_date_and_time_is_read_as_the_slow_path_reads_it(halves: list[tuple[int, int]]) -> None:
    layout = Layout.of(CLOCK)
    assert layout is not None
    for lower, upper in halves:
        octets = CLOCK[:-6] + struct.pack("<HH", lower, upper) + CLOCK[-2:]
        moment = read_date_time(octets[-6:-2])
        assert layout.values(octets) == (moment,)
        text = "null" if moment is None else f'"{moment.isoformat()}"'
        assert f'"value":{text},"raw":{text},' in layout.writer.write(octets)


@pytest.mark.parametrize("of_days", [days, midnights])
def test_days_that_a_hostile_meter_sends_fill_no_memory(of_days: Met[object]) -> None:
    for number in range(1 << 16):
        assert of_days[number] == of_days[number]
    assert len(of_days) <= REMEMBERED
    assert sum(found is not None for found in of_days.table) <= REMEMBERED


@settings(max_examples=2000, deadline=None)
@given(st.one_of(st.floats(width=32), st.floats(-2e6, 2e6, width=32), st.decimals(-(10**6), 10**6, places=3)))
@example(0.0)
@example(-0.0)
@example(999999.9375)
@example(0.001)
@example(9.999999)
@example(8192.0005)
@example(118510.5)
@example(0.001953125)
@example(524287.97)
@example(524288.0)
@example(-16777216.0)
def test_short_way_to_a_real_number_ends_at_the_same_digits(number: float) -> None:
    octets = struct.pack("<f", float(number))
    [single] = struct.unpack("<f", octets)
    assert str(real(single)) == str(read_real(octets))
