"""Meters made from telegrams captured from real ones: each answers exactly the octets of its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from appliance.errors import SettingError, TelegramError
from appliance.mbus.address import SecondaryAddress
from appliance.mbus.frames import LongFrame, parse_frame
from appliance.mbus.telegram import Telegram, decode
from drivers.simulated.building import Building
from drivers.simulated.meter import SimulatedMeter
from drivers.simulated.spoiled import next_number, readdressed, renumbered

ADDRESS_FIELD = 5


class CapturedMeter:
    """Tells one telegram for ever: its counters neither run nor run back."""

    def __init__(self, name: str, octets: bytes, secondary_address: SecondaryAddress | None) -> None:
        self.name = name
        self.octets = octets
        self.primary_address = octets[ADDRESS_FIELD]
        self.secondary_address = secondary_address

    @property
    def telegram_count(self) -> int:
        return 1

    def telegram(self, number: int, at: datetime, access_number: int, primary_address: int) -> bytes:
        """The octets as captured, until an order gives the meter another primary address."""
        del number, at, access_number
        return self.octets if primary_address == self.primary_address else readdressed(self.octets, primary_address)

    def run_back(self, since: datetime | None) -> None:
        del since

    def another(self, *, same_address: bool) -> CapturedMeter:
        address = self.secondary_address
        if same_address or address is None:
            return CapturedMeter(f"{self.name} double", self.octets, address)
        number = next_number(bytes.fromhex(address.identification)[::-1])[::-1].hex().upper()
        successor = replace(address, identification=number)
        return CapturedMeter(f"{self.name} successor", renumbered(self.octets, number), successor)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that became no meter, and why."""

    file: str
    reason: str


def load_telegrams(folder: str, *, meters: int | None = None, seed: int = 0) -> tuple[Building, list[LeftOut]]:
    """A building of the `.hex` files in a folder, and those left out. Raises `SettingError`."""
    files = _files(folder)
    chosen: list[CapturedMeter] = []
    left_out: list[LeftOut] = []
    for file in files:
        try:
            meter = read_captured(file)
        except (SettingError, TelegramError) as error:
            left_out.append(LeftOut(file.name, str(error)))
            continue
        double = next((one for one in chosen if _same_address(one, meter)), None)
        if double is not None:
            left_out.append(LeftOut(file.name, f"It has the same address as {double.name}."))
        elif meters is None or len(chosen) < meters:
            chosen.append(meter)
    if not chosen:
        raise SettingError(f"No file of {folder} is a telegram a meter could answer with.")
    return Building(f"Telegrams of {folder}", [SimulatedMeter(meter, seed=seed) for meter in chosen]), left_out


def read_captured(file: Path) -> CapturedMeter:
    """One file: hex digits, blanks and `#` comments. Raises `SettingError` or `TelegramError`."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        octets = bytes.fromhex(" ".join(line.partition("#")[0] for line in lines))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"It cannot be read: {error}.") from error
    except ValueError as error:
        raise SettingError("It holds more than hex digits.") from error
    frame = parse_frame(octets)
    if not isinstance(frame, LongFrame) or not frame.is_answer:
        raise SettingError("It is no answer of a meter.")
    return CapturedMeter(file.stem, octets, address_of(octets))


def address_of(octets: bytes) -> SecondaryAddress | None:
    """What a meter with this answer is selected by; None where its header does not tell."""
    telegram = _decoded(octets)
    if telegram is None or telegram.secondary_address is None:
        return None
    number = next((one for one in telegram.records or () if one.meaning.quantity == "fabrication number"), None)
    if number is None or not isinstance(number.raw, int):
        return telegram.secondary_address
    return replace(telegram.secondary_address, fabrication=f"{number.raw:08d}"[-8:])


def order_for(meter: SimulatedMeter) -> str:
    """The console line that adds a meter to the appliance."""
    address = meter.instrument.secondary_address
    whom = f"primary={meter.instrument.primary_address}" if address is None else f"secondary={address}"
    name = meter.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'meter add {whom} name="{name}"'


def _decoded(octets: bytes) -> Telegram | None:
    try:
        return decode(octets)
    except TelegramError:  # a faulty meter still answers, by its primary address
        return None


def _files(folder: str) -> Sequence[Path]:
    path = Path(folder)
    try:
        files = sorted(file for file in path.iterdir() if file.suffix == ".hex")
    except OSError as error:
        raise SettingError(
            f"The folder {folder} cannot be read ({error.strerror}): name one with .hex files."
        ) from error
    if not files:
        raise SettingError(f"The folder {folder} holds no .hex file: name one that does.")
    return files


def _same_address(one: CapturedMeter, other: CapturedMeter) -> bool:
    if one.secondary_address is None or other.secondary_address is None:
        return one.secondary_address is other.secondary_address and one.primary_address == other.primary_address
    return one.secondary_address.without_fabrication() == other.secondary_address.without_fabrication()
