"""The fields of a user that `user set` changes, and those people may change for themselves (settings.md §27)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from appliance.operations.call import Call
from appliance.security.books import Door, User
from appliance.settings import Change

OWN: Final = frozenset(("language", "email", "theme"))
FIELDS: Final = ("level", "doors", "enabled", "expires", "email", "language", "theme")
LIKE_ALL: Final = "default"  # no choice of one's own


class Language(StrEnum):
    """Of the screens of a user."""

    DEFAULT = LIKE_ALL
    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    SWEDISH = "sv"


class Theme(StrEnum):
    """Colours of the dashboard of a user."""

    DEFAULT = LIKE_ALL
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    PLAIN = "plain"


def theme_of(call: Call) -> str:
    """The colours of a session: its user's own choice, else everybody's."""
    user = call.parts.doorkeeper.users.find(call.user)
    return (user.theme if user else "") or str(call.parts.settings.dashboard.theme)


def changes(old: User, new: User, zone: ZoneInfo) -> Iterator[Change]:
    """What became of each field, for the audit trail."""
    for field in FIELDS:
        before, after = (shown(user, field, zone) for user in (old, new))
        if before != after:
            yield Change(f"{new.name} {field}", before, after)


def shown(user: User, field: str, zone: ZoneInfo) -> str:
    """A field as a person reads it."""
    match field:
        case "doors":
            return "all" if set(user.doors) == set(Door) else ",".join(user.doors)
        case "enabled":
            return "on" if user.enabled else "off"
        case "expires":
            return f"{user.expires.astimezone(zone):%Y-%m-%d %H:%M}" if user.expires else "never"
        case "language" | "theme":
            return getattr(user, field) or LIKE_ALL
        case _:
            return str(getattr(user, field))
