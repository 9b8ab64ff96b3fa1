"""What views show of the file repository."""

from __future__ import annotations

import pytest

from appliance.errors import RefusedError
from appliance.operations.files_view import PREVIEW_LINES, first_lines
from tests.operations.world import World


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../keyfile", "is outside the repository"),
        ("/etc/hostname", "is outside the repository"),
        ("missing.txt", "There is no file"),
        (".", "There is no file"),
    ],
)
def test_name_that_is_no_file_of_the_repository_is_refused(world: World, name: str, why: str) -> None:
    world.parts.files.mkdir(parents=True, exist_ok=True)
    assert (world.parts.data_folder / "keyfile").is_file()
    with pytest.raises(RefusedError, match=why):
        first_lines(world.call, name)


def test_long_file_is_shown_by_its_beginning(world: World) -> None:
    world.parts.files.mkdir(parents=True, exist_ok=True)
    (world.parts.files / "long.csv").write_text("line\n" * 1000, encoding="utf-8")
    assert len(first_lines(world.call, "long.csv")) == PREVIEW_LINES


def test_files_are_read_at_level_two(world: World) -> None:
    with pytest.raises(RefusedError, match="needs level 2"):
        first_lines(world.person(1), "long.csv")
