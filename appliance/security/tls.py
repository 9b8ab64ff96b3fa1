"""TLS of our own ports, always with a certificate that is in force."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from appliance.clock import Clock
from appliance.errors import RefusedError
from appliance.security.certificates import SELF, KeyStore
from appliance.security.own_names import addresses, host_names

VERSIONS: Final = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the settings `tls.*` want."""

    alias: str = SELF
    oldest: str = "1.2"
    life: timedelta = timedelta(days=3650)  # of a certificate of our own
    ahead: timedelta = timedelta(days=30)  # by which it is made anew before it ends


class ServerTls:
    """The context of a port; asked for at each connection, made anew only when something has changed."""

    def __init__(self, store: KeyStore, clock: Clock, terms: Callable[[], Terms]) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms
        self._made_of: tuple[Terms, int] | None = None
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """For a connection now; raises `RefusedError` where there is no certificate that can be used."""
        terms = self._terms()
        path = self._store.path(terms.alias)
        if terms.alias == SELF:
            self._keep_own_in_force(terms)
        try:
            made_of = (terms, path.stat().st_mtime_ns)
            if self._context is None or made_of != self._made_of:
                self._context = _load(str(path), terms)
                self._made_of = made_of
        except FileNotFoundError:
            raise RefusedError(f"there is no certificate {terms.alias} ({path})") from None
        except (OSError, ssl.SSLError) as error:
            raise RefusedError(f"the certificate {terms.alias} ({path}) cannot be used: {error}") from None
        return self._context

    def _keep_own_in_force(self, terms: Terms) -> None:
        own = self._store.find(SELF)
        if own is None or not own.is_good(self._clock.now(), terms.ahead):
            self._store.make(SELF, own_names(), terms.life)


def own_names() -> tuple[str, ...]:
    """What a certificate of this device is made for."""
    return (*host_names(), *map(str, addresses()))


def _load(path: str, terms: Terms) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[terms.oldest]
    context.load_cert_chain(path)
    return context
