"""The JSON line of one layout, without octets and notes: what never changes is rendered once, the rest filled in.

A template is a function made once per layout. Its source consists of names, whole numbers and the expressions below;
the texts of a meter are values it is handed, never part of it. It always says what `json_line` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, zip_longest
from typing import Any, Final, NamedTuple

from appliance.mbus.codings import Kind, Raw
from appliance.mbus.json_line import around, moment_text, sender_kind, status_text, truth, value_text
from appliance.mbus.meaning import Meaning
from appliance.mbus.security import security_name

Line = Callable[[int, str, int, str, str, Sequence[Raw]], str]

MOMENTS: Final = frozenset({Kind.DATE, Kind.DATE_TIME, Kind.LONG_DATE_TIME, Kind.TIME})
NUMBERS: Final = frozenset({Kind.INTEGER, Kind.UNSIGNED, Kind.BCD, Kind.NEGATIVE_BCD})
CAN_BE_MISSING: Final = frozenset({Kind.BCD, Kind.NEGATIVE_BCD})
HEAD: Final = ("address", "identification", "access_number", "status", "security")
# What stands behind the digits before the point, by decimal places: ".000" to ".999".
DECIMALS: Final = {places: tuple(f".{part:0{places}d}" for part in range(10**places)) for places in (1, 2, 3)}


class Fields(NamedTuple):
    """Source for one record: a statement that goes before, and what fills in value and raw value."""

    before: str
    value: str
    raw: str


class JsonTemplate:
    """Writes the telegrams of one layout."""

    def __init__(
        self, meanings: Sequence[Meaning], *, ci: int, manufacturer: int, version: int, medium: int, more: bool
    ) -> None:
        self._meanings = tuple(meanings)
        kind = ",".join(sender_kind(manufacturer, version, medium))
        before = (
            '{"ok":true,"link":"long","address":',
            f',"ci":"{ci:02X}","id":"',
            f'",{kind},"access_number":',
            ",",
            ',"security":"',
        )
        self._head = [part for pair in zip(before, map(_field, HEAD), strict=True) for part in pair]
        self._head.append(f'","more":{truth(more)},"records":[')
        self._write = self._compiled()

    def line(
        self,
        address: int,
        identification: str,
        access_number: int,
        status: int,
        configuration: int,
        raws: Sequence[Raw],
    ) -> str:
        """The telegram with these raw values."""
        status_words, security = status_text(status), security_name(configuration)
        return self._write(address, identification, access_number, status_words, security, raws)

    def _compiled(self) -> Line:
        """The function that writes a line."""
        names = [f"v{index}" for index in range(len(self._meanings))]
        parts: list[str | _Field] = list(self._head)
        statements = [f"[{', '.join(names)}] = raws"]
        for index, (name, meaning) in enumerate(zip(names, self._meanings, strict=True)):
            before, after = around(index, meaning)
            fields = _fields(name, meaning)
            statements += [fields.before] * bool(fields.before)
            parts += ["," * bool(index) + before + '"value":', _Field(fields.value)]
            parts += [',"raw":', _Field(fields.raw), after + "}"]
        return _function(statements, [*parts, "]}"], self._meanings)


class _Field(str):
    """Source of what is filled in, as against text that stands as it is."""

    __slots__ = ()


def _field(name: str) -> _Field:
    return _Field(f"{{{name}}}")


def _function(statements: Sequence[str], parts: Sequence[str], meanings: Sequence[Meaning]) -> Line:
    """The statements, then one formatted string of constants, by name, and fields."""
    joined = ["".join(group) for _, group in groupby(parts, lambda part: isinstance(part, _Field))]
    constants = {f"c{index}": text for index, text in enumerate(joined[::2])}  # constants and fields take turns
    body = "".join(f"{{{name}}}{field}" for name, field in zip_longest(constants, joined[1::2], fillvalue=""))
    arguments = ", ".join((*HEAD, "raws", *(f"{name}={name}" for name in constants)))
    lines = [f"def line({arguments}):", *(f"    {statement}" for statement in statements), f"    return f'{body}'"]
    scope: dict[str, Any] = dict(constants)
    scope |= {f"decimals{places}": texts for places, texts in DECIMALS.items()}
    scope |= {f"scale{index}": meaning.scale for index, meaning in enumerate(meanings)}
    scope |= {"text": value_text, "moment": moment_text, "decimal": _decimal, "before_point": _before_point}
    exec(compile("\n".join(lines), "<json template>", "exec"), scope)  # no octet and no text of a meter is in it
    made: Line = scope["line"]
    return made


def _fields(name: str, meaning: Meaning) -> Fields:
    """What fills in the record whose raw value is called `name`."""
    kind, text = meaning.coding.kind, f"{name}s"
    if kind in NUMBERS and not meaning.in_error:
        missing = f"{name} is None" if kind in CAN_BE_MISSING else "False"
        return Fields("", _number(name, meaning, missing), f'{{"null" if {missing} else {name}}}')
    if kind in MOMENTS and not meaning.in_error:
        return Fields(f"{text} = moment({name})", f"{{{text}}}", f"{{{text}}}")
    if meaning.exponent == 0 and meaning.factor == 1 and not meaning.in_error:
        return Fields(f"{text} = text({name})", f"{{{text}}}", f"{{{text}}}")
    return Fields("", f"{{text(scale{name[1:]}({name}))}}", f"{{text({name})}}")


def _number(name: str, meaning: Meaning, missing: str) -> str:
    """The value in as few steps as its scale allows."""
    places = -meaning.exponent
    if places <= 0:
        scale = meaning.factor * 10**meaning.exponent
        return (
            f'{{"null" if {missing} else {name} * {scale}}}' if scale != 1 else f'{{"null" if {missing} else {name}}}'
        )
    if meaning.factor != 1 or places not in DECIMALS:
        return f'{{"null" if {missing} else decimal({name}, {meaning.factor}, {places})}}'
    power = 10**places
    before = f"{name} // {power} if {name} >= 0 else before_point({name}, {power})"
    behind = f"decimals{places}[{name} % {power} if {name} >= 0 else -{name} % {power}]"
    return f'{{"null" if {missing} else {before}}}{{"" if {missing} else {behind}}}'


def _before_point(number: int, power: int) -> str:
    """Sign and digits before the point of a negative number."""
    return f"-{-number // power}"


def _decimal(raw: int, factor: int, places: int) -> str:
    """The value in JSON of a number with decimals, be it negative or not."""
    digits = f"{abs(raw * factor):0{places + 1}d}"
    return f"{'-' * (raw < 0)}{digits[:-places]}.{digits[-places:]}"
