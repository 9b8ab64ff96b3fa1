"""A VIF whose unit is written out, and where its text stands.

```text
7C      length  text
FC      length  text  VIFE...      as the captured meters send it
FC      VIFE...  length  text      as other open decoders read the standard
```
Behind FC an octet from 20 on is an extension: no unit has so long a name, and below 20 stand the codes of errors alone.
"""

from __future__ import annotations

from typing import Final

from appliance.mbus.dif import EXTENSION

PLAIN_TEXT: Final = 0x7C
FIRST_EXTENSION: Final = 0x20


def is_plain_text(vif: int) -> bool:
    """Whether a text names the unit."""
    return vif & ~EXTENSION == PLAIN_TEXT


def text_is_last(vif: bytes) -> bool:
    """Whether the extensions of such a VIF stand before its text."""
    return len(vif) > 1 and bool(vif[0] & EXTENSION) and vif[1] >= FIRST_EXTENSION


def split(vif: bytes) -> tuple[bytes, bytes]:
    """The text of such a VIF as it came, and its extensions."""
    if not text_is_last(vif):
        end = 2 + vif[1]
        return vif[2:end], vif[end:]
    length = next(place for place in range(1, len(vif)) if not vif[place] & EXTENSION) + 1
    return vif[length + 1 :], vif[1:length]
