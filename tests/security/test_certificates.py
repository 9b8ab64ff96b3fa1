"""Identities for TLS: made when they are needed, made anew before they end, their keys for the owner alone."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.errors import RefusedError
from appliance.security.certificates import SELF, KeyStore
from appliance.security.own_names import addresses, host_names
from appliance.security.tls import ServerTls, Terms

YEAR = timedelta(days=365)


@pytest.fixture
def store(tmp_path: Path, clock: VirtualClock) -> KeyStore:
    return KeyStore(tmp_path / "certificates", clock)


def tls(store: KeyStore, clock: VirtualClock, terms: Terms | None = None) -> ServerTls:
    return ServerTls(store, clock, lambda: terms or Terms(life=YEAR))


def test_certificate_of_our_own_is_made_when_it_is_needed(store: KeyStore, clock: VirtualClock) -> None:
    context = tls(store, clock).context()
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    made = store.get(SELF)
    assert made.ends == clock.now() + YEAR
    assert made.begins < clock.now(), "a client's clock may be behind"
    assert set(host_names()) <= set(made.names)
    assert {str(address) for address in addresses()} <= set(made.names)
    assert made.is_self_signed


def test_key_is_the_owners_alone(store: KeyStore) -> None:
    store.make(SELF, ["localhost"], YEAR)
    assert store.path(SELF).stat().st_mode & 0o777 == 0o600
    assert store.path(SELF).parent.stat().st_mode & 0o777 == 0o700


def test_certificate_of_our_own_is_renewed_before_it_ends(store: KeyStore, clock: VirtualClock) -> None:
    serving = tls(store, clock)
    first = serving.context()
    clock.advance(days=334)
    assert serving.context() is first
    before = store.get(SELF).fingerprint
    clock.advance(days=2)
    assert serving.context() is not first
    assert store.get(SELF).fingerprint != before
    assert store.get(SELF).ends == clock.now() + YEAR


def test_short_life_is_used_for_half(store: KeyStore, clock: VirtualClock) -> None:
    short = store.make(SELF, ["localhost"], timedelta(days=9))
    serving = tls(store, clock)
    serving.context()
    assert store.get(SELF) == short
    clock.advance(days=6)
    serving.context()
    assert store.get(SELF) != short


def test_clock_that_was_set_back_renews_it_too(store: KeyStore, clock: VirtualClock) -> None:
    serving = tls(store, clock)
    serving.context()
    before = store.get(SELF).fingerprint
    clock.advance(days=-400)
    serving.context()
    assert store.get(SELF).fingerprint != before


def test_new_certificate_is_used_at_once(store: KeyStore, clock: VirtualClock) -> None:
    serving = tls(store, clock)
    first = serving.context()
    store.make(SELF, ["localhost"], YEAR)
    assert serving.context() is not first


def test_certificate_of_others_is_never_replaced(store: KeyStore, clock: VirtualClock) -> None:
    terms = Terms(alias="office", life=YEAR)
    store.make("office", ["localhost"], timedelta(days=1))
    before = store.get("office").fingerprint
    clock.advance(days=2)
    tls(store, clock, terms).context()
    assert store.get("office").fingerprint == before


@pytest.mark.parametrize("alias", ["../self", "", "a/b", ".hidden", "x" * 64, "self.pem"])
def test_alias_is_no_path(store: KeyStore, alias: str) -> None:
    with pytest.raises(RefusedError, match="An alias is"):
        store.path(alias)


@pytest.mark.parametrize(
    "octets", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"]
)
def test_file_that_is_no_certificate_is_named(store: KeyStore, clock: VirtualClock, octets: bytes) -> None:
    path = store.path("office")
    path.parent.mkdir()
    path.write_bytes(octets)
    assert store.all() == []
    with pytest.raises(RefusedError, match=r"the certificate office .* cannot be used"):
        tls(store, clock, Terms(alias="office")).context()


def test_missing_certificate_is_named(store: KeyStore, clock: VirtualClock) -> None:
    with pytest.raises(RefusedError, match="there is no certificate office"):
        tls(store, clock, Terms(alias="office")).context()
