"""Every sentence of the dashboard goes through `_`, so that a catalogue can translate it."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Final

_CATALOGUES: Final = Path(__file__).with_name("locale")
_translation: Final = gettext.translation("busmeister", _CATALOGUES, fallback=True)


def _(sentence: str) -> str:
    """The sentence in the language of the appliance."""
    return _translation.gettext(sentence)


def plural(one: str, many: str, count: int) -> str:
    """The form that fits the count."""
    return _translation.ngettext(one, many, count)
