"""The users there are, in memory as logins ask for them and in the book as they stay."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from appliance.clock import Clock
from appliance.errors import Kind, RefusedError
from appliance.security.books import Key, User, UserBook

NAME: Final = re.compile(r"[a-z][a-z0-9_.-]{0,31}", re.ASCII)
HIGHEST: Final = 3
MOST_USERS: Final = 64
MOST_KEYS: Final = 16  # of one user
LONGEST_KEY: Final = 8192
KEY_KINDS: Final = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
SECURITY_KEYS: Final = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")


class Users:
    """All accounts. Thread-safe."""

    def __init__(self, book: UserBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._lock = threading.RLock()
        self._users = {user.name: user for user in book.load()}

    def __iter__(self) -> Iterator[User]:
        with self._lock:
            return iter([self._users[name] for name in sorted(self._users)])

    def __len__(self) -> int:
        return len(self._users)

    def find(self, name: str) -> User | None:
        """The user of this name, in any case."""
        return self._users.get(name.strip().lower())

    def get(self, name: str) -> User:
        """The same; refuses a name nobody has."""
        user = self.find(name)
        if user is None:
            raise RefusedError(f'There is no user "{name}" (user list).', Kind.NOT_FOUND)
        return user

    def add(self, user: User) -> None:
        """A new one."""
        if NAME.fullmatch(user.name) is None:
            raise RefusedError("A user's name has 1 to 32 of a-z 0-9 _ . -, a letter first.", Kind.VALUE)
        with self._lock:
            if user.name in self._users:
                raise RefusedError(f"There is a user {user.name} already.", Kind.CONFLICT)
            if len(self._users) >= MOST_USERS:
                raise RefusedError(f"There are {MOST_USERS} users, more are not kept.", Kind.LIMIT)
            self._save(user)

    def change(self, user: User) -> None:
        """Write one anew; somebody of level 3 remains in any case."""
        with self._lock:
            self._keep_somebody({**self._users, user.name: user})
            self._save(user)

    def delete(self, name: str) -> None:
        """Forget one."""
        with self._lock:
            user = self.get(name)
            self._keep_somebody({other: kept for other, kept in self._users.items() if other != user.name})
            self._book.delete(user.name)
            del self._users[user.name]

    def logged_in(self, user: User) -> None:
        """Note that somebody came in."""
        with self._lock:
            now = self._clock.now()
            self._book.logged_in(user.name, now)
            self._users[user.name] = replace(self._users[user.name], last_login=now)

    def add_key(self, name: str, key: Key) -> None:
        """One more key."""
        with self._lock:
            user = self.get(name)
            if any(kept.fingerprint == key.fingerprint for kept in user.keys):
                raise RefusedError(f"{user.name} has this key already.", Kind.CONFLICT)
            if len(user.keys) >= MOST_KEYS:
                raise RefusedError(f"{user.name} has {MOST_KEYS} keys: delete one first.", Kind.LIMIT)
            self._save(replace(user, keys=(*user.keys, key)))

    def delete_key(self, name: str, fingerprint: str) -> None:
        """One key fewer."""
        with self._lock:
            user = self.get(name)
            kept = tuple(key for key in user.keys if key.fingerprint != fingerprint)
            if len(kept) == len(user.keys):
                raise RefusedError(f"{user.name} has no key {fingerprint}.", Kind.NOT_FOUND)
            self._save(replace(user, keys=kept))

    def _save(self, user: User) -> None:
        self._book.save(user)
        self._users[user.name] = user

    def _keep_somebody(self, users: dict[str, User]) -> None:
        now = self._clock.now()
        if not any(user.level == HIGHEST and user.works(now) and user.expires is None for user in users.values()):
            raise RefusedError("The last user of level 3 stays as it is: make another one first.", Kind.CONFLICT)


def parse_key(text: str) -> Key:
    """A public key as a line of authorized_keys; options before it are refused."""
    parts = text.split(None, 2)
    kinds = (*KEY_KINDS, *SECURITY_KEYS)
    if len(parts) < 2 or parts[0] not in kinds or len(text) > LONGEST_KEY:
        raise RefusedError(f"A public key begins with {KEY_KINDS[0]} or another kind, then its text.", Kind.VALUE)
    try:
        octets = base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        octets = b""
    kind = parts[0].encode()
    if not octets.startswith(len(kind).to_bytes(4) + kind) or len(octets) < len(kind) + 32:
        raise RefusedError("This public key is not whole: copy the line again.", Kind.VALUE)
    comment = "".join(letter for letter in " ".join(parts[2:]) if letter.isprintable())
    return Key(fingerprint_of(octets), f"{parts[0]} {parts[1]} {comment}".strip())


def fingerprint_of(octets: bytes) -> str:
    """As `ssh-keygen -l` shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(octets).digest()).rstrip(b"=").decode()


def expired(user: User, now: datetime) -> str:
    """Why an account does not work, empty where it does."""
    if not user.enabled:
        return f"{user.name} is switched off."
    return "" if user.works(now) else f"{user.name} was in use until {user.expires:%Y-%m-%d}."
