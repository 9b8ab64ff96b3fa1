"""Pictures of screens as they are to be, kept as SVG in `snapshots/`.

`python -m pytest tests/tui/test_snapshots.py --update` takes them anew. What Textual numbers by itself is numbered the
same in each picture, so that a picture differs only where a person would see it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).with_name("snapshots")
NUMBERED: Final = re.compile(r"terminal-\d+")
FONTS: Final = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def normal(svg: str) -> str:
    """The picture without chance and without fonts from the network."""
    return FONTS.sub("", NUMBERED.sub("terminal", svg))


def compare(name: str, svg: str, *, update: bool) -> None:
    """Fail where the picture is another than the one that is kept; what was seen lies beside it, for a look."""
    kept, found = FOLDER / f"{name}.svg", FOLDER / f"{name}.seen.svg"
    picture = normal(svg)
    if update:
        FOLDER.mkdir(exist_ok=True)
        kept.write_text(picture, encoding="utf-8")
    if not kept.exists() or picture != kept.read_text(encoding="utf-8"):
        found.write_text(picture, encoding="utf-8")
        raise AssertionError(f"{kept} shows something else than {found}: look at both; --update keeps what is seen.")
    found.unlink(missing_ok=True)
