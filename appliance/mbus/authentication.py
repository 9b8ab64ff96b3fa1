"""The authentication and fragmentation layer that may stand before a telegram's transport header (OMS volume 2).

```text
CI 90   length   control (2)   [message control]   [key (2)]   [counter (4)]   [code (2 to 16)]   [length (2)]   CI ...
control   bits 0-7 fragment   9 key   10 code   11 counter   12 length   13 message control   14 more fragments
```
Fields of several octets begin with the least significant. The counter makes a key of its own for each message; the code
proves that the message is the meter's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.errors import TelegramError

AUTHENTICATION: Final = 0x90  # its CI field
HAS_KEY: Final = 0x0200
HAS_CODE: Final = 0x0400
HAS_COUNTER: Final = 0x0800
HAS_LENGTH: Final = 0x1000
HAS_MESSAGE_CONTROL: Final = 0x2000
MORE_FRAGMENTS: Final = 0x4000
CODE_TYPE: Final = 0x0F
CODE_OCTETS: Final = {3: 2, 4: 4, 5: 8, 6: 12, 7: 16, 8: 12}  # by the type in the message control


@dataclass(frozen=True, slots=True)
class Authentication:
    """What the layer says, and where it ends."""

    control: int
    message_control: bytes
    counter: bytes
    code: bytes
    length: bytes
    end: int  # position of the CI field behind it

    @property
    def is_whole(self) -> bool:
        """Whether the message is all in this telegram."""
        return not self.control & MORE_FRAGMENTS and self.control & 0xFF <= 1

    def authenticated(self, message: bytes) -> bytes:
        """What the code was computed of, if `message` begins with the CI field behind the layer."""
        return self.message_control + self.counter + self.length + message


def read_authentication(octets: bytes, start: int, end: int) -> Authentication:
    """The layer whose length octet stands at `start`; raises `TelegramError` where it does not end before `end`."""
    behind = start + 1 + octets[start] if start < end else end
    if behind >= end:
        raise TelegramError("The authentication layer leaves no room for a message.", octets, end)
    position = start + 1

    def take(count: int, bit: int = 0) -> bytes:
        nonlocal position
        if bit and not control & bit:
            return b""
        position += count
        if position > behind:
            raise TelegramError("The authentication layer ends inside one of its fields.", octets, behind)
        return octets[position - count : position]

    control = int.from_bytes(take(2), "little")
    message_control = take(1, HAS_MESSAGE_CONTROL)
    take(2, HAS_KEY)
    counter = take(4, HAS_COUNTER)
    code = take(CODE_OCTETS.get(message_control[0] & CODE_TYPE, 0) if message_control else 0, HAS_CODE)
    return Authentication(control, message_control, counter, code, take(2, HAS_LENGTH), behind)
