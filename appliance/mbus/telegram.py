"""From the octets of a frame to what it says: `decode` is the slow path, complete and explaining.

The CI field chooses who reads the octets behind it. Unknown ones are sound telegrams with one record of raw octets:
a meter may say what we do not understand, but never make us fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from appliance.errors import TelegramError
from appliance.mbus import orders, security
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.authentication import AUTHENTICATION, Authentication, read_authentication
from appliance.mbus.codings import Coding, Kind, Order
from appliance.mbus.fixed import FIXED_LENGTH, read_fixed
from appliance.mbus.frames import Ack, LongFrame, ShortFrame, parse_frame
from appliance.mbus.header import LONG_HEADER, SHORT_HEADER, Header, ShortHeader
from appliance.mbus.meaning import Meaning
from appliance.mbus.records import Record, Walk, read_records, walk
from appliance.mbus.sealing import Sealed, data_start, sealed
from appliance.mbus.status import ApplicationErrorCode
from appliance.mbus.structures import (
    ALARM,
    APPLICATION_ERROR,
    CI_POSITION,
    COMPACT,
    FIXED,
    FORMAT,
    TRAILER,
    USER_DATA,
    VARIABLE,
    Structure,
)

MASTER: Final = 0x40  # direction bit of the control field

Link = Literal["ack", "short", "control", "long"]
Decrypt = Callable[[Sealed], bytes]
"""From encrypted octets to plain ones; raises `TelegramError` when the key does not fit."""


@dataclass(frozen=True, slots=True)
class CompactData:
    """What compact and format frames carry instead of records: the reference, and where the octets stand."""

    signature: int
    crc: int | None  # of the whole telegram it stands for; format frames have none
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """One frame and what it says."""

    octets: bytes
    link: Link
    control: int | None = None
    address: int | None = None
    ci: int | None = None
    header: Header | None = None
    short_header: ShortHeader | None = None
    records: tuple[Record, ...] | None = ()  # None: encrypted, or to be filled in from a format
    more: bool = False  # a further telegram follows
    application_error: ApplicationErrorCode | None = None
    alarm: int | None = None
    security: str = "none"
    order: str | None = None
    compact: CompactData | None = None
    sound: bool = True  # False: a record could not be read, those before it are good
    notes: tuple[str, ...] = ()

    @property
    def secondary_address(self) -> SecondaryAddress | None:
        """By what the sender is selected, where it tells."""
        return self.header.secondary_address if self.header else None

    @property
    def access_number(self) -> int | None:
        sender = self.header or self.short_header
        return sender.access_number if sender else None

    @property
    def status(self) -> int | None:
        sender = self.header or self.short_header
        return sender.status if sender else None


def decode(octets: bytes, decrypt: Decrypt | None = None) -> Telegram:
    """Read one whole frame; raises `TelegramError` naming the octet where it is none."""
    octets = bytes(octets)
    frame = parse_frame(octets)
    if isinstance(frame, Ack):
        return Telegram(octets=octets, link="ack")
    if isinstance(frame, ShortFrame):
        words = orders.short_frame_order(frame.control)
        return Telegram(octets=octets, link="short", control=frame.control, address=frame.address, order=words)
    link: Link = "long" if frame.user_data else "control"
    telegram = Telegram(octets=octets, link=link, control=frame.control, address=frame.address, ci=frame.ci)
    return _long(telegram, frame, decrypt)


def _long(telegram: Telegram, frame: LongFrame, decrypt: Decrypt | None) -> Telegram:
    ci, length = frame.ci, len(frame.user_data)
    if ci in VARIABLE:
        return _variable(telegram, VARIABLE[ci], decrypt)
    if ci == AUTHENTICATION and not frame.control & MASTER:
        return _authenticated(telegram, decrypt)
    if ci in FIXED and (length <= FIXED_LENGTH or ci not in COMPACT):
        return _fixed(telegram, FIXED[ci])
    if ci in COMPACT:
        return _compact(telegram, COMPACT[ci])
    if ci in FORMAT:
        return _format(telegram, FORMAT[ci])
    if ci in APPLICATION_ERROR:
        return _application_error(telegram, APPLICATION_ERROR[ci])
    if ci in ALARM:
        return _alarm(telegram, ALARM[ci])
    return _order(telegram, frame) if frame.control & MASTER else _unknown(telegram)


def _end(telegram: Telegram) -> int:
    return len(telegram.octets) - TRAILER


def _with_header(telegram: Telegram, structure: Structure) -> Telegram:
    octets, end = telegram.octets, _end(telegram)
    if structure.data_start > end:
        there = end - structure.start
        raise TelegramError(f"The header has {structure.header} octets, the frame ends after {there}.", octets, end)
    header = octets[structure.start : structure.data_start]
    if structure.header == LONG_HEADER:
        return replace(telegram, header=Header.from_bytes(header, structure.byte_order))
    if structure.header == SHORT_HEADER:
        return replace(telegram, short_header=ShortHeader.from_bytes(header, structure.byte_order))
    return telegram


def _variable(
    telegram: Telegram, structure: Structure, decrypt: Decrypt | None, layer: Authentication | None = None
) -> Telegram:
    telegram = _with_header(telegram, structure)
    octets, start, end = telegram.octets, structure.data_start, _end(telegram)
    sender = telegram.header or telegram.short_header
    if sender is None:
        return _with_records(telegram, octets, start, end, structure.order)
    closed = sealed(octets, end, structure, sender, layer)
    if closed is None:
        start = data_start(structure, sender, layer)
        if start > end:
            raise TelegramError("The frame ends before the extension of its configuration word.", octets, end)
        return _noted_signature(_with_records(telegram, octets, start, end, structure.order))
    telegram = replace(telegram, security=closed.name)
    if closed.obstacle:
        notes = (*telegram.notes, f"no key alone opens {closed.name}: {closed.obstacle}")
        return replace(telegram, records=None, notes=notes)
    return _opened(telegram, closed, decrypt(closed), structure) if decrypt else replace(telegram, records=None)


def _opened(telegram: Telegram, closed: Sealed, plain: bytes, structure: Structure) -> Telegram:
    """The telegram with its records, which may go on in plain behind the encrypted octets, but not into the tag."""
    end = closed.end if closed.mode == security.AES_CCM else _end(telegram)
    octets = telegram.octets[: closed.start] + plain + telegram.octets[closed.end :]
    return _with_records(telegram, octets, closed.start, end, structure.order)


def _authenticated(telegram: Telegram, decrypt: Decrypt | None) -> Telegram:
    """An authentication layer, behind which a telegram begins with a CI field of its own."""
    octets, end = telegram.octets, _end(telegram)
    layer = read_authentication(octets, USER_DATA, end)
    structure = VARIABLE.get(octets[layer.end])
    if not layer.is_whole or structure is None:
        what = "one fragment of a longer message" if not layer.is_whole else f"unknown CI field {octets[layer.end]:02X}"
        return replace(telegram, records=_raw_record(telegram, "authenticated"), notes=(f"{what}: kept as it came",))
    return _variable(telegram, replace(structure, start=layer.end + 1), decrypt, layer)


def _noted_signature(telegram: Telegram) -> Telegram:
    """Say it where the configuration word names no security mode: meters before OMS sent a signature there."""
    sender = telegram.header or telegram.short_header
    if sender is None or sender.configuration == 0 or security.is_known(sender.configuration):
        return telegram
    note = f"configuration word {sender.configuration:04X} names no security mode: read as plain"
    return replace(telegram, notes=(*telegram.notes, note))


def _with_records(
    telegram: Telegram, octets: bytes, start: int, end: int, order: Order, *, master: bool = False
) -> Telegram:
    return _from_walk(telegram, octets, end, walk(octets, start, end, order, from_master=master))


def _from_walk(telegram: Telegram, octets: bytes, end: int, found: Walk) -> Telegram:
    records = read_records(octets, found, end)
    return replace(telegram, records=records, more=found.more, sound=found.fault is None)


def _fixed(telegram: Telegram, structure: Structure) -> Telegram:
    octets, end = telegram.octets, _end(telegram)
    if end - USER_DATA != FIXED_LENGTH:
        there = end - USER_DATA
        octet = min(end, USER_DATA + FIXED_LENGTH)
        raise TelegramError(f"The fixed structure has {FIXED_LENGTH} octets, not {there}.", octets, octet)
    header, found = read_fixed(octets, USER_DATA, structure.order)
    return _from_walk(replace(telegram, header=header), octets, end, found)


def _compact(telegram: Telegram, structure: Structure) -> Telegram:
    """Signature, CRC of the whole telegram, data: records only for who knows the format."""
    telegram = _with_header(telegram, structure)
    start, end, octets = structure.data_start, _end(telegram), telegram.octets
    if end - start < 4:
        raise TelegramError(f"A compact frame has signature and CRC, 4 octets, not {end - start}.", octets, end)
    signature = int.from_bytes(octets[start : start + 2], "little")
    crc = int.from_bytes(octets[start + 2 : start + 4], "little")
    notes = (f"compact frame of format {signature:04X}, which has not been heard",)
    return replace(telegram, records=None, compact=CompactData(signature, crc, start + 4, end), notes=notes)


def _format(telegram: Telegram, structure: Structure) -> Telegram:
    """Length, signature, DIFs and VIFs of a compact frame to come."""
    telegram = _with_header(telegram, structure)
    start, end, octets = structure.data_start, _end(telegram), telegram.octets
    if end - start < 3 or octets[start] != end - start - 1:
        raise TelegramError(f"The length of the format does not fit the {end - start} octets there.", octets, start)
    signature = int.from_bytes(octets[start + 1 : start + 3], "little")
    notes = (f"format {signature:04X} of compact frames",)
    return replace(telegram, compact=CompactData(signature, None, start + 3, end), notes=notes)


def _application_error(telegram: Telegram, structure: Structure) -> Telegram:
    telegram = _with_header(telegram, structure)
    start = structure.data_start
    code = telegram.octets[start] if start < _end(telegram) else 0
    return replace(telegram, application_error=ApplicationErrorCode(code))


def _alarm(telegram: Telegram, structure: Structure) -> Telegram:
    telegram = _with_header(telegram, structure)
    start = structure.data_start
    alarm = telegram.octets[start] if start < _end(telegram) else 0
    return replace(telegram, alarm=alarm, notes=(f"alarm {alarm:02X}",))


def _order(telegram: Telegram, frame: LongFrame) -> Telegram:
    telegram = replace(telegram, order=orders.order_words(frame.ci, frame.user_data))
    if frame.ci in orders.RECORDS:
        order = orders.RECORDS[frame.ci]
        return _with_records(telegram, telegram.octets, USER_DATA, _end(telegram), order, master=True)
    return replace(telegram, records=_raw_record(telegram, "order data"))


def _unknown(telegram: Telegram) -> Telegram:
    note = f"CI field {telegram.octets[CI_POSITION]:02X} is unknown: the octets behind it are kept as they came"
    return replace(telegram, records=_raw_record(telegram, "unknown"), notes=(note,))


def _raw_record(telegram: Telegram, quantity: str) -> tuple[Record, ...]:
    octets = telegram.octets[USER_DATA : _end(telegram)]
    if not octets:
        return ()
    return (Record(0, Meaning(b"", b"", Coding(Kind.RAW, len(octets)), quantity), octets, octets),)
