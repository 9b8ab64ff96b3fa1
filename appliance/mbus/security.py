"""Security of a telegram's data by its configuration word (OMS specification volume 2).

```text
configuration word   bits 8-12 mode   bits 4-7 number of encrypted blocks of 16 octets (modes 2 to 7)
```
Older meters send a signature in its place; a mode that nobody defined means such a word, and plain data.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

AES_CBC_IV: Final = 5
AES_CBC_NO_IV: Final = 7
AES_CCM: Final = 10
MODES: Final = {
    0: "none",
    2: "des-cbc",
    3: "des-cbc-iv",
    4: "aes-cbc",
    AES_CBC_IV: "aes-cbc-iv",
    AES_CBC_NO_IV: "aes-cbc-no-iv",
    8: "aes-ctr-cmac",
    9: "aes-gcm",
    AES_CCM: "aes-ccm",
    13: "tls",
}
NOT_OPENED: Final = {  # what a key alone cannot open, and why
    2: "DES is given up, and no published telegram shows how meters used it",
    3: "its vector holds the day of sending, which the telegram does not tell",
    4: "no public source shows how meters used it",
    8: "no public source shows how meters use it",
    9: "no public source shows how meters use it",
    13: "the data belong to a TLS session, whose keys no telegram carries",
}
BLOCK: Final = 16
MODES_WITH_BLOCK_COUNT: Final = (2, 3, 4, AES_CBC_IV, AES_CBC_NO_IV)
DECRYPTED: Final = b"\x2f\x2f"  # begins the plain data of modes 4 to 7: proof that the key was right


def mode(configuration: int) -> int:
    """The security mode, as the word says it."""
    return configuration >> 8 & 0x1F


def is_known(configuration: int) -> bool:
    """Whether the word names a mode that somebody defined."""
    return mode(configuration) in MODES


@lru_cache(256)
def security_name(configuration: int) -> str:
    """`0x0510` -> `aes-cbc-iv`; words that name no mode are `none`."""
    return MODES.get(mode(configuration), "none")


def encrypted_octets(configuration: int, available: int) -> int:
    """How many of the octets behind the header are encrypted."""
    if security_name(configuration) == "none":
        return 0
    if mode(configuration) not in MODES_WITH_BLOCK_COUNT:
        return available
    encrypted = (configuration >> 4 & 0x0F) * BLOCK
    return encrypted if encrypted <= available else 0  # such a count is no count: an old signature
