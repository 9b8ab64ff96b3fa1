"""Takes apart what the kernel mixes into serial input when it marks damaged octets (termios PARMRK).

```text
FF 00 xx    the octet xx came with a wrong parity or stop bit; FF 00 00 is also a break
FF FF       a sound FF
```
A mark may be cut anywhere between two reads.
"""

from __future__ import annotations

from typing import Final

from appliance.mbus.framer import Received

MARK: Final = 0xFF
DAMAGED: Final = 0x00


class MarkDecoder:
    """Fed with octets as read, gives octets as they were on the wire and the positions of the damaged ones."""

    def __init__(self) -> None:
        self._begun = b""  # FF or FF 00 at the end of the last read

    def feed(self, octets: bytes) -> Received:
        """What is complete; the beginning of a mark waits for the rest of it."""
        octets = self._begun + octets
        if MARK not in octets:
            self._begun = b""
            return Received(octets)
        wire = bytearray()
        damaged = []
        position = 0
        while position < len(octets):
            mark = octets[position : position + 3]
            if mark in (b"\xff", b"\xff\x00"):
                break
            if mark[0] == MARK and mark[1] == DAMAGED:
                damaged.append(len(wire))
                wire.append(mark[2])
                position += 3
            else:
                wire.append(mark[0])
                position += 2 if mark[:2] == b"\xff\xff" else 1
        self._begun = octets[position:]
        return Received(bytes(wire), tuple(damaged))
