"""Network set-up at the display: an address, digit by digit; red adds one, blue goes on, blue held ends the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Final

DIGITS: Final = 3  # of an octet
LARGEST: Final = 255


class AddressEditor:
    """Edits some addresses one after the other. `over` once blue went past the last digit."""

    def __init__(self, fields: Sequence[tuple[str, IPv4Address]]) -> None:
        self._names = [name for name, _ in fields]
        self._before = {name: tuple(address.packed) for name, address in fields}
        self._octets = {name: list(address.packed) for name, address in fields}
        self._field = 0
        self._digit = 0

    @property
    def over(self) -> bool:
        """Nothing is left to edit."""
        return self._field >= len(self._names)

    @property
    def name(self) -> str:
        """The field that is edited."""
        return self._names[self._field]

    @property
    def text(self) -> str:
        """Its digits as they stand: `192.168.014.020`."""
        return ".".join(f"{octet:03d}" for octet in self._octets[self.name])

    @property
    def position(self) -> int:
        """Where in `text` the digit stands that red changes."""
        octet, digit = divmod(self._digit, DIGITS)
        return octet * (DIGITS + 1) + digit

    @property
    def changed(self) -> bool:
        """Whether any digit differs from what it was."""
        return any(tuple(octets) != self._before[name] for name, octets in self._octets.items())

    @property
    def addresses(self) -> Mapping[str, IPv4Address]:
        """All fields as they are now."""
        return {name: IPv4Address(bytes(octets)) for name, octets in self._octets.items()}

    def increment(self) -> None:
        """The digit becomes one more, nought where no octet goes on that way; what follows it gives way to 255."""
        octet, digit = divmod(self._digit, DIGITS)
        octets = self._octets[self.name]
        weight = 10 ** (DIGITS - 1 - digit)
        above, present, below = octets[octet] // (weight * 10), octets[octet] // weight % 10, octets[octet] % weight
        fresh = (above * 10 + (present + 1) % 10) * weight
        if fresh > LARGEST:
            fresh = above * 10 * weight
        octets[octet] = min(fresh + below, LARGEST)

    def next_digit(self) -> None:
        """Go on to the next digit, after the last one to the next line."""
        self._digit += 1
        if self._digit >= 4 * DIGITS:
            self.next_line()

    def next_line(self) -> None:
        """Go on to the next address."""
        self._field += 1
        self._digit = 0
