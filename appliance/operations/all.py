"""Every operation there is."""

from __future__ import annotations

from functools import cache

from appliance.operations import (
    audit,
    bus,
    bus_lend,
    certificates,
    event_orders,
    log,
    login,
    meter_send,
    meters,
    panel,
    reading,
    relays,
    segments,
    services,
    session,
    settings,
    status,
    storage,
    system,
    telegrams,
    users,
)
from appliance.operations.registry import Registry, operations_in

SUBJECTS = (
    session,
    login,
    users,
    certificates,
    audit,
    settings,
    segments,
    services,
    meters,
    meter_send,
    reading,
    bus,
    bus_lend,
    telegrams,
    status,
    storage,
    event_orders,
    log,
    panel,
    relays,
    system,
)


@cache
def registry() -> Registry:
    """The rows of all subjects."""
    return Registry((session.make_help(registry), *operations_in(*SUBJECTS)))
