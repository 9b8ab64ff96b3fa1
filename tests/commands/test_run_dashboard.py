"""The dashboard in the terminal of `busmeister run`: who leaves it ends the appliance, a mistake of it does not."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from appliance.commands import run
from tui.attach_client import NotAttached


class Life:
    """What happens to the dashboard each time it is opened; `stop` is what ends the appliance."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *ends: str) -> None:
        self.stop = threading.Event()
        self.pauses: list[float] = []
        self._ends = list(ends)
        monkeypatch.setattr(self.stop, "wait", self.pauses.append)
        monkeypatch.setattr(run, "connect", lambda data: socket.socket())
        monkeypatch.setattr(run, "attach", self._attach)

    def _attach(self, connection: socket.socket, *, stops_appliance: bool) -> bool:
        assert stops_appliance
        end = self._ends.pop(0)
        if end == "stopped":
            self.stop.set()
        return end == "let go"

    @property
    def left(self) -> int:
        return len(self._ends)


@pytest.mark.parametrize("end", ["stopped", "let go"])
def test_dashboard_that_made_mistakes_is_opened_again_and_later_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    life = Life(monkeypatch, *["mistake"] * 8, end)
    run.keep_attached(tmp_path, life.stop)
    assert life.left == 0
    assert life.pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "The dashboard is opened again in 1 s; ctrl-c stops the appliance." in capsys.readouterr().out


def test_appliance_that_ends_while_the_dashboard_is_opened_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(monkeypatch)

    def connect(data: Path) -> socket.socket:
        life.stop.set()
        raise NotAttached("No appliance runs here.")

    monkeypatch.setattr(run, "connect", connect)
    run.keep_attached(tmp_path, life.stop)
