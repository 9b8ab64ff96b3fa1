"""Plans that write: from the octets of a telegram of known layout to its line of JSON, without octets and notes.

What never changes from telegram to telegram is rendered once; one formatted string joins it with what does. As with
the plans that read, the source of the function holds nothing but the expressions below and whole numbers; the texts
of a meter are values it is handed. A telegram with a value that is not plain (a minus sign before decimals, digits
that are none, a moment that is none) is written record by record instead, to the same line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from typing import Any, Final, NamedTuple

from appliance.mbus.codings import Coding, Kind, Raw
from appliance.mbus.json_line import around, sender_kind, status_text, truth, value_text
from appliance.mbus.meaning import Meaning
from appliance.mbus.plan import Column, Part, clocks, days, reader, source_parts

Writer = Callable[[bytes], str]

# What the head of a line tells of a telegram: address, identification, access number and status.
HEAD: Final = tuple(
    Column(Coding(Kind.UNSIGNED, end - start), start, end) for start, end in ((5, 6), (7, 11), (15, 17))
)
WHOLE: Final = frozenset({Kind.INTEGER, Kind.UNSIGNED, Kind.BCD})
DECIMALS: Final = {places: tuple(f"{part:0{places}d}" for part in range(10**places)) for places in (1, 2, 3)}
MOMENTS_REMEMBERED: Final = 4096
shifted: Final = Context(prec=40, Emax=999_999, Emin=-999_999).scaleb  # more digits than a real has: never rounds


class Texts(dict[int, str]):
    """Texts of numbers that were met, as JSON has them; empty where the number stands for nothing plain."""

    def __init__(self, find: Callable[[int], Any], form: str) -> None:
        super().__init__()
        self._find = find
        self._form = form

    def __missing__(self, number: int) -> str:
        if len(self) >= MOMENTS_REMEMBERED:
            self.clear()
        moment = self._find(number)
        self[number] = "" if moment is None else self._form.format(moment.isoformat())
        return self[number]


NAMES: Final = {
    "status": status_text,
    "day_texts": Texts(days.__getitem__, "{}"),
    "clock_texts": Texts(clocks.__getitem__, "T{}"),
    **{f"decimals{places}": texts for places, texts in DECIMALS.items()},
}


class Piece(NamedTuple):
    """One record in the source: a statement that goes before, what makes it not plain, and what fills it in."""

    statement: str
    odd: str
    fields: str


def writer(
    columns: Sequence[Column], meanings: Sequence[Meaning], positions: range, *,
    ci: int, kind: tuple[int, int, int], more: bool,
) -> Writer:  # fmt: skip
    """The function for telegrams with a long header, the least significant octet first."""
    constants = _constants(meanings, ci, kind, truth(more))
    pairs = [_pair(meaning) for meaning in meanings]
    careful = _careful(constants, pairs, reader(columns, positions))
    names, parts = source_parts((*HEAD, *columns), positions)
    pieces = [
        _piece(n, meaning, part) for n, (meaning, part) in enumerate(zip(meanings, parts[len(HEAD) :], strict=True))
    ]
    (address,), (identification,), (state,) = (part.fields for part in parts[: len(HEAD)])
    head = (f"{{{address}}}", f"{{{identification}:08X}}", f"{{{state} & 255}}", f"{{status({state} >> 8)}}")
    body = "{c0}" + "".join(f"{field}{{c{n}}}" for n, field in enumerate((*head, *(p.fields for p in pieces)), 1))
    names |= NAMES | {f"c{n}": text for n, text in enumerate(constants)} | {f"pair{n}": p for n, p in enumerate(pairs)}
    names["careful"] = careful
    return _compiled(names, [field for part in parts for field in part.fields], pieces, body)


def _compiled(names: dict[str, Any], fields: Sequence[str], pieces: Sequence[Piece], body: str) -> Writer:
    """The function: take the fields, see whether all is plain, write."""
    odd = " or ".join(piece.odd for piece in pieces if piece.odd)
    lines = [
        f"def line(octets, {', '.join(f'{name}={name}' for name in names)}):",  # names of its own are found sooner
        f"    [{', '.join(fields)}] = unpack(octets)",
        *(f"    {piece.statement}" for piece in pieces if piece.statement),
        *([f"    if {odd}:", "        return careful(octets)"] if odd else []),
        f"    return f'{body}'",
    ]
    exec("\n".join(lines), names)  # see the module's docstring for what stands in it
    made: Writer = names["line"]
    return made


def _careful(constants: Sequence[str], pairs: Sequence[Callable[[Raw], str]], values: Callable[[bytes], Any]) -> Writer:
    """The function for telegrams with values that are not plain."""

    def line(octets: bytes) -> str:
        texts = [pair(raw) for pair, raw in zip(pairs, values(octets), strict=True)]
        head = (str(octets[5]), octets[10:6:-1].hex().upper(), str(octets[15]), status_text(octets[16]))
        joined = (field + constant for field, constant in zip((*head, *texts), constants[1:], strict=True))
        return constants[0] + "".join(joined)

    return line


def _constants(meanings: Sequence[Meaning], ci: int, kind: tuple[int, int, int], more: str) -> list[str]:
    """What stands around the fields of the head, and around value and raw value of each record."""
    texts = [
        '{"ok":true,"link":"long","address":',
        f',"ci":"{ci:02X}","id":"',
        f'",{",".join(sender_kind(*kind))},"access_number":',
        ",",
        f',"security":"none","more":{more},"records":[',
    ]
    joint = ""
    for number, meaning in enumerate(meanings):
        before, after = around(number, meaning)
        texts[-1] += f'{joint}{before}"value":'
        texts.append(after + "}")
        joint = ","
    texts[-1] += "]}"
    return texts


def _piece(number: int, meaning: Meaning, part: Part) -> Piece:
    """Source for value and raw value of a record."""
    coding = meaning.coding
    if not meaning.in_error:
        if coding.kind in WHOLE:
            return _whole(number, meaning, part)
        if coding.kind is Kind.DATE and len(part.fields) == 1:
            return _moment(number, f"d{number} = day_texts[{part.fields[0]}]", f"d{number}")
        if coding.kind is Kind.DATE_TIME and len(part.fields) == 2:
            low, high = part.fields
            taken = f"d{number} = day_texts[{high} | {low} << 3 & 0x30000]; t{number} = clock_texts[{low}]"
            return _moment(number, taken, f"d{number}", f"t{number}")
    return Piece(f"p{number} = pair{number}({part.value})", "", f"{{p{number}}}")


def _whole(number: int, meaning: Meaning, part: Part) -> Piece:
    """A whole number, scaled."""
    simple = part.expression.isidentifier()
    name = part.expression if simple else f"v{number}"
    statement = "" if simple else f"{name} = {part.expression}"
    places = -meaning.exponent
    scaled = f"{name} * {meaning.factor}" if meaning.factor != 1 else name
    if places <= 0:
        scale = meaning.factor * 10**-places
        value = f"{{{name} * {scale}}}" if scale != 1 else f"{{{name}}}"
    elif places in DECIMALS:
        value = f"{{{scaled} // {10**places}}}.{{decimals{places}[{scaled} % {10**places}]}}"
    else:
        value = f"{{{scaled} // {10**places}}}.{{{scaled} % {10**places}:0{places}d}}"
    may_be_odd = part.odd or (places > 0 and meaning.coding.kind is Kind.INTEGER)
    return Piece(statement, f"{name} < 0" if may_be_odd else "", f'{value},"raw":{{{name}}}')


def _moment(number: int, statement: str, *names: str) -> Piece:
    """A date, or a date and a time; value and raw value are the same."""
    text = "".join(f"{{{name}}}" for name in names)
    return Piece(statement, " or ".join(f"not {name}" for name in names), f'"{text}","raw":"{text}"')


def _pair(meaning: Meaning) -> Callable[[Raw], str]:
    """Value and raw value of any kind, as they stand in the line."""
    exponent = meaning.exponent

    def pair(raw: Raw) -> str:
        if isinstance(raw, Decimal) and meaning.factor == 1 and not meaning.in_error:
            text = f"{raw:f}"
            return f'{shifted(raw, exponent):f},"raw":{text}' if exponent else f'{text},"raw":{text}'
        return f'{value_text(meaning.scale(raw))},"raw":{value_text(raw)}'

    return pair
