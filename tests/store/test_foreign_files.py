"""What is somebody else's, or of another version, is refused with what to do, and left alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from appliance.errors import NewerThanProgram, Occupied, StoreError
from appliance.store.database import connected, run
from tests.nobody import NOBODY, as_nobody, needs_root
from tests.store.conftest import OpenStore

DATABASE = "busmeister.db"


def test_database_of_another_program_is_refused_and_left_alone(open_store: OpenStore, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / DATABASE)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()
    octets = (tmp_path / DATABASE).read_bytes()
    with pytest.raises(StoreError, match=r"busmeister\.db is the database of another program: move it away"):
        open_store()
    assert (tmp_path / DATABASE).read_bytes() == octets
    assert list(tmp_path.glob(f"{DATABASE}-*")) == []


def test_file_that_is_no_database_is_refused_and_left_alone(open_store: OpenStore, tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("my diary")
    with pytest.raises(StoreError, match="is no database of busmeister: move it away"):
        open_store()
    assert (tmp_path / DATABASE).read_text() == "my diary"


def test_database_that_cannot_be_read_is_told_with_what_to_do(open_store: OpenStore, tmp_path: Path) -> None:
    (tmp_path / DATABASE).mkdir()
    with pytest.raises(StoreError, match=r"cannot be read \(Is a directory\): run this as the user"):
        open_store()


@needs_root
@pytest.mark.parametrize("name", ["lock", "keyfile", DATABASE, "run"])
def test_file_of_another_user_is_named_with_what_to_do(
    open_store: OpenStore, tmp_path: Path, public_folder: Path, name: str
) -> None:
    open_store().close()
    folder = public_folder / "data"
    shutil.copytree(tmp_path, folder)
    for file in (folder, *folder.rglob("*")):
        os.chown(file, NOBODY, NOBODY)
    os.chown(folder / name, 0, 0)
    (folder / name).chmod(0o644 if name == DATABASE else 0o700)
    told = as_nobody(
        "from pathlib import Path\nimport encodings.ascii\nfrom appliance.clock import SystemClock\n"
        "from appliance.errors import BusmeisterError\nfrom appliance.store import Store",
        "try:\n    Store.open(Path(sys.argv[1]), clock=SystemClock(), publish=print, threaded=False)\n"
        "except BusmeisterError as error:\n    print(error)",
        str(folder),
    )
    assert f"{folder / name} cannot be " in told
    assert told.endswith("choose another folder with --data.\n" if name != "run" else "choose another with --data.\n")
    assert told.count("\n") == 1


def test_database_of_a_later_version_is_refused_and_left_alone(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    with connected(store._database):
        run(store._database, "PRAGMA user_version = 99")
    store.close()
    with pytest.raises(NewerThanProgram, match="written by a later version of busmeister \\(schema 99"):
        open_store()
    assert list(tmp_path.glob("*.damaged-*")) == []


def test_second_appliance_on_a_folder_is_told_who_has_it(open_store: OpenStore) -> None:
    open_store()
    with pytest.raises(Occupied, match=f"process {os.getpid()}"):
        open_store()


def test_folder_is_the_owners_alone(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.settings.save({"a": "b"}, "test")
    store.close()
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keyfile").stat().st_mode & 0o777 == 0o600
