"""What is typed into a form of settings and not yet saved, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.cron import Schedule
from appliance.errors import SettingError
from appliance.operations.line import quote_value
from appliance.settings import Line as SettingLine
from appliance.settings.kinds import ScheduleText, YesNo
from appliance.settings.row import Restarts
from tui.text import _

NEXT_RUNS: Final = 3
DOTS: Final = "•"
RANGE: Final = re.compile(r"(-?\d+) to (-?\d+)")
ACRONYMS: Final = {"tls": "TLS", "ssh": "SSH", "lan": "LAN", "leds": "LEDs", "url": "URL", "ntp": "NTP", "ip": "IP"}


@dataclass
class Draft:
    """All values as they are, and the changes that are not saved."""

    order: str = "set"  # the console's words before the changes
    lines: Mapping[str, SettingLine] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)  # by the appliance, when it was to save
    known: dict[str, str] = field(default_factory=dict)  # what was in force when each change was typed

    def load(self, lines: Iterable[SettingLine]) -> None:
        """The values in force; what was typed stays, unless it is in force now."""
        self.lines = {line.name: line for line in lines}
        self.typed = {name: text for name, text in self.typed.items() if self._differs(name, text)}

    def type(self, name: str, text: str) -> None:
        """A value, whether it can be taken or not."""
        self.refused.pop(name, None)
        if self._differs(name, text):
            if name not in self.typed:
                self.known[name] = self.lines[name].text
            self.typed[name] = text
        else:
            self.typed.pop(name, None)

    def undo(self, name: str) -> None:
        """As it is in force."""
        self.typed.pop(name, None)
        self.refused.pop(name, None)

    def clear(self) -> None:
        """All of it is saved, or given up."""
        self.typed.clear()
        self.refused.clear()

    def value(self, name: str) -> str:
        """What the field shows."""
        return self.typed.get(name, self.lines[name].text)

    def error(self, name: str) -> str:
        """What is wrong with what was typed."""
        if name in self.refused:
            return self.refused[name]
        if name not in self.typed:
            return ""
        setting = self.lines[name].setting
        if setting.base and not self.typed[name]:
            return ""
        try:
            setting.parse(name, self.typed[name])
        except SettingError:
            return _("must be {}").format(range_of(self.lines[name]))  # its unit stands beside the field
        return ""

    @property
    def wrong(self) -> list[str]:
        """Names that cannot be saved."""
        return [name for name in self.typed if self.error(name)]

    @property
    def overtaken(self) -> list[str]:
        """Names that somebody else gave another value since a change was typed."""
        return [name for name in self.typed if self.lines[name].text != self.known[name]]

    def insist(self) -> None:
        """Their values are known now; ours are to be saved all the same."""
        self.known |= {name: self.lines[name].text for name in self.typed}

    def save_line(self) -> str:
        """All changes as one line of the console: all of them are taken, or none."""
        changes = (f"{name}={quote_value(text)}" for name, text in self.typed.items())
        return " ".join([self.order, *changes])

    def console_line(self, name: str) -> str:
        """What one would type instead; a secret is left to be typed."""
        secret = self.lines[name].setting.kind.is_secret
        return f"{self.order} {name}={'' if secret else quote_value(self.value(name))}"

    def refuse(self, sentence: str) -> str:
        """Write the appliance's refusal beside the field it names; the name, where there is one."""
        name = next((name for name in self.typed if name in sentence), "")
        if name:
            self.refused[name] = sentence.removeprefix(f"{name} ")
        return name

    def restarts(self) -> str:
        """What begins anew when the changes are saved."""
        kinds = {self.lines[name].setting.restarts for name in self.typed} - {Restarts.NOTHING}
        return ", ".join(sorted(map(str, kinds)))

    def _differs(self, name: str, text: str) -> bool:
        line = self.lines.get(name)
        return line is not None and (text != line.text or line.setting.kind.is_secret)


def label_of(name: str) -> str:
    """`bus.readout.readout_retries` -> `Readout retries`."""
    word = name.rpartition(".")[2].replace("_", " ")
    return ACRONYMS.get(word, word[:1].upper() + word[1:])


def range_of(line: SettingLine) -> str:
    """`0-60000`, `off or auto`: what it takes, short and without its unit."""
    kind = line.setting.kind
    return RANGE.sub(r"\1-\2", kind.allowed().removesuffix(kind.unit).strip())


def choices_of(line: SettingLine) -> Sequence[str]:
    """The words to choose from, where there are only these; the empty one inherits."""
    kind = line.setting.kind
    if kind.is_list or isinstance(kind, ScheduleText):
        return ()
    return ("", *kind.choices()) if line.setting.base and kind.choices() else kind.choices()


def is_switch(line: SettingLine) -> bool:
    """Whether it is on or off."""
    return isinstance(line.setting.kind, YesNo) and not line.setting.base


def next_runs(line: SettingLine, text: str, now: datetime, zone: ZoneInfo) -> str:
    """The next three times of a schedule."""
    if not isinstance(line.setting.kind, ScheduleText) or not text:
        return ""
    try:
        schedule, runs = Schedule.parse(text), [now]
    except SettingError:
        return ""
    for _run in range(NEXT_RUNS):
        runs.append(schedule.next(runs[-1], zone))
    return ", ".join(f"{run.astimezone(zone):%a %d.%m. %H:%M}" for run in runs[1:])


def dotted(text: str) -> str:
    """A secret while it is typed."""
    return DOTS * len(text)


def step(choices: Sequence[str], now: str, by: int = 1) -> str:
    """The next of a few choices."""
    return choices[(choices.index(now) + by) % len(choices)] if now in choices else choices[0]
