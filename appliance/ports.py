"""What the parts of the appliance need from one another, as small protocols. The composition root joins them.

`Line` is what `drivers` give to the bus engine; `MeterBook` and `Intake` are what the store gives to it;
`SettingBook` is what the store gives to the settings; `Pins`, `Display` and `Host` are what `drivers` give to the
front panel, `SerialPorts` and `Reach` to the operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from threading import Event
from typing import Final, Protocol

from appliance.clock import Stamp
from appliance.mbus.framer import Received
from appliance.meters.meter import Meter


class Line(Protocol):
    """A half-duplex M-Bus line, used by one worker thread; only `wake` may be called from others.

    Every method may raise `LineLost`; nothing else leaves a driver once the line is open.
    """

    @property
    def name(self) -> str:
        """The URL it was opened by, for messages; never holds a secret."""

    def open(self, baud_rate: int) -> None:
        """Open it, 8E1. Raises `LineRefused` where a person must act, `LineLost` where waiting may help."""

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        """Change the rate between two telegrams; without parity it is 8N1, which wakes an optical head.

        Lines without a rate of their own ignore it.
        """

    def send(self, octets: bytes) -> None:
        """Put a frame on the wire; may return before its last bit has left."""

    def receive(self, until: float) -> Received:
        """Wait for octets until the monotonic clock shows `until` or `wake` is called; empty where none came."""

    def wake(self) -> None:
        """Let a waiting `receive` return at once, from any thread."""

    def close(self) -> None:
        """Give the line back; closing twice is harmless."""


OpenLine = Callable[[str], Line]
"""From a URL to a line that is not yet open; raises `LineRefused` for a URL that names none."""


class ReadingKind(StrEnum):
    """Why a reading was made; its slot is a grid instant only where the schedule ordered it."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    CONTINUOUS = "continuous"  # newest value in memory, never stored
    RADIO = "radio"


class Reason(StrEnum):
    """Why a due slot has no reading."""

    NO_ANSWER = "no answer"
    COLLISION = "collision"
    WRONG_ANSWER = "wrong answer"
    GARBLED = "garbled"
    APPLICATION_ERROR = "application error"
    OVERLOAD = "overload"
    JAMMED = "jammed"
    LINE_LOST = "line lost"
    LENT = "bus lent"
    PAUSED = "paused"
    LATE = "round before not over"
    STOPPED = "appliance stopped"
    CANCELLED = "cancelled"
    OFF = "appliance was off"
    CLOCK = "clock was set past it"
    NOT_ASKED = "not asked"  # the list does not say how: the sentence says what is missing
    PROGRAM = "program failed"

    @property
    def is_fault(self) -> bool:
        """Whether it speaks against the meter or its line. The others are our own doing: the meter was not asked."""
        return self not in OWN_DOING


OWN_DOING: Final = frozenset(
    {Reason.LENT, Reason.PAUSED, Reason.LATE, Reason.STOPPED, Reason.CANCELLED, Reason.OFF, Reason.CLOCK}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A reading: the telegrams of one meter for one slot, whole, in the order they came."""

    meter: int
    slot: int  # seconds UTC since 1970
    kind: ReadingKind
    telegrams: tuple[bytes, ...]
    at: Stamp  # when the last octet came
    round: int = 0  # 0 outside a round
    urgent: bool = False  # a person waits: written and acknowledged at once
    incomplete: Reason | None = None  # why further telegrams that the last one announces did not come

    @property
    def remark(self) -> str:
        """What a person has to know besides the values; mostly nothing."""
        return f"incomplete: {self.incomplete}" if self.incomplete else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A due slot that ended without a reading, and why."""

    meter: int
    slot: int
    kind: ReadingKind
    reason: Reason
    detail: str  # one sentence for a person
    at: Stamp
    octets: bytes = b""  # what came instead, where anything came
    round: int = 0


class Intake(Protocol):
    """Where each due slot ends, in exactly one of the two. Thread-safe, never blocks on the disk."""

    def accept(self, heard: Heard) -> None:
        """Keep a reading. `ReadingStored` is published when it is safe."""

    def missed(self, missed: Missed) -> None:
        """Keep the reason."""

    def flush(self) -> None:
        """Write what waits, soon: a round is over."""


class MeterBook(Protocol):
    """What the bus engine asks about meters."""

    def meters(self, segment: str) -> Sequence[Meter]:
        """Active meters of a segment, in their order."""

    def answered(self, slot: int, meters: Iterable[int]) -> set[int]:
        """Those of `meters` that have a reading in `slot` already, written or waiting to be."""

    def ended(self, meter: int) -> int | None:
        """The newest scheduled slot of a meter that ended, in a reading or a reason; None where none did."""

    def newest(self, meter: int) -> bytes | None:
        """The newest telegram kept of a meter, to tell a repeated answer after a restart."""


class SettingBook(Protocol):
    """Where settings that are not at their default are kept."""

    def load(self) -> Mapping[str, str]:
        """All of them, as text."""

    def save(self, changes: Mapping[str, str | None], who: str) -> None:
        """Write changes in one transaction, durable when this returns; None restores the default."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A button went down or up."""

    button: str  # its role on the board: red, blue, push
    pressed: bool
    at: float  # monotonic


class Pins(Protocol):
    """Buttons, lights and relays of a board, by their roles. Every method may raise `HardwareError`."""

    def open(self, deliver: Callable[[Edge], None]) -> frozenset[str]:
        """Take the pins; edges are delivered from a thread of the driver. Returns the buttons that are down already."""

    def set(self, role: str, on: bool) -> None:
        """Switch a light or a relay; roles that the board has not are ignored."""

    def close(self) -> None:
        """Let the pins go, lights and relays off; closing twice is harmless."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a display shows: three octets (red, green, blue) a pixel, line by line."""

    width: int
    height: int
    pixels: bytes


class Display(Protocol):
    """A display. Neither method waits for the wire to it."""

    def show(self, picture: Picture) -> None:
        """Show a picture soon; one that comes before the last is drawn replaces it."""

    def set_brightness(self, percent: int) -> None:
        """0 is dark."""

    def close(self) -> None:
        """Leave it dark."""


@dataclass(frozen=True, slots=True)
class Link:
    """The machine's connection to the local network."""

    connected: bool
    octets: int  # both ways since the machine started
    address: str  # empty where it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedAddress:
    """What a network interface is to be set to."""

    device: str = ""  # empty: the first one with a cable
    address: IPv4Address
    netmask: IPv4Address
    gateway: IPv4Address | None = None


class Host(Protocol):
    """The machine the appliance runs on."""

    def link(self, device: str = "") -> Link:
        """How its wired network is; of the first interface with a cable where none is named."""

    def usb_has_power(self, line: str) -> bool:
        """Whether a computer is at the USB port; `line` is the file of the serial line that leads there, or empty."""

    def give_address(self, wanted: FixedAddress) -> None:
        """Set an interface, until the machine restarts. Raises `HardwareError`: one sentence why it cannot be."""


class SerialPorts(Protocol):
    """The serial ports of the machine."""

    def ports(self) -> list[str]:
        """Those that are really there, by their stable names."""

    def holders(self, path: str) -> list[str]:
        """Programs that have one open, as far as this user may see: `modbusd (pid 812)`."""

    def permission_hint(self, path: str) -> str:
        """What to do so that this user may open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A network interface."""

    name: str
    connected: bool
    mac: str
    addresses: tuple[str, ...]
    received: int  # octets since the machine started
    sent: int


@dataclass(frozen=True, slots=True)
class Network:
    """The machine's network, as far as the machine itself knows."""

    interfaces: tuple[Interface, ...] = ()
    routers: tuple[str, ...] = ()  # "192.168.1.1 on eth0"
    name_servers: tuple[str, ...] = ()
    domain: str = ""  # added to names without one


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What became of the question for the addresses of a host's name."""

    addresses: tuple[str, ...] = ()
    server_answered: bool = True  # also where it said that there is no such name, or was not needed
    sentence: str = ""  # why there are no addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What came of knocking at an address once."""

    means: str  # how it was done: "ICMP echo", "TCP port 443"
    microseconds: int | None = None  # there and back; None: nobody is there
    sentence: str = ""  # why not


class Reach(Protocol):
    """What the machine reaches over its network. Needs no rights, raises nothing."""

    def lookup(self, host: str) -> Lookup:
        """The addresses of a host, the one to be taken first in front; waits as long as the system's resolver."""

    def ping(self, address: str, count: int, stop: Event) -> Iterator[Echo]:
        """Knock `count` times, a second apart, until `stop` is set; each waits for its answer a second at most."""

    def connect(self, address: str, port: int) -> Echo:
        """Whether a program there takes connections at a TCP port; nothing is said to it."""
