"""Earlier states of the settings, from the last good copies of the configuration."""

from __future__ import annotations

from appliance.errors import Kind, RefusedError
from appliance.operations.call import Call
from appliance.security.sealed import Sealer
from appliance.settings import is_secret
from appliance.store.folder import DataFolder
from appliance.store.last_good import LastGood, Tables


def earlier(call: Call, steps: int) -> dict[str, str]:
    """The settings so many different states ago; raises `RefusedError` where no copy reaches back so far."""
    folder = DataFolder(call.parts.data_folder)
    sealer = Sealer.of_device(folder.key())
    newest = call.parts.settings.all_kept()
    for tables in LastGood(folder).copies():
        settings = _settings(tables, sealer)
        if settings != newest:
            steps, newest = steps - 1, settings
            if not steps:
                return settings
    raise RefusedError("No earlier state of the settings is kept.", Kind.NOT_FOUND)


def _settings(tables: Tables, sealer: Sealer) -> dict[str, str]:
    table = tables.get("setting", {"columns": [], "rows": []})
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    found = {row["name"]: _opened(row["name"], row["value"], sealer) for row in rows}
    return {name: text for name, text in found.items() if text is not None}


def _opened(name: str, kept: str, sealer: Sealer) -> str | None:
    return sealer.unseal(name, kept) if is_secret(name) else kept
