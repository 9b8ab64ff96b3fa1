"""Settings in groups, by the beginnings of their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appliance.settings import Line as SettingLine
from tui.forms import label_of


@dataclass(frozen=True, slots=True)
class Group:
    """Settings whose names begin alike."""

    name: str  # `bus.readout`
    lines: tuple[SettingLine, ...]
    above: str = ""  # name of the group it stands below, where there is one
    depth: int = 0

    @property
    def label(self) -> str:
        """`Readout` below `Bus`, `Segment main` where nothing stands above it."""
        words = self.name.removeprefix(f"{self.above}.").split(".")
        return " ".join([label_of(words[0]), *(word.replace("_", " ") for word in words[1:])])

    @property
    def title(self) -> str:
        """`Bus · Readout`."""
        return " · ".join(label_of(word) for word in self.name.split("."))


def groups_of(lines: Iterable[SettingLine]) -> list[Group]:
    """By all words of a name but its last, in the order of the table."""
    found: dict[str, list[SettingLine]] = {}
    for line in lines:
        found.setdefault(line.name.rpartition(".")[0], []).append(line)
    groups: dict[str, Group] = {}
    for name, rows in _parents_first(found):
        above = name.rpartition(".")[0]
        while above and above not in groups:
            above = above.rpartition(".")[0]
        groups[name] = Group(name, tuple(rows), above, groups[above].depth + 1 if above else 0)
    return list(groups.values())


def matching(lines: Iterable[SettingLine], text: str) -> list[SettingLine]:
    """Settings that have all words of the text in their name or help."""
    words = text.lower().split()
    return [line for line in lines if all(w in f"{line.name} {line.setting.help}".lower() for w in words)]


def _parents_first(found: Mapping[str, list[SettingLine]]) -> list[tuple[str, list[SettingLine]]]:
    """Groups below one another follow it, although the table may have rows of others between."""
    first: dict[str, int] = {}
    for name in found:
        for prefix in _prefixes(name):
            first.setdefault(prefix, len(first))
    return sorted(found.items(), key=lambda item: [first[prefix] for prefix in _prefixes(item[0])])


def _prefixes(name: str) -> list[str]:
    """`bus`, `bus.readout`."""
    words = name.split(".")
    return [".".join(words[:count]) for count in range(1, len(words) + 1)]
