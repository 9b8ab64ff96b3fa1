"""The slave's side of the link: frames of a master in, answers out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.mbus.address import BROADCAST, SELECTED, TEST, SecondaryAddress
from appliance.mbus.frames import REQ_UD1, REQ_UD2, SND_NKE, SND_UD, Ack, Frame, LongFrame, ShortFrame, parse_frame
from appliance.mbus.slave import FrameCount, Slave

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
ADDRESS = SecondaryAddress.parse("12345678-KAM-8-4")
E5 = Ack().to_bytes()
BIT_SET, BIT_CLEAR = REQ_UD2 | 0x20, REQ_UD2


class Story:
    """An application whose telegrams say which they are and how often it was asked."""

    def __init__(self, count: int = 1) -> None:
        self.telegram_count = count

    def telegram(self, number: int, at: datetime, access_number: int, primary_address: int) -> bytes:
        del at
        return LongFrame(0x08, primary_address, 0x72, bytes((number, access_number))).to_bytes()


def make(
    *,
    telegrams: int = 1,
    primary_address: int = 5,
    address: SecondaryAddress | None = ADDRESS,
    frame_count: FrameCount = FrameCount.REBUILDS,
) -> Slave:
    return Slave(Story(telegrams), primary_address=primary_address, secondary_address=address, frame_count=frame_count)


def select(text: str, fabrication: str | None = None) -> LongFrame:
    mask = SecondaryAddress.parse(text)
    mask = SecondaryAddress(mask.identification, mask.manufacturer, mask.version, mask.medium, fabrication)
    return LongFrame(SND_UD, SELECTED, 0x52, mask.to_bytes())


def ask(slave: Slave, frame: Frame) -> bytes | None:
    """Over the wire and back: what a slave understands and tells survives being octets."""
    return slave.hear(parse_frame(frame.to_bytes()), NOW)


def told(answer: bytes | None) -> tuple[int, int]:
    """Number of the telegram and access number in an answer of `Story`."""
    assert answer is not None
    frame = parse_frame(answer)
    assert isinstance(frame, LongFrame)
    return frame.user_data[0], frame.user_data[1]


def test_slave_acknowledges_its_own_address_only() -> None:
    assert ask(make(), ShortFrame(SND_NKE, 5)) == E5
    assert ask(make(), ShortFrame(SND_NKE, 6)) is None


def test_slave_answers_at_the_test_address_and_is_silent_at_the_broadcast_address() -> None:
    assert ask(make(), ShortFrame(BIT_SET, TEST)) is not None
    assert ask(make(), ShortFrame(SND_NKE, BROADCAST)) is None


def test_broadcast_is_heard_although_nobody_answers() -> None:
    slave = make()
    assert ask(slave, LongFrame(SND_UD, BROADCAST, 0x51, b"\x01\x7a\x09")) is None
    assert slave.primary_address == 9


@pytest.mark.parametrize(
    "mask",
    [
        "12345678-KAM-8-4",
        "12345678",
        "FFFFFFFF",
        "1234FFFF",
        "FFFF5678",
        "F2F4F6F8-KAM",
        "FFFFFFFF-KAM-8",
        "FFFFFFFF-*-8-4",
        "12345678-*-*-4",
    ],
)
def test_selection_with_wildcards_chooses_the_slave_it_means(mask: str) -> None:
    slave = make()
    assert ask(slave, select(mask)) == E5
    assert slave.selected


@pytest.mark.parametrize(
    "mask", ["12345679", "1234FFF9", "FFFFFFFF-ELS", "FFFFFFFF-KAM-9", "12345678-KAM-8-7", "02345678"]
)
def test_selection_of_another_lets_the_slave_go(mask: str) -> None:
    slave = make()
    assert ask(slave, select("FFFFFFFF")) == E5
    assert ask(slave, select(mask)) is None
    assert not slave.selected
    assert ask(slave, ShortFrame(BIT_SET, SELECTED)) is None


@given(st.text("0123456789F", min_size=8, max_size=8), st.text("0123456789", min_size=8, max_size=8))
def test_slave_and_address_agree_on_what_a_mask_means(mask: str, identification: str) -> None:
    address = SecondaryAddress(identification, 0x2C2D, 8, 4)
    slave = make(address=address)
    assert (ask(slave, select(mask)) == E5) is SecondaryAddress(mask).matches(address)


def test_enhanced_selection_asks_for_the_fabrication_number_too() -> None:
    slave = make(address=SecondaryAddress("12345678", 0x2C2D, 8, 4, "00112233"))
    assert ask(slave, select("12345678", "00112233")) == E5
    assert ask(slave, select("12345678", "FF1122FF")) == E5
    assert ask(slave, select("12345678", "00112234")) is None


def test_slave_without_fabrication_number_is_not_meant_by_an_enhanced_selection() -> None:
    assert ask(make(), select("12345678", "FFFFFFFF")) is None


def test_selection_with_the_most_significant_octet_first_is_understood() -> None:
    data = bytes.fromhex("12345678") + ADDRESS.manufacturer.to_bytes(2, "big") + bytes((8, 4))
    assert ask(make(), LongFrame(SND_UD, SELECTED, 0x56, data)) == E5


@pytest.mark.parametrize("data", [b"", b"\x78\x56\x34\x12", ADDRESS.to_bytes() + b"\x0c\x79\x00\x00\x00\x00"])
def test_selection_by_no_address_chooses_nobody(data: bytes) -> None:
    slave = make()
    ask(slave, select("FFFFFFFF"))
    assert ask(slave, LongFrame(SND_UD, SELECTED, 0x52, data)) is None
    assert not slave.selected


def test_selected_slave_answers_at_253_until_the_link_is_reset_there() -> None:
    slave = make()
    ask(slave, select("12345678"))
    assert ask(slave, ShortFrame(SND_NKE, 5)) == E5
    assert told(ask(slave, ShortFrame(BIT_SET, SELECTED)))[0] == 0
    assert ask(slave, ShortFrame(SND_NKE, SELECTED)) == E5
    assert ask(slave, ShortFrame(SND_NKE, SELECTED)) is None


def test_changed_bit_asks_for_the_next_telegram_and_an_unchanged_one_for_the_same() -> None:
    slave = make(telegrams=3)
    numbers = [told(ask(slave, ShortFrame(control, 5)))[0] for control in (BIT_SET, BIT_SET, BIT_CLEAR, BIT_SET)]
    assert numbers == [0, 0, 1, 2]


def test_after_the_last_telegram_comes_the_first() -> None:
    slave = make(telegrams=2)
    numbers = [told(ask(slave, ShortFrame(control, 5)))[0] for control in (BIT_SET, BIT_CLEAR, BIT_SET)]
    assert numbers == [0, 1, 0]


def test_reset_of_all_lets_selected_slaves_go_and_begins_every_readout_again() -> None:
    slave = make(telegrams=3)
    ask(slave, select("12345678"))
    ask(slave, ShortFrame(BIT_SET, SELECTED))
    ask(slave, ShortFrame(BIT_SET, 5))
    assert ask(slave, ShortFrame(SND_NKE, BROADCAST)) is None
    assert not slave.selected
    numbers = [told(ask(slave, ShortFrame(control, 5)))[0] for control in (BIT_SET, BIT_CLEAR)]
    assert numbers == [0, 1]


@pytest.mark.parametrize("reset", [ShortFrame(SND_NKE, 5), LongFrame(SND_UD, 5, 0x50, b"\x10")])
def test_reset_begins_the_readout_again(reset: Frame) -> None:
    slave = make(telegrams=3)
    ask(slave, ShortFrame(BIT_SET, 5))
    ask(slave, ShortFrame(BIT_CLEAR, 5))
    assert ask(slave, reset) == E5
    assert told(ask(slave, ShortFrame(BIT_SET, 5)))[0] == 0


def test_selection_begins_the_readout_again() -> None:
    slave = make(telegrams=3)
    for _ in range(2):
        assert ask(slave, select("12345678")) == E5
        numbers = [told(ask(slave, ShortFrame(control, SELECTED)))[0] for control in (BIT_SET, BIT_CLEAR)]
        assert numbers == [0, 1]


def test_frame_count_of_253_is_apart_from_that_of_the_primary_address() -> None:
    slave = make(telegrams=3)
    ask(slave, select("12345678"))
    assert told(ask(slave, ShortFrame(BIT_SET, SELECTED)))[0] == 0
    assert told(ask(slave, ShortFrame(BIT_SET, 5)))[0] == 1


def test_request_without_valid_bit_is_always_new() -> None:
    slave = make(telegrams=2)
    numbers = [told(ask(slave, ShortFrame(0x4B, 5)))[0] for _ in range(3)]
    assert numbers == [0, 1, 0]


def test_unchanged_bit_gives_the_values_of_now_or_the_very_octets() -> None:
    for frame_count, same in ((FrameCount.REBUILDS, False), (FrameCount.STRICT, True)):
        slave = make(frame_count=frame_count)
        first, second = (ask(slave, ShortFrame(BIT_SET, 5)) for _ in range(2))
        assert (first == second) is same


def test_slave_that_ignores_the_bit_goes_on() -> None:
    slave = make(telegrams=3, frame_count=FrameCount.IGNORED)
    numbers = [told(ask(slave, ShortFrame(BIT_SET, 5)))[0] for _ in range(3)]
    assert numbers == [0, 1, 2]


def test_access_number_counts_answers_and_begins_again_after_255() -> None:
    slave = Slave(Story(), primary_address=5, access_number=254)
    numbers = [told(ask(slave, ShortFrame(0x4B, 5)))[1] for _ in range(3)]
    assert numbers == [255, 0, 1]


def test_alarm_request_is_acknowledged_where_there_is_none() -> None:
    assert ask(make(), ShortFrame(REQ_UD1, 5)) == E5


def test_primary_address_can_be_set() -> None:
    slave = make()
    assert ask(slave, LongFrame(SND_UD, 5, 0x51, b"\x01\x7a\x2a")) == E5
    assert ask(slave, ShortFrame(SND_NKE, 5)) is None
    assert ask(slave, ShortFrame(SND_NKE, 42)) == E5


def test_primary_address_above_250_is_refused_with_an_application_error() -> None:
    slave = make()
    assert ask(slave, LongFrame(SND_UD, 5, 0x51, b"\x01\x7a\xfd")) == E5
    answer = ask(slave, ShortFrame(BIT_SET, 5))
    assert answer is not None
    frame = parse_frame(answer)
    assert isinstance(frame, LongFrame)
    assert (frame.ci, frame.user_data, slave.primary_address) == (0x70, b"\x00", 5)


def test_unknown_order_is_told_as_an_application_error_once() -> None:
    slave = make()
    assert ask(slave, LongFrame(SND_UD, 5, 0x5F, b"")) == E5
    error, answer = (ask(slave, ShortFrame(BIT_SET, 5)) for _ in range(2))
    assert error == LongFrame(0x08, 5, 0x70, b"\x01").to_bytes()
    assert told(answer)[0] == 0


def test_application_reset_takes_its_subcode_and_the_error_away() -> None:
    slave = make()
    ask(slave, LongFrame(SND_UD, 5, 0x5F, b""))
    assert ask(slave, LongFrame(SND_UD, 5, 0x50, b"\x20")) == E5
    assert slave.reset_subcode == 0x20
    assert told(ask(slave, ShortFrame(BIT_SET, 5)))[0] == 0


def test_baud_rate_can_be_set() -> None:
    slave = make()
    assert ask(slave, LongFrame(SND_UD, 5, 0xBD)) == E5
    assert slave.baud_rate == 9600


def test_raw_data_is_acknowledged() -> None:
    assert ask(make(), LongFrame(SND_UD, 5, 0x51, b"\x04\x6d\x00\x06\x75\x3b")) == E5


def test_what_another_slave_says_is_nothing_to_a_slave() -> None:
    assert ask(make(), Ack()) is None
    assert ask(make(), LongFrame(0x08, 5, 0x72, b"\x00" * 12)) is None


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=20))
def test_no_frame_upsets_a_slave(control: int, address: int, ci: int, data: bytes) -> None:
    slave = make()
    for frame in (ShortFrame(control, address), LongFrame(control, address, ci, data)):
        answer = ask(slave, frame)
        assert answer is None or parse_frame(answer)
