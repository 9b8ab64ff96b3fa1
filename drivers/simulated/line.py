"""A simulated building behind the `Line` port, in real time.

```text
simulated://apartment-block
simulated://factory?meters=60&seed=7&baud=2400
simulated://boiler-room?fault=echo&fault=deaf:3&fault=late:heat 2     whole bus, three meters, one meter
simulated:///home/me/my-house.toml?delay=same&fast=on
```
Lines of one URL share one bus while any of them lives, so that a line that vanished comes back to the same meters.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit
from weakref import WeakValueDictionary

from appliance.clock import Clock, SystemClock
from appliance.errors import LineLost, LineRefused, SettingError
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.framer import Received
from appliance.mbus.orders import BAUD_RATES
from appliance.simulated_faults import Fault
from drivers.simulated.building import Building, load
from drivers.simulated.bus import SimulatedBus
from drivers.simulated.meter import SimulatedMeter
from drivers.url import refused

SHAPE: Final = "simulated://apartment-block?meters=60&fault=deaf:3&seed=7"
OPTIONS: Final = ("meters", "seed", "baud", "fault", "delay", "fast")


@dataclass(frozen=True, slots=True)
class Place:
    """A meter of the building, and the faults it has now."""

    name: str
    primary_address: int
    secondary_address: SecondaryAddress | None
    faults: tuple[str, ...]


class SharedBus:
    """A bus that lines and orders (faults, speed) use from several threads."""

    def __init__(self, building: Building, bus: SimulatedBus, clock: Clock) -> None:
        self.building = building
        self.bus = bus
        self.clock = clock
        self.changed = threading.Condition()

    @property
    def title(self) -> str:
        """The building's."""
        return self.building.title

    @property
    def speed(self) -> float:
        """How much faster than time consumption runs."""
        return self.building.speed

    def faults(self) -> tuple[str, ...]:
        """Those of the whole bus now."""
        with self.changed:
            return self.bus.faults.active(self.clock.monotonic())

    def places(self) -> list[Place]:
        """Every meter with its faults now."""
        with self.changed:
            return [self._place(meter) for meter in self.building.meters]

    def put_fault(self, fault: str, whom: str | None = None, duration: float | None = None) -> None:
        """Switch a fault on, for one meter by name or address or for the whole bus, for seconds or for ever."""
        with self.changed:
            meter = None if whom is None else self.building.find(whom)
            self.bus.put_fault(Fault.parse(fault), self.clock.monotonic(), meter=meter, duration=duration)
            self.changed.notify_all()

    def clear_faults(self, whom: str | None = None) -> None:
        """Switch off the faults of one meter or all there are."""
        with self.changed:
            self.bus.clear_faults(None if whom is None else self.building.find(whom))
            self.changed.notify_all()

    def run_at(self, speed: float) -> None:
        """Let consumption run faster or slower than time from now on. Raises `SettingError`."""
        with self.changed:
            self.building.run_at(speed, self.clock.now())

    def _place(self, meter: SimulatedMeter) -> Place:
        instrument = meter.instrument
        faults = meter.faults.active(self.clock.monotonic())
        return Place(meter.name, instrument.primary_address, instrument.secondary_address, faults)


_SHARED: Final[WeakValueDictionary[str, SharedBus]] = WeakValueDictionary()
_SHARING: Final = threading.Lock()


class SimulatedLine:
    """`ports.Line` over a simulated bus; octets come when they would come on a wire."""

    def __init__(self, url: str) -> None:
        self.name = url
        self.shared = share(url)
        self._is_open = False
        self._woken = False

    def open(self, baud_rate: int) -> None:
        self.set_baud_rate(baud_rate)
        self._is_open = True
        with self._in_use() as bus:  # a line that has vanished cannot be opened
            bus.forget(time.monotonic())

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        with self.shared.changed:
            self.shared.bus.set_baud_rate(baud_rate, parity=parity)

    def send(self, octets: bytes) -> None:
        with self._in_use() as bus:
            bus.send(time.monotonic(), octets)

    def receive(self, until: float) -> Received:
        with self._in_use() as bus:
            while True:
                now = time.monotonic()
                received = bus.take(now)
                if received.octets or self._woken or now >= until:
                    self._woken = False
                    return received
                event = bus.next_event()
                self.shared.changed.wait((until if event is None else min(until, event)) - now)

    def wake(self) -> None:
        with self.shared.changed:
            self._woken = True
            self.shared.changed.notify_all()

    def close(self) -> None:
        self._is_open = False
        self.wake()

    @contextmanager
    def _in_use(self) -> Iterator[SimulatedBus]:
        """The bus, for this thread alone; a lost line stays lost until it is opened again."""
        with self.shared.changed:
            if not self._is_open:
                raise LineLost(f"{self.name} is not open.")
            try:
                yield self.shared.bus
            except LineLost:
                self._is_open = False
                raise


def share(url: str) -> SharedBus:
    """The bus a URL names, the same one while it is used. Raises `LineRefused`."""
    with _SHARING:
        shared = _SHARED.get(url)
        if shared is None:
            try:
                building, fast = read_url(url)
            except SettingError as error:
                raise refused(url, str(error).rstrip("."), SHAPE) from error
            clock = SystemClock()
            shared = SharedBus(building, building.bus(clock, name=url, fast=fast), clock)
            _SHARED[url] = shared
        return shared


def in_use(url: str) -> SharedBus | None:
    """The bus of a URL while a line is open on it."""
    with _SHARING:
        return _SHARED.get(url)


def read_url(url: str) -> tuple[Building, bool]:
    """The building a URL describes, and whether it knows no wire times."""
    parts = urlsplit(url)
    name = unquote(parts.netloc + parts.path)
    if parts.scheme != "simulated" or not name:
        raise LineRefused(f'The line URL "{url}" names no building. Write it as {SHAPE}.')
    options = dict[str, str]()
    faults: list[str] = []
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        if option not in OPTIONS:
            raise SettingError(f'there is no option "{option}" (there is: {", ".join(OPTIONS)})')
        if option == "fault":
            faults.append(value)
        else:
            options[option] = value
    building = load(
        name,
        meters=_number(options, "meters"),
        seed=_number(options, "seed") or 0,
        baud_rate=_baud_rate(options),
        same_delay=_choice(options, "delay", "spread", "same"),
    )
    for fault in faults:
        building.give_by_name(fault)
    return building, _choice(options, "fast", "off", "on")


def _number(options: dict[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise SettingError(f'{name} is a whole number, not "{text}"')
    return int(text)


def _baud_rate(options: dict[str, str]) -> int | None:
    rate = _number(options, "baud")
    if rate is not None and rate not in BAUD_RATES.values():
        raise SettingError(f"baud is one of {', '.join(map(str, BAUD_RATES.values()))}, not {rate}")
    return rate


def _choice(options: dict[str, str], name: str, no: str, yes: str) -> bool:
    text = options.get(name, no)
    if text not in (no, yes):
        raise SettingError(f'{name} is {no} or {yes}, not "{text}"')
    return text == yes
