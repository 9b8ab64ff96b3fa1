"""Records of a building file, and the registers made from them for one meter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from drivers.simulated.entries import Entry, Range
from drivers.simulated.profiles import PROFILES, Profile
from drivers.simulated.registers import (
    BCD_DIGITS,
    INTEGER_OCTETS,
    ClockFace,
    Constant,
    Counter,
    DueDay,
    Elapsed,
    Peak,
    Quantity,
    Rate,
    Raw,
    Register,
    Share,
    Stored,
    Wave,
    capacity,
    monthly_due,
    yearly_due,
)

Due = Callable[[datetime], datetime]

UNITS: Final = {
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
}
DATE_FIELDS: Final = {0x02: True, 0x04: False, 0x06: False}  # data field: whether it holds the date alone
WITH_SECONDS: Final = 0x06  # type I
WORDS: Final = {
    word: word
    for word in (
        *("counter", "share", "stored", "rate", "peak", "wave", "constant", "clock", "due_day", "elapsed"),
        "fabrication",
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A record: its header, and what its value is made from."""

    dif: bytes
    vif: bytes
    shows: str
    name: str = ""
    of: str = ""
    start: Range = (0, 0)
    yearly: Range = (0, 0)
    profile: Profile = PROFILES["even"]
    factor: float = 1.0
    due: Due | None = None
    between: Range = (0, 0)
    value: Raw = None
    unit: timedelta = UNITS["hours"]


def read_recipe(entry: Entry) -> Recipe:
    """One record of a building file; what its kind does not need is refused."""
    dif, vif = entry.octets("dif"), entry.octets("vif")
    if not dif or not vif:
        entry.refuse("a record has at least one octet each", "dif" if not dif else "vif")
    shows = entry.choice("shows", WORDS)
    _check_field(entry, dif[0] & 0x0F, shows)
    name = entry.take("name", str, "")
    recipe = Recipe(
        dif=dif,
        vif=vif,
        shows=shows,
        name=name,
        of=entry.take("of", str) if shows in ("share", "stored", "rate", "peak") else "",
        start=entry.range("start", (0, 0)) if shows == "counter" else (0, 0),
        yearly=_yearly(entry) if shows == "counter" else (0, 0),
        profile=entry.choice("profile", PROFILES, "even") if shows in ("counter", "wave") else PROFILES["even"],
        factor=_factor(entry) if shows in ("share", "rate", "peak") else 1.0,
        due=_due(entry) if shows in ("stored", "due_day") else None,
        between=entry.range("between") if shows == "wave" else (0, 0),
        value=_constant(entry) if shows == "constant" else None,
        unit=entry.choice("unit", UNITS, "hours") if shows == "elapsed" else UNITS["hours"],
    )
    entry.close()
    return recipe


def make_registers(recipes: tuple[Recipe, ...], random: Random, installed: int, fabrication: str) -> list[Register]:
    """The registers of one meter: two of a kind have other beginnings and other habits."""
    since = datetime(installed, 1, 1, tzinfo=UTC) + timedelta(days=random.randrange(365))
    quantities: dict[str, Quantity] = {}
    return [_register(recipe, random, since, fabrication, quantities) for recipe in recipes]


def missing_quantity(recipes: tuple[Recipe, ...]) -> str | None:
    """A name that a record is made of and no counter or share before it has."""
    known: set[str] = set()
    for recipe in recipes:
        if recipe.of and recipe.of not in known:
            return recipe.of
        if recipe.shows in ("counter", "share") and recipe.name:
            known.add(recipe.name)
    return None


def _register(
    recipe: Recipe, random: Random, since: datetime, fabrication: str, quantities: dict[str, Quantity]
) -> Register:
    """A counter or share is entered under its name for those made of it."""
    limit = capacity(recipe.dif[0])
    seed = random.getrandbits(32)
    if recipe.shows in ("counter", "share"):
        quantity = (
            Counter(random.randint(*recipe.start), random.randint(*recipe.yearly), recipe.profile, since, limit)
            if recipe.shows == "counter"
            else Share(quantities[recipe.of], recipe.factor, limit)
        )
        if recipe.name:
            quantities[recipe.name] = quantity
        return quantity
    return _MAKERS[recipe.shows](recipe, quantities, seed, since, fabrication)


_Maker = Callable[[Recipe, Mapping[str, Quantity], int, datetime, str], Register]

_MAKERS: Final[dict[str, _Maker]] = {
    "stored": lambda recipe, of, *_: Stored(of[recipe.of], _required(recipe.due), capacity(recipe.dif[0])),
    "rate": lambda recipe, of, seed, *_: Rate(of[recipe.of], recipe.factor, seed, capacity(recipe.dif[0])),
    "peak": lambda recipe, of, seed, *_: Peak(of[recipe.of], recipe.factor, seed, capacity(recipe.dif[0])),
    "wave": lambda recipe, _, seed, *__: Wave(recipe.between[0], recipe.between[1], recipe.profile, seed),
    "constant": lambda recipe, *_: Constant(recipe.value),
    "clock": lambda recipe, *_: ClockFace(DATE_FIELDS[recipe.dif[0] & 0x0F], recipe.dif[0] & 0x0F == WITH_SECONDS),
    "due_day": lambda recipe, *_: DueDay(_required(recipe.due), DATE_FIELDS[recipe.dif[0] & 0x0F]),
    "elapsed": lambda recipe, _, __, since, ___: Elapsed(since, recipe.unit, capacity(recipe.dif[0])),
    "fabrication": lambda *arguments: Constant(int(arguments[-1])),
}


def _required(due: Due | None) -> Due:
    assert due is not None  # read_recipe took one for every kind that needs it
    return due


def _check_field(entry: Entry, field: int, shows: str) -> None:
    numbers = {*BCD_DIGITS, *INTEGER_OCTETS}
    allowed = set(DATE_FIELDS) if shows in ("clock", "due_day") else {0x0C} if shows == "fabrication" else numbers
    if shows != "constant" and field not in allowed:
        fields = ", ".join(f"{one:X}" for one in sorted(allowed))
        entry.refuse(f"a record that shows {shows} has a data field of {fields}, not {field:X}", "dif")


def _yearly(entry: Entry) -> Range:
    low, high = entry.range("yearly")
    if low < 0:
        entry.refuse(f"a counter does not count down, not {low}", "yearly")
    return low, high


def _factor(entry: Entry) -> float:
    factor = entry.number("factor", 1.0)
    if not 0 < factor < 1e12:
        entry.refuse(f"it is above 0, not {factor}", "factor")
    return factor


def _due(entry: Entry) -> Due:
    """`due = "12-31"` or `months_ago = 1`."""
    if entry.has("months_ago"):
        return monthly_due(entry.integer("months_ago", 0, 240))
    text = entry.take("due", str, "12-31")
    try:
        day = datetime.strptime(f"2001-{text}", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        entry.refuse(f'it is month and day such as "12-31", not {text!r}', "due")
    return yearly_due(day.month, day.day)


def _constant(entry: Entry) -> Raw:
    if entry.has("text"):
        return entry.take("text", str)
    if entry.has("hex"):
        return entry.octets("hex")
    return entry.take("value", int)
