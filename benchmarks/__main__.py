"""`python -m benchmarks [NAME ...]`: a table of every figure, and the same in benchmarks/results.json."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.registry import Row, load, names, result

RESULTS: Final = Path(__file__).with_name("results.json")
VERDICT: Final = {True: "reached", False: "MISSED", None: ""}


def table_line(row: Row) -> str:
    """A row for the terminal."""
    return f"  {row.name:<52} {row.figure:>12.4g} {row.unit:<16} {row.target:<14} {VERDICT[row.ok]}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for, or all; 1 where a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and memory, as ratios in one run.")
    parser.add_argument("name", nargs="*", help=f"those to run, of {', '.join(names())}; all where none is named")
    chosen = parser.parse_args(arguments).name or names()
    if unknown := sorted(set(chosen) - set(names())):
        parser.error(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(names())}.")
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    missed = False
    for name in chosen:
        print(name, flush=True)
        rows = list(load(name)())
        for row in rows:
            print(table_line(row), flush=True)
            missed |= row.ok is False
        results[name] = [result(row) for row in rows]
    results["machine"] = {"python": platform.python_version(), "processor": platform.machine()}
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
