"""What a terminal sends over the local socket; back come the octets to show, as they are.

```text
kind (1 octet)  length (4 octets)  payload
H  hello, first: JSON {"version", "view", "term", "colour", "no_color", "ascii", "columns", "rows", "stops_appliance"}
W  window size: columns and rows, 2 octets each
D  keys, as typed
```
"""

from __future__ import annotations

import json
import struct
from typing import Any, Final

VERSION: Final = 1
HEAD: Final = struct.Struct(">cI")
SIZE: Final = struct.Struct(">HH")
LONGEST: Final = 65536

HELLO, WINDOW, KEYS = b"H", b"W", b"D"
DASHBOARD, CONSOLE = "dashboard", "console"  # views


def frame(kind: bytes, payload: bytes) -> bytes:
    """A frame."""
    return HEAD.pack(kind, len(payload)) + payload


def hello(facts: dict[str, Any]) -> bytes:
    """The first frame."""
    return frame(HELLO, json.dumps({"version": VERSION, **facts}).encode())


def window(columns: int, rows: int) -> bytes:
    """The window has this size now."""
    return frame(WINDOW, SIZE.pack(columns, rows))
