"""An operation is one row: words, typed arguments, level, help, and a plain function `(call, arguments) -> Answer`.

```python
@operation("segment add", level=3, audited=True)
def segment_add(call: Call, name: Name, url: str, *, baud_rate: BaudRate = 0) -> Answer:
    \"\"\"Adds a segment and tests it.\"\"\"
```
The arguments are the function's own, the help is its docstring. Console commands, scripts, buttons and JSON-RPC
methods are this row.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from appliance.operations.answer import Answer
from appliance.operations.arguments import Filled, Signature
from appliance.operations.call import Call
from appliance.settings.kinds import Kind

Result = TypeVar("Result")


@dataclass(frozen=True)
class Operation:
    """One row."""

    words: tuple[str, ...]
    function: Callable[..., Answer]
    level: int
    audited: bool = False  # who, from where, arguments and result go to the audit trail
    own_trail: bool = False  # writes its rows of the audit trail itself
    acts: bool = False  # changes something, also where it leaves no row there
    long: bool = False  # runs as a job, can be broken off
    confirms: str = ""  # what is asked before it is done, "For good?"; a script writes confirm=yes
    warns: Callable[..., str] | None = None  # what it leads to, of the same arguments; said before the question
    also: tuple[tuple[str, ...], ...] = ()  # further words for the same: `show meters`
    short: tuple[str, ...] = ()  # beginnings of its words that mean these, whatever else begins so: `m l`
    fields: Mapping[str, Kind[Any]] = field(default_factory=dict)  # those of FIELD=VALUE
    signature: Signature = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signature", Signature.of(self.function))
        assert all(map(str.startswith, self.words, self.short)), f"{self.short} does not begin {self.name}"

    @property
    def name(self) -> str:
        """The words as typed."""
        return " ".join(self.words)

    @property
    def help(self) -> str:
        """One sentence."""
        return " ".join((inspect.getdoc(self.function) or "").split())

    @property
    def usage(self) -> str:
        """Words and arguments, as the help shows them."""
        pieces = [self.name, *(argument.placeholder for argument in self.signature.arguments)]
        pieces += [f"[{self.signature.words.upper()} ...]"] * bool(self.signature.words)
        pieces += ["[FIELD=VALUE ...]"] * self.signature.takes_fields
        return " ".join([*pieces, *["confirm=yes"] * bool(self.confirms)])

    @property
    def shows(self) -> bool:
        """Changes nothing: its answer ends without OK on a terminal."""
        return not (self.audited or self.acts or self.long)

    def run(self, call: Call, filled: Filled) -> Answer:
        """Call the function."""
        return self._with(self.function, call, filled)

    def question(self, call: Call, filled: Filled) -> str:
        """What a person is asked before it is done."""
        return f"{self._with(self.warns, call, filled) if self.warns else self.help} {self.confirms}"

    def _with(self, function: Callable[..., Result], call: Call, filled: Filled) -> Result:
        positional = [filled.values[argument.name] for argument in self.signature.positional]
        named = self.signature.keywords(filled.values)
        return function(call, *positional, *filled.words, **named, **(filled.fields or {}))


def operation(
    words: str,
    *,
    level: int,
    audited: bool = False,
    own_trail: bool = False,
    acts: bool = False,
    long: bool = False,
    confirms: str = "",
    warns: Callable[..., str] | None = None,
    also: str = "",
    short: str = "",
    fields: Mapping[str, Kind[Any]] | None = None,
) -> Callable[[Callable[..., Answer]], Operation]:
    """Make a row of a function."""
    others = tuple(tuple(other.split()) for other in also.split(",") if other.strip())

    def make(function: Callable[..., Answer]) -> Operation:
        return Operation(
            tuple(words.split()),
            function,
            level,
            audited=audited,
            own_trail=own_trail,
            acts=acts,
            long=long,
            confirms=confirms,
            warns=warns,
            also=others,
            short=tuple(short.split()),
            fields=fields or {},
        )

    return make
