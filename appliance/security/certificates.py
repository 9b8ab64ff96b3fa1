"""The key store: identities of this device for TLS; `DATA/certificates/ALIAS.pem` holds a key and its certificate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.clock import Clock
from appliance.errors import Kind, RefusedError
from appliance.security.private_file import write_private

SELF: Final = "self"  # made by this device where it is needed, and made anew before it ends
ALIAS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
ENDING: Final = ".pem"
LATE_CLOCK: Final = timedelta(days=1)  # by which a client's clock may be behind ours
COMMON_NAME: Final = 64  # characters, by RFC 5280


@dataclass(frozen=True, slots=True)
class Certificate:
    """The public half of an identity."""

    alias: str
    subject: str
    issuer: str
    names: tuple[str, ...]  # host names and addresses it is good for
    begins: datetime
    ends: datetime
    serial: str  # hexadecimal
    fingerprint: str  # SHA-256 of the whole, as `openssl x509 -fingerprint -sha256` writes it

    @property
    def is_self_signed(self) -> bool:
        """Nobody else vouches for it."""
        return self.subject == self.issuer

    def is_good(self, now: datetime, ahead: timedelta) -> bool:
        """Whether it is in force, and will be for a while: `ahead`, or half its life where that is shorter."""
        return self.begins <= now < self.ends - min(ahead, (self.ends - self.begins) / 2)


class KeyStore:
    """All identities. What lies in the folder counts, whoever put it there."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def path(self, alias: str) -> Path:
        """The file of an identity; raises `RefusedError` for what is no alias."""
        if not ALIAS.fullmatch(alias):
            raise RefusedError(f"An alias is 1 to 63 of A-Z a-z 0-9 _ -, not {alias}.", Kind.VALUE)
        return self._folder / f"{alias}{ENDING}"

    def all(self) -> list[Certificate]:
        """Those that can be read, by alias."""
        aliases = sorted(path.stem for path in self._folder.glob(f"*{ENDING}") if ALIAS.fullmatch(path.stem))
        return [found for alias in aliases if (found := self.find(alias))]

    def find(self, alias: str) -> Certificate | None:
        """One by its alias; None where there is none that can be read."""
        try:
            return _read(alias, x509.load_pem_x509_certificate(self.path(alias).read_bytes()))
        except (OSError, ValueError):
            return None

    def get(self, alias: str) -> Certificate:
        """One by its alias; raises `RefusedError`."""
        found = self.find(alias)
        if found is None:
            known = ", ".join(one.alias for one in self.all())
            raise RefusedError(f"There is no certificate {alias}: {known or 'none was made yet'}.", Kind.NOT_FOUND)
        return found

    def public(self, alias: str) -> str:
        """The certificate of an identity as PEM, without its key; raises `RefusedError`."""
        self.get(alias)
        certificate = x509.load_pem_x509_certificate(self.path(alias).read_bytes())
        return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def make(self, alias: str, names: Sequence[str], life: timedelta) -> Certificate:
        """A new identity that vouches for itself, for these host names and addresses."""
        path = self.path(alias)
        old = self.find(alias)
        if old is not None and not old.is_self_signed:
            raise RefusedError(f"{alias} was issued by {old.issuer}: delete it first, or take another alias.")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _self_signed(key, names, self._clock.now(), life)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, _pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        except OSError as error:
            raise RefusedError(f"{path} cannot be written: {error.strerror}.", Kind.STORAGE) from None
        return _read(alias, certificate)

    def delete(self, alias: str) -> None:
        """Remove one, key and all."""
        self.get(alias)
        self.path(alias).unlink(missing_ok=True)


def _self_signed(
    key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime, life: timedelta
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:COMMON_NAME])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LATE_CLOCK)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectAlternativeName(map(_general_name, names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError:
        raise RefusedError(
            f"A certificate is made for host names in ASCII and addresses, not {name}.", Kind.VALUE
        ) from None


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read(alias: str, certificate: x509.Certificate) -> Certificate:
    return Certificate(
        alias,
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        tuple(_names(certificate)),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        f"{certificate.serial_number:x}",
        certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def _names(certificate: x509.Certificate) -> Iterable[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [str(name.value) for name in extension.value]
