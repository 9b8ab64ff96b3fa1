"""Security of a telegram's data by its configuration word (OMS specification volume 2).

```text
configuration word   bits 8-12 mode   bits 4-7 number of encrypted blocks of 16 octets (modes 2 to 5)
```
Older meters send a signature in its place; a mode that nobody defined means such a word, and plain data.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

MODES: Final = {
    0: "none",
    2: "des-cbc",
    3: "des-cbc-iv",
    4: "aes-cbc",
    5: "aes-cbc-iv",
    7: "aes-cbc-no-iv",
    8: "aes-ctr-cmac",
    9: "aes-gcm",
    10: "aes-ccm",
    13: "tls",
}
OPENABLE: Final = "aes-cbc-iv"  # what a key alone opens
BLOCK: Final = 16
MODES_WITH_BLOCK_COUNT: Final = (2, 3, 4, 5, 7)
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
