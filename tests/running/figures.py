"""What the long tests measure: told, beside what it is to reach, and never asserted."""

from __future__ import annotations

import pytest


def tell(capsys: pytest.CaptureFixture[str], name: str, figure: float, *, limit: float) -> None:
    """A line past pytest's capture: the figure, its limit and whether that was reached."""
    with capsys.disabled():
        print(f"\n{name}: {figure:.2f}, limit {limit:g}: {'reached' if figure <= limit else 'MISSED'}")  # noqa: T201  # it is for people
