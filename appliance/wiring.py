"""From the settings in force to what the bus engine and the store are told: one value each, replaced as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.clock import Clock
from appliance.hub import Hub
from appliance.log import Severity, stream
from appliance.mbus.dialogue import READOUT, Echo, Timing
from appliance.mbus.dialogue.timing import CME3100_READOUT
from appliance.meters.meter import Meter
from appliance.ports import OpenLine
from appliance.security.audit import AuditTrail, Room
from appliance.security.books import Act
from appliance.security.doorkeeper import Doorkeeper, Policy
from appliance.security.guard import Guard, Limits
from appliance.security.lobby import Lobby, Rules
from appliance.security.passwords import Hasher, Scrypt
from appliance.security.sealed import SealedBook, Sealer, derive
from appliance.security.sessions import Sessions
from appliance.security.setup_code import SetupCode
from appliance.security.users import Users
from appliance.settings import Settings, is_secret
from appliance.settings.subjects.bus import MultiTelegramRule, SegmentKind, SegmentReadout, TimingProfile
from appliance.settings.subjects.bus import Segment as SegmentSubject
from appliance.store.folder import DataFolder
from appliance.store.identities import Identities
from appliance.store.options import StatusPolicy, StoreOptions
from appliance.store.store import Store

log = stream("security")

PROFILES: Final = {TimingProfile.AUTOMATIC: READOUT, TimingProfile.CME3100: CME3100_READOUT}
TCP_LATENCY: Final = 0.1  # seconds; what a converter on the network holds octets back where nobody says more
INFRARED_WAKE_UP: Final = 2.2  # seconds; what optical heads take


def engine_settings(settings: Settings, serial: str) -> EngineSettings:
    """All segments that have a line, and when meters are read."""
    readout, job = settings.readout, settings.job
    segments = (segment_settings(settings, name) for name in settings.segment)
    return EngineSettings(
        segments=tuple(segment for segment in segments if segment.url),
        zone=settings.time.zone.info,
        seed=serial,
        enabled=readout.enabled,
        schedule=readout.schedule,
        continuous=readout.continuous.enabled,
        continuous_pause=readout.continuous.pause.total_seconds(),
        battery_interval=readout.battery_interval.total_seconds(),
        round_limit=readout.round_limit / 100,
        scheduled_retries=job.scheduled.retries,
        scheduled_retry_offset=job.scheduled.retry_offset.total_seconds(),
        manual_retries=job.manual.retries,
        manual_retry_offset=job.manual.retry_offset.total_seconds(),
    )


def segment_settings(settings: Settings, name: str) -> SegmentSettings:
    """One line, with what `bus.*` says where the segment says nothing."""
    segment = settings.segment[name]
    readout = segment.readout
    return SegmentSettings(
        name=name,
        url=line_url(segment),
        enabled=segment.enabled,
        baud_rate=segment.baud_rate or settings.bus.baud_rate,
        echo=Echo(segment.echo.value),
        latency=latency(segment),
        wake_up=wake_up(segment),
        reopen_pause_minimum=segment.reopen_pause.minimum.total_seconds(),
        reopen_pause_maximum=segment.reopen_pause.maximum.total_seconds(),
        overload_pause=segment.overload_pause.total_seconds(),
        readout=timing(readout),
        multi_telegram=readout.multi_telegram is MultiTelegramRule.AUTO,
        multi_telegram_limit=readout.multi_telegram_limit,
        multi_telegram_maximum=readout.multi_telegram_maximum,
        dead_after=readout.dead_after,
    )


def line_url(segment: SegmentSubject) -> str:
    """The segment's URL, with what the driver must know besides."""
    if segment.parity_check or not segment.url.startswith("serial:"):
        return segment.url
    return f"{segment.url}{'&' if '?' in segment.url else '?'}parity=off"


def latency(segment: SegmentSubject) -> float:
    """Seconds the line itself adds to every answer."""
    given = segment.latency.total_seconds()
    return given or (TCP_LATENCY if segment.url.startswith("tcp:") else 0.0)


def wake_up(segment: SegmentSubject) -> float:
    """Seconds of light before a frame."""
    given = segment.wake_up.total_seconds()
    return given or (INFRARED_WAKE_UP if segment.kind is SegmentKind.INFRARED else 0.0)


def timing(readout: SegmentReadout) -> Timing:
    """Waits and attempts of a readout."""
    profile = PROFILES[readout.profile]
    return replace(
        profile,
        response_timeout=readout.response_timeout.total_seconds() or profile.response_timeout,
        readout_retries=readout.readout_retries,
        selection_retries=readout.selection_retries,
        initialization_idle_time=readout.initialization_idle_time.total_seconds(),
        collision_idle_time=readout.collision_idle_time.total_seconds(),
        request_idle_time=readout.request_idle_time.total_seconds(),
    )


def store_options(settings: Settings) -> StoreOptions:
    """What the store obeys."""
    storage, log = settings.storage, settings.log
    return StoreOptions(
        batch_readings=storage.batch.readings,
        batch_seconds=storage.batch.time.total_seconds(),
        retention_days=storage.retention.days,
        high_water=storage.high_water,
        ballast=storage.ballast,
        disk_warning=storage.disk_warning,
        meter_status=StatusPolicy(log.meter_status.value),
        log_severity=log_severity(settings),
        flood_seconds=log.flood_interval.total_seconds(),
        log_size=log.size,
        log_days=log.retention.days,
    )


def log_severity(settings: Settings) -> Severity:
    """The lowest severity the log takes."""
    return Severity[settings.log.severity.name]


def open_settings(
    store: Store, publish: Callable[[object], None], *, key: bytes, serial: str, open_line: OpenLine
) -> Settings:
    """The settings in force, their secrets sealed on the disk."""
    book = SealedBook(store.settings, Sealer.of_device(key), is_secret)
    return Settings(book, publish, serial=serial, database=store.url, try_line=open_line)


def doorkeeper(
    store: Store, settings: Settings, clock: Clock, folder: DataFolder, hasher: Hasher | None = None
) -> Doorkeeper:
    """Users, guard, set-up code and audit trail, as the settings want them."""
    key = folder.key()
    keeper = Doorkeeper(
        users=Users(store.users, clock),
        guard=Guard(store.guesses, clock, lambda: limits(settings), derive(key, "guesses")),
        hasher=hasher or Scrypt(),
        setup_code=SetupCode(folder.path, clock),
        sessions=Sessions(clock),
        lobby=Lobby(lambda: lobby_rules(settings)),
        audit=AuditTrail(store.audit, clock, derive(key, "audit"), lambda: audit_room(settings)),
        clock=clock,
        policy=lambda: policy(settings),
        level_password=lambda level: settings.console.password[level].reveal(),
    )
    if keeper.prepare():
        log.info("A one-time set-up code was made.")
    return keeper


def identities(store: Store, hub: Hub, settings: Settings, keeper: Doorkeeper) -> Identities:
    """Who meters are, learnt from what they say; in the audit trail as done by the appliance."""

    def tell(before: Meter, after: Meter) -> None:
        what = f"meter set {after.id} secondary_address={after.secondary_address}"
        keeper.audit.add(Act(who="appliance", door="", source="bus", what=what, old=before.label, new=after.label))

    return Identities(hub, store.meters, lambda: settings.search.name, tell)


def limits(settings: Settings) -> Limits:
    """How guessing is slowed."""
    login = settings.security.login
    return Limits(login.attempts_per_day, login.delay_maximum.total_seconds())


def lobby_rules(settings: Settings) -> Rules:
    """How many may be connected without having logged in."""
    login = settings.security.login
    return Rules(login.pre_login_clients, login.clients_per_address)


def policy(settings: Settings) -> Policy:
    """What is asked of passwords and of the set-up code."""
    security = settings.security
    password = security.password
    return Policy(
        minimum_length=password.minimum_length,
        refuse_common=password.refuse_common,
        setup_code_life=security.setup_code.life,
    )


def audit_room(settings: Settings) -> Room:
    """How much of the disk the audit trail may have."""
    return Room(settings.audit.size, settings.audit.retention.days)
