"""Every operation there is."""

from __future__ import annotations

from functools import cache

from appliance.operations import bus, log, meters, reading, segments, session, settings, status, telegrams
from appliance.operations.registry import Registry, operations_in

SUBJECTS = (session, settings, segments, meters, reading, bus, telegrams, status, log)


@cache
def registry() -> Registry:
    """The rows of all subjects."""
    return Registry((session.make_help(registry), *operations_in(*SUBJECTS)))
