"""What went over the wire, as rows: words for what a frame is, the time an answer took, the meter it came from."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appliance.events import BusTraffic, Direction
from appliance.mbus.address import ANY_MANUFACTURER, SecondaryAddress
from appliance.mbus.frames import ACKNOWLEDGE, FCB, REQ_UD1, REQ_UD2, SND_NKE, START_LONG, START_SHORT
from appliance.mbus.header import LONG_HEADER, Header
from appliance.mbus.manufacturers import manufacturer_letters
from appliance.mbus.orders import SELECTION, is_order, order_words
from appliance.mbus.structures import CI_POSITION, TRAILER, USER_DATA, VARIABLE
from tui.draw import EMPTY, Line, Piece, cut, cut_name, fit, line
from tui.text import _
from tui.widgets.table import Column, Row
from tui.words import FLAG, OK

KEPT: Final = 2000
LONG_HEADERS: Final = (0x72, 0x76)
WARNING: Final = 0x1F  # of the status octet
ARROWS: Final = {
    Direction.SENT: ("→", "accent"),
    Direction.RECEIVED: ("←", "ok"),
    Direction.SILENCE: ("·", "silent"),
    Direction.NOISE: ("▲", "flag"),
}
COLUMNS: Final = (
    Column("time", 12, gap=1),
    Column("direction", 1, gap=1),
    Column("segment", 5, gap=1),
    Column("what", 20, gap=1),
    Column("address", 3, right=True, gap=1),
    Column("octets", 4, right=True, gap=3),
    Column("note", 36, gap=0),
    Column("first", 20, most=100),
)
COMPACT: Final = (
    Column("time", 9, gap=1),
    *COLUMNS[1:3],
    Column("what", 16, gap=1),
    COLUMNS[4],
    Column("octets", 4, right=True),
    Column("note", 33),
)
TOOK, NAME = 6, 20  # cells of what an answer took, and of who gave it
SHOWN_OCTETS: Final = 14
Names = Mapping[str, str]  # identification: what people call the meter


@dataclass(frozen=True, slots=True)
class Passing:
    """Something that went over the wire, in words."""

    number: int
    traffic: BusTraffic
    what: str
    address: str
    note: Line
    meter: str = ""  # identification of who sent it, or was selected before

    @property
    def failed(self) -> bool:
        """Silence or noise."""
        return self.traffic.direction in (Direction.SILENCE, Direction.NOISE)


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the traffic is shown; empty words let everything through."""

    failures: bool = False
    segment: str = ""
    meter: str = ""  # identification
    direction: Direction | None = None

    def lets(self, one: Passing) -> bool:
        """Whether a row is shown."""
        return (
            (one.failed or not self.failures)
            and self.segment in ("", one.traffic.segment)
            and self.meter in ("", one.meter)
            and self.direction in (None, one.traffic.direction)
        )

    @property
    def words(self) -> str:
        """`main · only failures`."""
        failures = _("only failures") if self.failures else ""
        return " · ".join(filter(None, (self.segment, self.meter, failures, str(self.direction or ""))))


class Ring:
    """The newest traffic."""

    def __init__(self) -> None:
        self.rows: deque[Passing] = deque(maxlen=KEPT)
        self.seen = 0
        self._sent: dict[str, bytes] = {}  # segment: the last frame, while it has no answer
        self._tries: dict[str, int] = {}
        self._selected: dict[str, str] = {}  # segment: whom the last selection was for

    def add(self, traffic: BusTraffic, names: Names) -> Passing:
        """Take one in."""
        self.seen += 1
        octets = traffic.octets
        row = Passing(
            self.seen, traffic, what_is(traffic), _address(octets), self._note(traffic, names), self._meter(traffic)
        )
        self.rows.append(row)
        return row

    def _meter(self, traffic: BusTraffic) -> str:
        selected = _selected(traffic.octets)
        if selected is not None:
            self._selected[traffic.segment] = selected.identification
        header = header_of(traffic.octets)
        return header.identification if header else self._selected.get(traffic.segment, "")

    def _note(self, traffic: BusTraffic, names: Names) -> Line:
        segment, octets = traffic.segment, traffic.octets
        match traffic.direction:
            case Direction.SENT if not octets:
                return line((traffic.note, "grey"))
            case Direction.SENT:
                again = self._sent.get(segment) == octets
                self._tries[segment] = self._tries.get(segment, 0) + 1 if again else 0
                self._sent[segment] = octets
                tries = self._tries[segment]
                return line((_("retry {}").format(tries), "flag")) if tries else _asked(octets)
            case Direction.RECEIVED:
                self._sent.pop(segment, None)
                return _answered(traffic, names)
            case Direction.SILENCE:
                return line((traffic.note, "silent"))
            case _:
                return line((traffic.note, "flag"))


def what_is(traffic: BusTraffic) -> str:
    """`REQ_UD2 fcb 1`, `select 71204518`, `RSP_UD`, `E5`, `silence`."""
    octets = traffic.octets
    if traffic.direction is Direction.SILENCE:
        return _("silence")
    if traffic.direction is Direction.SENT and not octets:
        return _("wake-up")
    if traffic.direction is Direction.NOISE or not octets:
        return _("noise")
    if octets[0] == ACKNOWLEDGE:
        return "E5"
    if octets[0] == START_SHORT and len(octets) > 1:
        return _short(octets[1])
    if octets[0] == START_LONG and len(octets) > USER_DATA:
        return _long(octets)
    return _("octets")


def _short(control: int) -> str:
    if control & ~FCB == REQ_UD2 & ~FCB:
        return f"REQ_UD2 fcb {control & FCB and 1}"
    if control & ~FCB == REQ_UD1 & ~FCB:
        return f"REQ_UD1 fcb {control & FCB and 1}"
    return "SND_NKE" if control == SND_NKE else f"C {control:02X}"


def _long(octets: bytes) -> str:
    if not is_order(octets[4]):
        return "RSP_UD" if octets[4] & 0x4F == 0x08 else f"C {octets[4]:02X}"
    selected = _selected(octets)
    if selected is not None:
        return f"select {selected.identification}"
    return order_words(octets[CI_POSITION], octets[USER_DATA:-TRAILER])


def _selected(octets: bytes) -> SecondaryAddress | None:
    if len(octets) < USER_DATA + 8 + TRAILER or octets[0] != START_LONG or octets[CI_POSITION] != SELECTION:
        return None
    return SecondaryAddress.from_bytes(octets[USER_DATA : USER_DATA + 8])


def _address(octets: bytes) -> str:
    if octets[:1] == bytes((START_SHORT,)) and len(octets) > 2:
        return str(octets[2])
    return str(octets[5]) if octets[:1] == bytes((START_LONG,)) and len(octets) > 5 else ""


def _asked(octets: bytes) -> Line:
    """Whom a selection means beyond its digits."""
    selected = _selected(octets) if octets else None
    if selected is None or not is_order(octets[4]):
        return EMPTY
    maker = _("any") if selected.manufacturer == ANY_MANUFACTURER else manufacturer_letters(selected.manufacturer)
    rest = [_("any") if octet == 0xFF else str(octet) for octet in (selected.version, selected.medium)]
    return line((" ".join((maker, *rest)), "grey"))


def _answered(traffic: BusTraffic, names: Names) -> Line:
    """How long it took, and who answered in which state."""
    took = line((f"{traffic.note.removeprefix('after '):>{TOOK}}", "grey"))
    header = header_of(traffic.octets)
    if header is None:
        return took
    name = fit(cut_name(line(names.get(header.identification, header.identification)), NAME), NAME)
    warns = bool(header.status & WARNING)
    mark, style = (FLAG, "flag") if warns else (OK, "grey")
    status = Piece(f" {header.status:02X}", style)
    who = (piece._replace(style=style, to=f"meters/{header.identification}") for piece in name)
    return (*took, Piece("  "), *who, Piece(" "), Piece(mark.symbol, mark.word), status)


def header_of(octets: bytes) -> Header | None:
    """Who sent an answer, where it tells."""
    if len(octets) < USER_DATA + LONG_HEADER + TRAILER or octets[0] != START_LONG or is_order(octets[4]):
        return None
    if octets[CI_POSITION] not in LONG_HEADERS:
        return None
    order = VARIABLE[octets[CI_POSITION]].byte_order
    return Header.from_bytes(octets[USER_DATA : USER_DATA + LONG_HEADER], order)


def row_of(passing: Passing, when: datetime, *, compact: bool) -> Row:
    """As it stands in the table; `when` in the zone of the appliance."""
    traffic = passing.traffic
    arrow, colour = ARROWS[traffic.direction]
    style = {Direction.SILENCE: "silent", Direction.NOISE: "flag"}.get(traffic.direction, "")
    moment = f"{when:%M:%S}" if compact else f"{when:%H:%M:%S}"
    octets = traffic.octets
    cells = (
        line((f"{moment}.{when.microsecond // 1000:03}", "grey")),
        line((arrow, colour)),
        line((cut(traffic.segment, 5), "grey")),
        line((passing.what, style)),
        line((passing.address, "grey")),
        line(str(len(octets)) if octets else ""),
        passing.note,
    )
    return Row(str(passing.number), cells if compact else (*cells, _first(octets)))


def _first(octets: bytes) -> Line:
    shown = octets[:SHOWN_OCTETS].hex(" ").upper() + " …" * (len(octets) > SHOWN_OCTETS)
    return line(("│ ", "rule"), (shown, "grey")) if octets else EMPTY
