"""A setting is a row, and the row is an attribute: what is written once in a `Subject` is read, typed, by the code.

```python
class Readout(Subject):
    schedule = Setting(Schedule(), "15min", level=2, help="When meters without their own schedule are read.")

settings.readout.schedule       # str, checked by mypy; "15min" until somebody sets it
```

`table.Table` walks the same classes for `show`, `set`, help, forms and the manual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, overload

from appliance.errors import SettingError
from appliance.settings.kinds import Kind, NotTaken

Value = TypeVar("Value")
Group = TypeVar("Group", bound="Subject")


class Restarts(StrEnum):
    """What has to begin anew before a change is obeyed."""

    NOTHING = "-"
    PLAN = "plan"
    SEGMENT = "segment"
    SESSION = "session"
    SERVICE = "service"
    NETWORK = "network"
    APPLIANCE = "appliance"


class Source(Protocol):
    """Where the values of the rows come from."""

    def value(self, name: str, row: Setting[Value]) -> Value:
        """The value in force of the row `row` under its full name."""

    def members(self, prefix: str) -> tuple[str, ...]:
        """Names of a family, such as the segments there are."""


class Setting(Generic[Value]):
    """One row of settings.md."""

    def __init__(
        self,
        kind: Kind[Value],
        default: str,
        *,
        level: int,
        help: str,  # noqa: A002  # the word of the table
        restarts: Restarts = Restarts.NOTHING,
        device: bool = False,
        note: str = "",
        base: str = "",
        given_by: str = "",
    ) -> None:
        self.kind = kind
        self.default = default  # as typed; `<serial>` stands for the appliance's own
        self.level = level
        self.help = help
        self.restarts = restarts
        self.device = device  # names a thing of this building: left out of the configuration file
        self.note = note  # what a special value means
        self.base = base  # full name of the row whose value holds while this one is empty
        self.given_by = given_by  # how the program is started with another value: nobody sets it here

    @overload
    def __get__(self, subject: None, owner: type[Subject]) -> Setting[Value]: ...

    @overload
    def __get__(self, subject: Subject, owner: type[Subject]) -> Value: ...

    def __get__(self, subject: Subject | None, owner: type[Subject]) -> Setting[Value] | Value:
        return self if subject is None else subject.source.value(subject.prefix + self.word, self)

    def __set_name__(self, owner: type[Subject], word: str) -> None:
        self.word = word

    def parse(self, name: str, text: str) -> Value:
        """The value of `text`; raises a `SettingError` that says the name, what is allowed and what was given."""
        try:
            return self.kind.parse(text)
        except NotTaken as reason:
            given = "something else" if self.kind.is_secret else text or "nothing"
            more = f": {reason}" if str(reason) else ""
            raise SettingError(f"{name} takes {self.allowed()}, not {given}{more}") from None

    def allowed(self) -> str:
        """What it takes, in its unit."""
        return self.kind.allowed() + (f" ({self.note})" if self.note else "")


def inherited(setting: Setting[Value], base: str, *, device: bool = True) -> Setting[Value]:
    """The same row on one segment: while it is empty, the one named `base` holds."""
    return Setting(
        setting.kind,
        "",
        level=setting.level,
        help=setting.help,
        restarts=setting.restarts,
        device=device,
        note=f"empty = {base}",
        base=base,
    )


class Subject:
    """Rows that belong together; subjects may hold subjects."""

    def __init__(self, source: Source, prefix: str = "") -> None:
        self.source = source
        self.prefix = prefix  # "bus.readout."


class Part(Generic[Group]):
    """A subject inside a subject: `bus.readout`."""

    def __init__(self, subject: type[Group]) -> None:
        self.subject = subject

    def __set_name__(self, owner: type[Subject], word: str) -> None:
        self.word = word

    @overload
    def __get__(self, subject: None, owner: type[Subject]) -> Part[Group]: ...

    @overload
    def __get__(self, subject: Subject, owner: type[Subject]) -> Group: ...

    def __get__(self, subject: Subject | None, owner: type[Subject]) -> Part[Group] | Group:
        return self if subject is None else self.subject(subject.source, f"{subject.prefix}{self.word}.")


class Family(Generic[Group]):
    """A subject that comes in numbers, each with a name: `segment.NAME`."""

    def __init__(self, subject: type[Group], placeholder: str) -> None:
        self.subject = subject
        self.placeholder = placeholder

    def __set_name__(self, owner: type[Subject], word: str) -> None:
        self.word = word

    @overload
    def __get__(self, subject: None, owner: type[Subject]) -> Family[Group]: ...

    @overload
    def __get__(self, subject: Subject, owner: type[Subject]) -> Mapping[str, Group]: ...

    def __get__(self, subject: Subject | None, owner: type[Subject]) -> Family[Group] | Mapping[str, Group]:
        return self if subject is None else Members(self.subject, subject.source, f"{subject.prefix}{self.word}.")


class Numbers(Generic[Group]):
    """A subject that a board has a fixed number of, counted from 1: `relay.1`, `relay.2`."""

    def __init__(self, subject: type[Group], count: int) -> None:
        self.subject = subject
        self.count = count

    def __set_name__(self, owner: type[Subject], word: str) -> None:
        self.word = word

    @overload
    def __get__(self, subject: None, owner: type[Subject]) -> Numbers[Group]: ...

    @overload
    def __get__(self, subject: Subject, owner: type[Subject]) -> Mapping[int, Group]: ...

    def __get__(self, subject: Subject | None, owner: type[Subject]) -> Numbers[Group] | Mapping[int, Group]:
        if subject is None:
            return self
        prefix = f"{subject.prefix}{self.word}"
        return {number: self.subject(subject.source, f"{prefix}.{number}.") for number in range(1, self.count + 1)}


class Members(Mapping[str, Group]):
    """The members of a family by name."""

    def __init__(self, subject: type[Group], source: Source, prefix: str) -> None:
        self._subject = subject
        self._source = source
        self._prefix = prefix

    def __getitem__(self, name: str) -> Group:
        if name not in self._source.members(self._prefix):
            raise KeyError(name)
        return self._subject(self._source, f"{self._prefix}{name}.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._source.members(self._prefix))

    def __len__(self) -> int:
        return len(self._source.members(self._prefix))


AnySetting = Setting[Any]
