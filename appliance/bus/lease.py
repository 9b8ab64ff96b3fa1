"""A segment lent to somebody else: transparent M-Bus, the level converter, a test by hand."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue

from appliance.bus.herald import Herald
from appliance.mbus.dialogue import Traffic
from appliance.mbus.framer import Received


class Lease:
    """The borrower's end. The line is his from `granted` to `ended`: he sends and receives octets as they are.

    A round under way is finished first; rounds that fall due meanwhile wait, and miss their slot with the reason only
    when the next one is due.
    """

    def __init__(self, segment: str, until: float, to: str, baud_rate: int, wake: Callable[[], None]) -> None:
        self.segment = segment
        self.until = until  # monotonic
        self.to = to
        self.baud_rate = baud_rate
        self.granted = threading.Event()
        self.ended = threading.Event()
        self.sentence = ""  # why it ended, where that was not asked for
        self._wake = wake
        self._outgoing: deque[bytes] = deque()
        self._incoming: SimpleQueue[Received] = SimpleQueue()
        self._returned = False

    def send(self, octets: bytes) -> None:
        """Put octets on the wire; nothing happens once the lease has ended."""
        self._outgoing.append(octets)
        self._wake()

    def receive(self, timeout: float) -> Received:
        """Octets from the wire; empty where none came in time."""
        try:
            return self._incoming.get(timeout=timeout)
        except Empty:
            return Received()

    def set_baud_rate(self, baud_rate: int) -> None:
        """From the next octets on."""
        self.baud_rate = baud_rate
        self._wake()

    def give_back(self) -> None:
        """The borrower has done."""
        self._returned = True
        self._wake()

    def is_due_back(self, now: float) -> bool:
        """Its time is over or it was given back."""
        return self._returned or now >= self.until

    def take_outgoing(self) -> bytes:
        """What the borrower sent since the last call."""
        octets = bytearray()
        while self._outgoing:
            octets += self._outgoing.popleft()
        return bytes(octets)

    def hand_over(self, received: Received) -> None:
        """Octets from the wire, for the borrower."""
        self._incoming.put(received)

    def end(self, sentence: str = "") -> None:
        """The line goes back to the segment."""
        self.sentence = sentence
        self.ended.set()

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()


class Lending:
    """A segment's side of leases: who asked for the line, who has it."""

    def __init__(self, segment: str, herald: Herald) -> None:
        self.asked: Lease | None = None
        self.current: Lease | None = None
        self._segment = segment
        self._herald = herald

    def ask(self, lease: Lease) -> None:
        """Somebody wants the line; one at a time."""
        if self.current is not None or self.asked is not None:
            lease.end(f"The segment {self._segment} is lent already.")
        else:
            self.asked = lease

    def forget_late(self, now: float) -> None:
        """Whose time is over before he got the line gets it no more."""
        if self.asked is not None and self.asked.is_due_back(now):
            self.asked.end("The bus was not free in time.")
            self.asked = None

    def grant(self) -> Lease | None:
        """Hand the line over to whoever asked."""
        self.current, self.asked = self.asked, None
        if self.current is not None:
            self.current.granted.set()
        return self.current

    def serve(self, lease: Lease, now: float, received: Received) -> bytes | None:
        """Pass octets between the borrower and the line: those for the wire; None once the line is due back."""
        if received.octets:
            lease.hand_over(received)
            self._herald.tell(Traffic.RECEIVED, received.octets, f"lent to {lease.to}")
        octets = lease.take_outgoing()
        if octets:
            self._herald.tell(Traffic.SENT, octets, f"lent to {lease.to}")
        elif lease.is_due_back(now):
            return None
        return octets

    def end(self, sentence: str = "") -> None:
        """The line is the segment's again."""
        if self.current is not None:
            self.current.end(sentence)
            self.current = None

    def end_all(self, sentence: str) -> None:
        """Nobody gets the line any more."""
        self.end(sentence)
        if self.asked is not None:
            self.asked.end(sentence)
            self.asked = None
