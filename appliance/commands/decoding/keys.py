"""Opening encrypted telegrams of security mode 5: AES-128 in CBC mode (OMS specification volume 2).

The initialization vector is manufacturer, identification, version and medium as the header has them, and eight times
the access number. Plain data begin with 2F 2F: so a wrong key is told.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from appliance.errors import RefusedError, TelegramError
from appliance.mbus.header import Header
from appliance.mbus.security import DECRYPTED
from appliance.mbus.structures import VARIABLE
from appliance.mbus.telegram import Decrypt

KEY_LENGTH: Final = 16
ACCESS_NUMBERS: Final = 8


def parse_key(text: str) -> bytes:
    """The sixteen octets of a key; raises `RefusedError`, which never repeats it."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_LENGTH:
        raise RefusedError(f"A key is {2 * KEY_LENGTH} hex digits; what was given is not.")
    return key


def opener(key: bytes) -> Decrypt:
    """What opens the telegrams that were closed with this key."""

    def decrypt(header: Header, octets: bytes) -> bytes:
        cipher = Cipher(algorithms.AES(key), modes.CBC(initialization_vector(header))).decryptor()
        plain = cipher.update(octets) + cipher.finalize()
        if not plain.startswith(DECRYPTED):
            sentence = f"The key does not open this telegram of {header.secondary_address}."
            raise TelegramError(sentence, octets, VARIABLE[0x72].data_start)
        return plain

    return decrypt


def initialization_vector(header: Header) -> bytes:
    """Sixteen octets that differ from telegram to telegram."""
    octets = header.to_bytes()
    return octets[4:6] + octets[:4] + octets[6:8] + bytes((header.access_number,)) * ACCESS_NUMBERS
