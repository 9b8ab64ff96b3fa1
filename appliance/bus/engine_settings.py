"""What the bus engine is told by the settings, as one value that changes as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from appliance.mbus.dialogue import READOUT, SEARCH, Echo, Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSettings:
    """One line with meters (settings `segment.NAME.*`; empty values already filled from `bus.*`)."""

    name: str
    url: str
    enabled: bool = True
    baud_rate: int = 2400
    echo: Echo = Echo.AUTO
    latency: float = 0.0  # seconds
    wake_up: float = 0.0  # seconds of light before a frame; 0 = no optical head
    reopen_pause_minimum: float = 1.0
    reopen_pause_maximum: float = 60.0
    overload_pause: float = 60.0
    readout: Timing = READOUT
    search: Timing = SEARCH
    multi_telegram: bool = False
    multi_telegram_limit: int = 0  # 0 = until the meter ends
    multi_telegram_maximum: int = 32
    dead_after: int = 3  # rounds; 0 = never


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """All segments, and when their meters are read (settings `readout.*`, `job.*`)."""

    segments: tuple[SegmentSettings, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    seed: str = ""  # the serial number: what ? in a schedule stands for
    enabled: bool = True
    schedule: str = "15min"
    continuous: bool = False
    continuous_pause: float = 0.0
    battery_interval: float = 3600.0
    round_limit: float = 0.95  # part of the period after which retries are dropped
    scheduled_retries: int = 3
    scheduled_retry_offset: float = 60.0
    manual_retries: int = 0
    manual_retry_offset: float = 0.0
