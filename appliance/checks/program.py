"""Python, the libraries and the terminal."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Final, TextIO

from appliance.checks.finding import Finding, error, ok, warning

OLDEST_PYTHON: Final = (3, 11)
INSTALL: Final = "pip install 'busmeister[run]'"


def check_program() -> Iterator[Finding]:
    """What it runs on."""
    yield check_python(sys.version_info[:2])
    yield check_libraries()
    yield check_sqlite()


def check_python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is not too old."""
    if version < OLDEST_PYTHON:
        return error("Python", f"version {'.'.join(map(str, version))}", "Use Python 3.11 or later")
    return ok("Python", f"{platform.python_version()} ({sys.executable})")


def check_libraries() -> Finding:
    """Whether everything that `busmeister run` imports is there."""
    missing = [name for name in needed() if version_of(name) is None]
    if missing:
        return error("libraries", f"not installed: {', '.join(missing)}", f"Install them with: {INSTALL}")
    return ok("libraries", ", ".join(f"{name} {version_of(name)}" for name in needed()))


def needed() -> list[str]:
    """The packages the program's own description names for `busmeister run`."""
    wanted = [row for row in metadata.requires("busmeister") or () if re.search(r"extra == ['\"]run['\"]", row)]
    return [re.split(r"[^\w.-]", row, maxsplit=1)[0] for row in wanted]


def version_of(package: str) -> str | None:
    """The version of an installed package, None without it."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def check_sqlite() -> Finding:
    """Whether the database engine is one that loses nothing."""
    try:
        import apsw

        from appliance.store.database import OLDEST_SQLITE
    except ImportError as missing:
        return error("SQLite", f"cannot be loaded ({missing})", f"Install it with: {INSTALL}")
    version = apsw.sqlite_lib_version()
    if tuple(map(int, version.split("."))) < OLDEST_SQLITE:
        return error("SQLite", f"{version} can lose readings", "Install it anew: pip install --upgrade apsw")
    return ok("SQLite", version)


def check_terminal(terminal: TextIO, environment: Mapping[str, str]) -> Finding:
    """Whether degrees and frames will show as they should."""
    encoding = (terminal.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        return warning("terminal", f"writes {terminal.encoding}, not UTF-8", "Set LANG=C.UTF-8")
    if not terminal.isatty():
        return ok("terminal", "none (output goes to a file or pipe)")
    kind = environment.get("TERM", "")
    if kind in ("", "dumb"):
        return warning("terminal", f'TERM is "{kind}"', "Set TERM=xterm-256color for the dashboard")
    return ok("terminal", f"{kind}, UTF-8")
