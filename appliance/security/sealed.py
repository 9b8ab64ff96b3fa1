"""Secrets of the settings, sealed by the device's key before they reach the database.

The key file lies beside the database: this protects copies and backups, not a stolen card.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.log import stream
from appliance.ports import SettingBook

log = stream("security")

HEAD: Final = "sealed:1:"
NONCE: Final = 12


class Sealer:
    """Seals texts; a seal holds for one name only."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def of_device(cls, key: bytes) -> Sealer:
        """For the settings, by the key file of the device."""
        return cls(derive(key, "settings"))

    def seal(self, name: str, text: str) -> str:
        """What may be kept."""
        nonce = secrets.token_bytes(NONCE)
        return HEAD + base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), name.encode())).decode()

    def unseal(self, name: str, kept: str) -> str | None:
        """The text; None for one sealed by another key or under another name."""
        if not kept.startswith(HEAD):
            return None
        try:
            octets = base64.b64decode(kept.removeprefix(HEAD), validate=True)
            return self._cipher.decrypt(octets[:NONCE], octets[NONCE:], name.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error):
            return None


def derive(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return hmac.digest(key, purpose.encode(), "sha256")


class SealedBook:
    """A book of settings whose secrets are sealed; implements `SettingBook`."""

    def __init__(self, book: SettingBook, sealer: Sealer, is_secret: Callable[[str], bool]) -> None:
        self._book = book
        self._sealer = sealer
        self._is_secret = is_secret

    def load(self) -> Mapping[str, str]:
        """All of them, opened; a secret that cannot be opened is at its default."""
        opened = {name: self._opened(name, kept) for name, kept in self._book.load().items()}
        return {name: text for name, text in opened.items() if text is not None}

    def save(self, changes: Mapping[str, str | None], who: str) -> None:
        """Seal what is secret, and keep all."""
        sealed = {
            name: self._sealer.seal(name, text) if text and self._is_secret(name) else text
            for name, text in changes.items()
        }
        self._book.save(sealed, who)

    def _opened(self, name: str, kept: str) -> str | None:
        if not self._is_secret(name):
            return kept
        text = self._sealer.unseal(name, kept)
        if text is None:
            log.warning("%s cannot be opened with the key of this device: set it again.", name)
        return text
