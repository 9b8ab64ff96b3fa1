"""Changes on probation as the appliance keeps them: written down before they hold, gone on with after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from appliance.errors import SettingError
from appliance.log import stream
from appliance.operations.parts import Parts
from appliance.operations.probation import Trial
from appliance.security.books import Act
from appliance.security.sealed import Sealer
from appliance.settings import Change
from appliance.store.folder import DataFolder

APPLIANCE: Final = "appliance"  # who undoes
SEAL: Final = "configuration waiting"
log = stream("service.appliance")


def write_down(parts: Parts, after: Mapping[str, str | None], patience: timedelta) -> Trial:
    """Before a change: a power cut between leaves a note of what did not happen, and undoing that does nothing."""
    trial = Trial(parts.clock.now() + patience, patience, parts.settings.kept(after), after)
    parts.store.pending.put(_sealer(parts).seal(SEAL, trial.written()))
    return trial


def begin(parts: Parts, trial: Trial) -> None:
    """The change was made: wait for its confirmation."""
    parts.probation.begin(trial, trial.left(parts.clock.now()), partial(undo, parts))


def forget(parts: Parts) -> None:
    """It was confirmed, or never made."""
    parts.store.pending.put(None)


def resume(parts: Parts) -> None:
    """At the start, before a door opens: undo what nobody confirmed in time, wait on for what has time left."""
    kept = parts.store.pending.get()
    text = _sealer(parts).unseal(SEAL, kept) if kept else None
    if text is None:
        return
    trial = Trial.read(text)
    if trial.left(parts.clock.now()):
        begin(parts, trial)
    else:
        undo(parts, trial)


def undo(parts: Parts, trial: Trial) -> None:
    """As it was, but for what somebody changed since; in the audit trail as done by the appliance."""
    for one in _lead_back(parts, trial):
        what = f"configuration undone {one.name}"
        act = Act(who=APPLIANCE, door="", source="", what=what, old=one.old, new=one.new, result="not confirmed")
        parts.doorkeeper.audit.add(act)
    forget(parts)


def waiting_words(parts: Parts, now: datetime) -> str:
    """What waits and how long, for whoever looks at the appliance; empty where nothing does."""
    trial = parts.probation.trial
    if trial is None:
        return ""
    return (
        f"network change waiting for confirmation, {trial.left(now).total_seconds():.0f} s left: configuration confirm"
    )


def _lead_back(parts: Parts, trial: Trial) -> tuple[Change, ...]:
    """All of it where later work does not go with what was before: to get in again matters more."""
    back = trial.back(parts.settings.kept(trial.before))
    try:
        return parts.settings.change(back, APPLIANCE)
    except SettingError as error:
        log.warning("The whole change is undone, later changes of the same settings too: %s", error)
        return parts.settings.change(trial.before, APPLIANCE)


def _sealer(parts: Parts) -> Sealer:
    return Sealer.of_device(DataFolder(parts.data_folder).key())
