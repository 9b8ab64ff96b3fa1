"""Plans that write: from the octets of a telegram of known layout to its line of JSON, without octets and notes.

What never changes from telegram to telegram is rendered once; one formatted string joins it with what does. As with
the plans that read, the source of the function holds nothing but fixed expressions and whole numbers; the texts of a
meter are put into the tree that it was parsed to, as constants.

Most records are plain whenever they are sent; a few never are (a minus sign before decimals, digits that are none, a
moment that is none). So all count as plain until one is met that is not: from then on that record is looked at each
time. The function is compiled anew for it, a few times at most, whatever a meter sends.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, compress, groupby
from typing import Any, Final

from appliance.mbus.codings import Coding, Kind
from appliance.mbus.json_line import around, sender_kind, status_text, truth
from appliance.mbus.json_pairs import pair
from appliance.mbus.json_pieces import Field, Piece, piece, piece_names
from appliance.mbus.meaning import Meaning
from appliance.mbus.plan import Column, source_parts

# What the head of a line tells of a telegram: address, identification, access number and status.
HEAD: Final = (
    Column(Coding(Kind.UNSIGNED, 1), 5, 6),
    *(Column(Coding(Kind.UNSIGNED, 1), place, place + 1) for place in range(7, 11)),
    Column(Coding(Kind.UNSIGNED, 1), 15, 16),
    Column(Coding(Kind.UNSIGNED, 1), 16, 17),
)
STATUS_TEXTS: Final = tuple(map(status_text, range(256)))
HEXES: Final = tuple(f"{octet:02X}" for octet in range(256))
MOST_COMPILED: Final = 4


class Filled(ast.NodeTransformer):
    """Puts the texts that stand as they are into a formatted string, in place of their names."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        text = self._texts.get(node.value.id) if isinstance(node.value, ast.Name) else None
        return node if text is None else ast.copy_location(ast.Constant(text), node)


class LineWriter:
    """Writes the lines of one layout; `write` is what does it at the moment, and may be replaced by every call."""

    def __init__(
        self, columns: Sequence[Column], meanings: Sequence[Meaning], positions: range, *,
        ci: int, kind: tuple[int, int, int], more: bool,
    ) -> None:  # fmt: skip
        names, sources = source_parts((*HEAD, *columns), positions)
        records = sources[len(HEAD) :]
        self._names = names | piece_names() | {"statuses": STATUS_TEXTS, "hexes": HEXES}
        self._names |= {f"pair{number}": pair(meaning) for number, meaning in enumerate(meanings)}
        self._fields = [field for source in sources for field in source.fields]
        self._head = _head([source.fields[0] for source in sources[: len(HEAD)]], ci, kind, truth(more))
        self._around = [around(number, meaning) for number, meaning in enumerate(meanings)]
        self._pieces = [
            piece(n, meaning, part) for n, (meaning, part) in enumerate(zip(meanings, records, strict=True))
        ]
        self._wary: frozenset[int] = frozenset()
        self._compiled = 0
        self.write = self._function()

    def _function(self) -> Callable[[bytes], str]:
        """Take the fields, see whether all is plain, write."""
        pieces = [_wary(n, given) if n in self._wary else given for n, given in enumerate(self._pieces)]
        body, texts = _body(self._parts(pieces))
        names: dict[str, Any] = dict(self._names)
        odd = {number: given.odd for number, given in enumerate(pieces) if given.odd}
        names["grown"] = partial(self._grown, tuple(odd))
        lines = [
            f"[{', '.join(self._fields)}] = unpack(octets)",
            *(given.statement for given in pieces if given.statement),
            *([f"if {' or '.join(odd.values())}: return grown(octets, [{', '.join(odd.values())}])"] if odd else []),
            *(line for given in pieces for line in given.plain),
            f"return f'{body}'",
        ]
        tree = ast.parse("def line(octets):\n    " + "\n    ".join(lines))
        exec(compile(Filled(texts).visit(tree), "<plan>", "exec"), names)  # see the docstring for what is in it
        self._compiled += 1
        made: Callable[[bytes], str] = names["line"]
        return made

    def _grown(self, numbers: Sequence[int], octets: bytes, odd: Sequence[bool]) -> str:
        """The line of a telegram in which some of the records `numbers` are odd that never were."""
        met = set(compress(numbers, odd))
        if not self._wary.issuperset(met):
            last = self._compiled + 1 >= MOST_COMPILED
            self._wary = self._wary.union(range(len(self._pieces)) if last else met)
            self.write = self._function()
        return self.write(octets)

    def _parts(self, pieces: Sequence[Piece]) -> list[str]:
        """Text and fields of the whole line in their order."""
        records = [
            ("," if number else "", before, '"value":', *given.parts, after, "}")
            for number, (given, (before, after)) in enumerate(zip(pieces, self._around, strict=True))
        ]
        return [*self._head, *chain.from_iterable(records), "]}"]


def _head(fields: Sequence[str], ci: int, kind: tuple[int, int, int], more: str) -> list[str]:
    """The line up to its records."""
    address, *identification, access_number, status = fields
    return [
        '{"ok":true,"link":"long","address":',
        Field(address),
        f',"ci":"{ci:02X}","id":"',
        *(Field(f"hexes[{octet}]") for octet in reversed(identification)),
        f'",{",".join(sender_kind(*kind))},"access_number":',
        Field(access_number),
        ",",
        Field(f"statuses[{status}]"),
        f',"security":"none","more":{more},"records":[',
    ]


def _wary(number: int, given: Piece) -> Piece:
    """The same record, looked at each time."""
    if not given.odd:
        return given
    text = "".join(f"{{{part}}}" if isinstance(part, Field) else part for part in given.parts)
    lines = (
        f"if {given.odd}: p{number} = {given.careful}",
        "else:",
        *(f"    {line}" for line in (*given.plain, f"p{number} = f'{text}'")),
    )
    return Piece(given.statement, "", lines, (Field(f"p{number}"),), "")


def _body(parts: Iterable[str]) -> tuple[str, dict[str, str]]:
    """What the formatted string holds: names of the texts that stand as they are, and fields."""
    body: list[str] = []
    constants: dict[str, str] = {}
    for is_field, run in groupby(parts, lambda part: isinstance(part, Field)):
        if is_field:
            body += [f"{{{field}}}" for field in run]
        else:
            name = f"c{len(constants)}"
            constants[name] = "".join(run)
            body.append(f"{{{name}}}")
    return "".join(body), constants
