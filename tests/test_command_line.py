"""The command line: help for everybody, one sentence for every mistake, quiet when its reader goes away."""

from __future__ import annotations

import argparse
import importlib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from appliance.__main__ import COMMANDS, main
from appliance.commands.run import say
from appliance.errors import SettingError

BUSMEISTER = [sys.executable, "-m", "appliance"]


def command(run: Callable[[argparse.Namespace], int]) -> ModuleType:
    """A command that does what a test wants."""
    module = ModuleType("appliance.commands.doctor")
    module.run = run  # type: ignore[attr-defined]  # a module made on the spot
    module.add_arguments = lambda parser: None  # type: ignore[attr-defined]  # as above
    return module


def run_instead(monkeypatch: pytest.MonkeyPatch, run: Callable[[argparse.Namespace], int]) -> None:
    """Let `busmeister doctor` do something else."""
    monkeypatch.setattr(importlib, "import_module", lambda name: command(run))


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    told = capsys.readouterr().out
    assert end.value.code == 0
    assert all(name in told for name in COMMANDS)


def test_unknown_command_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["dokter"])
    told = capsys.readouterr().err
    assert end.value.code == 2
    assert "dokter" in told
    assert "doctor" in told


def test_no_command_is_answered_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    told = capsys.readouterr().err
    assert all(f"{name} " in told and text in " ".join(told.split()) for name, text in COMMANDS.items())


def test_error_of_ours_is_one_sentence_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(arguments: argparse.Namespace) -> int:
        raise SettingError("The data folder /x cannot be used.")

    run_instead(monkeypatch, fail)
    assert main(["doctor"]) == 1
    assert capsys.readouterr() == ("", "busmeister: The data folder /x cannot be used.\n")


def test_person_who_breaks_off_gets_no_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(arguments: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    run_instead(monkeypatch, break_off)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == ""


def test_exit_code_is_the_command_s(monkeypatch: pytest.MonkeyPatch) -> None:
    run_instead(monkeypatch, lambda arguments: 7)
    assert main(["doctor"]) == 7


def test_mistake_of_the_program_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def blunder(arguments: argparse.Namespace) -> int:
        return 1 // 0

    run_instead(monkeypatch, blunder)
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_reader_that_goes_away_ends_the_program_quietly() -> None:
    with subprocess.Popen([*BUSMEISTER, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0


def test_reader_that_goes_away_is_not_taken_for_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "telegrams.hex").write_text("E5\n" * 10_000)
    decode = [*BUSMEISTER, "decode", str(tmp_path / "telegrams.hex")]
    with subprocess.Popen(decode, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0


def test_line_of_run_reaches_its_reader_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    output = io.StringIO()
    monkeypatch.setattr(output, "write", written.append)
    monkeypatch.setattr(sys, "stdout", output)
    say("round 15:45 of main: 42 of 42 read")
    assert written == ["round 15:45 of main: 42 of 42 read\n"]


def test_only_the_command_asked_for_is_imported() -> None:
    code = (
        "import sys\nfrom appliance.__main__ import main\n"
        "try:\n    main(['decode', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('apsw', 'peewee', 'serial', 'appliance.store') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"
