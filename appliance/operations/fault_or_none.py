"""What `simulate fault` takes: a fault by name, or `none`."""

from __future__ import annotations

from typing import Final

from appliance.settings.kinds import Kind, OneOf
from appliance.settings.kinds.base import alternatives
from appliance.simulated_faults import Fault

NONE: Final = "none"


class FaultOrNone(Kind[Fault | None]):
    """A fault, or `none`, which mends all."""

    word = "enum"
    _fault = OneOf(Fault)

    def parse(self, text: str) -> Fault | None:
        return None if text.lower() == NONE else self._fault.parse(text)

    def format(self, value: Fault | None) -> str:
        return NONE if value is None else self._fault.format(value)

    def allowed(self) -> str:
        return alternatives(self.choices())

    def choices(self) -> tuple[str, ...]:
        return (*self._fault.choices(), NONE)
