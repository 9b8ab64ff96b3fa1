"""The frames of EN 13757-2 (public M-Bus documentation), each both ways.

```text
acknowledge   E5
short         10 C A checksum 16
long          68 L L 68 C A CI data ... checksum 16      L counts C, A, CI and the data; checksum is their 8-bit sum
control       a long frame with L = 3
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.errors import EncodeError, TelegramError

START_SHORT: Final = 0x10
START_LONG: Final = 0x68
STOP: Final = 0x16
ACKNOWLEDGE: Final = 0xE5
MAXIMUM_L: Final = 0xFF
MAXIMUM_USER_DATA: Final = MAXIMUM_L - 3
MAXIMUM_FRAME: Final = MAXIMUM_L + 6

# Control field, master to slave: bit 6 set, bit 5 frame count bit (FCB), bit 4 FCB valid, bits 0-3 function.
SND_NKE: Final = 0x40
SND_UD: Final = 0x53
REQ_UD2: Final = 0x5B
REQ_UD1: Final = 0x5A
FCB: Final = 0x20
FCV: Final = 0x10
# Control field, slave to master: bit 6 clear, bit 5 access demand, bit 4 data flow control.
RSP_UD: Final = 0x08


@dataclass(frozen=True, slots=True)
class Ack:
    """Single character E5: the slave has understood."""

    def to_bytes(self) -> bytes:
        return b"\xe5"


@dataclass(frozen=True, slots=True)
class ShortFrame:
    """A frame without data: SND_NKE, REQ_UD1, REQ_UD2."""

    control: int
    address: int

    def to_bytes(self) -> bytes:
        return bytes((START_SHORT, self.control, self.address, (self.control + self.address) & 0xFF, STOP))


@dataclass(frozen=True, slots=True)
class LongFrame:
    """A frame with data: SND_UD of the master, RSP_UD of a slave. Without data it is the control frame."""

    control: int
    address: int
    ci: int
    user_data: bytes = b""

    def to_bytes(self) -> bytes:
        """Raises `EncodeError` when the data is longer than a frame can hold."""
        body = bytes((self.control, self.address, self.ci)) + self.user_data
        if len(body) > MAXIMUM_L:
            raise EncodeError(f"A frame holds at most {MAXIMUM_USER_DATA} octets of data, not {len(self.user_data)}.")
        return bytes((START_LONG, len(body), len(body), START_LONG)) + body + bytes((sum(body) & 0xFF, STOP))

    @property
    def is_answer(self) -> bool:
        """True for RSP_UD: direction bit clear and function 8, whatever the access-demand and flow bits say."""
        return self.control & 0x4F == RSP_UD


Frame = Ack | ShortFrame | LongFrame


def expected_length(octets: bytes | bytearray) -> int | None:
    """Length of the frame that begins here, None while too few octets tell; raises `TelegramError` where none can."""
    start = octets[0]
    if start == ACKNOWLEDGE:
        return 1
    if start == START_SHORT:
        return 5
    if start != START_LONG:
        raise TelegramError(f"A frame begins with 10, 68 or E5, not {start:02X}.", bytes(octets), 0)
    if len(octets) > 1 and octets[1] < 3:
        raise TelegramError(f"The length field says {octets[1]}, a long frame has at least 3.", bytes(octets), 1)
    if len(octets) > 2 and octets[2] != octets[1]:
        raise TelegramError(f"The two length fields differ: {octets[1]:02X} and {octets[2]:02X}.", bytes(octets), 2)
    if len(octets) > 3 and octets[3] != START_LONG:
        raise TelegramError(f"The second start octet is {octets[3]:02X}, not 68.", bytes(octets), 3)
    return octets[1] + 6 if len(octets) > 3 else None


def parse_frame(octets: bytes) -> Frame:
    """The one frame that `octets` are; raises `TelegramError` naming the octet where they are none."""
    if not octets:
        raise TelegramError("There are no octets.", octets, 0)
    length = expected_length(octets)
    if length is None or len(octets) < length:
        missing = "" if length is None else f" of {length}"
        raise TelegramError(f"The frame ends after {len(octets)}{missing} octets.", octets, len(octets))
    if len(octets) > length:
        raise TelegramError(f"{len(octets) - length} octets follow the frame's end.", octets, length)
    if length == 1:
        return Ack()
    if octets[-1] != STOP:
        raise TelegramError(f"The last octet is {octets[-1]:02X}, not 16.", octets, length - 1)
    body = octets[1:3] if length == 5 else octets[4:-2]
    checksum = sum(body) & 0xFF
    if octets[-2] != checksum:
        raise TelegramError(f"The checksum is {octets[-2]:02X}, the octets sum to {checksum:02X}.", octets, length - 2)
    if length == 5:
        return ShortFrame(octets[1], octets[2])
    return LongFrame(octets[4], octets[5], octets[6], octets[7:-2])
