"""Names of the machine's users and groups."""

from __future__ import annotations

import grp
import pwd


def user_name(number: int) -> str:
    """The name of a user, or the number of one without."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def group_name(number: int) -> str:
    """The name of a group, or the number of one without."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
