"""Where wrong passwords and known places are kept; implements `GuessBook`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import peewee

from appliance.security.books import Guess
from appliance.store.database import connected
from appliance.store.models import GuessRow, KnownSourceRow
from appliance.store.writer import Writer


class GuessShelf:
    """What the guard must not forget."""

    def __init__(self, database: peewee.Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def guesses(self) -> list[Guess]:
        """Oldest first."""
        with connected(self._database):
            rows = GuessRow.select().order_by(GuessRow.number).dicts().execute(self._database)
            return [_from_row(row) for row in rows]

    def add_guess(self, guess: Guess, forget_before: float) -> None:
        """Keep one, drop those too old to count."""
        self._writer.order(lambda: self._add(guess, forget_before))

    def take_back(self, guess: Guess) -> None:
        """It was no guess: the password was right."""
        delete = GuessRow.delete().where(GuessRow.number == guess.number)
        self._writer.order(lambda: delete.execute(self._database))

    def clear(self, account: str, source: str) -> None:
        """Forget those against an account, and those of a source."""
        either = (GuessRow.account == account) | (GuessRow.source == source)
        self._writer.order(lambda: GuessRow.delete().where(either).execute(self._database))

    def known(self) -> Mapping[tuple[str, str], float]:
        """When each (account, source) came in last."""
        with connected(self._database):
            rows = KnownSourceRow.select().dicts().execute(self._database)
            return {(row["account"], row["source"]): row["at"] / 1000 for row in rows}

    def came_in(self, account: str, source: str, at: float, forget_before: float) -> None:
        """Remember a place, drop those not seen for long."""
        self._writer.order(lambda: self._remember(account, source, at, forget_before))

    def _add(self, guess: Guess, forget_before: float) -> None:
        GuessRow.delete().where(GuessRow.at <= _milliseconds(forget_before)).execute(self._database)
        row = {"number": guess.number, "account": guess.account, "source": guess.source}
        row |= {"at": _milliseconds(guess.at), "stranger": int(guess.stranger)}
        GuessRow.insert(**row).execute(self._database)

    def _remember(self, account: str, source: str, at: float, forget_before: float) -> None:
        row = KnownSourceRow
        same = (row.account == account) & (row.source == source)
        old = row.at <= _milliseconds(forget_before)
        row.delete().where(same | old).execute(self._database)
        row.insert(account=account, source=source, at=_milliseconds(at)).execute(self._database)


def _from_row(row: dict[str, Any]) -> Guess:
    return Guess(row["number"], row["account"], row["source"], row["at"] / 1000, bool(row["stranger"]))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
