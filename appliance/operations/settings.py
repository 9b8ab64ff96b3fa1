"""Orders about settings (operations.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Table
from appliance.operations.asked import ValueAsked
from appliance.operations.call import Call
from appliance.operations.line import NAME, quote_value, unquote
from appliance.operations.operation import operation
from appliance.operations.optical_head import check_kinds
from appliance.settings import Change, Line, full_name, row_of
from appliance.settings.row import Restarts

ENGINE: Final = (Restarts.SEGMENT, Restarts.PLAN)
FIRST_LINE: Final = "# busmeister configuration 1"


@operation("set", level=1, audited=True)
def set_(call: Call, *settings: str) -> Answer:
    """Changes settings; all of one line or none."""
    if not settings:
        raise RefusedError('"set" needs NAME=VALUE.', Kind.USAGE)
    changes = dict(assignment(call, typed) for typed in settings)
    answer = change(call, changes)
    shortened = [name for name, typed in zip(changes, settings, strict=False) if not typed.lower().startswith(name)]
    taken = " ".join(f"{name}={quote_value(call.parts.settings.text(name))}" for name in shortened)
    return replace(answer, sentence=" ".join(filter(None, (taken, answer.sentence))))


@operation("unset", level=1, audited=True)
def unset(call: Call, *settings: str) -> Answer:
    """Restores defaults."""
    if not settings:
        raise RefusedError('"unset" needs the name of a setting.', Kind.USAGE)
    return change(call, dict.fromkeys(full_name(name, call.parts.settings.segment) for name in settings))


def assignment(call: Call, typed: str) -> tuple[str, str]:
    """The full name and the value wanted, from `name=value`, or `name+=item` of a list."""
    match = NAME.fullmatch(typed)
    if match is None:
        raise _asked(call, typed)
    name = full_name(match[1], call.parts.settings.segment)
    setting = row_of(name).setting
    value = unquote(match[3])
    if match[2] == "=":
        return name, value
    if not setting.kind.is_list:
        raise RefusedError(f"{name} is no list: use {name}=", Kind.USAGE)
    items = [item for item in call.parts.settings.text(name).split(",") if item]
    named = [item.strip() for item in value.split(",")]
    kept = [item for item in items if item not in named]
    return name, ",".join(kept + (named if match[2] == "+=" else []))


def _asked(call: Call, typed: str) -> ValueAsked:
    """`set console.password.2` alone: its value is to be asked for."""
    name = full_name(typed, call.parts.settings.segment)
    setting = row_of(name).setting
    call.need_level(setting.level, name)
    if setting.kind.is_secret:
        sentence = f'"set" takes {name}=VALUE: it is asked for on a terminal only.'
        return ValueAsked(sentence, name, "New value", twice=True, instead_of=typed)
    prompt = f"New value (now {call.parts.settings.text(name) or 'empty'})"
    return ValueAsked(f'"set" takes {name}=VALUE: {setting.allowed()}', name, prompt, hidden=False, instead_of=typed)


def change(call: Call, changes: Mapping[str, str | None]) -> Answer:
    """Set (text) and restore (None) together, each at its row's level."""
    for name in changes:
        call.need_level(row_of(name).setting.level, name)
    check_kinds(call, changes)
    changed = call.parts.settings.change(changes, call.who)
    if any(row_of(one.name).setting.restarts in ENGINE for one in changed):
        call.parts.engine.reconfigure()  # at once: the next line of a script may need the segment
    return Answer(sentence=_waiting(changed), data=[_change_data(one) for one in changed], changes=changed)


def foresee(call: Call, changes: Mapping[str, str | None]) -> tuple[Change, ...]:
    """What `change` would do, without doing it."""
    check_kinds(call, changes)
    return call.parts.settings.foresee(changes)


@operation("show settings", level=1)
def show_settings(call: Call, subject: str = "") -> Answer:
    """Settings with value, unit, range and help."""
    lines = _lines(call, subject)
    rows = [(line.name, line.shown, line.default, line.setting.allowed(), line.setting.help) for line in lines]
    return Answer(table=Table.of("name value default takes help", rows))


@operation("show defaults", level=1)
def show_defaults(call: Call, subject: str = "") -> Answer:
    """Settings that are not at their default."""
    lines = [line for line in _lines(call, subject) if not line.is_default]
    return Answer(table=Table.of("name value default", [(line.name, line.shown, line.default) for line in lines]))


@operation("show configuration", level=1)
def show_configuration(call: Call, *, device: bool = False) -> Answer:
    """Set lines that can be typed back; secrets as comment lines."""
    lines = [line for line in call.parts.settings.lines() if not line.is_default]
    written = [_written(line) for line in lines if device or not line.setting.device]
    return Answer(lines=(FIRST_LINE, *written))


def _lines(call: Call, subject: str) -> list[Line]:
    lines = list(call.parts.settings.lines(subject))
    if not lines:
        raise RefusedError(f'No setting is called or begins with "{subject}".', Kind.NOT_FOUND)
    return lines


def _written(line: Line) -> str:
    if line.setting.kind.is_secret:
        return f"# set {line.name}="
    return f"set {line.name}={quote_value(line.text)}"


def _waiting(changed: Iterable[Change]) -> str:
    """What has to begin anew before it holds."""
    restarts = {row_of(one.name).setting.restarts for one in changed}
    return "in force at the next start of the appliance" if Restarts.APPLIANCE in restarts else ""


def _change_data(one: Change) -> dict[str, str]:
    return {"name": one.name, "old": one.old, "new": one.new}
