"""The manual of the console, `docs/console.md`, made from the rows: `python -m console.manual` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final

from appliance.operations.all import registry
from appliance.operations.operation import Operation
from appliance.settings.row import AnySetting
from appliance.settings.table import ROWS

INTRODUCTION: Final = """\
# The console

One language over telnet (TCP 9999), SSH (`ssh -t HOST console`, or one line: `ssh HOST console show status json`),
`busmeister console`, pipes and files of commands.
This page is made from the program's own rows: `python -m console.manual > docs/console.md`.

A line is a command with its arguments; words may be shortened while they are unique at their place. A few commands
have a short form of their own, such as `m l` for `meter list`: it holds though other words begin so, too. What destroys
is never meant by a word that may be another. In files words are written in full. Tab completes, `?` lists what may
come, `help WORDS` explains. Values with blanks stand in double quotes. What only shows takes `match=TEXT` and
`count=N`; `json` or `csv` at the end chooses the form, `&` runs a long order in the background.
Ctrl-c breaks off, ctrl-z leaves a long order running, ctrl-d on an empty line leaves.
A script (pipe, file, `script on`) gets no prompt; each answer ends with one line `OK ...` or `ERROR ...`.

| level | may |
|---|---|
| 0 | log in, help, set up, leave |
| 1 | see everything but secrets, users and the audit log |
| 2 | read, search, install and describe meters |
| 3 | settings, users, deleting, the system |
"""


def manual() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_commands(), *_settings()]) + "\n"


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield "`long` runs as a job and can be broken off; `asks` wants confirm=yes; `audited` is in the audit log.\n"
    by_word: dict[str, list[Operation]] = {}
    for row in sorted(registry().operations, key=lambda row: row.words):
        by_word.setdefault(row.words[0], []).append(row)
    yield "| command | level | what it does | notes |\n|---|---|---|---|"
    for rows in by_word.values():
        yield from (_command(row) for row in rows)
    yield ""


def _command(row: Operation) -> str:
    also = [f"also `{' '.join(words)}`" for words in row.also]
    short = [f"short `{' '.join(row.short)}`"] * bool(row.short)
    notes = [*["long"] * row.long, *["asks"] * bool(row.confirms), *["audited"] * row.audited, *also, *short]
    return _row(f"`{row.usage}`", row.level, row.help, ", ".join(notes))


def _settings() -> Iterator[str]:
    yield "## Settings\n"
    yield "`set NAME=VALUE` changes one, `unset NAME` restores its default. D: belongs to this device.\n"
    subject = ""
    for row in ROWS:
        if row.pattern.split(".")[0] != subject:
            subject = row.pattern.split(".")[0]
            yield from (f"### {subject}\n", "| name | type | default | unit | takes | level | D | restarts | help |")
            yield "|---|---|---|---|---|---|---|---|---|"
        yield _setting(row.pattern, row.setting)


def _setting(name: str, row: AnySetting) -> str:
    default = row.default and f"`{row.default}`"
    device = "D" * row.device
    return _row(
        f"`{name}`", row.kind.word, default, row.kind.unit, row.allowed(), row.level, device, row.restarts, row.help
    )


def _row(*cells: object) -> str:
    return f"| {' | '.join(_escaped(cells))} |"


def _escaped(cells: Iterable[object]) -> Iterator[str]:
    return (str(cell).replace("|", "\\|") for cell in cells)


if __name__ == "__main__":
    sys.stdout.write(manual())
