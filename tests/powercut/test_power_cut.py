"""No acknowledged reading is lost, doubled or torn when the power is cut at any instant."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.store import database, schema
from tests.powercut.cut import Report, cut_everywhere
from tests.powercut.disk import RecordingDisk
from tests.powercut.life import Life

IMAGES = 3000  # two thirds of them differ; a cut that leaves the same octets as another is an image too
MANY_IMAGES = 100_000
FIRST_WRITES = 12  # until the file is a database
NEXT_STEP = "ALTER TABLE reading ADD COLUMN quality $integer; CREATE INDEX journal_created ON journal (created)"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingDisk]:
    """A recording disk; checkpoints come often, so that cuts fall into them."""
    monkeypatch.setitem(database.PRAGMAS, "wal_autocheckpoint", 20)
    recording = RecordingDisk(f"recording-{uuid.uuid4().hex}")
    yield recording
    recording.unregister()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: images are many and short-lived."""
    shared = Path("/dev/shm")
    made = (shared if shared.is_dir() else tmp_path) / f"busmeister-{uuid.uuid4().hex}"
    yield made
    shutil.rmtree(made, ignore_errors=True)


def cut(disk: RecordingDisk, folder: Path, images: int, seed: int = 1) -> Report:
    """Live, then cut."""
    life = Life(folder / "life", disk, seed)
    life.live()
    return cut_everywhere(disk.log, life.heard, folder / "image", images, seed)


@pytest.mark.first
def test_no_cut_loses_doubles_or_tears_a_reading(disk: RecordingDisk, folder: Path) -> None:
    report = cut(disk, folder, IMAGES)
    assert (report.faults, report.examples) == ({}, [])
    assert report.images > IMAGES * 0.8


def test_enumerator_sees_what_a_weaker_sync_loses(
    disk: RecordingDisk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.PRAGMAS, "synchronous", 1)
    monkeypatch.setitem(database.PROMISED, "synchronous", 1)
    assert cut(disk, folder, 200).faults["lost"] > 20


def test_cut_within_a_migration_leaves_the_schema_before_or_after_it(
    disk: RecordingDisk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(folder / "life", disk)
    life.live(days=1, rounds=4)
    before = len(disk.log)
    steps = [*schema.steps(), (schema.newest() + 1, NEXT_STEP)]
    monkeypatch.setattr(schema, "steps", lambda: steps)
    life.live(days=1, rounds=1)
    report = cut_everywhere(disk.log, life.heard, folder / "image", 300, start=before)
    assert (report.faults, report.examples) == ({}, [])
    assert report.images > 150


def test_cut_within_the_first_start_lets_the_next_one_begin_anew(disk: RecordingDisk, folder: Path) -> None:
    life = Life(folder / "life", disk)
    life.live(days=1, rounds=0)
    report = cut_everywhere(disk.log[:FIRST_WRITES], life.heard, folder / "image", 150)
    assert (report.faults, report.examples) == ({}, [])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
def test_no_cut_of_many_loses_doubles_or_tears_a_reading(disk: RecordingDisk, folder: Path, seed: int) -> None:
    report = cut(disk, folder, MANY_IMAGES // 10, seed)
    assert (report.faults, report.examples) == ({}, [])
    assert report.images > MANY_IMAGES // 10 * 0.8
