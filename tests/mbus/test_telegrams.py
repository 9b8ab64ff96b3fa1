"""Our own telegrams, one of each kind, and what `decode` says of them.

`BUSMEISTER_UPDATE_TELEGRAMS=1 pytest tests/mbus/test_telegrams.py` writes the answers anew, for review.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import pytest

from appliance.errors import TelegramError
from appliance.mbus.json_line import error_line, json_line
from appliance.mbus.telegram import decode

FOLDER: Final = Path(__file__).resolve().parents[1] / "telegrams"
NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.hex"))
UPDATE: Final = os.environ.get("BUSMEISTER_UPDATE_TELEGRAMS") == "1"


@pytest.mark.parametrize("name", NAMES)
def test_telegram_is_read_as_reviewed(name: str) -> None:
    said = pretty(answer(bytes.fromhex((FOLDER / f"{name}.hex").read_text(encoding="utf-8"))))
    expected = FOLDER / f"{name}.json"
    if UPDATE:
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def answer(octets: bytes) -> str:
    try:
        return json_line(decode(octets))
    except TelegramError as error:
        return error_line(error)


def pretty(line: str) -> str:
    """A record a line."""
    return line.replace('"records":[{', '"records":[\n{').replace('},{"index"', '},\n{"index"') + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_single_wrong_octet_gives_another_telegram_or_an_error_of_ours(name: str) -> None:
    octets = bytes.fromhex((FOLDER / f"{name}.hex").read_text(encoding="utf-8"))
    for position in range(len(octets)):
        spoiled = bytearray(octets)
        spoiled[position] ^= 0x41
        spoiled[-2:-1] = bytes((sum(spoiled[4:-2]) & 0xFF,))
        json.loads(answer(bytes(spoiled)))


@pytest.mark.parametrize("name", NAMES)
def test_telegram_cut_at_any_octet_is_an_error_of_ours(name: str) -> None:
    octets = bytes.fromhex((FOLDER / f"{name}.hex").read_text(encoding="utf-8"))
    for length in range(len(octets)):
        assert json.loads(answer(octets[:length]))["ok"] is False
