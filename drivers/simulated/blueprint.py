"""Building files: which meters hang on a simulated bus, and what their registers show.

```toml
title = "An apartment block"
baud_rate = 2400
utc_offset_hours = 1              # the meters' clocks: local standard time

[[meters]]
name = "heat"                     # the meters are called "heat 1", "heat 2", ...
count = 20                        # of the default size; other sizes keep the proportions
manufacturer = "KAM"
version = 8
medium = 0x04
identification = [60000000, 60999999]     # chosen at random, or `consecutive = true`
primary_address = 0               # `first_primary_address = 1` counts up
status = 0
optical = false                   # true: an optical head, to be woken by 2.1 s of 55 at 2400 Bd without parity

[[meters.telegrams]]              # several make a readout of several telegrams
manufacturer_data = ""
records = [
  { dif = "0C", vif = "06", shows = "counter", name = "energy", yearly = [4000, 12000], profile = "heating" },
  { dif = "4C", vif = "06", shows = "stored", of = "energy", due = "12-31" },
  { dif = "0B", vif = "2B", shows = "rate", of = "energy", factor = 1000.0 },
]
```
`shows` is counter, share, stored, rate, peak, wave, constant, clock, due_day, elapsed or fabrication.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.errors import SettingError
from appliance.mbus.manufacturers import manufacturer_code
from appliance.mbus.orders import BAUD_RATES
from appliance.mbus.slave import FrameCount
from appliance.simulated_faults import Fault
from drivers.simulated.entries import Entry, Range
from drivers.simulated.recipes import Recipe, read_recipe

SHELF: Final = Path(__file__).parent / "buildings"
RATES: Final = (0, *BAUD_RATES.values())
LARGEST_BUILDING: Final = 10_000


@dataclass(frozen=True, slots=True)
class TelegramPlan:
    """The records of one telegram, and what stands behind 0F or 1F."""

    recipes: tuple[Recipe, ...]
    manufacturer_data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Meters of one kind."""

    name: str
    count: int
    manufacturer: int
    version: int
    medium: int
    identification: Range
    consecutive: bool
    primary_address: int
    counts_up: bool  # each has the primary address after the one before
    fabrication: bool
    status: int
    baud_rate: int
    delay: tuple[float, float]  # 0 answers as early, 1 as late as allowed
    installed: int  # year
    frame_count: FrameCount
    optical: bool  # sleeps behind an optical head until it is woken
    faults: tuple[Fault, ...]
    telegrams: tuple[TelegramPlan, ...]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A building file, read and found sound."""

    file: str
    title: str
    baud_rate: int
    utc_offset_hours: int
    faults: tuple[Fault, ...]
    groups: tuple[Group, ...]


def names() -> list[str]:
    """The buildings that come with the program."""
    return sorted(path.stem for path in SHELF.glob("*.toml"))


def read_blueprint(name_or_path: str) -> Blueprint:
    """By the name of a building that comes with the program, or a file of one's own. Raises `SettingError`."""
    known = names()
    path = SHELF / f"{name_or_path}.toml" if name_or_path in known else Path(name_or_path)
    if name_or_path not in known and path.suffix != ".toml":
        raise SettingError(
            f'There is no simulated building "{name_or_path}": take {", ".join(known)}, or a file that ends in .toml.'
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(
            f"The building file {path} cannot be read ({error.strerror}): name another, or take {', '.join(known)}."
        ) from error
    except UnicodeDecodeError as error:
        raise SettingError(
            f"The building file {path} cannot be used: it is no UTF-8 text; save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"The building file {path} cannot be used: {error}.") from error
    return _read(Entry(table, str(path)), str(path))


def _read(entry: Entry, file: str) -> Blueprint:
    blueprint = Blueprint(
        file,
        entry.take("title", str, ""),
        _rate(entry, 2400),
        entry.integer("utc_offset_hours", -12, 14, 1),
        _faults(entry),
        tuple(_group(group) for group in entry.tables("meters")),
    )
    entry.close()
    seen: set[str] = set()
    for group in blueprint.groups:
        if group.name in seen:
            entry.refuse(f'two groups have the name "{group.name}"', "meters")
        seen.add(group.name)
    return blueprint


def _group(entry: Entry) -> Group:
    fabrication_known = entry.take("fabrication", bool, False)
    counts_up = entry.has("first_primary_address")
    telegrams = tuple(_telegram(telegram) for telegram in entry.tables("telegrams"))
    group = Group(
        name=entry.take("name", str),
        count=entry.integer("count", 1, LARGEST_BUILDING, 1),
        manufacturer=_manufacturer(entry),
        version=entry.integer("version", 0, 254),
        medium=entry.integer("medium", 0, 254),
        identification=_identification(entry),
        consecutive=entry.take("consecutive", bool, False),
        primary_address=entry.integer("first_primary_address" if counts_up else "primary_address", 0, 250, 0),
        counts_up=counts_up,
        fabrication=fabrication_known or _shows_fabrication(telegrams),
        status=entry.integer("status", 0, 255, 0),
        baud_rate=_rate(entry, 0),
        delay=_delay(entry),
        installed=entry.integer("installed", 2000, 2090, 2019),
        frame_count=entry.choice("frame_count", {kind.value: kind for kind in FrameCount}, "rebuilds"),
        optical=entry.take("optical", bool, False),
        faults=_faults(entry),
        telegrams=telegrams,
    )
    entry.close()
    return group


def _telegram(entry: Entry) -> TelegramPlan:
    plan = TelegramPlan(
        tuple(read_recipe(record) for record in entry.tables("records")), entry.octets("manufacturer_data", "")
    )
    entry.take("name", str, "")
    entry.close()
    return plan


def _rate(entry: Entry, default: int) -> int:
    rate = entry.take("baud_rate", int, default)
    if rate not in RATES:
        entry.refuse(f"it is one of {', '.join(map(str, RATES))}, not {rate}", "baud_rate")
    return rate


def _manufacturer(entry: Entry) -> int:
    letters = entry.take("manufacturer", str)
    try:
        return manufacturer_code(letters)
    except SettingError as error:
        entry.refuse(str(error).rstrip("."), "manufacturer")


def _identification(entry: Entry) -> Range:
    low, high = entry.range("identification")
    if low < 0 or high > 99_999_999:
        entry.refuse(f"a number has eight digits, not {low} to {high}", "identification")
    return low, high


def _delay(entry: Entry) -> tuple[float, float]:
    low, high = entry.number("earliest_answer", 0.0), entry.number("latest_answer", 1.0)
    if not 0.0 <= low <= high <= 1.0:
        entry.refuse(f"0.0 is as early, 1.0 as late as an answer may come, not {low} to {high}", "earliest_answer")
    return low, high


def _faults(entry: Entry) -> tuple[Fault, ...]:
    try:
        return tuple(Fault.parse(name) for name in entry.texts("faults"))
    except SettingError as error:
        entry.refuse(str(error).rstrip("."), "faults")


def _shows_fabrication(telegrams: tuple[TelegramPlan, ...]) -> bool:
    return any(recipe.shows == "fabrication" for telegram in telegrams for recipe in telegram.recipes)
