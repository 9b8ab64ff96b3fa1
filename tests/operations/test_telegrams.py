"""Telegrams decoded by order, without being kept."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from appliance.errors import Kind, RefusedError, TelegramError
from appliance.mbus.telegram import decode
from appliance.operations.answer import Answer, RawJson
from appliance.operations.call import Call
from appliance.operations.telegrams import LARGEST_FILE
from tests.commands.test_decode import KEY, closed
from tests.operations.orders import order as do
from tests.operations.world import World, water_meter

WATER = water_meter("10473002").hex(" ").upper()
OTHER = water_meter("10473003").hex()
ENCRYPTED = closed(KEY)


@pytest.fixture
def call(world: World) -> Call:
    return world.call


def keep(call: Call, name: str, text: str) -> None:
    """A file of the repository."""
    path: Path = call.parts.files / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def objects(answer: Answer) -> list[dict[str, object]]:
    assert isinstance(answer.data, list)
    return [json.loads(one.text) for one in answer.data if isinstance(one, RawJson)]


def test_telegram_in_hex_is_decoded_whatever_stands_between_its_digits(call: Call) -> None:
    answers = [do(call, f'telegram decode "{text}"') for text in (WATER, WATER.replace(" ", ":"), f"0x{OTHER}")]
    assert [answer.lines[0].split("-")[0] for answer in answers] == ["10473002", "10473002", "10473003"]
    assert isinstance(answers[0].data, RawJson)


def test_file_of_the_repository_is_decoded_telegram_by_telegram(call: Call) -> None:
    keep(call, "bus/monday.txt", f"{WATER}\n# comment\nnothing\n{OTHER}\n")
    answer = do(call, "telegram decode bus/monday.txt")
    assert answer.sentence == "3 telegrams, 1 unreadable"
    assert [line[:11] for line in answer.lines] == ["1  10473002", "2  unreadab", "3  10473003"]
    assert answer.table
    assert {row[0] for row in answer.table.rows} == {1, 3}
    assert [one["ok"] for one in objects(answer)] == [True, False, True]
    assert objects(answer)[0]["id"] == "10473002"


def test_key_opens_what_is_encrypted(call: Call) -> None:
    assert decode(bytes.fromhex(ENCRYPTED)).records is None
    assert not (shut := do(call, f"telegram decode {ENCRYPTED}")).table or not shut.table.rows
    opened = do(call, f"telegram decode {ENCRYPTED} key={KEY.hex()}")
    assert opened.table
    assert opened.table.rows


def test_key_opens_a_whole_file(call: Call) -> None:
    keep(call, "closed.txt", f"{ENCRYPTED}\n\n{WATER}")
    answer = do(call, f"telegram decode closed.txt key={KEY.hex()}")
    assert all(one["records"] for one in objects(answer))


def test_wrong_key_is_told_without_being_repeated(call: Call) -> None:
    with pytest.raises(RefusedError) as refused:
        do(call, f"telegram decode {ENCRYPTED} key=0011")
    assert refused.value.sentence == "A key is 32 hex digits; what was given is not."
    wrong = "00" * 16
    with pytest.raises(TelegramError, match="does not open") as unopened:
        do(call, f"telegram decode {ENCRYPTED} key={wrong}")
    assert wrong not in unopened.value.sentence


@pytest.mark.parametrize("name", ["no-such-file.txt", ":", "68 0G"])
def test_name_that_is_no_file_of_the_repository_is_refused(call: Call, name: str) -> None:
    keep(call, "other.txt", WATER)
    with pytest.raises(
        RefusedError, match=f"^{re.escape(name)} is neither a telegram in hex nor a file of the repository"
    ) as refused:
        do(call, f"telegram decode {name}")
    assert refused.value.kind is Kind.NOT_FOUND


@pytest.mark.parametrize("name", ["../keyfile", "/etc/passwd"])
def test_name_outside_the_repository_is_refused(call: Call, name: str) -> None:
    with pytest.raises(RefusedError, match="is outside the repository: name a file as files list does"):
        do(call, f"telegram decode {name}")


def test_file_that_is_too_long_is_refused(call: Call) -> None:
    keep(call, "long.txt", "# a comment\n" * (LARGEST_FILE // 10))
    with pytest.raises(RefusedError, match=r"long\.txt is too long: at most 256 KiB") as refused:
        do(call, "telegram decode long.txt")
    assert refused.value.kind is Kind.LIMIT


def test_file_is_for_level_two_as_files_are(world: World) -> None:
    keep(world.call, "bus.txt", WATER)
    with pytest.raises(RefusedError, match="needs level 2"):
        do(world.person(1), "telegram decode bus.txt")
    assert do(world.person(1), f"telegram decode {OTHER}").lines


def test_nothing_at_all_is_asked_for(call: Call) -> None:
    with pytest.raises(RefusedError, match="needs a telegram in hex, or a file of the repository"):
        do(call, "telegram decode")
