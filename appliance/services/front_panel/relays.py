"""Whether a relay is switched: by what is wrong and for how long, by hand until it is automatic again."""

from __future__ import annotations

import math
from dataclasses import dataclass

FOR_EVER = -1.0


@dataclass(frozen=True, slots=True)
class RelayRule:
    """The settings of one relay (`relay.N.*`)."""

    enabled: bool = True
    conditions: frozenset[str] = frozenset(("short_circuit", "readout_failed"))
    inverted: bool = False
    delay: float = 0.0  # seconds a condition must last
    hold: float = 0.0  # seconds it stays switched after the condition is over; -1 until it is reset


class RelayLogic:
    """One relay. `active` is what its conditions say, `on` what the coil gets."""

    def __init__(self) -> None:
        self.rule = RelayRule()
        self.active = False
        self.why = ""
        self.manual: bool | None = None
        self._wrong_since: float | None = None
        self._right_since: float | None = None

    @property
    def on(self) -> bool:
        """Whether the coil has current."""
        if self.manual is not None:
            return self.manual
        return self.rule.enabled and self.active is not self.rule.inverted

    @property
    def reason(self) -> str:
        """Why it is as it is, in words."""
        if self.manual is not None:
            return "by hand"
        if not self.rule.enabled:
            return "not used"
        return (self.why or "held") if self.active else "all is well"

    def look(self, wrong: frozenset[str], now: float) -> None:
        """What is wrong now."""
        matching = sorted(wrong & self.rule.conditions)
        if matching:
            self.why = ", ".join(matching).replace("_", " ")
            self._right_since = None
            self._wrong_since = now if self._wrong_since is None else self._wrong_since
            self.active = self.active or now >= self._wrong_since + self.rule.delay
            return
        self.why = ""
        self._wrong_since = None
        if self.active:
            self._right_since = now if self._right_since is None else self._right_since
            self.active = self.rule.hold == FOR_EVER or now < self._right_since + self.rule.hold

    def reset(self) -> None:
        """Release what is held; a condition that still lasts switches it again."""
        self.active = False

    def next_moment(self) -> float:
        """When time alone changes it."""
        if self._wrong_since is not None and not self.active:
            return self._wrong_since + self.rule.delay
        if self.active and self._right_since is not None and self.rule.hold != FOR_EVER:
            return self._right_since + self.rule.hold
        return math.inf
