"""The file repository by order: what lies in it, and what may not get in, out or under another name."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import RefusedError
from appliance.operations.all import registry
from appliance.operations.execute import execute_named
from appliance.operations.repository import LONGEST_NAME, is_file_name, writing
from appliance.operations.signs import without_controls
from tests.operations.orders import cells, order, text
from tests.operations.world import World

LEADING_OUT = ("../keyfile", "/etc/hostname", "a/../../keyfile", "..")
OUTSIDE = (*LEADING_OUT, "nul\0.txt", "x" * 400, "")
NO_NAMES = ("../x", "/x", "a/b", "..", ".hidden", "-rf", r"a\\b", "x" * 101, 26 * "\U0001f3e0", "a\u2028b", " a")


@pytest.fixture
def shelf(world: World) -> Path:
    """Two files of the repository."""
    folder = world.parts.files
    (folder / "meters-1.csv").write_text("name\nFlat 1\n", encoding="utf-8")
    (folder / "main.bus").write_text("bus\n", encoding="utf-8")
    return folder


def test_files_are_listed_by_kind(world: World, shelf: Path) -> None:
    assert sorted(str(kind) for kind in cells(order(world, "files list"), "type")) == ["list", "recording"]
    assert cells(order(world, "show files list"), "name") == ["meters-1.csv"]


def test_deleted_file_is_gone_and_the_trail_says_by_whom(world: World, shelf: Path) -> None:
    order(world, "files delete meters-1.csv main.bus confirm=yes")
    assert list(shelf.iterdir()) == []
    newest = world.parts.doorkeeper.audit.newest(world.clock.now().replace(year=2000), "", 1)
    assert newest[0].act.what == "files delete meters-1.csv main.bus"


def test_one_wrong_name_keeps_every_file(world: World, shelf: Path) -> None:
    with pytest.raises(RefusedError, match=r"There is no file missing\.csv"):
        order(world, "files delete meters-1.csv missing.csv confirm=yes")
    assert (shelf / "meters-1.csv").exists()


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("words", ["files show", "files download", "files delete"])
def test_name_that_leads_out_of_the_repository_is_no_file(world: World, shelf: Path, words: str, name: str) -> None:
    with pytest.raises(RefusedError, match="name a file as files list does" if name in LEADING_OUT else "no file"):
        registry().get(words).function(world.call, name)
    assert (world.parts.data_folder / "keyfile").is_file()


def test_file_that_was_brought_is_fetched_octet_for_octet(world: World) -> None:
    octets = bytes(range(256))
    order(world, f"files upload fuse.bin data={base64.b64encode(octets).decode()}")
    assert cells(order(world, "files list"), "name") == ["fuse.bin"]
    assert base64.b64decode(text(order(world, "files download fuse.bin"))) == octets
    with pytest.raises(RefusedError, match="already: delete it first"):
        order(world, "files upload fuse.bin data=AAAA")


@pytest.mark.parametrize("name", NO_NAMES)
def test_name_that_would_have_to_be_changed_is_refused_with_what_is_allowed(world: World, name: str) -> None:
    with pytest.raises(RefusedError, match="takes a file name without folders: at most 100 octets, none of"):
        execute_named(world.call, registry().get("files upload"), {"name": name, "data": "AAAA"})
    assert list(world.parts.files.iterdir()) == []


def test_full_repository_takes_no_file_and_keeps_no_half_of_one(world: World, shelf: Path) -> None:
    world.settings.set({"files.quota": "16"}, "test")
    with (shelf / "big.bin").open("wb") as file:
        file.truncate((16 << 20) - 100)
    with pytest.raises(RefusedError, match=r"full: delete files, or raise files\.quota"):
        order(world, f"files upload more.bin data={base64.b64encode(bytes(200)).decode()}")
    assert {path.name for path in shelf.iterdir()} == {"big.bin", "main.bus", "meters-1.csv"}


def test_block_that_fails_leaves_no_file(world: World) -> None:
    with contextlib.suppress(KeyError), writing(world.call, "half.csv") as file:
        file.write("half")
        raise KeyError
    assert list(world.parts.files.iterdir()) == []


def test_two_exports_of_one_second_have_two_names(world: World) -> None:
    for _turn in range(2):
        order(world, "log export")
    assert len(cells(order(world, "files list"), "name")) == 2


def test_text_of_a_file_steers_no_terminal(world: World, shelf: Path) -> None:
    (shelf / "hostile.txt").write_text("a\x1b[31mb\u202ec\n", encoding="utf-8")
    assert order(world, "files show hostile.txt").lines == ("a[31mbc",)


@given(st.text(max_size=120))
def test_name_that_is_taken_is_short_visible_and_has_no_folder(name: str) -> None:
    if is_file_name(name):
        assert 0 < len(name.encode()) <= LONGEST_NAME
        assert Path("files", name).parts == ("files", name)
        assert not name.startswith((".", "-"))
        assert without_controls(name) == name
