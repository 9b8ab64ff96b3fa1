"""The appliance's own SSH key: made at the first start, kept in the data folder for its owner alone."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization import load_ssh_private_key as load

from appliance.security.private_file import write_private
from appliance.security.users import fingerprint_of

NAME: Final = "ssh_host_key"


def host_key(data_folder: Path) -> bytes:
    """The private key as OpenSSH writes it, from its file or new."""
    path = data_folder / NAME
    if not path.exists():
        renew_host_key(data_folder)
    return path.read_bytes()


def renew_host_key(data_folder: Path) -> str:
    """Put a new key in place of the one there was; its fingerprint, `SHA256:...`."""
    key = Ed25519PrivateKey.generate()
    write_private(data_folder / NAME, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    return host_fingerprint(data_folder)


def host_fingerprint(data_folder: Path) -> str:
    """What a client shows of the key when it comes for the first time."""
    public = load(host_key(data_folder), None).public_key()
    line = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return fingerprint_of(b64decode(line.split()[1]))
