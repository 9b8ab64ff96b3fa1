"""Orders about the session itself, the help, and long orders (operations.md §2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from appliance.errors import Kind, RefusedError, SettingError
from appliance.hub import Job
from appliance.operations.answer import Answer, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.operation import Operation, operation
from appliance.operations.registry import Registry
from appliance.settings import ROWS, full_name, row_of


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


def make_help(registry: Callable[[], Registry]) -> Operation:
    """The help needs the registry that it is part of."""

    @operation("help", level=0)
    def help_(call: Call, *words: str) -> Answer:
        """Explains a command, a setting or a subject."""
        if len(words) == 1 and "." in words[0]:
            return explain_setting(call, words[0])
        found = registry().below([word.lower() for word in words])
        settings = _settings_of(words[0].lower()) if len(words) == 1 else []
        if not found and not settings:
            raise RefusedError(f'No command and no setting begins with "{" ".join(words)}".', Kind.NOT_FOUND)
        if len(found) == 1 and not settings:
            return explain(found[0])
        commands = [(row.usage, row.level, row.help) for row in sorted(found, key=lambda row: row.words)]
        lines = _besides(call, words, commands and settings)
        return Answer(lines=lines, table=Table.of("command level help", commands or settings, right="level"))

    return help_


def who_helps(call: Call) -> tuple[str, ...]:
    """Who to call and where to look, as far as somebody is named."""
    identity = call.parts.settings.identity
    contact = (f"Who to call: {identity.contact}",) if identity.contact else ()
    links = (" ".join(filter(None, (one.name, one.url))) for one in identity.support.values())
    return (*contact, *filter(None, links))


def _besides(call: Call, words: Sequence[str], settings: Sequence[object]) -> tuple[str, ...]:
    if not words:
        return who_helps(call)
    return (f"Settings of {words[0].lower()}: show settings {words[0].lower()}",) if settings else ()


def _settings_of(subject: str) -> list[tuple[str, int, str]]:
    """How those of a subject are set."""
    rows = [row for row in ROWS if row.pattern.split(".")[0] == subject]
    return [(f"set {row.pattern}={row.setting.kind.word.upper()}", row.setting.level, row.setting.help) for row in rows]


def explain(row: Operation) -> Answer:
    """One command."""
    notes = [f"Level {row.level}."] + ["Runs as a job; can be broken off."] * row.long
    also = [f"Also: {', '.join(' '.join(words) for words in row.also)}"] if row.also else []
    arguments = [f"  {argument.placeholder:30}  {argument.kind.allowed()}" for argument in row.signature.arguments]
    data = {"command": row.name, "usage": row.usage, "level": row.level, "help": row.help}
    return Answer(lines=(row.usage, row.help, *arguments, *also, " ".join(notes)), data=data)


def explain_setting(call: Call, typed: str) -> Answer:
    """One setting."""
    name = full_name(typed, call.parts.settings.segment)
    try:
        setting = row_of(name).setting
    except SettingError as error:
        raise RefusedError(error.sentence, Kind.NOT_FOUND) from None
    data = {"name": name, "default": setting.default, "takes": setting.allowed(), "help": setting.help}
    facts = f"default {setting.default or 'empty'}, level {setting.level}."
    if call.level:  # nobody sees a value before they are logged in
        data["value"] = call.parts.settings.text(name)
        facts = f"now {data['value'] or 'empty'}, {facts}"
    return Answer(lines=(name, setting.help, f"Takes {setting.allowed()}.", facts[0].upper() + facts[1:]), data=data)


@operation("whoami", level=0)
def whoami(call: Call) -> Answer:
    """Says user, level, address and door."""
    since = call.session.since if call.session else None
    data = {"user": call.user, "level": call.level, "door": call.door, "source": call.source, "since": since}
    line = f"{call.user or 'nobody yet'}, level {call.level}, by {call.door} {call.source}".rstrip()
    begun = f", since {since.astimezone(call.zone):%H:%M}" if since else ""
    return Answer(lines=(line + begun,), data=data)


@operation("quit", level=0, also="exit")
def quit_(call: Call) -> Answer:
    """Ends the session."""
    return Answer(leave=True)


@operation("script", level=0)
def script(call: Call, state: Switch) -> Answer:
    """Plain mode for this session: no prompt, paging, colour; every answer ends with OK or ERROR."""
    return Answer(plain=state is Switch.ON)


@operation("history", level=0)
def history(call: Call, *, count: Count = 20) -> Answer:
    """Lists earlier commands of this session, without secrets."""
    lines = tuple(call.session.history) if call.session else ()
    return Answer(lines=lines[-count:], data=list(lines[-count:]))


@operation("jobs", level=1, also="show jobs")
def jobs(call: Call) -> Answer:
    """Lists running long orders with number, progress and owner."""
    rows = [
        (job.number, job.name, job.owner, job.state, job.done, job.of, _left(job), job.sentence)
        for job in call.parts.hub.jobs.running()
    ]
    return Answer(
        table=Table.of("job name owner state done of seconds_left sentence", rows, "job done of seconds_left")
    )


@operation("cancel", level=2, audited=True)
def cancel(call: Call, job: int | None = None) -> Answer:
    """Breaks off a long order; what is done stays."""
    found = _newest_own(call) if job is None else call.parts.hub.jobs.find(job)
    if found is None or found.ended:
        raise RefusedError("No such job runs (jobs lists them)." if job else "No job of yours runs.", Kind.NOT_FOUND)
    found.cancel()
    return Answer(sentence=f"job {found.number} ends after the present step")


def _newest_own(call: Call) -> Job | None:
    own = [job for job in call.parts.hub.jobs.running() if job.owner == call.who]
    return own[-1] if own else None


def _left(job: Job) -> int | None:
    left = job.seconds_left
    return None if left is None else round(left)
