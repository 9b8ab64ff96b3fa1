"""Orders about the configuration as a whole (operations.md §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from appliance.errors import BusmeisterError, Kind, RefusedError
from appliance.operations import trial
from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.configuration_file import Form, Wanted, read, written
from appliance.operations.configuration_past import earlier
from appliance.operations.files_view import text_of
from appliance.operations.operation import operation
from appliance.operations.repository import free_name, writing
from appliance.operations.script import LONGEST
from appliance.operations.settings import change, foresee
from appliance.security.passphrase import Passphrase
from appliance.settings import row_of
from appliance.settings.kinds import Duration, Hidden, Integer, Secret, Text

DOORS: Final = ("console.", "ssh.", "network.", "tls.")  # settings that may lock somebody out
FIVE_MINUTES: Final = timedelta(minutes=5)
NO_PASSPHRASE: Final = Secret("")
File = Annotated[str, Text(1, 500)]
Words = Annotated[Secret, Hidden(0, 200)]
Patience = Annotated[timedelta, Duration("s", 10, 86400)]
Back = Annotated[int, Integer(1, 9)]


class Mode(StrEnum):
    """What becomes of settings that the file does not name."""

    MERGE = "merge"  # they stay
    REPLACE = "replace"  # they go back to their defaults, but for secrets and what names this building's things


@operation("configuration create", level=3, audited=True)
def configuration_create(
    call: Call, *, format_: Form = Form.CAD, passphrase: Words = NO_PASSPHRASE, device: bool = False
) -> Answer:
    """Writes all settings that are not device-specific to a file in the repository; secrets only with a passphrase."""
    lines = [one for one in call.parts.settings.lines() if not one.is_default and (device or not one.setting.device)]
    name = free_name(call, "configuration", format_)
    with writing(call, name) as file:
        file.write(written(lines, format_, _passphrase(passphrase)))
    return Answer(sentence=f"{name}, {len(lines)} settings", data={"file": name, "settings": len(lines)})


@operation("configuration compare", level=3)
def configuration_compare(call: Call, file: File, *, passphrase: Words = NO_PASSPHRASE) -> Answer:
    """Shows what a file would change."""
    return _shown(call, _wanted(call, file, passphrase, Mode.MERGE))


@operation("configuration load", level=3, audited=True)
def configuration_load(
    call: Call,
    file: File,
    *,
    passphrase: Words = NO_PASSPHRASE,
    mode: Mode = Mode.MERGE,
    check: bool = False,
    confirm_: Patience = FIVE_MINUTES,
) -> Answer:
    """Applies such a file as a whole or not at all; undone unless "configuration confirm" comes when a door changed."""
    wanted = _wanted(call, file, passphrase, mode)
    if check:
        return _shown(call, wanted)
    return _apply(call, wanted, confirm_)


@operation("configuration confirm", level=3, audited=True)
def configuration_confirm(call: Call) -> Answer:
    """Keeps a change that waits for confirmation."""
    if not call.parts.probation.confirm():
        raise RefusedError("No change waits for confirmation.", Kind.CONFLICT)
    trial.forget(call.parts)
    return Answer(sentence="kept")


@operation("configuration rollback", level=3, audited=True)
def configuration_rollback(call: Call, to: Back = 1) -> Answer:
    """Goes back to an earlier state; the last 10 are kept."""
    before = earlier(call, to)
    wanted = Wanted({**dict.fromkeys(_set_names(call)), **before})
    left = call.parts.store.settings.past()[:-to]
    answer = _apply(call, wanted, FIVE_MINUTES)
    call.parts.store.settings.keep_past(left)  # the next time goes on from here, not forth again
    names = ", ".join(one.name for one in answer.changes)
    return replace(answer, sentence=": ".join(filter(None, (answer.sentence, names))))


def _passphrase(words: Secret) -> Passphrase | None:
    return Passphrase(words.reveal()) if words.reveal() else None


def _wanted(call: Call, file: str, words: Secret, mode: Mode) -> Wanted:
    text = text_of(call, file, LONGEST)
    wanted = read(call, text, _passphrase(words), skips_unknown=mode is Mode.MERGE)
    if mode is Mode.REPLACE:
        left = [name for name in _set_names(call) if _returns_to_default(name)]
        wanted.texts = dict.fromkeys(left) | wanted.texts
    return wanted


def _set_names(call: Call) -> list[str]:
    return [one.name for one in call.parts.settings.lines() if not one.is_default]


def _returns_to_default(name: str) -> bool:
    setting = row_of(name).setting
    return not (setting.device or setting.kind.is_secret)


def _shown(call: Call, wanted: Wanted) -> Answer:
    """What would change, and in words what a newer version knows."""
    try:
        changes = foresee(call, wanted.texts)
    except BusmeisterError as error:
        raise wanted.line_of(error) from error
    rows = [(one.name, one.old, one.new) for one in changes]
    return Answer(lines=_skipped(wanted), table=Table.of("setting now becomes", rows))


def _apply(call: Call, wanted: Wanted, patience: timedelta) -> Answer:
    """All of it or nothing; where a door changed, on probation."""
    if call.parts.probation.trial is not None:
        raise RefusedError("A change waits: configuration confirm keeps it, or wait until it is undone.", Kind.CONFLICT)
    try:
        planned = call.parts.settings.planned(wanted.texts)
        on_trial = any(name.startswith(DOORS) for name in planned)
        answer = _on_trial(call, planned, patience) if on_trial else change(call, wanted.texts)
    except BusmeisterError as error:
        raise wanted.line_of(error) from error
    sentence = f"{len(answer.changes)} changed"
    if on_trial:
        sentence += f"; a door too: undone in {patience.total_seconds():.0f} s unless configuration confirm comes"
    return Answer(lines=_skipped(wanted), sentence=sentence, data=answer.data, changes=answer.changes)


def _on_trial(call: Call, planned: Mapping[str, str | None], patience: timedelta) -> Answer:
    """Changed, and undone unless it is confirmed: by this process or the next one."""
    one = trial.write_down(call.parts, planned, patience)
    try:
        answer = change(call, planned)
    except BusmeisterError:
        trial.forget(call.parts)
        raise
    trial.begin(call.parts, one)
    return answer


def _skipped(wanted: Wanted) -> tuple[str, ...]:
    return tuple(f"{name} is not known to this version: left out" for name in wanted.unknown)
