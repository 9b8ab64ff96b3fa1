"""Every error of the appliance, under one root.

```text
BusmeisterError
├── TelegramError        octets are no sound telegram; keeps octets and position
├── EncodeError          a value does not fit the coding asked for
├── BusError             talking did not work
│   ├── NoAnswer         silence where an answer was due
│   ├── Collision        several meters answered at once
│   ├── Garbled          one answer came, but not sound
│   ├── WrongAnswer      a sound telegram of another meter, or of another kind than asked
│   └── BusBlocked       it concerns the whole bus, not one meter
│       ├── Jammed       octets that nobody asked for, without end
│       ├── Overload     short circuit: the bus has no voltage
│       └── LineLost     the line went away; it is opened again with growing pause
├── LineRefused          the line cannot be opened as asked: wrong URL, no permission, no serial port
├── HardwareError        a pin, a light, a relay or a display that cannot be used
├── ApplicationError     the meter answered, and said no
├── SettingError         a setting, a file or an address that cannot be taken
├── StoreError           the database cannot do what was asked
│   ├── Damaged          the file is not sound
│   ├── NotOurs          the file is another program's
│   ├── NewerThanProgram the file was written by a later version
│   ├── Occupied         another appliance holds the data folder
│   └── DiskFull         no room left
├── RefusedError         an order that cannot be done, told to the person as it stands
└── Cancelled            a long order was broken off by a person
```

A message is one plain sentence with the values and, where there is something to do, what to do. Mistakes of
the program itself are not here: they reach the supervisor with their trace.
"""

from __future__ import annotations

from enum import StrEnum


class BusmeisterError(Exception):
    """Root of all errors the appliance raises on purpose."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class TelegramError(BusmeisterError):
    """The octets are no sound telegram; `octet` is the position at which that shows."""

    def __init__(self, sentence: str, octets: bytes = b"", octet: int = 0) -> None:
        super().__init__(sentence)
        self.octets = octets
        self.octet = octet


class EncodeError(BusmeisterError):
    """A value does not fit the coding it is to be written in."""


class BusError(BusmeisterError):
    """Talking to a meter did not work; a later attempt may. `octets` are what came instead of an answer."""

    def __init__(self, sentence: str, octets: bytes = b"") -> None:
        super().__init__(sentence)
        self.octets = octets


class NoAnswer(BusError):
    """The meter was silent for the whole response time."""


class Collision(BusError):
    """What came back was a jumble, as when several meters answer at once."""


class Garbled(BusError):
    """An answer came, but its checksum, its length or single octets were wrong."""


class WrongAnswer(BusError):
    """A sound frame came, but not from the meter asked or not of the kind asked for."""


class BusBlocked(BusError):
    """No meter can be talked to at present."""


class Jammed(BusBlocked):
    """Somebody talks without having been asked and does not stop."""


class Overload(BusBlocked):
    """The bus is short-circuited or overloaded."""


class LineLost(BusBlocked):
    """The line vanished while in use; opening it again will likely succeed later."""


class LineRefused(BusmeisterError):
    """The line cannot be opened as asked; somebody has to change the URL, the rights or the hardware."""


class HardwareError(BusmeisterError):
    """A pin, a light, a relay or a display that cannot be used as the board profile says."""


class ApplicationError(BusmeisterError):
    """The meter answered with an application error (CI 70)."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class SettingError(BusmeisterError):
    """A setting, address or file entry that cannot be taken: says the name, what is allowed and what was given."""


class StoreError(BusmeisterError):
    """The database cannot do what was asked."""


class Damaged(StoreError):
    """The database file is not sound."""


class NotOurs(StoreError):
    """The database file is another program's, or none at all; it is not touched. `what` it is, and what to do."""

    def __init__(self, file: str, what: str, remedy: str) -> None:
        super().__init__(f"{file} is {what}: {remedy}.")
        self.what = what
        self.remedy = remedy


class NewerThanProgram(StoreError):
    """The database was written by a later version of the program."""


class Occupied(StoreError):
    """Another appliance runs on this data folder."""


class DiskFull(StoreError):
    """There is no room left on the disk."""


class Kind(StrEnum):
    """Why an order was refused, as scripts and the JSON-RPC codes tell it (operations.md §14.6)."""

    UNKNOWN = "unknown"
    USAGE = "usage"
    VALUE = "value"
    LEVEL = "level"
    LOGIN = "login"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    BUSY = "busy"
    BUS = "bus"
    DELIVERY = "delivery"
    STORAGE = "storage"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LIMIT = "limit"
    INTERNAL = "internal"


class RefusedError(BusmeisterError):
    """An order that cannot be done; the sentence is shown to the person who gave it."""

    def __init__(self, sentence: str, kind: Kind = Kind.REFUSED) -> None:
        super().__init__(sentence)
        self.kind = kind


class Cancelled(BusmeisterError):
    """A long order was broken off; what was done until then stays."""
