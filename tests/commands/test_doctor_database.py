"""What the doctor says of a database: sound, damaged, somebody else's, cut off in mid run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from appliance.checks import folder
from appliance.checks.finding import Level, ok
from tests.commands.conftest import as_tree, write_database
from tests.nobody import as_nobody, needs_root


def test_sound_database_is_ok(data: Path) -> None:
    connection = write_database(data / "busmeister.db")
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.close()
    assert folder.check_database(data / "busmeister.db", None).level is Level.OK


def damage(path: Path) -> None:
    """Overwrite a page in the middle, as a dying card does."""
    octets = bytearray(path.read_bytes())
    octets[8192:12288] = bytes(4096)
    path.write_bytes(octets)


def test_damaged_database_is_an_error_with_what_happens_next(data: Path) -> None:
    connection = write_database(data / "busmeister.db")
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.close()
    damage(data / "busmeister.db")
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "last-good" in finding.remedy
    assert "\n" not in finding.sentence


@needs_root
def test_database_of_another_user_is_not_called_damaged(public_folder: Path) -> None:
    path = public_folder / "busmeister.db"
    write_database(path).close()
    path.chmod(0o600)
    told = as_nobody(
        "from pathlib import Path\nfrom appliance.checks import folder",
        "finding = folder.check_database(Path(sys.argv[1]), None)\nprint(finding.level, finding.sentence)",
        str(path),
    )
    assert told == f"error {path} belongs to root\n"


def test_file_that_is_no_database_is_an_error(data: Path) -> None:
    (data / "busmeister.db").write_text("my shopping list, which is long enough to be one" * 100)
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "not a database" in finding.sentence


def test_no_database_in_a_folder_that_was_used_is_told_as_what_follows(data: Path) -> None:
    assert "configuration/last-good" in folder.check_database(data / "busmeister.db", None).sentence
    (data / "keyfile").unlink()
    assert folder.check_database(data / "busmeister.db", None) == ok("database", "made at the first start")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def write_later_version(path: Path) -> None:
    connection = write_database(path)
    connection.pragma("user_version", 99)
    connection.close()


@pytest.mark.parametrize(
    ("make", "words", "remedy"),
    [
        (empty, "is damaged (it is empty)", "Start the appliance"),
        (Path.mkdir, "is no file", "Move it away"),
        (write_later_version, "was written by a later version of busmeister", "Start that version"),
    ],
)
def test_database_that_the_appliance_would_not_take_is_an_error(
    data: Path, make: Callable[[Path], None], words: str, remedy: str
) -> None:
    make(data / "busmeister.db")
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert words in finding.sentence
    assert finding.remedy.startswith(remedy)


def test_database_of_another_program_is_an_error_with_what_to_do(data: Path) -> None:
    connection = apsw.Connection(str(data / "busmeister.db"))
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = as_tree(data)
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "is the database of another program" in finding.sentence
    assert finding.remedy == "Move it away, or choose another folder with --data"
    assert as_tree(data) == before


def test_file_that_is_no_database_in_a_folder_never_used_is_somebody_else_s(data: Path) -> None:
    (data / "keyfile").unlink()
    (data / "busmeister.db").write_text("my diary")
    finding = folder.check_database(data / "busmeister.db", None)
    assert finding.level is Level.ERROR
    assert "is no database of busmeister" in finding.sentence
    assert finding.remedy.startswith("Move it away")


@pytest.fixture
def cut_off(data: Path, tmp_path: Path) -> Path:
    """A database whose last run was cut off: a part of it is in the log alone."""
    connection = write_database(data / "busmeister.db")
    left = tmp_path / "left"
    left.mkdir()
    for name in ("busmeister.db", "busmeister.db-wal"):
        shutil.copy(data / name, left)
    connection.close()
    return left / "busmeister.db"


def test_database_of_a_run_that_was_cut_off_is_checked_with_its_log(cut_off: Path) -> None:
    before = as_tree(cut_off.parent)
    assert folder.check_database(cut_off, None).level is Level.OK
    assert as_tree(cut_off.parent) == before


def test_database_too_large_to_copy_is_said_to_be_unchecked(cut_off: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "LARGEST_COPY", 1000)
    assert "not checked" in folder.check_database(cut_off, None).sentence
