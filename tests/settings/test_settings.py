"""Settings in force: typed for code, changed all or none, kept before they hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from appliance.errors import SettingError, StoreError
from appliance.events import SettingsChanged
from appliance.settings import Settings
from appliance.settings.subjects.bus import MultiTelegramRule
from drivers.lines import open_line
from tests.settings.books import MemoryBook


@pytest.fixture
def book() -> MemoryBook:
    return MemoryBook()


@pytest.fixture
def events() -> list[object]:
    return []


@pytest.fixture
def settings(book: MemoryBook, events: list[object]) -> Settings:
    return Settings(book, events.append, serial="00000161")


def test_code_reads_typed_values(settings: Settings) -> None:
    assert settings.bus.readout.response_timeout == timedelta(0)
    assert settings.bus.readout.multi_telegram is MultiTelegramRule.OFF
    assert settings.storage.ballast == 16 * 1024**2
    assert settings.readout.schedule == "15min"


def test_default_name_has_the_serial_number(settings: Settings) -> None:
    assert settings.identity.name == "busmeister-00000161"
    settings.set({"identity.name": "boiler-room"}, "anna")
    assert settings.identity.name == "boiler-room"
    settings.unset(["identity.name"], "anna")
    assert settings.identity.name == "busmeister-00000161"


def test_change_is_kept_and_published(settings: Settings, book: MemoryBook, events: list[object]) -> None:
    (change,) = settings.set({"bus.readout.response_timeout": "1.5s"}, "anna")
    assert settings.bus.readout.response_timeout == timedelta(seconds=1.5)
    assert (change.name, change.old, change.new) == ("bus.readout.response_timeout", "0 ms", "1500 ms")
    assert book.saved == [({"bus.readout.response_timeout": "1500"}, "anna")]
    assert events == [SettingsChanged(frozenset({"bus.readout.response_timeout"}), "anna")]


def test_line_that_no_driver_takes_is_refused_and_the_old_one_stays(book: MemoryBook) -> None:
    settings = Settings(book, try_line=open_line)
    settings.set({"segment.main.url": "serial:///dev/ttyUSB0"}, "anna")
    with pytest.raises(SettingError, match=r"segment.main.url: .*names no port. Write it as tcp://10.0.0.5:10001"):
        settings.set({"segment.main.url": "tcp://10.0.0.5"}, "anna")
    assert settings.segment["main"].url == "serial:///dev/ttyUSB0"


def test_restart_finds_what_was_set(settings: Settings, book: MemoryBook) -> None:
    settings.set({"segment.cellar.url": "tcp://10.0.0.5:2401", "readout.schedule": "30min"}, "anna")
    again = Settings(book)
    assert again.segment["cellar"].url == "tcp://10.0.0.5:2401"
    assert again.readout.schedule == "30min"


def test_one_bad_value_keeps_all_others_out(settings: Settings, book: MemoryBook, events: list[object]) -> None:
    with pytest.raises(SettingError) as caught:
        settings.set({"bus.baud_rate": "9600", "bus.readout.response_timeout": "70000"}, "anna")
    assert caught.value.sentence == "bus.readout.response_timeout takes 0 to 60000 ms, not 70000"
    assert settings.bus.baud_rate == 2400
    assert (book.saved, events) == ([], [])


def test_value_that_cannot_be_kept_does_not_hold(settings: Settings, events: list[object]) -> None:
    class FullBook(MemoryBook):
        def save(self, changes: Mapping[str, str | None], who: str) -> None:
            raise StoreError("The disk is full.")

    full = Settings(FullBook(), events.append)
    with pytest.raises(StoreError):
        full.set({"bus.baud_rate": "9600"}, "anna")
    assert full.bus.baud_rate == 2400
    assert events == []


def test_value_equal_to_the_default_is_no_change(settings: Settings, book: MemoryBook, events: list[object]) -> None:
    assert settings.set({"bus.baud_rate": "2400"}, "anna") == ()
    assert (book.saved, events) == ([], [])


def test_segment_without_own_timing_has_the_one_of_all_segments(settings: Settings) -> None:
    settings.set({"bus.readout.readout_retries": "5"}, "anna")
    assert settings.segment["main"].readout.readout_retries == 5
    settings.set({"segment.main.readout.readout_retries": "1"}, "anna")
    assert settings.segment["main"].readout.readout_retries == 1
    settings.set({"segment.main.readout.readout_retries": ""}, "anna")
    assert settings.segment["main"].readout.readout_retries == 5


def test_segments_are_main_and_those_added(settings: Settings) -> None:
    assert list(settings.segment) == ["main"]
    settings.set({"segment.cellar.url": "serial:///dev/ttyUSB1"}, "anna")
    assert list(settings.segment) == ["main", "cellar"]
    with pytest.raises(KeyError):
        settings.segment["roof"]


def test_segment_without_a_line_is_refused(settings: Settings) -> None:
    with pytest.raises(SettingError, match=r"There is no segment roof: add it with segment\.roof\.url=URL"):
        settings.set({"segment.roof.latency": "100"}, "anna")


def test_two_segments_on_one_line_are_refused(settings: Settings) -> None:
    settings.set({"segment.main.url": "serial:///dev/ttyUSB0"}, "anna")
    with pytest.raises(SettingError, match="is the line of segment main"):
        settings.set({"segment.cellar.url": "serial:///dev/ttyUSB0"}, "anna")


def test_order_between_dependent_settings_does_not_matter(settings: Settings) -> None:
    names = {"segment.main.reopen_pause.minimum": "30", "segment.main.reopen_pause.maximum": "20"}
    with pytest.raises(SettingError, match=r"takes at most reopen_pause\.maximum \(20 s\), not 30 s"):
        settings.set(names, "anna")
    settings.set(names | {"segment.main.reopen_pause.maximum": "40"}, "anna")


def test_schedule_the_scheduler_cannot_take_is_refused_by_name(settings: Settings) -> None:
    with pytest.raises(SettingError) as caught:
        settings.set({"readout.schedule": "61 * * * *"}, "anna")
    assert caught.value.sentence.startswith("readout.schedule takes a preset such as 15min or a cron pattern")
    assert "61" in caught.value.sentence


def test_kept_setting_this_program_cannot_take_is_at_its_default_and_said() -> None:
    settings = Settings(MemoryBook({"bus.baud_rate": "1234", "no.such": "1", "readout.schedule": "5min"}))
    assert settings.bus.baud_rate == 2400
    assert settings.readout.schedule == "5min"
    assert [problem.split(" ")[0] for problem in settings.problems] == ["bus.baud_rate", "no.such"]


def test_lines_tell_which_settings_are_not_at_their_default(settings: Settings) -> None:
    settings.set({"readout.schedule": "*/15 8-18 * * *"}, "anna")
    changed = [line for line in settings.lines() if not line.is_default]
    assert [(line.name, line.text) for line in changed] == [("readout.schedule", "*/15 8-18 * * *")]
    assert {line.name for line in settings.lines("segment.main")} >= {"segment.main.url", "segment.main.latency"}


def test_router_outside_the_fixed_network_is_refused(settings: Settings) -> None:
    lan = {"network.lan.mode": "static", "network.lan.address": "192.168.14.21", "network.lan.netmask": "23"}
    with pytest.raises(SettingError, match=r"inside the network 192\.168\.14\.0/23, not 10\.0\.0\.1"):
        settings.set(lan | {"network.lan.gateway": "10.0.0.1"}, "anna")
    settings.set(lan | {"network.lan.gateway": "192.168.15.1"}, "anna")


def test_place_of_the_database_is_shown_and_given_when_the_appliance_starts() -> None:
    settings = Settings(MemoryBook(), database="file:///var/lib/busmeister/busmeister.db")
    assert settings.storage.database == "file:///var/lib/busmeister/busmeister.db"
    with pytest.raises(SettingError, match="given when the appliance starts: busmeister run --database URL"):
        settings.set({"storage.database": "postgresql://db/busmeister"}, "anna")
    assert settings.unset(["storage.database"], "anna") == ()


def test_language_without_texts_is_refused_in_words(settings: Settings) -> None:
    with pytest.raises(
        SettingError, match=r"localization.language takes en \(the texts have no translation yet\), not de"
    ):
        settings.set({"localization.language": "de"}, "anna")
    assert settings.localization.language == "en"
