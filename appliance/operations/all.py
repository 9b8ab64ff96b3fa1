"""Every operation there is."""

from __future__ import annotations

from functools import cache

from appliance.operations import (
    bus,
    bus_lend,
    log,
    meters,
    panel,
    reading,
    relays,
    segments,
    session,
    settings,
    status,
    system,
    telegrams,
)
from appliance.operations.registry import Registry, operations_in

SUBJECTS = (session, settings, segments, meters, reading, bus, bus_lend, telegrams, status, log, panel, relays, system)


@cache
def registry() -> Registry:
    """The rows of all subjects."""
    return Registry((session.make_help(registry), *operations_in(*SUBJECTS)))
