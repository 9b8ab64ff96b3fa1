"""Colours. Colour is meaning, and each has a name by which lines and style sheet ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rich.color import ANSI_COLOR_NAMES
from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

DARK: Final = {
    "background": "#11151b",
    "foreground": "#d3d9e2",
    "rule": "#3a4452",
    "cursor": "#1e2e44",
    "ok": "#63d297",
    "flag": "#f0c04c",
    "silent": "#ff7272",
    "never": "#5fcbe6",
    "grey": "#8f9aa9",
    "accent": "#6cb0ff",
    "data": "#4f86a8",
    "curve": "#5fcbe6",
    "second": "#c9a0e0",
    "third": "#f2a272",
    "picked": "#2c4d70",
    "field": "#1b222b",
}
LIGHT: Final = {
    "background": "#fbfbf9",
    "foreground": "#20262e",
    "rule": "#c3cad3",
    "cursor": "#dce9fb",
    "ok": "#12693e",
    "flag": "#7d5500",
    "silent": "#b92025",
    "never": "#086577",
    "grey": "#59636f",
    "accent": "#1a5fc4",
    "data": "#5b9bb8",
    "curve": "#086577",
    "second": "#7a3f96",
    "third": "#a04a12",
    "picked": "#bfd8f6",
    "field": "#eceff2",
}
SIXTEEN: Final = {
    "background": "black",
    "foreground": "white",
    "rule": "bright_black",
    "cursor": "blue",
    "ok": "green",
    "flag": "yellow",
    "silent": "bright_red",
    "never": "cyan",
    "grey": "bright_black",
    "accent": "bright_blue",
    "data": "cyan",
    "curve": "cyan",
    "second": "magenta",
    "third": "yellow",
}
PLAIN: Final = dict.fromkeys(SIXTEEN, "default")
FIELD_16: Final = "ansi_bright_black"  # ground of a field where there are 16 colours
GROUNDS: Final = ("background", "cursor", "picked", "field")  # colours behind text


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles that lines name by word."""

    styles: Mapping[str, Style]
    base: Style
    cursor: Style
    drops_colours: bool  # of the cells under the cursor: red on blue cannot be read

    def style(self, word: str) -> Style:
        """The style of words such as `silent` or `strong grey`."""
        found = Style.null()
        for part in word.split():
            found += self.styles[part]
        return found


def _palette(colours: Mapping[str, str], *, cursor: Style, drops_colours: bool) -> Palette:
    styles = {word: Style(color=colour) for word, colour in colours.items() if word not in GROUNDS}
    styles |= {
        "strong": Style(bold=True),
        "underline": Style(underline=True),
        "chosen": Style(color=colours["background"], bgcolor=colours["accent"], bold=True),
        "reverse": Style(reverse=True),
        "picked": Style(bgcolor=colours["picked"], bold=True) if "picked" in colours else Style(reverse=True),
        "field": Style(bgcolor=colours["field"]) if "field" in colours else Style(underline=True),
    }
    base = Style(color=colours["foreground"], bgcolor=colours["background"])
    return Palette(MappingProxyType(styles), base, cursor, drops_colours)


def _coloured(colours: Mapping[str, str]) -> Palette:
    return _palette(colours, cursor=Style(bgcolor=colours["cursor"], bold=True), drops_colours=False)


_REVERSED: Final = _palette(PLAIN, cursor=Style(reverse=True, bold=True), drops_colours=True)
PALETTES: Final[Mapping[str, Palette]] = {
    "busmeister-dark": _coloured(DARK),
    "busmeister-light": _coloured(LIGHT),
    "busmeister-contrast": _palette(
        SIXTEEN, cursor=Style(color="bright_white", bgcolor="blue", bold=True), drops_colours=True
    ),
    "busmeister-plain": Palette(
        {**_REVERSED.styles, "chosen": Style(reverse=True, bold=True)}, _REVERSED.base, _REVERSED.cursor, True
    ),
}


def _theme(word: str, colours: Mapping[str, str], *, dark: bool, ansi: bool = False) -> Theme:
    names = {word: f"ansi_{colour}" for word, colour in colours.items()} if ansi else dict(colours)
    shown = ("rule", "cursor", "ok", "flag", "silent", "never", "grey", "data", "curve", "second", "third")
    return Theme(
        name=f"busmeister-{word}",
        primary=names["accent"],
        secondary=names["never"],
        accent=names["accent"],
        success=names["ok"],
        warning=names["flag"],
        error=names["silent"],
        foreground=names["foreground"],
        background=names["background"],
        surface=names["background"],
        panel=names["background"],
        boost=names["background"],
        dark=dark,
        ansi=ansi,
        variables={
            **(BUILTIN_THEMES["ansi-dark"].variables if ansi else {}),
            **{f"c-{name}": names[name] for name in shown},
            **{f"c-{name}": names.get(name, FIELD_16) for name in ("field", "picked")},
        },
    )


THEMES: Final = (
    _theme("dark", DARK, dark=True),
    _theme("light", LIGHT, dark=False),
    _theme("contrast", SIXTEEN, dark=True, ansi=True),
    _theme("plain", PLAIN, dark=True, ansi=True),
)
assert set(SIXTEEN.values()) <= set(ANSI_COLOR_NAMES)


def theme_for(wished: str, colour_system: str | None) -> str:
    """The theme by its setting, as far as the terminal has the colours for it."""
    if colour_system is None:
        return "busmeister-plain"
    if colour_system == "standard" and wished in ("dark", "light"):
        return "busmeister-contrast"
    return f"busmeister-{wished}"
