"""Which octets of a telegram are encrypted, and what opening them takes besides the key (OMS specification volume 2).

```text
mode 5    configuration word   encrypted blocks   plain records
mode 7    [authentication layer]   configuration word   extension   encrypted blocks   plain records
mode 10   configuration word   extension (2)   [key version]   message counter (4)   encrypted octets   tag
extension bits 4-5 key derivation; in mode 10 bit 6 key version, bits 8-9 size of the tag
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.mbus.authentication import Authentication
from appliance.mbus.header import Header, ShortHeader
from appliance.mbus.security import (
    AES_CBC_NO_IV,
    AES_CCM,
    DECRYPTED,
    MODES,
    NOT_OPENED,
    encrypted_octets,
    mode,
)
from appliance.mbus.structures import Structure

DERIVED_FROM_COUNTER: Final = 1  # the only key derivation that is defined
ALL_OCTETS: Final = 0xFF  # in the low half of the configuration word of mode 10
COUNTER: Final = 4
SMALLEST_TAG: Final = 4
KEY_VERSION: Final = 0x40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Encrypted octets in [start, end) of a telegram, with all that opening them takes but the key."""

    octets: bytes
    mode: int
    header: Header | None  # None: the telegram does not tell its sender
    start: int
    end: int
    counter: bytes = b""  # of the message, least significant octet first
    code: bytes = b""  # proves that the telegram is the meter's: a message authentication code, or the tag of mode 10
    authenticated: bytes = b""  # what the code covers besides the encrypted octets, or with them in mode 7
    derivation: int = DERIVED_FROM_COUNTER

    @property
    def name(self) -> str:
        return MODES[self.mode]

    @property
    def data(self) -> bytes:
        """The encrypted octets."""
        return self.octets[self.start : self.end]

    @property
    def obstacle(self) -> str:
        """Why no key alone opens it; empty where one does."""
        if self.mode in NOT_OPENED:
            return NOT_OPENED[self.mode]
        if self.header is None:
            return "the telegram does not tell its sender, whose address takes part in it"
        if self.mode in (AES_CBC_NO_IV, AES_CCM):
            if len(self.counter) != COUNTER:
                return "the telegram has no message counter, from which its key is derived"
            if self.derivation != DERIVED_FROM_COUNTER:
                return f"its key is derived in a way ({self.derivation}) that is not defined"
        if self.mode == AES_CCM and not self.code:
            return "only a part of it is encrypted, and no public source tells which octets its tag covers"
        return ""


def sealed(
    octets: bytes, end: int, structure: Structure, sender: Header | ShortHeader, layer: Authentication | None
) -> Sealed | None:
    """What is encrypted behind the header of a telegram; None where all is plain."""
    found, start = mode(sender.configuration), data_start(structure, sender, layer)
    if octets[start : start + 2] == DECRYPTED:
        return None  # a word before us has removed the encryption
    count = encrypted_octets(sender.configuration, end - start)
    if not count:
        return None
    header = sender if isinstance(sender, Header) else None
    if found == AES_CCM:
        return _with_counter(octets, end, structure, sender.configuration, header)
    if found != AES_CBC_NO_IV or layer is None:
        return Sealed(octets=octets, mode=found, header=header, start=start, end=start + count)
    return Sealed(
        octets=octets, mode=found, header=header, start=start, end=start + count, counter=layer.counter,
        code=layer.code, authenticated=layer.authenticated(octets[layer.end : end]),
        derivation=octets[start - 1] >> 4 & 3,
    )  # fmt: skip


def data_start(structure: Structure, sender: Header | ShortHeader, layer: Authentication | None) -> int:
    """Position behind the header and, in mode 7, its extension. Without the layer, the word is an old signature."""
    return structure.data_start + (layer is not None and mode(sender.configuration) == AES_CBC_NO_IV)


def _with_counter(octets: bytes, end: int, structure: Structure, word: int, header: Header | None) -> Sealed:
    """Mode 10: what is behind the header begins with extension and counter, and ends with the tag."""
    extension = int.from_bytes(octets[structure.data_start : structure.data_start + 2], "little")
    before = structure.data_start + 2 + bool(extension & KEY_VERSION)
    start, behind = before + COUNTER, end - SMALLEST_TAG * (1 + (extension >> 8 & 3))
    if behind <= start:
        return Sealed(octets=octets, mode=AES_CCM, header=header, start=structure.data_start, end=end)
    is_whole = word & 0xFF in (ALL_OCTETS, behind - start)
    return Sealed(
        octets=octets, mode=AES_CCM, header=header, start=start, end=behind, counter=octets[before:start],
        code=octets[behind:end] if is_whole else b"", authenticated=octets[structure.start - 1 : before],
        derivation=extension >> 4 & 3,
    )  # fmt: skip
