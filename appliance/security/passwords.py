"""Passwords as scrypt keeps them: `$scrypt$ln=14,r=8,p=1$salt$hash`, 16 MiB and some 50 ms each.

At most two run at a time, so that an attack takes neither the memory nor both processors. A name nobody has costs
the same as one with a wrong password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import threading
from importlib import resources
from typing import Final, Protocol

from appliance.errors import Kind, RefusedError

AT_ONCE: Final = 2
MEMORY: Final = 64 << 20
MOST_WORK: Final = 16  # log2 of n, of a hash from a backup of a later version
LONGEST: Final = 200
SALT: Final = 16
LENGTH: Final = 32
KEPT: Final = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})", re.ASCII)


class Hasher(Protocol):
    """Turns passwords into what is kept of them."""

    def keep(self, password: str) -> str:
        """What is kept of a password."""

    def verify(self, password: str, kept: str) -> bool:
        """Whether it is the password; with nothing kept the same work, and never."""


class Scrypt:
    """The hasher of the appliance."""

    def __init__(self, ln: int = 14, r: int = 8, p: int = 1) -> None:
        self._cost = (ln, r, p)
        self._nobody = self._written(secrets.token_bytes(SALT), secrets.token_bytes(LENGTH))
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def keep(self, password: str) -> str:
        """A fresh salt each time."""
        salt = secrets.token_bytes(SALT)
        return self._written(salt, self._derive(password, salt, self._cost))

    def verify(self, password: str, kept: str) -> bool:
        """Whether it is the password; with nothing kept the same work, and never."""
        match = KEPT.fullmatch(kept or self._nobody)
        if match is None or int(match[1]) > MOST_WORK:
            match = KEPT.fullmatch(self._nobody)
            assert match is not None  # written by ourselves
        cost = (int(match[1]), int(match[2]), int(match[3]))
        found = self._derive(password, _octets(match[4]), cost)
        return hmac.compare_digest(found, _octets(match[5]))

    def _derive(self, password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
        ln, r, p = cost
        plain = password[: LONGEST + 1].encode("utf-8", "surrogatepass")
        with self._places:
            return hashlib.scrypt(plain, salt=salt, n=1 << ln, r=r, p=p, maxmem=MEMORY, dklen=LENGTH)

    def _written(self, salt: bytes, derived: bytes) -> str:
        ln, r, p = self._cost
        return f"$scrypt$ln={ln},r={r},p={p}${_text(salt)}${_text(derived)}"


def check_password(password: str, name: str, *, minimum: int, refuse_common: bool) -> None:
    """Refuse what is guessed first; the sentence never holds the password."""
    if not minimum <= len(password) <= LONGEST:
        raise RefusedError(f"A password has {minimum} to {LONGEST} characters.", Kind.VALUE)
    if any(not letter.isprintable() for letter in password):
        raise RefusedError("A password has printable characters only.", Kind.VALUE)
    if password.lower() == name.lower():
        raise RefusedError("A password must not be the user's name.", Kind.VALUE)
    if refuse_common and is_common(password):
        raise RefusedError("This password is on the list of common ones: choose another.", Kind.VALUE)


def is_common(password: str) -> bool:
    """A word of the list, also with digits and signs behind it, or one sign again and again."""
    lower = password.lower()
    core = lower.strip("0123456789!.?*#-_+$@ ")
    return len(set(lower)) < 3 or lower in COMMON or not core or core in COMMON or lower in RUNS


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).rstrip(b"=").decode()


def _octets(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


COMMON: Final = frozenset(resources.files("appliance.security").joinpath("common_passwords.txt").read_text().split())
ROWS: Final = (
    *("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "1q2w3e4r5t6z7u8i9o"),
    "abcdefghijklmnopqrstuvwxyz",
)
RUNS: Final = frozenset(
    run[at : at + length]
    for row in ROWS
    for run in (row, row[::-1])
    for length in range(8, len(row) + 1)
    for at in range(len(row) - length + 1)
)
