"""The appliance that people come into."""

from __future__ import annotations

from tests.operations.conftest import world

__all__ = ["world"]
