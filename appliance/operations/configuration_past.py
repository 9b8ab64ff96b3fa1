"""Earlier states of the settings, one before each change."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.errors import Kind, RefusedError
from appliance.operations.call import Call
from appliance.security.sealed import Sealer
from appliance.settings import is_secret
from appliance.store.folder import DataFolder


def earlier(call: Call, steps: int) -> dict[str, str]:
    """The settings so many changes ago; raises `RefusedError` where no state is kept that reaches back so far."""
    past = call.parts.store.settings.past()
    if steps > len(past):
        raise RefusedError(f"{len(past) or 'No'} earlier states of the settings are kept.", Kind.NOT_FOUND)
    sealer = Sealer.of_device(DataFolder(call.parts.data_folder).key())
    return _opened(past[-steps], sealer)


def _opened(state: Mapping[str, str], sealer: Sealer) -> dict[str, str]:
    """With its secrets in the clear; one that this device's key does not open is left out."""
    found = {name: sealer.unseal(name, kept) if is_secret(name) else kept for name, kept in state.items()}
    return {name: text for name, text in found.items() if text is not None}
