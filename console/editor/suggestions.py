"""What may come at a place of a line, from the rows of operations and settings. Pure but for the meters' names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from appliance.errors import BusmeisterError
from appliance.operations.all import registry
from appliance.operations.arguments import Argument
from appliance.operations.call import Call
from appliance.operations.files_view import File, files
from appliance.operations.line import Token, parse_line, quote
from appliance.operations.operation import Operation
from appliance.operations.signs import without_controls
from appliance.settings.kinds import FilePath, Kind, Meters
from appliance.settings.table import ROWS, full_name, row_of

MOST: Final = 200
FORMS: Final = (("json", "The answer as one JSON value."), ("csv", "The answer as comma-separated lines."))
SELECTIONS: Final = (
    ("all", "Every meter."),
    ("medium=", "Meters of a medium, such as water."),
    ("segment=", "Meters of a segment."),
    ("status=", "Meters in a state: ok, silent, failed."),
    ("id=", "The meter with this number."),
    ("primary=", "The meter with this primary address."),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be typed; without `text` it only says what is expected."""

    text: str
    help: str
    shown: str = ""
    after: str = " "  # typed behind it when it is the only one
    typed: str = ""  # what it takes the place of

    def __post_init__(self) -> None:
        if not self.shown:
            object.__setattr__(self, "shown", self.text)


def in_quotes(before: str) -> bool:
    """Whether quotes are open at the end."""
    return before.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1


def begins(text: str, typed: str) -> bool:
    """Whether a text goes on from what was typed; its quotes may be left to Tab."""
    return text.lower().startswith(typed.lower()) or text.replace('"', "", 1).lower().startswith(typed.lower())


def suggest(call: Call, before: str) -> list[Suggestion]:
    """What may come behind `before`, which ends with the word being typed."""
    head, word = _split(before)
    try:
        tokens = parse_line(head, max(256, 4 * len(head))).tokens
    except BusmeisterError:
        return []
    words, rest = _walk(call, tokens)
    found = [*_words(words, call.level), *_behind(call, words, rest, word)] if not rest else []
    found += _behind(call, words, rest, word) if rest else []
    low = word.lower()
    fitting = [replace(one, typed=word) for one in found if not one.text or begins(one.text, low)]
    real = [one for one in fitting if one.text]
    return (real or fitting)[:MOST] if word else fitting[:MOST]


def _split(before: str) -> tuple[str, str]:
    """At the last blank outside quotes."""
    place, quoted = 0, False
    for position, letter in enumerate(before):
        if letter == '"':
            quoted = not quoted
        elif letter.isspace() and not quoted:
            place = position + 1
    return before[:place], before[place:]


def _walk(call: Call, tokens: Iterable[Token]) -> tuple[list[str], list[Token]]:
    """The full words of the command, and what is typed behind them."""
    words: list[str] = []
    rest: list[Token] = []
    for token in tokens:
        near = registry().meant(words, token.text)
        if not rest and token.is_word and len(near) == 1:
            words += near
        else:
            rest.append(token)
    return words, rest


def _words(words: list[str], level: int) -> Iterator[Suggestion]:
    """Words that go on from here, with the help of their operation."""
    for word, operation in registry().following(words).items():
        if operation is not None:
            yield Suggestion(word, f"{operation.help}{_needs(operation, level)}")
        else:
            yield Suggestion(word, ", ".join(registry().following([*words, word])))


def _needs(operation: Operation, level: int) -> str:
    return "" if operation.level <= level else f" (level {operation.level})"


def _operation(words: list[str]) -> Operation | None:
    try:
        return registry().get(" ".join(words)) if words else None
    except BusmeisterError:
        return None


def _behind(call: Call, words: list[str], rest: list[Token], word: str) -> Iterator[Suggestion]:
    """Arguments of the operation that the words name."""
    operation = _operation(words)
    if operation is None:
        return
    if operation.name in ("set", "unset"):
        yield from _settings(call, word, values=operation.name == "set")
    elif operation.name == "help":
        yield from _words([token.text.lower() for token in rest], call.level)
        yield from _settings(call, word, values=False) if "." in word else ()
    else:
        yield from _arguments(call, operation, rest, word)


def _settings(call: Call, word: str, *, values: bool) -> Iterator[Suggestion]:
    name, sign, typed = word.partition("=")
    if values and sign:
        yield from _values_of_setting(call, name.rstrip("+-"), sign, typed)
        return
    for full, help_text in _names(call):
        if full.startswith(name.lower()):
            yield Suggestion(full + "=" * values, help_text, shown=full, after="" if values else " ")


def _names(call: Call) -> Iterator[tuple[str, str]]:
    for row in ROWS:
        prefix, placeholder, rest = row.pattern.partition("NAME")
        members = call.parts.settings.members(prefix) if placeholder else ("",)
        yield from ((f"{prefix}{member}{rest}", row.setting.help) for member in members)


def _values_of_setting(call: Call, name: str, sign: str, typed: str) -> Iterator[Suggestion]:
    try:
        full = full_name(name, call.parts.settings.segment)
        setting = row_of(full).setting
    except BusmeisterError:
        return
    choices = _choices(setting.kind, f"{name}{sign}")
    yield from choices or (Suggestion("", f"{setting.help} {setting.allowed()}", shown=f"{full}{sign}..."),)


def _choices(kind: Kind[object], before: str) -> list[Suggestion]:
    return [Suggestion(f"{before}{choice}", "", shown=choice) for choice in kind.choices()]


def _arguments(call: Call, operation: Operation, rest: list[Token], word: str) -> Iterator[Suggestion]:
    signature = operation.signature
    name, sign, _ = word.partition("=")
    named = next((one for one in signature.arguments if sign and one.name == name.lower()), None)
    if named is not None:
        yield from _of_argument(call, named, f"{named.name}=")
        return
    given = {token.name for token in rest if token.operator}
    placed = sum(not token.operator for token in rest)
    for argument in signature.positional[placed : placed + 1]:
        yield from _of_argument(call, argument, "")
    for argument in signature.arguments:
        if argument.by_name and argument.name not in given:
            yield Suggestion(f"{argument.name}=", argument.kind.allowed(), shown=argument.placeholder, after="")
    if operation.confirms and "confirm" not in given:
        yield Suggestion("confirm=yes", f"Yes to: {operation.confirms}")
    if operation.shows:
        yield from (Suggestion(form, help_text) for form, help_text in FORMS)


def _of_argument(call: Call, argument: Argument, before: str) -> Iterator[Suggestion]:
    if isinstance(argument.kind, Meters):
        yield from _meters(call, before)
    elif argument.name == "segment":
        yield from (Suggestion(f"{before}{name}", segment.url) for name, segment in call.parts.settings.segment.items())
    elif isinstance(argument.kind, FilePath):
        yield from (Suggestion(before + quote(one.name), f"{one.size} octets") for one in _files(call))
        yield Suggestion("", argument.kind.allowed(), shown=before + "..." if before else argument.placeholder)
    elif argument.kind.choices():
        yield from _choices(argument.kind, before)
    else:
        yield Suggestion("", argument.kind.allowed(), shown=before + "..." if before else argument.placeholder)


def _files(call: Call) -> tuple[File, ...]:
    """Only for those who may see files."""
    return files(call)[:MOST] if call.level >= 2 else ()


def _meters(call: Call, before: str) -> Iterator[Suggestion]:
    """Only for those who may see meters."""
    yield from (Suggestion(f"{before}{text}", help_text, after="") for text, help_text in SELECTIONS)
    for meter in call.parts.store.meters.all()[:MOST] if call.level else ():
        address = meter.secondary_address
        what = address.identification if address else f"primary={meter.primary_address}"
        yield Suggestion(before + what, without_controls(meter.name))
        if meter.name:
            yield Suggestion(before + quote(without_controls(meter.name)), what)
