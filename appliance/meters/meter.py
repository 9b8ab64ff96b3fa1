"""A meter of the appliance's list (settings.md §26.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.mbus.address import SecondaryAddress


class Addressing(StrEnum):
    """How a meter is addressed on its segment."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    ENHANCED = "enhanced"


class Initialization(StrEnum):
    """What is sent to a meter before a readout."""

    FULL = "full"  # SND_NKE and application reset
    NKE = "nke"
    OFF = "off"


class MultiTelegram(StrEnum):
    """Whether further telegrams are read from a meter that announces them."""

    OFF = "off"
    AUTO = "auto"
    DEFAULT = "default"  # as bus.readout.multi_telegram


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One meter: who it is, where it hangs, how and when it is read. Empty text and 0 mean "as the segment says"."""

    id: int
    name: str = ""
    segment: str = "main"
    addressing: Addressing = Addressing.SECONDARY
    primary_address: int | None = None
    secondary_address: SecondaryAddress | None = None
    active: bool = True
    location: str = ""
    cost_centre: str = ""
    group: str = ""
    comment: str = ""
    baud_rate: int = 0
    schedule: str = ""
    multi_telegram: MultiTelegram = MultiTelegram.OFF
    multi_telegram_limit: int = 0
    response_timeout: float = 0.0  # seconds
    initialization: Initialization = Initialization.NKE
    application_reset_subcode: int = 0
    battery: bool = False
    store: bool = True

    def is_asked_like(self, other: Meter) -> bool:
        """Whether the same device answers for both."""
        return (
            self.segment == other.segment
            and self.addressing is other.addressing
            and self.primary_address == other.primary_address
            and self.secondary_address == other.secondary_address
        )

    @property
    def label(self) -> str:
        """What a person calls it: the name, else the address."""
        return self.name or (
            str(self.secondary_address) if self.secondary_address else f"primary {self.primary_address}"
        )
