"""What comes before the first login: the set-up, with the code of the device."""

from __future__ import annotations

from typing import Final

from appliance.operations.call import Call
from appliance.security.books import Door

HIGHEST: Final = 3


def code_shown_to(call: Call) -> str:
    """The set-up code, for level 3 on this machine alone; empty for everybody else, and once it was used."""
    is_here = call.door == Door.LOCAL and call.level == HIGHEST
    return call.parts.doorkeeper.setup_code if is_here else ""
