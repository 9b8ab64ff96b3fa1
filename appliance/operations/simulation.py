"""What operations know of a simulated building behind a segment; the driver is handed in by the root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from appliance.mbus.address import SecondaryAddress


class SimulatedPlace(Protocol):
    """A meter of the building at this moment."""

    @property
    def name(self) -> str: ...
    @property
    def primary_address(self) -> int: ...
    @property
    def secondary_address(self) -> SecondaryAddress | None: ...
    @property
    def faults(self) -> tuple[str, ...]: ...


class Simulation(Protocol):
    """The bus of a simulated building, from any thread."""

    @property
    def title(self) -> str: ...
    @property
    def speed(self) -> float:
        """How much faster than time its consumption runs."""

    def faults(self) -> tuple[str, ...]:
        """Those of the whole bus."""

    def places(self) -> Sequence[SimulatedPlace]:
        """Its meters."""

    def put_fault(self, fault: str, whom: str | None = None, duration: float | None = None) -> None:
        """Switch a fault on, for one meter by name or address or the whole bus, for seconds or for ever."""

    def clear_faults(self, whom: str | None = None) -> None:
        """Switch off the faults of one meter, or all there are."""

    def run_at(self, speed: float) -> None:
        """Let consumption run faster or slower than time. Raises `SettingError`."""
