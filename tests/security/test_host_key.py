"""The appliance's SSH key: one for good, until somebody wants another."""

from __future__ import annotations

from pathlib import Path

import asyncssh

from appliance.security.host_key import NAME, host_fingerprint, host_key, renew_host_key


def test_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    first = host_key(tmp_path)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert host_key(tmp_path) == first


def test_fingerprint_is_what_a_client_shows(tmp_path: Path) -> None:
    key = asyncssh.import_private_key(host_key(tmp_path))
    assert host_fingerprint(tmp_path) == key.get_fingerprint()


def test_renewed_key_is_another(tmp_path: Path) -> None:
    first = host_key(tmp_path)
    fingerprint = renew_host_key(tmp_path)
    assert host_key(tmp_path) != first
    assert fingerprint == host_fingerprint(tmp_path)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
