"""The house: imports look down only, the protocol core does no IO, SQL has one home."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("appliance", "console", "drivers", "tui")


def _modules_after(statement: str) -> set[str]:
    """Names in `sys.modules` of a fresh interpreter that ran `statement`."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def _sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_protocol_core_loads_no_io() -> None:
    modules = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "appliance" / "mbus").glob("*.py")]
    names = ", ".join(".".join(module.parts).removesuffix(".__init__") for module in modules)
    loaded = _modules_after(f"import {names}")
    assert not loaded & {"asyncio", "logging", "threading", "socket", "selectors", "serial", "peewee", "cryptography"}


def test_decode_starts_without_the_appliance() -> None:
    loaded = _modules_after("import appliance.__main__, appliance.commands.decode")
    assert not loaded & {"peewee", "apsw", "serial", "asyncio", "prompt_toolkit", "appliance.appliance"}


def test_no_reading_waits_until_what_people_use_is_loaded() -> None:
    assert not _modules_after("import appliance.appliance") & {"asyncssh", "prompt_toolkit", "textual"}


@pytest.mark.parametrize("word", ["SELECT ", "INSERT ", "DELETE FROM", "import peewee", "import apsw", "playhouse"])
def test_sql_has_one_home(word: str) -> None:
    homes = {path.relative_to(ROOT).parts[:2] for path in _sources() if word in path.read_text(encoding="utf-8")}
    assert homes <= {("appliance", "store"), ("appliance", "checks")}


def test_no_source_weakens_the_durability_of_the_store() -> None:
    pattern = re.compile(r"synchronous\W{1,6}(off|normal|0|1)\b", re.IGNORECASE)
    assert [path for path in _sources() if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_no_float_conversion_in_the_protocol_core() -> None:
    """Values are integers and powers of ten; only IEEE 754 on the wire may become a float, in the numerals."""
    users = {path.name for path in _sources() if "mbus" in path.parts and re.search(r"\bfloat\(", path.read_text())}
    assert users == {"numerals.py"}


def test_nothing_prints_but_the_command_line() -> None:
    printers = {path.relative_to(ROOT).parts[:2] for path in _sources() if re.search(r"\bprint\(", path.read_text())}
    assert printers <= {("appliance", "__main__.py"), ("appliance", "commands")}
