"""Meters made from captured telegrams and from recordings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.errors import SettingError
from appliance.mbus.address import SELECTED, SecondaryAddress
from appliance.mbus.encode import encode_fixed, encode_record, encode_telegram
from appliance.mbus.frames import SND_NKE, SND_UD, Ack, LongFrame, ShortFrame
from appliance.mbus.header import Header
from appliance.mbus.recording import Burst, Direction
from drivers.simulated.captured import load_telegrams, order_for
from drivers.simulated.replay import load_recording
from tests.drivers.simulated_master import Master, answer_in

START = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def telegram(number: int, *, value: int = 1, manufacturer: int = 0x2C2D, more: bool = False, address: int = 1) -> bytes:
    header = Header(f"{number:08d}", manufacturer, 1, 4)
    return encode_telegram(header, [encode_record(b"\x0c", b"\x06", value)], primary_address=address, more=more)


def write(folder: Path, **files: bytes) -> Path:
    for name, octets in files.items():
        (folder / f"{name}.hex").write_text(f"# captured\n{octets.hex(' ')}\n", encoding="ascii")
    return folder


def test_captured_meter_answers_exactly_its_octets(tmp_path: Path, clock: VirtualClock) -> None:
    files = {"one": telegram(11), "two": telegram(22)}
    building, left_out = load_telegrams(str(write(tmp_path, **files)))
    master = Master(building.bus(clock), clock)
    assert not left_out
    for meter in building.meters:
        for _ in range(2):
            assert answer_in(master.read(meter)) == files[meter.name]


def test_captured_meter_takes_a_new_primary_address(tmp_path: Path, clock: VirtualClock) -> None:
    building, _ = load_telegrams(str(write(tmp_path, one=telegram(11))))
    master = Master(building.bus(clock), clock)
    assert answer_in(master.request(1)) == telegram(11)
    assert master.ask(LongFrame(SND_UD, 1, 0x51, b"\x01\x7a\x07")) == [Ack()]
    assert answer_in(master.request(7)) == telegram(11, address=7)


def test_second_of_two_with_one_address_is_left_out_by_name(tmp_path: Path) -> None:
    building, left_out = load_telegrams(str(write(tmp_path, first=telegram(11), second=telegram(11, value=2))))
    assert [meter.name for meter in building.meters] == ["first"]
    assert [(one.file, "first" in one.reason) for one in left_out] == [("second.hex", True)]


def test_meters_with_one_number_of_two_makers_are_told_apart(tmp_path: Path, clock: VirtualClock) -> None:
    files = {"one": telegram(11), "two": telegram(11, manufacturer=0x1593)}
    building, left_out = load_telegrams(str(write(tmp_path, **files)))
    master = Master(building.bus(clock), clock)
    assert not left_out
    for meter in building.meters:
        assert answer_in(master.read(meter)) == files[meter.name]


def test_meter_with_the_fixed_structure_is_selected_by_its_number(tmp_path: Path, clock: VirtualClock) -> None:
    octets = encode_fixed("12345678", b"\xe9\x7e", (1, 135), primary_address=5, access_number=10)
    building, _ = load_telegrams(str(write(tmp_path, old=octets)))
    master = Master(building.bus(clock), clock)
    assert master.select("12345678") == [Ack()]
    assert answer_in(master.request(SELECTED)) == octets
    assert answer_in(master.request(5)) == octets


def test_meter_that_only_tells_an_error_has_a_primary_address(tmp_path: Path, clock: VirtualClock) -> None:
    octets = LongFrame(0x08, 9, 0x70, b"\x08").to_bytes()
    building, _ = load_telegrams(str(write(tmp_path, busy=octets)))
    assert order_for(building.meters[0]) == 'meter add primary=9 name="busy"'
    assert answer_in(Master(building.bus(clock), clock).request(9)) == octets


def test_order_names_the_whole_address(tmp_path: Path) -> None:
    building, _ = load_telegrams(str(write(tmp_path, kamstrup_382=telegram(11))))
    assert order_for(building.meters[0]) == 'meter add secondary=00000011-KAM-1-4 name="kamstrup_382"'


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"\x10\x5b\x01\x5c\x16", "It is no answer of a meter"),
        (telegram(11)[:-1], "ends after"),
        (telegram(11)[:-2] + b"\x00\x16", "checksum"),
        (LongFrame(SND_UD, 1, 0x51, b"").to_bytes(), "It is no answer of a meter"),
    ],
)
def test_file_that_is_no_answer_is_left_out_with_the_reason(tmp_path: Path, octets: bytes, reason: str) -> None:
    _, left_out = load_telegrams(str(write(tmp_path, bad=octets, good=telegram(11))))
    assert [one.file for one in left_out] == ["bad.hex"]
    assert reason in left_out[0].reason


def test_file_that_is_no_hex_is_left_out_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "text.hex").write_text("hello")
    _, left_out = load_telegrams(str(write(tmp_path, good=telegram(11))))
    assert [one.reason for one in left_out] == ["It holds more than hex digits."]


def test_folder_without_telegrams_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"holds no \.hex file"):
        load_telegrams(str(tmp_path))
    with pytest.raises(SettingError, match="cannot be read"):
        load_telegrams(str(tmp_path / "none"))
    with pytest.raises(SettingError, match="No file of"):
        load_telegrams(str(write(tmp_path, bad=b"\xe5")))


def test_the_captured_bus_answers_with_the_octets_of_its_files(captured: Path, clock: VirtualClock) -> None:
    building, left_out = load_telegrams(str(captured / "wired"))
    master = Master(building.bus(clock), clock)
    assert (len(building.meters), len(left_out)) == (42, 3)
    for meter in building.meters:
        text = (captured / "wired" / f"{meter.name}.hex").read_text()
        assert answer_in(master.read(meter)) == bytes.fromhex(text)


def test_printed_orders_of_the_captured_bus_mean_one_meter_each(captured: Path) -> None:
    building, _ = load_telegrams(str(captured / "wired"))
    masks = [
        SecondaryAddress.parse(order_for(meter).split()[2].removeprefix("secondary=")) for meter in building.meters
    ]
    addresses = [meter.instrument.secondary_address for meter in building.meters]
    for mask, own in zip(masks, addresses, strict=True):
        assert [address for address in addresses if address and mask.matches(address)] == [own]


def record(path: Path, *bursts: tuple[Direction, bytes]) -> str:
    lines = [
        Burst(START + timedelta(seconds=place), "main", direction, octets).to_line()
        for place, (direction, octets) in enumerate(bursts)
    ]
    path.write_text("\n".join(["# recorded", *lines, ""]), encoding="utf-8")
    return str(path)


QUESTION = (Direction.SENT, ShortFrame(0x5B, 1).to_bytes())


def test_recorded_readouts_are_told_again_one_after_the_other(tmp_path: Path, clock: VirtualClock) -> None:
    answers = [telegram(11, value=value) for value in (1, 2, 3)]
    bursts = [burst for answer in answers for burst in (QUESTION, (Direction.RECEIVED, answer))]
    building = load_recording(record(tmp_path / "bus.log", *bursts))
    master = Master(building.bus(clock), clock)
    assert [answer_in(master.read(building.meters[0])) for _ in range(4)] == [*answers, answers[0]]


def test_recorded_answer_is_repeated_while_the_bit_stays(tmp_path: Path, clock: VirtualClock) -> None:
    bursts = [(Direction.RECEIVED, telegram(11, value=value)) for value in (1, 2)]
    building = load_recording(record(tmp_path / "bus.log", QUESTION, *bursts))
    master = Master(building.bus(clock), clock)
    master.ask(ShortFrame(SND_NKE, 1))
    assert answer_in(master.request(1)) == answer_in(master.request(1))


def test_answer_recorded_twice_because_it_was_asked_for_twice_is_one_reading(
    tmp_path: Path, clock: VirtualClock
) -> None:
    bursts = [(Direction.RECEIVED, telegram(11, value=value)) for value in (1, 1, 2)]
    building = load_recording(record(tmp_path / "bus.log", QUESTION, *bursts))
    master = Master(building.bus(clock), clock)
    told = [answer_in(master.read(building.meters[0])) for _ in range(2)]
    assert told == [telegram(11, value=1), telegram(11, value=2)]


def test_recorded_telegrams_that_belong_together_stay_together(tmp_path: Path, clock: VirtualClock) -> None:
    first, second = telegram(11, more=True), telegram(11, value=2)
    bursts = [QUESTION, (Direction.RECEIVED, first), QUESTION, (Direction.RECEIVED, second)]
    building = load_recording(record(tmp_path / "bus.log", *bursts))
    master = Master(building.bus(clock), clock)
    assert building.meters[0].instrument.telegram_count == 2
    for _ in range(2):
        assert answer_in(master.read(building.meters[0])) == first
        assert answer_in(master.request(SELECTED, bit=False)) == second


def test_recorded_answer_may_come_in_pieces_and_noise_is_left_out(tmp_path: Path) -> None:
    answer = telegram(11)
    bursts = [
        QUESTION,
        (Direction.RECEIVED, b"\xff\x00"),
        QUESTION,
        (Direction.RECEIVED, answer[:7]),
        (Direction.RECEIVED, answer[7:]),
        (Direction.RECEIVED, telegram(22, address=2)),
    ]
    building = load_recording(record(tmp_path / "bus.log", *bursts))
    assert [meter.name for meter in building.meters] == ["00000011-KAM-1-4", "00000022-KAM-1-4"]


def test_recording_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        load_recording(str(tmp_path / "none.log"))
    with pytest.raises(SettingError, match="holds no answer"):
        load_recording(record(tmp_path / "empty.log", QUESTION))
    (tmp_path / "text.log").write_text("hello\n")
    with pytest.raises(SettingError, match=r"text\.log cannot be used\. Line 1"):
        load_recording(str(tmp_path / "text.log"))
