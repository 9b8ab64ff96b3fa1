"""What a benchmark is: a name and a function that measures and returns rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside what it is to reach; `ok` is None where nothing is to be reached."""

    name: str
    figure: float
    unit: str
    target: str = ""
    ok: bool | None = None


Run = Callable[[], Iterable[Row]]

NOT_BENCHMARKS: Final = frozenset({"__init__", "__main__", "registry", "measure", "corpus", "process", "watched"})


def names() -> list[str]:
    """Every benchmark there is: a module of this folder with a function `run`."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_BENCHMARKS)


def load(name: str) -> Run:
    """The function that runs a benchmark."""
    run: Run = import_module(f"benchmarks.{name}").run
    return run


def result(row: Row) -> dict[str, object]:
    """A row for the file; figures keep four digits, so that two files can be compared by eye."""
    return asdict(row) | {"figure": float(f"{row.figure:.4g}")}
