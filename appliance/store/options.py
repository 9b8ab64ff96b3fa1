"""The settings of subjects `storage` and `log` that the store obeys, as the root hands them in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StatusPolicy(StrEnum):
    """When a meter's status byte goes to its log."""

    ALWAYS = "always"
    NEVER = "never"
    ON_CHANGE = "on_change"
    ON_ERROR = "on_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOptions:
    """Defaults as in settings.md §8 and §9."""

    batch_readings: int = 50
    batch_seconds: float = 30.0
    retention_days: int = 0  # 0: until the disk is full
    high_water: int = 90  # percent of the disk
    ballast: int = 16 << 20
    disk_warning: int = 500 << 20
    meter_status: StatusPolicy = StatusPolicy.ON_CHANGE
    log_severity: int = 0
    flood_seconds: float = 60.0
    log_size: int = 100_000_000
    log_days: int = 31
    most_events: int = 50_000  # no setting; some 10 MB
