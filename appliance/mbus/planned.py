"""A telegram read by a plan: its values are there, everything around them comes when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from appliance.mbus.fixed import read_fixed
from appliance.mbus.header import LONG_HEADER, SHORT_HEADER, Header, ShortHeader
from appliance.mbus.plan import Values
from appliance.mbus.records import Record, Walk
from appliance.mbus.security import is_known
from appliance.mbus.structures import CI_POSITION, FIXED, USER_DATA, VARIABLE, Structure
from appliance.mbus.telegram import Telegram, decode

FIELDS: Final = frozenset(field.name for field in fields(Telegram))


class PlannedTelegram(Telegram):
    """Equal in everything to what the slow path makes of the same octets.

    Its fields but for the octets are empty slots at first; Python asks `__getattr__` for an empty slot, and the
    first question fills them all.
    """

    __slots__ = ("_found", "values")

    values: Values
    _found: Walk

    @classmethod
    def of(cls, octets: bytes, found: Walk, values: Values) -> PlannedTelegram:
        """From the octets, where their records stand, and the raw values of those."""
        telegram = object.__new__(cls)
        _put(telegram, "octets", octets)
        _put(telegram, "_found", found)
        _put(telegram, "values", values)
        return telegram

    def __getattr__(self, name: str) -> object:
        if name not in FIELDS:
            raise AttributeError(name)
        whole = _view(self.octets, self._found, self.values)
        for field in FIELDS:
            _put(self, field, getattr(whole, field))
        return getattr(self, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Telegram):
            return NotImplemented
        return all(getattr(self, field) == getattr(other, field) for field in FIELDS)

    __hash__ = Telegram.__hash__


_put: Final = object.__setattr__  # the class is frozen for everybody else


def _view(octets: bytes, found: Walk, values: Values) -> Telegram:
    """The whole telegram, its values taken over."""
    ci = octets[CI_POSITION]
    structure = VARIABLE.get(ci)
    header: Header | None = None
    short_header: ShortHeader | None = None
    if structure is None:
        header = read_fixed(octets, USER_DATA, FIXED[ci].order)[0]
    elif structure.header:
        header, short_header = _headers(octets, structure)
        if not is_known((header or short_header).configuration):  # type: ignore[union-attr]  # there is one
            return decode(octets)  # which has a word to say about that
    return Telegram(
        octets=octets, link="long", control=octets[4], address=octets[5], ci=ci, header=header,
        short_header=short_header, records=tuple(_records(octets, found, values)), more=found.more,
    )  # fmt: skip


def _headers(octets: bytes, structure: Structure) -> tuple[Header | None, ShortHeader | None]:
    given = octets[USER_DATA : structure.data_start]
    if structure.header == LONG_HEADER:
        return Header.from_bytes(given, structure.byte_order), None
    assert structure.header == SHORT_HEADER
    return None, ShortHeader.from_bytes(given, structure.byte_order)


def _records(octets: bytes, found: Walk, values: Values) -> Iterator[Record]:
    for index, (span, raw) in enumerate(zip(found.spans, values, strict=True)):
        meaning = span.meaning
        notes = meaning.notes + meaning.coding.remarks(octets[span.data : span.end])
        yield Record(index, meaning, raw, octets[span.start : span.end], notes)
