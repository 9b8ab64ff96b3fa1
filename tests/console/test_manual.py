"""The manual is the rows, and is not older than they are."""

from __future__ import annotations

from pathlib import Path

from appliance.operations.all import registry
from appliance.settings.table import ROWS
from console.manual import manual

PAGE = Path(__file__).resolve().parents[2] / "docs" / "console.md"


def test_manual_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual(), "run: python -m console.manual > docs/console.md"


def test_manual_names_every_command_and_setting() -> None:
    page = manual()
    for row in registry().operations:
        assert f"`{row.name}" in page
        assert row.help in page
    for setting in ROWS:
        assert f"| `{setting.pattern}` |" in page
