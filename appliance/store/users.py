"""Where users are kept; implements `UserBook`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import peewee

from appliance.security.books import Door, Key, User
from appliance.store.database import connected
from appliance.store.models import AccountKeyRow, AccountRow
from appliance.store.writer import Writer


class UserShelf:
    """Accounts and their keys."""

    def __init__(self, database: peewee.Database, writer: Writer, changed: Callable[[], None]) -> None:
        self._database = database
        self._writer = writer
        self._changed = changed

    def load(self) -> list[User]:
        """All of them, with their keys."""
        with connected(self._database):
            rows = list(AccountRow.select().dicts().execute(self._database))
            return [_from_row(row, tuple(self._keys(row["name"]))) for row in rows]

    def save(self, user: User) -> None:
        """Write one anew, durable when this returns."""
        self._writer.order(lambda: self._save(user))
        self._changed()

    def delete(self, name: str) -> None:
        """Forget one, with its keys."""
        self._writer.order(lambda: self._delete(name))
        self._changed()

    def logged_in(self, name: str, at: datetime) -> None:
        """Note when somebody came in last; no reason for a new copy of the configuration."""
        update = AccountRow.update(last_login=int(at.timestamp())).where(AccountRow.name == name)
        self._writer.order(lambda: update.execute(self._database))

    def _keys(self, name: str) -> Iterator[Key]:
        select = AccountKeyRow.select().where(AccountKeyRow.account == name).order_by(AccountKeyRow.fingerprint)
        for row in select.dicts().execute(self._database):
            yield Key(row["fingerprint"], row["line"])

    def _save(self, user: User) -> None:
        self._delete(user.name)
        AccountRow.insert(**_to_row(user)).execute(self._database)
        for key in user.keys:
            row = AccountKeyRow.insert(account=user.name, fingerprint=key.fingerprint, line=key.text)
            row.execute(self._database)

    def _delete(self, name: str) -> None:
        AccountKeyRow.delete().where(AccountKeyRow.account == name).execute(self._database)
        AccountRow.delete().where(AccountRow.name == name).execute(self._database)


def _to_row(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "level": user.level,
        "password": user.password,
        "doors": ",".join(user.doors),
        "must_change": int(user.must_change_password),
        "enabled": int(user.enabled),
        "expires": _seconds(user.expires),
        "language": user.language,
        "email": user.email,
        "theme": user.theme,
        "last_login": _seconds(user.last_login),
    }


def _from_row(row: dict[str, Any], keys: tuple[Key, ...]) -> User:
    return User(
        name=row["name"],
        level=row["level"],
        password=row["password"],
        doors=tuple(Door(word) for word in row["doors"].split(",") if word in set(Door)),
        must_change_password=bool(row["must_change"]),
        enabled=bool(row["enabled"]),
        expires=_moment(row["expires"]),
        language=row["language"],
        email=row["email"],
        theme=row["theme"],
        keys=keys,
        last_login=_moment(row["last_login"]),
    )


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
