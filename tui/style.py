"""Style sheets parsed once for all sessions: the rules are the same for everybody who looks in the same colours.

Parsing them anew takes a fifth of a first picture and a good part of a session's memory.
"""

from __future__ import annotations

from typing import Final

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

Sheet = tuple[str, CSSLocation, bool, int, str]  # text, where from, a default, its rank among those, scope
Variables = tuple[tuple[str, str], ...]

_PARSED: Final[dict[Variables, dict[Sheet, list[RuleSet]]]] = {}
"""By the colours of a theme. Every session runs on the same loop, and rules are not changed once they are made."""


class SharedStyle(Stylesheet):
    """One application's style, made of rules that all have in common."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parsed = _PARSED.setdefault(tuple(variables.items()), {})

    def set_variables(self, variables: dict[str, str]) -> None:
        """The colours of a theme."""
        if variables != self._variables:
            super().set_variables(variables)
            self._parsed = _PARSED.setdefault(tuple(variables.items()), {})
            self._require_parse = True

    def reparse(self) -> None:
        """The rules in the colours in force."""
        self.parse()

    def _parse_rules(
        self, css: str, read_from: CSSLocation, is_default_rules: bool = False, tie_breaker: int = 0, scope: str = ""
    ) -> list[RuleSet]:
        sheet = (css, read_from, is_default_rules, tie_breaker, scope)
        if sheet not in self._parsed:
            self._parsed[sheet] = super()._parse_rules(*sheet)
        return self._parsed[sheet]
