"""Recorded traffic is written and read back the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appliance.errors import SettingError
from appliance.mbus.recording import Burst, Direction, is_recorded, parse_line, read_recording

AT = datetime(2026, 11, 21, 6, 0, 0, 125000, UTC)


@pytest.mark.parametrize("note", ["", "noise: parity"])
@pytest.mark.parametrize("octets", [b"", b"\xe5", bytes(range(256))])
def test_burst_is_read_back_as_it_was_written(octets: bytes, note: str) -> None:
    burst = Burst(AT, "main", Direction.RECEIVED, octets, note)
    assert parse_line(burst.to_line()) == burst


def test_line_is_readable_by_people() -> None:
    burst = Burst(AT, "main", Direction.SENT, bytes.fromhex("105b015c16"), "asked\nagain")
    assert burst.to_line() == "2026-11-21T06:00:00.125Z main > 10 5B 01 5C 16  # asked again"


def test_comments_and_empty_lines_of_a_recording_are_skipped() -> None:
    line = Burst(AT, "main", Direction.SENT, b"\xe5").to_line()
    assert [burst.octets for burst in read_recording(["# made by hand", "", line])] == [b"\xe5"]


@pytest.mark.parametrize(
    "line", ["gestern main > E5", "2026-11-21T06:00:00Z main = E5", "2026-11-21T06:00:00Z main > G"]
)
def test_line_that_is_none_is_named_by_its_number(line: str) -> None:
    with pytest.raises(SettingError, match="Line 2"):
        list(read_recording(["# recording", line]))


def test_bare_telegram_is_no_line_of_a_recording() -> None:
    assert is_recorded("2026-11-21T06:00:00Z main < E5")
    assert not is_recorded("68 03 03 68 53 FE BD 0E 16")
