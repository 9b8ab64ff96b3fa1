"""Opening encrypted telegrams with the meter's key: security modes 5, 7 and 10 (OMS specification volume 2).

```text
mode 5    AES-128 in CBC mode with the meter's key; vector: manufacturer, identification, version, medium as the header
          has them, and eight times the access number
mode 7    AES-128 in CBC mode with a key of each message and no vector; a CMAC of the message with a second such key
mode 10   AES-128 in CCM mode with a key of each message; nonce: the address as in mode 5, zero, the message counter
keys of a message   CMAC with the meter's key of: purpose, message counter, identification, seven times 07
```
Plain data of modes 5 and 7 begin with 2F 2F, modes 7 and 10 carry a code of their own: so a wrong key is told.
"""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.cmac import CMAC

from appliance.errors import TelegramError
from appliance.mbus.header import Header
from appliance.mbus.sealing import Sealed
from appliance.mbus.security import AES_CBC_IV, AES_CBC_NO_IV, AES_CCM, BLOCK, DECRYPTED
from appliance.mbus.telegram import Decrypt

ACCESS_NUMBERS: Final = 8
ENCRYPTION: Final = b"\x00"  # purposes of a key, both in telegrams from the meter
AUTHENTICATION: Final = b"\x01"
PADDING: Final = b"\x07" * 7


def opener(key: bytes) -> Decrypt:
    """What opens the telegrams that were closed with this key."""

    def decrypt(sealed: Sealed) -> bytes:
        assert sealed.header is not None, "nobody asks for what has an obstacle"
        plain = OPENERS[sealed.mode](key, sealed, sealed.header)
        if plain is None:
            sentence = f"The key does not open this telegram of {sealed.header.secondary_address}."
            raise TelegramError(sentence, sealed.octets, sealed.start)
        return plain

    return decrypt


def _open_mode_5(key: bytes, sealed: Sealed, header: Header) -> bytes | None:
    return _checked(_from_blocks(key, initialization_vector(header), sealed.data))


def _open_mode_7(key: bytes, sealed: Sealed, header: Header) -> bytes | None:
    code = cmac(message_key(key, AUTHENTICATION, sealed, header), sealed.authenticated)
    if not compare_digest(code[: len(sealed.code)], sealed.code):
        return None
    return _checked(_from_blocks(message_key(key, ENCRYPTION, sealed, header), bytes(BLOCK), sealed.data))


def _open_mode_10(key: bytes, sealed: Sealed, header: Header) -> bytes | None:
    cipher = AESCCM(message_key(key, ENCRYPTION, sealed, header), tag_length=len(sealed.code))
    nonce = address_octets(header) + b"\0" + sealed.counter[::-1]
    try:
        return cipher.decrypt(nonce, sealed.data + sealed.code, sealed.authenticated)
    except InvalidTag:
        return None


OPENERS: Final[dict[int, Callable[[bytes, Sealed, Header], bytes | None]]] = {
    AES_CBC_IV: _open_mode_5,
    AES_CBC_NO_IV: _open_mode_7,
    AES_CCM: _open_mode_10,
}


def _from_blocks(key: bytes, vector: bytes, octets: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return cipher.update(octets) + cipher.finalize()


def _checked(plain: bytes) -> bytes | None:
    return plain if plain.startswith(DECRYPTED) else None


def address_octets(header: Header) -> bytes:
    """Manufacturer, identification, version and medium, each as the header has it."""
    octets = header.to_bytes()
    return octets[4:6] + octets[:4] + octets[6:8]


def initialization_vector(header: Header) -> bytes:
    """Sixteen octets that differ from telegram to telegram."""
    return address_octets(header) + bytes((header.access_number,)) * ACCESS_NUMBERS


def message_key(key: bytes, purpose: bytes, sealed: Sealed, header: Header) -> bytes:
    """The key of one message, derived from the meter's by the message counter."""
    return cmac(key, purpose + sealed.counter + header.to_bytes()[:4] + PADDING)


def cmac(key: bytes, octets: bytes) -> bytes:
    code = CMAC(algorithms.AES(key))
    code.update(octets)
    return code.finalize()
