"""Text as a terminal may have it: nothing that steers it, and as wide on each of them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from appliance.mbus.text import HARMFUL

FLAG_A: Final = 0x1F1E6  # from here on 26 letters that are a flag in pairs
UNSTEADY: Final = re.compile(
    "[\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff"  # joiners and variations
    "\U0001f1e6-\U0001f1ff"  # letters of flags
    "\U0001f3fb-\U0001f3ff]"  # tones of skin
)
"""Terminals disagree on how wide these are with their neighbours: a row would not be as wide as measured."""


def without_controls(text: str) -> str:
    """Without what could move a cursor or turn the writing direction: a terminal or a paste may bring it along."""
    return "".join(letter for letter in text if letter == "\t" or unicodedata.category(letter) not in HARMFUL)


def steady(text: str) -> str:
    """The text with signs of one width only: emoji without their variations, flags as their letters."""
    return text if text.isascii() else UNSTEADY.sub(_in_its_place, text)


def _in_its_place(sign: re.Match[str]) -> str:
    letter = ord(sign[0]) - FLAG_A
    return chr(ord("A") + letter) if 0 <= letter < 26 else ""
