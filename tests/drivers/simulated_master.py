"""A plain master for tests of the simulated bus: asks, and collects what comes until the wire falls silent."""

from __future__ import annotations

from appliance.clock import VirtualClock
from appliance.mbus.address import SELECTED, SecondaryAddress
from appliance.mbus.framer import Framer, Noise, Received
from appliance.mbus.frames import REQ_UD2, SND_NKE, SND_UD, Ack, Frame, LongFrame, ShortFrame
from appliance.simulated_faults import Fault
from drivers.simulated.bus import SimulatedBus
from drivers.simulated.meter import SimulatedMeter

LONG_ENOUGH = 3.0  # seconds, at 2400 baud and above


class Master:
    """Talks to a bus in virtual time."""

    def __init__(self, bus: SimulatedBus, clock: VirtualClock) -> None:
        self.bus, self.clock = bus, clock
        self.took = 0.0  # seconds from the last question to the last octet of its answer

    def send(self, octets: bytes) -> Received:
        """Put octets on the bus, take all that comes in the next seconds."""
        began = self.clock.monotonic()
        self.bus.send(began, octets)
        return self.listen(began)

    def listen(self, began: float | None = None) -> Received:
        """Take all that comes in the next seconds."""
        began = self.clock.monotonic() if began is None else began
        octets, damaged = b"", list[int]()
        until = began + LONG_ENOUGH * max(1.0, 2400 / self.bus.baud_rate)
        while (event := self.bus.next_event()) is not None and event <= until:
            self.clock.advance_to(event)
            received = self.bus.take(event)
            damaged += [len(octets) + place for place in received.damaged]
            octets += received.octets
            self.took = event - began
        self.clock.advance_to(until)
        return Received(octets, tuple(damaged))

    def ask(self, frame: Frame) -> list[Frame | Noise]:
        """The frames and the noise that a frame brings."""
        framer = Framer()
        return framer.feed(self.send(frame.to_bytes())) + framer.flush()

    def select(self, address: SecondaryAddress | str) -> list[Frame | Noise]:
        mask = SecondaryAddress.parse(address) if isinstance(address, str) else address
        return self.ask(LongFrame(SND_UD, SELECTED, 0x52, mask.to_bytes()))

    def read(self, meter: SimulatedMeter) -> list[Frame | Noise]:
        """Select a meter by its full address and ask for its telegram."""
        address = meter.instrument.secondary_address
        assert address is not None
        self.ask(ShortFrame(SND_NKE, SELECTED))
        if self.select(address.without_fabrication()) != [Ack()]:
            return []
        return self.request(SELECTED)

    def request(self, address: int, *, bit: bool = True) -> list[Frame | Noise]:
        return self.ask(ShortFrame(REQ_UD2 | (0x20 if bit else 0), address))

    def put(self, fault: Fault, meter: SimulatedMeter | None = None, duration: float | None = None) -> None:
        self.bus.put_fault(fault, self.clock.monotonic(), meter=meter, duration=duration)


def answer_in(events: list[Frame | Noise]) -> bytes:
    """The one sound telegram there is."""
    frames = [event for event in events if isinstance(event, LongFrame)]
    assert len(frames) == 1, events
    assert len(events) == 1, events
    return frames[0].to_bytes()
