"""Meters heard in a recording of `bus record`: each tells its recorded readouts again, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from appliance.errors import SettingError, TelegramError
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.framer import Framer, Received
from appliance.mbus.frames import LongFrame
from appliance.mbus.recording import Burst, Direction, read_recording
from appliance.mbus.slave import FrameCount
from appliance.mbus.telegram import decode
from drivers.simulated.building import Building
from drivers.simulated.captured import ADDRESS_FIELD, address_of
from drivers.simulated.meter import SimulatedMeter
from drivers.simulated.spoiled import readdressed

Readout = tuple[bytes, ...]


class ReplayedMeter:
    """Begins the next recorded readout whenever its first telegram is asked for; after the last the first again."""

    def __init__(self, name: str, readouts: Iterable[Readout], secondary_address: SecondaryAddress | None) -> None:
        self.name = name
        self.secondary_address = secondary_address
        self._readouts = tuple(readouts)
        self._next = 0
        self._telling = self._readouts[0]
        self.primary_address = self._telling[0][ADDRESS_FIELD]

    @property
    def telegram_count(self) -> int:
        return len(self._telling)

    def telegram(self, number: int, at: datetime, access_number: int, primary_address: int) -> bytes:
        del at, access_number
        if number == 0:
            self._telling = self._readouts[self._next]
            self._next = (self._next + 1) % len(self._readouts)
        octets = self._telling[number]
        return octets if primary_address == self.primary_address else readdressed(octets, primary_address)

    def run_back(self, since: datetime | None) -> None:
        del since

    def another(self, *, same_address: bool) -> ReplayedMeter:
        """A double; who takes its place tells the same as well."""
        address = self.secondary_address
        return ReplayedMeter(f"{self.name} double", self._readouts, address if same_address else None)


def load_recording(file: str, *, meters: int | None = None, seed: int = 0) -> Building:
    """A building of all meters that answered in a recording. Raises `SettingError`."""
    try:
        with Path(file).open(encoding="utf-8") as lines:
            answers = list(_answers(read_recording(lines)))
    except OSError as error:
        raise SettingError(
            f"The recording {file} cannot be read ({error.strerror}): name a file that `bus record` wrote."
        ) from error
    except UnicodeDecodeError as error:
        raise SettingError(
            f"The recording {file} cannot be used: it is no UTF-8 text; name a file that `bus record` wrote."
        ) from error
    except SettingError as error:
        raise SettingError(f"The recording {file} cannot be used. {error}") from error
    heard: dict[object, list[list[bytes]]] = {}
    for answer in answers:
        _enter(heard.setdefault(_sender(answer), []), answer)
    if not heard:
        raise SettingError(f"The recording {file} holds no answer of a meter.")
    instruments = [_meter([tuple(readout) for readout in readouts]) for readouts in heard.values()]
    return Building(
        f"Recording {file}",
        [SimulatedMeter(one, seed=seed, frame_count=FrameCount.STRICT) for one in instruments[:meters]],
    )


def _answers(bursts: Iterable[Burst]) -> Iterator[bytes]:
    """The telegrams of meters; an answer may be split over several bursts, but not by what the master sends."""
    framers: dict[str, Framer] = {}
    for burst in bursts:
        framer = framers.setdefault(burst.segment, Framer())
        if burst.direction is Direction.SENT:
            framer.flush()
            continue
        for frame in framer.feed(Received(burst.octets)):
            if isinstance(frame, LongFrame) and frame.is_answer:
                yield frame.to_bytes()


def _sender(answer: bytes) -> object:
    """Who told it: the secondary address, or the primary one where the header does not tell."""
    address = address_of(answer)
    return answer[ADDRESS_FIELD] if address is None else address.without_fabrication()


def _enter(readouts: list[list[bytes]], answer: bytes) -> None:
    """Further telegrams belong to the readout that announced them; the same octets again are a repeat."""
    last = readouts[-1] if readouts else []
    if last and last[-1] == answer:
        return
    if last and _announces_more(last[-1]):
        last.append(answer)
    else:
        readouts.append([answer])


def _announces_more(answer: bytes) -> bool:
    try:
        return decode(answer).more
    except TelegramError:
        return False


def _meter(readouts: list[Readout]) -> ReplayedMeter:
    address = next((one for one in map(address_of, readouts[0]) if one is not None), None)
    name = f"primary {readouts[0][0][ADDRESS_FIELD]}" if address is None else str(address)
    return ReplayedMeter(name, readouts, address)
