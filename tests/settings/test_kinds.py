"""What each kind of setting takes and how it is written back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.settings.kinds import (
    Address,
    CronText,
    Duration,
    Exact,
    FilePath,
    Hidden,
    Host,
    HostPort,
    HostPorts,
    Integer,
    IpList,
    Kind,
    Listen,
    ListOf,
    Meters,
    NotTaken,
    Octets,
    OneOf,
    Order,
    Port,
    ScheduleText,
    Secret,
    Size,
    Text,
    Url,
    YesNo,
    Zone,
)
from appliance.settings.kinds.times import host_zone


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"
    GREEN = "green"


@pytest.mark.parametrize(
    ("kind", "text", "written", "shown"),
    [
        (YesNo(), "on", "true", "true"),
        (YesNo(), "False", "false", "false"),
        (Integer(0, 20, "rounds"), "3", "3", "3 rounds"),
        (Integer(unit="Bd", of=(0, 300, 2400)), "2400", "2400", "2400 Bd"),
        (Exact("0.4", "2.8", "mm"), "0.80", "0.80", "0.80 mm"),
        (OneOf(Colour), "RED", "red", "red"),
        (Text(0, 10), "Zähler 5", "Zähler 5", "Zähler 5"),
        (Text(0, 10, lines=True), "a\nb", "a\nb", "a\nb"),
        (Hidden(4, 8), "hunter2", "hunter2", "········"),
        (Hidden(4, 8), "", "", ""),
        (Octets(0, 16), "2f:04 ff", "2F04FF", "2F04FF"),
        (ListOf(Integer(0, 9)), "1, 2,3", "1,2,3", "1,2,3"),
        (ListOf(Integer(0, 9)), "", "", ""),
        (Order(Colour), "blue,red", "blue,red", "blue,red"),
        (FilePath(), "reports/a b.csv", "reports/a b.csv", "reports/a b.csv"),
        (Host(), "pool.ntp.org", "pool.ntp.org", "pool.ntp.org"),
        (Host(), "10.0.0.1", "10.0.0.1", "10.0.0.1"),
        (Host(), "fe80::1", "fe80::1", "fe80::1"),
        (HostPorts(), "example.org:443", "example.org:443", "example.org:443"),
        (HostPorts(), "[fe80::1]:443", "[fe80::1]:443", "[fe80::1]:443"),
        (HostPorts(), "fe80::1", "fe80::1", "fe80::1"),
        (HostPorts(), "", "", ""),
        (Address(), "", "", ""),
        (Address(), "10.4.1.20", "10.4.1.20", "10.4.1.20"),
        (Port(), "9999", "9999", "9999"),
        (Listen(), "127.0.0.1, ::1", "127.0.0.1,::1", "127.0.0.1,::1"),
        (IpList(), "10.4.0.0/16,10.5.0.1", "10.4.0.0/16,10.5.0.1", "10.4.0.0/16,10.5.0.1"),
        (Url("tcp", "serial"), "serial:///dev/ttyUSB0", "serial:///dev/ttyUSB0", "serial:///dev/ttyUSB0"),
        (Duration("ms", 0, 60000), "1.5s", "1500", "1500 ms"),
        (Duration("s", 0, 3600), "1500 ms", "1500ms", "1500ms"),
        (Duration("d", 0, 36500), "24h", "1", "1 d"),
        (Size("MiB", 4, 1024), "1GiB", "1024", "1024 MiB"),
        (Size("MB", 1, 10000), "1500kB", "1500kB", "1500kB"),
        (ScheduleText(), "15min", "15min", "15min"),
        (ScheduleText(), "*/15 * * * *|0 8  * * mon", "*/15 * * * *|0 8 * * mon", "*/15 * * * *|0 8 * * mon"),
        (CronText(optional=True), "", "", ""),
        (Zone(), "Europe/Zurich", "Europe/Zurich", "Europe/Zurich"),
        (Zone(), "host", "host", "host"),
        (Meters(), "medium=water,12345678", "medium=water,12345678", "medium=water,12345678"),
    ],
)
def test_taken_text_is_written_plainly_and_parses_to_the_same(
    kind: Kind[Any], text: str, written: str, shown: str
) -> None:
    value = kind.parse(text)
    assert kind.format(value) == written
    assert kind.parse(written) == value
    assert kind.show(value) == shown


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (YesNo(), "maybe"),
        (YesNo(), ""),
        (Integer(0, 20), "21"),
        (Integer(0, 20), "-1"),
        (Integer(0, 20), "1.0"),
        (Integer(0, 20), "٣"),
        (Integer(0, 20), "9" * 5000),
        (Integer(of=(0, 300)), "301"),
        (Exact("0", "1"), "1e-1"),
        (Exact("0", "1"), "NaN"),
        (Exact("0", "1"), "1.01"),
        (OneOf(Colour), "pink"),
        (Text(1, 3), ""),
        (Text(1, 3), "four"),
        (Text(0, 9), "a\x1b[2J"),
        (Text(0, 9), "a\nb"),
        (Hidden(4, 8), "abc"),
        (Octets(0, 2), "xy"),
        (Octets(0, 2), "010203"),
        (ListOf(Integer(0, 9)), "1,,2"),
        (ListOf(Integer(0, 9), 2), "1,2,3"),
        (Order(Colour), "red,red"),
        (Order(Colour), ""),
        (FilePath(), "../busmeister.db"),
        (FilePath(), "/etc/passwd"),
        (FilePath(), "a/../../b"),
        (FilePath(), ".hidden"),
        (Host(), "-a.example"),
        (Host(), "999.1.1.1"),
        (Host(), "a b"),
        (HostPorts(), "example.org:65536"),
        (HostPorts(), "example.org:"),
        (HostPorts(), "user@example.org:443"),
        (Address(), "10.4.1.300"),
        (Port(), "0"),
        (Port(), "65536"),
        (Listen(), ""),
        (Listen(), "127.0.0.1,"),
        (IpList(), "10.4.0.1/16"),
        (IpList(), "everybody"),
        (Url("tcp"), "http://x"),
        (Url("tcp"), "tcp:"),
        (Url("tcp"), "tcp://[x"),
        (Url("tcp"), "tcp://a b"),
        (Duration("ms", 0, 60000), "70000"),
        (Duration("ms", 0, 60000), "1.0001 ms"),
        (Duration("ms", 0, 60000), "5 weeks"),
        (Duration("ms", 0, 60000), "-5"),
        (Size("MiB", 4, 1024), "3"),
        (Size("MiB", 4, 1024), "1.5 B"),
        (ScheduleText(), ""),
        (ScheduleText(), "7min"),
        (ScheduleText(), "* * * *"),
        (CronText(), "15min"),
        (Zone(), "Mars/Olympus"),
        (Zone(), ""),
        (Zone(), "../etc/passwd"),
        (Meters(), ""),
        (Meters(), "colour=blue"),
    ],
)
def test_what_is_not_allowed_is_not_taken(kind: Kind[Any], text: str) -> None:
    with pytest.raises(NotTaken):
        kind.parse(text)
    assert kind.allowed()


@pytest.mark.parametrize(
    ("text", "reason"),
    [("soon", ""), ("* * * *", ""), ("0 25 * * *", 'The hour of a schedule is 0 to 23, not "25".')],
)
def test_schedule_that_is_none_is_refused_without_saying_twice_what_one_is(text: str, reason: str) -> None:
    with pytest.raises(NotTaken) as refused:
        ScheduleText().parse(text)
    assert str(refused.value) == reason


@given(st.integers(0, 60_000_000))
def test_every_length_of_time_is_written_exactly(milliseconds: int) -> None:
    kind = Duration("s", 0, 60_000)
    value = timedelta(milliseconds=milliseconds)
    assert kind.parse(kind.format(value)) == value


@given(st.integers(1000**2, 10_000 * 1000**2))
def test_every_size_is_written_exactly(octets: int) -> None:
    kind = Size("MB", 1, 10_000)
    assert kind.parse(kind.format(octets)) == octets


@given(st.decimals("0", "1000", places=6))
def test_every_decimal_is_written_exactly(number: Decimal) -> None:
    kind = Exact("0", "1000")
    assert kind.parse(kind.format(number)) == number


@given(st.text(max_size=40))
def test_no_text_breaks_a_kind(text: str) -> None:
    for kind in (Duration("s", 0, 9), Host(), IpList(), Url("tcp"), Zone(), Meters(), Octets(0, 9), ScheduleText()):
        try:
            value = kind.parse(text)
        except NotTaken:
            continue
        assert kind.parse(kind.format(value)) == value  # type: ignore[arg-type]  # the value is of this kind


def test_secret_prints_as_dots_however_it_is_printed() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "hunter2"


def test_machine_without_a_named_zone_is_at_utc(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.write_bytes(b"")
    assert host_zone(link).key == "UTC"
    assert host_zone(tmp_path / "zoneinfo" / "Europe" / "Zurich").key == "Europe/Zurich"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("example.org", "example.org", 0), ("10.0.0.1:53", "10.0.0.1", 53), ("[fe80::1]:443", "fe80::1", 443)],
)
def test_port_stands_behind_the_host(text: str, host: str, port: int) -> None:
    assert HostPorts().parse(text) == HostPort(host, port)
