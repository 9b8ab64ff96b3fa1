"""The table of settings: every row is whole, and says the same as settings.md where that is at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.errors import RefusedError, SettingError
from appliance.settings import ROWS, Row, full_name, row_of
from appliance.settings.kinds import Duration, Hidden, Integer, Size
from appliance.settings.row import Setting

SPEC = Path(__file__).resolve().parents[3] / "shared" / "spec" / "settings.md"


def rows_of_the_manual() -> dict[str, list[str]]:
    if not SPEC.is_file():
        pytest.skip(f"the manual's tables are not here ({SPEC})")
    cells = (line.strip("| \n").split(" | ") for line in SPEC.read_text().splitlines() if line.startswith("| `"))
    return {row[0].strip("`"): [cell.strip() for cell in row] for row in cells if len(row) >= 9}


OWN = {"bus.readout.profile"}
"""Rows that settings.md asks for in words alone: the profile by which it tells the two sets of waits apart."""

IN_THE_MANUAL = [row for row in ROWS if not row.setting.base and row.pattern not in OWN]


def written(pattern: str) -> list[str]:
    """The manual's line of a row; what comes in numbers is written once, with N."""
    lines = rows_of_the_manual()
    return lines.get(pattern) or lines[re.sub(r"\.\d+\.", ".N.", pattern)]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.setting.given_by], ids=lambda row: row.pattern)
def test_default_of_every_row_parses_and_formats_back(row: Row) -> None:
    setting = row.setting
    text = setting.default
    if text or not setting.base:
        assert setting.kind.format(setting.parse(row.pattern, text)) == text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.pattern)
def test_every_row_has_one_sentence_of_help_and_a_level(row: Row) -> None:
    assert row.setting.help[0].isupper()
    assert re.search(r"\.\s+[A-Z]", row.setting.help) is None
    assert row.setting.help.endswith(".")
    assert row.setting.level in (1, 2, 3)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.pattern)
def test_every_row_refuses_nonsense_by_its_own_name(row: Row) -> None:
    setting = row.setting
    nonsense = "\x00" * 2000
    with pytest.raises(SettingError) as caught:
        setting.parse(row.pattern, nonsense)
    assert caught.value.sentence.startswith(f"{row.pattern} takes {setting.allowed()}")


@pytest.mark.parametrize("row", IN_THE_MANUAL, ids=lambda row: row.pattern)
def test_rows_say_what_the_manual_says(row: Row) -> None:
    _, word, default, unit, _, level, device, restarts, help_, *_ = written(row.pattern)
    setting = row.setting
    assert setting.kind.word == word
    assert default.strip("`") in (
        setting.default.replace(",", ", "),
        setting.default,
        "board profile's, else empty",
        "first wired one",
        "empty",
    )
    assert setting.kind.unit == unit
    assert str(setting.level) == level
    assert setting.device is (device == "D")
    assert setting.restarts == restarts
    assert setting.help == help_


@pytest.mark.parametrize("row", IN_THE_MANUAL, ids=lambda row: row.pattern)
def test_ranges_are_those_of_the_manual(row: Row) -> None:
    stated = re.match(r"(\d+)-(\d+)\b", written(row.pattern)[4])
    kind = row.setting.kind
    if stated and isinstance(kind, Integer | Duration | Size) and not (isinstance(kind, Integer) and kind.of):
        assert (kind.minimum, kind.maximum) == (int(stated[1]), int(stated[2]))


def test_name_of_a_family_finds_its_row() -> None:
    assert row_of("segment.main.url").pattern == "segment.NAME.url"
    assert row_of("segment.riser-2.readout.dead_after").setting.base == "bus.readout.dead_after"


@pytest.mark.parametrize(
    "name", ["segment.NAME.url", "segment.Main.url", "segment.1.url", "bus", "bus.readout", "", "segment.main"]
)
def test_what_is_no_full_name_is_an_unknown_setting(name: str) -> None:
    with pytest.raises(SettingError, match="Unknown setting"):
        row_of(name)


def test_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(SettingError) as caught:
        row_of("bus.readout.respons_timeout")
    assert caught.value.sentence.startswith('Unknown setting "bus.readout.respons_timeout". Near: bus.readout.response')


def test_parts_may_be_shortened_while_they_are_unique() -> None:
    assert full_name("b.rea.resp") == "bus.readout.response_timeout"
    assert full_name("segment.cellar.par") == "segment.cellar.parity_check"
    assert full_name("seg.cel.url", ["main", "cellar"]) == "segment.cellar.url"


def test_shortened_part_that_may_be_several_names_them() -> None:
    with pytest.raises(RefusedError) as caught:
        full_name("readout.s")
    assert caught.value.sentence == '"s" in readout.s may be schedule or silent_after.'


def test_refused_secret_is_not_repeated() -> None:
    with pytest.raises(SettingError) as caught:
        Setting(Hidden(8, 63), "", level=3, help="A password.").parse("wlan.password", "hunter2")
    assert caught.value.sentence == "wlan.password takes 8 to 63 characters, not something else"
