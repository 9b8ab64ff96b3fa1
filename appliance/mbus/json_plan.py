"""Plans that write: from the octets of a telegram of known layout to its line of JSON, without octets and notes.

What never changes from telegram to telegram is rendered once. As with the plans that read, the source of the function
holds nothing but the expressions below and whole numbers; the texts of a meter are values it is handed. Values that
are not plain (missing, negative with decimals, of rare codings) are written as the slow path writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Context, Decimal
from typing import Final

from appliance.mbus.codings import Kind, Raw
from appliance.mbus.json_line import around, sender_kind, status_text, truth, value_text
from appliance.mbus.meaning import Meaning
from appliance.mbus.plan import Column, source_parts

Writer = Callable[[bytes], str]

INTEGERS: Final = frozenset({Kind.INTEGER, Kind.UNSIGNED})
MOMENTS: Final = frozenset({Kind.DATE, Kind.DATE_TIME, Kind.LONG_DATE_TIME, Kind.TIME})
RAW: Final = ',"raw":'
DECIMALS: Final = {places: tuple(f"{part:0{places}d}" for part in range(10**places)) for places in (1, 2, 3)}
shifted: Final = Context(prec=40, Emax=999_999, Emin=-999_999).scaleb  # more digits than a real has: never rounds


def writer(
    columns: Sequence[Column], meanings: Sequence[Meaning], positions: Iterable[int], *,
    ci: int, kind: tuple[int, int, int], more: bool,
) -> Writer:  # fmt: skip
    """The function for telegrams with a long header, the least significant octet first."""
    names, parts = source_parts(columns, positions)
    names["status"] = status_text
    names |= {f"decimals{places}": texts for places, texts in DECIMALS.items()}
    statements = [f"[{', '.join(field for given, _ in parts for field in given)}] = unpack(octets)"]
    constants, joint = _head(ci, kind), ""
    for number, (meaning, (_, expression)) in enumerate(zip(meanings, parts, strict=True)):
        names[f"pair{number}"] = _pair(meaning)
        statements += _statements(number, meaning, expression)
        before, after = around(number, meaning)
        constants[-1] += f'{joint}{before}"value":'
        constants.append(after + "}")
        joint = ","
    constants[-1] += "]}"
    constants[HEAD_FIELDS] = f',"security":"none","more":{truth(more)},"records":[' + constants[HEAD_FIELDS]
    names |= {f"c{number}": text for number, text in enumerate(constants)}
    fields = [*HEAD, *(f"p{number}" for number in range(len(meanings)))]
    body = "{c0}" + "".join(f"{{{field}}}{{c{number}}}" for number, field in enumerate(fields, 1))
    lines = ["def line(octets):", *(f"    {statement}" for statement in statements), f"    return f'{body}'"]
    exec("\n".join(lines), names)  # see the module's docstring for what stands in it
    made: Writer = names["line"]
    return made


HEAD: Final = ("octets[5]", "octets[10:6:-1].hex().upper()", "octets[15]", "status(octets[16])")
HEAD_FIELDS: Final = len(HEAD)


def _head(ci: int, kind: tuple[int, int, int]) -> list[str]:
    """The constants around address, identification, access number and status."""
    return [
        '{"ok":true,"link":"long","address":',
        f',"ci":"{ci:02X}","id":"',
        f'",{",".join(sender_kind(*kind))},"access_number":',
        ",",
        "",
    ]


def _statements(number: int, meaning: Meaning, expression: str) -> list[str]:
    """Source that puts value and raw value of a record, as they stand in the line, into `p` and its number."""
    kind = meaning.coding.kind
    careful = f"pair{number}(v)"
    if meaning.in_error or kind not in INTEGERS | MOMENTS | {Kind.BCD}:
        return [f"v = {expression}", f"p{number} = {careful}"]
    if kind in MOMENTS:
        return [f"v = {expression}", "v = f'\"{v.isoformat()}\"' if v else 'null'", f"p{number} = f'{{v}}{RAW}{{v}}'"]
    text = _number_text(meaning)
    if kind is Kind.BCD:
        text = f"{careful} if v is None else {text}"
    return [f"v = {expression}", f"p{number} = {text}"]


def _number_text(meaning: Meaning) -> str:
    """Source of value and raw value of the whole number `v`."""
    places = -meaning.exponent
    if places <= 0:
        scale = meaning.factor * 10**-places
        return f"f'{{v{f' * {scale}' if scale != 1 else ''}}}{RAW}{{v}}'"
    factor = f" * {meaning.factor}" if meaning.factor != 1 else ""
    power = 10**places

    def parts(number: str) -> str:
        rest = f"{number}{factor} % {power}"
        decimals = f"{{decimals{places}[{rest}]}}" if places in DECIMALS else f"{{{rest}:0{places}d}}"
        return f"{{{number}{factor} // {power}}}.{decimals}{RAW}{{v}}"

    return f"f'{parts('v')}' if v >= 0 else f'-{parts('-v')}'"


def _pair(meaning: Meaning) -> Callable[[Raw], str]:
    """Value and raw value of any kind, as they stand in the line."""
    exponent = meaning.exponent

    def pair(raw: Raw) -> str:
        if isinstance(raw, Decimal) and meaning.factor == 1 and not meaning.in_error:
            text = f"{raw:f}"
            return f"{shifted(raw, exponent):f}{RAW}{text}" if exponent else f"{text}{RAW}{text}"
        return f"{value_text(meaning.scale(raw))}{RAW}{value_text(raw)}"

    return pair
