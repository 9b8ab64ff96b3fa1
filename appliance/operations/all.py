"""Every operation there is."""

from __future__ import annotations

from functools import cache

from appliance.operations import (
    about,
    audit,
    bus,
    bus_lend,
    bus_power,
    bus_test,
    care,
    certificates,
    configuration,
    dump,
    event_orders,
    exposure,
    files,
    log,
    login,
    meter_list_file,
    meter_look,
    meter_replace,
    meter_send,
    meters,
    network_orders,
    panel,
    reading,
    readout,
    relays,
    run_file,
    segments,
    series,
    service_orders,
    services,
    session,
    settings,
    simulate,
    status,
    storage,
    system,
    telegrams,
    users,
    waiting,
    watch,
)
from appliance.operations.registry import Registry, operations_in

SUBJECTS = (
    session,
    waiting,
    login,
    users,
    certificates,
    audit,
    settings,
    configuration,
    segments,
    service_orders,
    services,
    meters,
    meter_list_file,
    meter_look,
    meter_replace,
    meter_send,
    reading,
    series,
    readout,
    bus,
    bus_lend,
    bus_test,
    bus_power,
    telegrams,
    status,
    about,
    network_orders,
    storage,
    event_orders,
    exposure,
    files,
    log,
    panel,
    relays,
    system,
    care,
    simulate,
)

MAKERS = (session.make_help, watch.make_watch, dump.make_dump, run_file.make_run)
"""Of operations that need to know all others."""


@cache
def registry() -> Registry:
    """The rows of all subjects."""
    return Registry((*(make(registry) for make in MAKERS), *operations_in(*SUBJECTS)))
