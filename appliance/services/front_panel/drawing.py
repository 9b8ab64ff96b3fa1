"""A page as a picture: white on black in the bitmap font that Pillow carries, the highlighted digit on blue (inverted
where the display knows black and white alone).

The font is embedded in Pillow as pixels (no outlines, no hinting), so a page gives the same picture everywhere.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from appliance.operations.panel_view import Page
from appliance.ports import Picture
from appliance.services.front_panel.pages import COLUMNS, ROWS

CELL: Final = (6, 11)  # pixels of a letter
PITCH: Final = 16  # from line to line
TOP: Final = 2
WHITE: Final = (255, 255, 255)
BLACK: Final = (0, 0, 0)
BLUE: Final = (0, 90, 255)


def draw(page: Page, width: int = 128, height: int = 64, *, colour: bool = True) -> Picture:
    """A picture of exactly this size; letters grow by whole steps with the display."""
    image = Image.new("RGB", (COLUMNS * CELL[0] + 2, ROWS * PITCH), BLACK)
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(page.lines):
        pen.text((1, TOP + row * PITCH), _printable(line), font=_font(), fill=WHITE)
    if page.highlight is not None:
        _highlight(pen, page, *page.highlight, *((BLUE, WHITE) if colour else (WHITE, BLACK)))
    return _fit(image, width, height)


def _highlight(
    pen: ImageDraw.ImageDraw, page: Page, row: int, column: int, ground: tuple[int, ...], letter: tuple[int, ...]
) -> None:
    left, top = 1 + column * CELL[0], TOP + row * PITCH
    pen.rectangle((left - 1, top - 1, left + CELL[0] - 1, top + CELL[1]), fill=ground)
    pen.text((left, top), _printable(page.lines[row][column]), font=_font(), fill=letter)


def _fit(image: Image.Image, width: int, height: int) -> Picture:
    scale = max(1, min(width // image.width, height // image.height))
    enlarged = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    canvas = Image.new("RGB", (width, height), BLACK)
    canvas.paste(enlarged, ((width - enlarged.width) // 2, (height - enlarged.height) // 2))
    return Picture(width, height, canvas.tobytes())


def _printable(text: str) -> str:
    """Only signs the font has."""
    return text.encode("latin-1", "replace").decode("latin-1")


@cache
def _font() -> ImageFont.ImageFont:
    return ImageFont.load_default_imagefont()
