"""The instrument of a building file: registers in, telegrams out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from appliance.mbus.address import SecondaryAddress
from appliance.mbus.encode import encode_record, encode_telegram
from appliance.mbus.header import Header
from drivers.simulated.blueprint import Group, TelegramPlan
from drivers.simulated.recipes import Recipe, make_registers
from drivers.simulated.registers import Constant, Moment, Raw, Register


class Consumption:
    """How fast a building consumes: at another speed than 1 its counters run ahead of the clock."""

    def __init__(self, utc_offset: timedelta) -> None:
        self._utc_offset = utc_offset
        self._speed = 1.0
        self._turned_at: datetime | None = None
        self._ahead = timedelta()

    @property
    def speed(self) -> float:
        """1 is as in life."""
        return self._speed

    def turn(self, speed: float, at: datetime) -> None:
        """Run at another speed from now on; counters go on where they are."""
        self._ahead = self._ahead_at(at)
        self._speed, self._turned_at = speed, at

    def moment(self, at: datetime, back_since: datetime | None = None) -> Moment:
        """What registers need to know; a meter that runs back sees time mirrored."""
        clock = at + self._utc_offset
        consumed = clock + self._ahead_at(at)
        if back_since is not None:
            since = back_since + self._utc_offset + self._ahead_at(back_since)
            consumed = min(consumed, since - (consumed - since))
        return Moment(clock, consumed, self._speed)

    def _ahead_at(self, at: datetime) -> timedelta:
        if self._turned_at is None:
            return self._ahead
        return self._ahead + (at - self._turned_at) * (self._speed - 1)


@dataclass(frozen=True, slots=True)
class _Line:
    """A record: its recipe and the register of this meter; `fixed` are its octets where they never change."""

    recipe: Recipe
    register: Register
    fixed: bytes | None

    def octets(self, moment: Moment) -> bytes:
        if self.fixed is not None:
            return self.fixed
        return encode_record(self.recipe.dif, self.recipe.vif, self.register.value(moment))


class BuiltMeter:
    """One meter of a group. Two with another `seed` have other beginnings and other habits."""

    def __init__(
        self, group: Group, number: int, identification: str, primary_address: int, seed: str, consumption: Consumption
    ) -> None:
        random = Random(f"{seed} {group.name} {number}")
        self.name = f"{group.name} {number}"
        self.primary_address = primary_address
        self.fabrication = f"{random.randrange(10**8):08d}" if group.fabrication else None
        self.secondary_address = SecondaryAddress(
            identification, group.manufacturer, group.version, group.medium, self.fabrication
        )
        self._group, self._number, self._seed = group, number, seed
        self._consumption = consumption
        self._back_since: datetime | None = None
        self._telegrams = [
            [_line(recipe, register) for recipe, register in zip(plan.recipes, registers, strict=True)]
            for plan, registers in self._registers(random)
        ]

    @property
    def telegram_count(self) -> int:
        return len(self._telegrams)

    def telegram(self, number: int, at: datetime, access_number: int, primary_address: int) -> bytes:
        """The values of that moment."""
        group, address = self._group, self.secondary_address
        header = Header(
            address.identification, group.manufacturer, group.version, group.medium, access_number, group.status
        )
        moment = self._consumption.moment(at, self._back_since)
        return encode_telegram(
            header,
            [line.octets(moment) for line in self._telegrams[number]],
            primary_address=primary_address,
            more=number + 1 < len(self._telegrams),
            manufacturer_data=group.telegrams[number].manufacturer_data,
        )

    def values(self, at: datetime) -> list[tuple[bytes, bytes, Raw]]:
        """DIF, VIF and value of each record, as its telegrams show them at that moment."""
        moment = self._consumption.moment(at, self._back_since)
        return [
            (line.recipe.dif, line.recipe.vif, line.register.value(moment))
            for lines in self._telegrams
            for line in lines
        ]

    def run_back(self, since: datetime | None) -> None:
        if since is None or self._back_since is None:
            self._back_since = since

    def another(self, *, same_address: bool) -> BuiltMeter:
        identification = self.secondary_address.identification
        if not same_address:
            identification = f"{(int(identification) + 50_000_000) % 10**8:08d}"
        seed = f"{self._seed} {'double' if same_address else 'successor'}"
        return BuiltMeter(self._group, self._number, identification, self.primary_address, seed, self._consumption)

    def _registers(self, random: Random) -> list[tuple[TelegramPlan, list[Register]]]:
        recipes = tuple(recipe for plan in self._group.telegrams for recipe in plan.recipes)
        registers = iter(make_registers(recipes, random, self._group.installed, self.fabrication or "0"))
        return [(plan, [next(registers) for _ in plan.recipes]) for plan in self._group.telegrams]


def _line(recipe: Recipe, register: Register) -> _Line:
    fixed = encode_record(recipe.dif, recipe.vif, register.shown) if isinstance(register, Constant) else None
    return _Line(recipe, register, fixed)
