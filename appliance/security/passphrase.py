"""Secrets that travel in a file: sealed by a passphrase instead of the device's key.

```text
sealed:2: base64 of  salt (16) | nonce (12) | AES-256-GCM of the text, by scrypt of passphrase and salt, for one name
```
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.errors import Kind, RefusedError

HEAD: Final = "sealed:2:"
SHORTEST: Final = 12  # letters of a passphrase
SALT: Final = 16
NONCE: Final = 12
COST: Final = 1 << 15


class Passphrase:
    """Seals and opens; the key is derived once a salt."""

    def __init__(self, text: str) -> None:
        if len(text) < SHORTEST:
            raise RefusedError(f"passphrase takes {SHORTEST} characters or more.", Kind.VALUE)
        self._text = text
        self._salt = secrets.token_bytes(SALT)
        self._ciphers: dict[bytes, AESGCM] = {}

    def seal(self, name: str, text: str) -> str:
        """What may stand in a file under this name."""
        nonce = secrets.token_bytes(NONCE)
        sealed = self._cipher(self._salt).encrypt(nonce, text.encode(), name.encode())
        return HEAD + base64.b64encode(self._salt + nonce + sealed).decode()

    def open(self, name: str, sealed: str) -> str:
        """The text; raises `RefusedError` for another passphrase, another name, or a changed octet."""
        try:
            octets = base64.b64decode(sealed.removeprefix(HEAD), validate=True)
            salt, nonce, rest = octets[:SALT], octets[SALT : SALT + NONCE], octets[SALT + NONCE :]
            return self._cipher(salt).decrypt(nonce, rest, name.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error):
            raise RefusedError(f"{name} cannot be opened with this passphrase.", Kind.VALUE) from None

    def _cipher(self, salt: bytes) -> AESGCM:
        if salt not in self._ciphers:
            key = hashlib.scrypt(self._text.encode(), salt=salt, n=COST, r=8, p=1, dklen=32, maxmem=64 << 20)
            self._ciphers = {salt: AESGCM(key)}  # a file has one salt; a hostile one shall not fill the memory
        return self._ciphers[salt]
