"""Line URLs: `serial:///dev/ttyUSB0?parity=off`, `tcp://10.0.0.5:10001`. What cannot be meant is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit

from appliance.errors import LineRefused


def split(url: str, shape: str, choices: Mapping[str, str]) -> tuple[SplitResult, dict[str, str]]:
    """The parts of a URL and its options; `shape` shows what one looks like, `choices` says what each option takes."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise refused(url, str(error), shape) from error
    if parts.fragment:
        raise refused(url, f'"#{parts.fragment}" has no meaning in it', shape)
    if "@" in parts.netloc:  # not repeated in the message: it may be a password
        raise LineRefused(f"A line URL takes no user or password. Write it as {shape}.")
    for name in options:
        if name not in choices:
            known = ", ".join(f"{known}={choice}" for known, choice in choices.items())
            raise refused(url, f'there is no option "{name}" (there is: {known})', shape)
    return parts, options


def refused(url: str, reason: str, shape: str) -> LineRefused:
    """The one sentence for every URL that cannot be taken."""
    return LineRefused(f'The line URL "{url}" cannot be used: {reason}. Write it as {shape}.')
