"""How a person likes a screen: kept from one session to the next."""

from __future__ import annotations

from typing import Final

from appliance.operations.call import Call

LONGEST: Final = 2000  # signs


def kept_view(call: Call, screen: str) -> str:
    """What this person's last session kept; empty where none did."""
    call.need_level(1, screen)
    return call.parts.store.views.get(call.who, screen)


def keep_view(call: Call, screen: str, text: str) -> None:
    """Keep it for this person's next session."""
    call.need_level(1, screen)
    call.parts.store.views.keep(call.who, screen, text[:LONGEST])
