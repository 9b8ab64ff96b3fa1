"""Arguments of operations: read from the function's signature, filled from tokens or from JSON.

Parameters by position are written in capitals in the manual, keyword-only ones by name; `*words` takes what is
left over, `**fields` takes `NAME=VALUE` of names the operation itself judges. What several operations take alike is
a `Group`: a parameter of that type stands for the group's fields.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import chain
from typing import Annotated, Any, Final, NewType

from appliance.errors import Kind as Reason
from appliance.errors import RefusedError
from appliance.meters.selection import FIELDS, Selection
from appliance.operations.asked import Asked
from appliance.operations.line import Token
from appliance.operations.moment import LENGTH, Moment, MomentKind
from appliance.settings.kinds import Integer, Kind, Meters, NotTaken, Octets, OneOf, Text, YesNo

MOST_CHOICES: Final = 4  # that a line of help names
KINDS: Final[dict[object, Kind[Any]]] = {
    int: Integer(-(2**31), 2**31 - 1),
    bool: YesNo(),
    str: Text(0, 500, lines=True),
    bytes: Octets(0, 4096),
    timedelta: LENGTH,
    Moment: MomentKind(),
    Selection: Meters(),
}
Count = Annotated[int, Integer(1, 100_000)]
Typed = NewType("Typed", str)
"""A word of `*words` with its quotes, for an operation that reads them as a line again."""


class Group:
    """Base of frozen dataclasses whose fields are arguments, by name, of every operation that takes one."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an operation."""

    name: str  # as typed: the parameter's, without the underscore that keeps it from being a word of Python
    parameter: str
    kind: Kind[Any]
    by_name: bool
    required: bool
    default: object = None
    optional: bool = False  # None is its default, and an empty value
    group: str = ""  # the operation's parameter that it is a part of

    @property
    def placeholder(self) -> str:
        """How the help writes it: `SEGMENT`, `[count=N]`."""
        if self.by_name:
            choices = self.kind.choices()
            text = f"{self.name}={'|'.join(choices) if 0 < len(choices) <= MOST_CHOICES else self.kind.word.upper()}"
        else:
            text = self.name.upper()
        return text if self.required else f"[{text}]"

    def parse(self, operation: str, text: str) -> object:
        """The value of a text; raises `RefusedError`."""
        if not text and self.optional:
            return None
        try:
            return self.kind.parse(text)
        except NotTaken as reason:
            more = f": {reason}" if str(reason) else ""
            given = "something else" if self.kind.is_secret else text or "nothing"
            raise RefusedError(
                f"{self.name} of {operation} takes {self.kind.allowed()}, not {given}{more}", Reason.VALUE
            ) from None


@dataclass(frozen=True, slots=True)
class Signature:
    """All arguments of an operation."""

    arguments: tuple[Argument, ...]
    words: str  # name of *words, empty where none are taken
    takes_fields: bool  # **fields
    groups: Mapping[str, type[Group]]  # by the operation's parameter
    keeps_quotes: bool = False  # of *words

    @classmethod
    def of(cls, function: Callable[..., object]) -> Signature:
        """From a function whose first parameter is the call."""
        hints = typing.get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        plain = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        groups = {p.name: hints[p.name] for p in plain if _is_group(hints[p.name])}
        arguments = [
            _in_group(p.name, groups[p.name]) if p.name in groups else [_argument(p, hints[p.name])] for p in plain
        ]
        return cls(
            tuple(chain.from_iterable(arguments)),
            next(
                (parameter.name.rstrip("_") for parameter in parameters if parameter.kind is parameter.VAR_POSITIONAL),
                "",
            ),
            any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters),
            groups,
            any(p.kind is p.VAR_POSITIONAL and hints[p.name] is Typed for p in parameters),
        )

    @property
    def positional(self) -> tuple[Argument, ...]:
        """Those given by position; their names are taken too."""
        return tuple(argument for argument in self.arguments if not argument.by_name)

    def keywords(self, values: Mapping[str, object]) -> dict[str, object]:
        """What the operation is called with besides its positional arguments, of the values by argument."""
        single = {a.parameter: values[a.name] for a in self.arguments if a.by_name and not a.group}
        return single | {name: self._grouped(name, values) for name in self.groups}

    def _grouped(self, name: str, values: Mapping[str, object]) -> Group:
        return self.groups[name](**{a.parameter: values[a.name] for a in self.arguments if a.group == name})

    def fill(self, operation: str, tokens: Sequence[Token]) -> Filled:
        """From what was typed."""
        filler = _Filler(self, operation)
        for token in tokens:
            filler.take(token)
        return filler.done()

    def fill_named(self, operation: str, values: Mapping[str, str]) -> Filled:
        """From names and texts, as JSON-RPC, forms and buttons give them."""
        filler = _Filler(self, operation)
        for name, value in values.items():
            filler.take_named(name, value)
        return filler.done()


@dataclass(frozen=True, slots=True)
class Filled:
    """Arguments with their values."""

    values: Mapping[str, object]
    words: tuple[str, ...] = ()
    fields: Mapping[str, str] | None = None


class _Filler:
    def __init__(self, signature: Signature, operation: str) -> None:
        self._signature = signature
        self._operation = operation
        self._known = {argument.name: argument for argument in signature.arguments}
        self._open = list(signature.positional)
        self._values: dict[str, object] = {}
        self._words: list[str] = []
        self._fields: dict[str, str] = {}

    def take(self, token: Token) -> None:
        selects = bool(self._open) and isinstance(self._open[0].kind, Meters)
        if token.operator == "=" and token.name in self._known:
            self._put(self._known[token.name], token.raw_value, token.value)
        elif self._open and (not token.operator or (selects and token.name in FIELDS) or not self._takes_names):
            self._put(self._open[0], token.raw, token.text)
        elif token.operator == "=" and self._signature.takes_fields:
            self._field(token.name, token.value)
        elif self._signature.words:
            self._words.append(token.raw if token.operator or self._signature.keeps_quotes else token.text)
        else:
            raise RefusedError(self._superfluous(token), Reason.USAGE)

    def take_named(self, name: str, value: str) -> None:
        if name in self._known:
            self._put(self._known[name], value, value)
        elif self._signature.takes_fields:
            self._field(name, value)
        else:
            raise RefusedError(f'"{self._operation}" has no argument {name}{self._offer()}', Reason.USAGE)

    def done(self) -> Filled:
        missing = [a for a in self._signature.arguments if a.required and a.name not in self._values]
        if missing:
            self._ask(missing)
            raise RefusedError(f'"{self._operation}" needs {missing[0].placeholder}{self._offer()}', Reason.USAGE)
        defaults = {a.name: a.default for a in self._signature.arguments if a.name not in self._values}
        return Filled(defaults | self._values, tuple(self._words), self._fields)

    def _ask(self, missing: Sequence[Argument]) -> None:
        """Where nothing but secrets is missing, the session may ask for them."""
        kinds = [argument.kind for argument in missing]
        if isinstance(kinds[0], Asked) and all(kind.is_secret for kind in kinds):
            raise kinds[0].question(self._operation, missing[0].name, self._values)

    @property
    def _takes_names(self) -> bool:
        return self._signature.takes_fields or any(argument.by_name for argument in self._signature.arguments)

    def _put(self, argument: Argument, raw: str, text: str) -> None:
        if argument.name in self._values:
            raise RefusedError(f'{argument.name} of "{self._operation}" was given twice.', Reason.USAGE)
        typed = raw if isinstance(argument.kind, Meters) else text
        self._values[argument.name] = argument.parse(self._operation, typed)
        self._open = [other for other in self._open if other is not argument]

    def _field(self, name: str, value: str) -> None:
        if name in self._fields:
            raise RefusedError(f'{name} of "{self._operation}" was given twice.', Reason.USAGE)
        self._fields[name] = value

    def _superfluous(self, token: Token) -> str:
        typed = "so many words" if any(one.kind.is_secret for one in self._signature.arguments) else token.raw
        what = f"argument {token.name}" if token.operator else f"place for {typed}"
        return f'"{self._operation}" has no {what}{self._offer()}'

    def _offer(self) -> str:
        names = " ".join(argument.placeholder for argument in self._signature.arguments)
        return f": {self._operation} {names}" if names else ": it takes no arguments."


def _is_group(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, Group)


def _in_group(name: str, group: type[Group]) -> list[Argument]:
    hints = typing.get_type_hints(group, include_extras=True)
    fields = inspect.signature(group).parameters.values()
    return [replace(_argument(field, hints[field.name]), group=name, by_name=True) for field in fields]


def _argument(parameter: inspect.Parameter, hint: object) -> Argument:
    optional = parameter.default is None
    kind = _kind(hint)
    return Argument(
        parameter.name.rstrip("_"),
        parameter.name,
        kind,
        by_name=parameter.kind is parameter.KEYWORD_ONLY,
        required=parameter.default is parameter.empty,
        default=None if parameter.default is parameter.empty else parameter.default,
        optional=optional,
    )


def _kind(hint: object) -> Kind[Any]:
    if typing.get_origin(hint) is Annotated:
        return next(extra for extra in typing.get_args(hint) if isinstance(extra, Kind))
    alternatives = [part for part in typing.get_args(hint) if part is not type(None)]
    if alternatives:  # X | None
        return _kind(alternatives[0])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return OneOf(hint)
    return KINDS[hint]
