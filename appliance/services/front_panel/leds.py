"""Whether a light is lit: pure functions of its pattern and the time since the pattern began."""

from __future__ import annotations

import math

from appliance.board import Pattern

FAST: Pattern = (100, 100)


def led_state(pattern: Pattern, seconds: float) -> bool:
    """Whether a light with this pattern is lit `seconds` after it began; a pattern begins lit."""
    position = round(seconds * 1000) % sum(pattern)
    for place, milliseconds in enumerate(pattern):
        if position < milliseconds:
            return place % 2 == 0
        position -= milliseconds
    raise AssertionError("a pattern's parts add up to its length")


def next_edge(pattern: Pattern, seconds: float) -> float:
    """When it changes next, in seconds after it began; never for one that is steady."""
    if is_steady(pattern):
        return math.inf
    turns, position = divmod(round(seconds * 1000), sum(pattern))
    end = 0
    for milliseconds in pattern:
        end += milliseconds
        if position < end:
            break
    return (turns * sum(pattern) + end) / 1000


def is_steady(pattern: Pattern) -> bool:
    """Always on, or always off."""
    return sum(milliseconds > 0 for milliseconds in pattern) < 2


def word(pattern: Pattern) -> str:
    """What a person sees: on, off, flashes."""
    if is_steady(pattern):
        return "on" if led_state(pattern, 0.0) else "off"
    return "flashes"
