"""The registry of drivers: imported when asked for, with one sentence for what is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from appliance.errors import LineRefused
from drivers.lines import open_line


def test_driver_is_imported_only_when_its_scheme_is_asked_for() -> None:
    code = (
        "import sys; from drivers.lines import open_line; assert 'serial' not in sys.modules;"
        "open_line('tcp://127.0.0.1:10001'); assert 'serial' not in sys.modules;"
        "open_line('serial:///dev/ttyUSB0'); assert 'serial' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_missing_pyserial_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "drivers.serial_line", raising=False)
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(LineRefused, match=r"needs the Python package serial, which is not installed"):
        open_line("serial:///dev/ttyUSB0")


def test_scheme_is_taken_in_capitals_too() -> None:
    assert open_line("TCP://converter:10001").name == "TCP://converter:10001"
