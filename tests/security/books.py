"""Books in memory, and a hasher that only counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.security.books import Guess


class GuessesInMemory:
    """Outlives the guards that use it, as the database does."""

    def __init__(self) -> None:
        self.kept: dict[int, Guess] = {}
        self.places: dict[tuple[str, str], float] = {}

    def guesses(self) -> Sequence[Guess]:
        return list(self.kept.values())

    def add_guess(self, guess: Guess, forget_before: float) -> None:
        while self.kept and next(iter(self.kept.values())).at <= forget_before:
            del self.kept[next(iter(self.kept))]
        self.kept[guess.number] = guess

    def take_back(self, guess: Guess) -> None:
        self.kept.pop(guess.number, None)

    def clear(self, account: str, source: str) -> None:
        self.kept = {n: g for n, g in self.kept.items() if g.account != account and g.source != source}

    def known(self) -> Mapping[tuple[str, str], float]:
        return dict(self.places)

    def came_in(self, account: str, source: str, at: float, forget_before: float) -> None:
        self.places[account, source] = at
