"""The one-time code of the first start: 80 random bits that only somebody at the device can read.

```text
7KQF-2M9X-C4TD-PW3N        no I, L, O, U: nothing looks like 1, 0 or V
```
It lies in the data folder (0600) until it was used, for the terminal, the display and `busmeister doctor`.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import threading
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from appliance.clock import Clock
from appliance.errors import Kind, RefusedError
from appliance.security.private_file import write_private

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS: Final = 16
GROUP: Final = 4
TRIES: Final = 5  # a minute
MINUTE: Final = 60.0
LOOK_ALIKES: Final = str.maketrans("ILO", "110")
FILE: Final = "setup-code"


class SetupCode:
    """The code of one device."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / FILE
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=TRIES)  # when wrong ones were typed
        self._lock = threading.Lock()

    def make(self) -> str:
        """The code there is, else a fresh one."""
        if self.shown:
            return self.shown
        letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
        code = "-".join(letters[at : at + GROUP] for at in range(0, LETTERS, GROUP))
        write_private(self._path, f"{code} {self._clock.now():%Y-%m-%dT%H:%M:%SZ}\n".encode("ascii"))
        return code

    @property
    def shown(self) -> str:
        """For those at the device; empty where there is none."""
        return read_code(self._path.parent)

    def check(self, typed: str, life: timedelta) -> None:
        """Refuse a wrong or old code, and any after five wrong ones a minute. Thread-safe."""
        with self._lock:
            now = self._clock.monotonic()
            if len(self._wrong) == TRIES and now - self._wrong[0] < MINUTE:
                raise RefusedError("Five codes a minute may be tried: wait a minute.", Kind.LIMIT)
            if not hmac.compare_digest(_plain(typed), _plain(self.shown)) or not self.shown:
                self._wrong.append(now)
                raise RefusedError("This is not the set-up code of this device.", Kind.LOGIN)
        if life and self._clock.now() - self._made() > life:
            raise RefusedError("The set-up code is too old: restart the appliance for a new one.", Kind.LOGIN)

    def renew_if_old(self, life: timedelta) -> None:
        """At a start: a code past its life goes, `make` gives another."""
        if life and self.shown and self._clock.now() - self._made() > life:
            self.discard()

    def discard(self) -> None:
        """It was used."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _made(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text(encoding="ascii").split()[1])


def read_code(folder: Path) -> str:
    """The code that lies in a data folder, empty where there is none or it is another user's."""
    try:
        words = (folder / FILE).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return ""
    return words[0] if len(words) == 2 and len(_plain(words[0])) == LETTERS else ""


def _plain(code: str) -> bytes:
    letters = code.upper().translate(LOOK_ALIKES)
    return "".join(letter for letter in letters if letter in ALPHABET).encode()
