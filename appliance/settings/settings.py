"""The settings in force: typed for code (`settings.bus.readout.response_timeout`), as text for people."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

from appliance.errors import SettingError
from appliance.events import SettingsChanged
from appliance.ports import SettingBook
from appliance.settings.checks import check_lines, check_together
from appliance.settings.row import AnySetting, Setting
from appliance.settings.subjects.storage import DATABASE
from appliance.settings.table import ROWS, Row, row_of
from appliance.settings.tree import Tree

log = logging.getLogger("busmeister.settings")

Value = TypeVar("Value")
SERIAL: Final = "<serial>"
FIRST_SEGMENT = "main"  # exists from the start, without a line


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one setting, as shown to people: secrets are dots."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One setting as `show settings` lists it."""

    name: str
    setting: AnySetting
    text: str  # as typed back; of a secret dots
    shown: str  # with its unit
    default: str
    is_default: bool
    secret: str = field(default="", repr=False)  # what the dots stand for


class Snapshot:
    """Values at one moment; replaced as a whole by a change, so that readers need no lock."""

    def __init__(self, texts: Mapping[str, str], own: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.own = own  # what stands in a default, and what it stands for in this appliance
        self._values = {name: row_of(name).setting.parse(name, text) for name, text in self.texts.items()}
        self._defaults: dict[str, object] = {}

    def value(self, name: str, row: Setting[Value]) -> Value:
        """The value in force: the one set, else the one of the base row, else the default."""
        if name in self._values:
            return cast("Value", self._values[name])
        if row.base:
            return self.value(row.base, cast("Setting[Value]", row_of(row.base).setting))
        if name not in self._defaults:
            self._defaults[name] = row.kind.parse(self.default(row))
        return cast("Value", self._defaults[name])

    def default(self, row: AnySetting) -> str:
        """The default as text."""
        text = row.default
        for place, meant in self.own.items():
            text = text.replace(place, meant)
        return text

    def members(self, prefix: str) -> tuple[str, ...]:
        """Names of the segments: `main`, and each that has a setting."""
        names = {name.removeprefix(prefix).split(".")[0] for name in self.texts if name.startswith(prefix)}
        return (FIRST_SEGMENT, *sorted(names - {FIRST_SEGMENT}))


class Settings(Tree):
    """All settings of one appliance. Thread-safe: reading takes no lock, a change replaces all values at once."""

    def __init__(
        self,
        book: SettingBook,
        publish: Callable[[object], None] = lambda event: None,
        *,
        serial: str = "00000000",
        database: str = "file:busmeister.db",
        try_line: Callable[[str], object] = str,
    ) -> None:
        """`try_line` raises `LineRefused` for a URL that no driver can take; it opens nothing."""
        self._book = book
        self._try_line = try_line
        self._publish = publish
        self._lock = threading.Lock()
        self.problems: tuple[str, ...] = ()  # kept settings that this program cannot take; their defaults hold
        self._snapshot = Snapshot(self._sound(book.load()), {SERIAL: serial, DATABASE: database})
        super().__init__(self)

    def value(self, name: str, row: Setting[Value]) -> Value:
        """The value in force of a row under its full name."""
        return self._snapshot.value(name, row)

    def members(self, prefix: str) -> tuple[str, ...]:
        """Names of a family's members."""
        return self._snapshot.members(prefix)

    def text(self, name: str) -> str:
        """The value in force as it can be typed back; a secret as dots."""
        setting = row_of(name).setting
        value = self.value(name, setting)
        return str(value) if setting.kind.is_secret else setting.kind.format(value)

    def lines(self, subject: str = "") -> Iterator[Line]:
        """Every setting there is, or those below `subject`, in the order of the table."""
        snapshot = self._snapshot
        for name, row in self._names():
            if not subject or name == subject or name.startswith(f"{subject}."):
                value = snapshot.value(name, row.setting)
                text = self.text(name) if name in snapshot.texts or not row.setting.base else ""
                shown = row.setting.kind.show(value) if text or not row.setting.base else ""
                secret = snapshot.texts.get(name, "") if row.setting.kind.is_secret else ""
                is_default = name not in snapshot.texts
                yield Line(name, row.setting, text, shown, snapshot.default(row.setting), is_default, secret)

    def set(self, changes: Mapping[str, str], who: str) -> tuple[Change, ...]:
        """Give settings values, all of them or none."""
        return self.change(changes, who)

    def unset(self, names: Iterable[str], who: str) -> tuple[Change, ...]:
        """Restore defaults, all of them or none."""
        return self.change(dict.fromkeys(names), who)

    def change(self, changes: Mapping[str, str | None], who: str) -> tuple[Change, ...]:
        """Set and restore (None) in one step, kept by the book before it holds; raises `SettingError`."""
        with self._lock:
            before = self._snapshot
            after, different = self._planned(changes)
            if different:
                self._book.save(different, who)
            self._snapshot = after
        if different:
            self._publish(SettingsChanged(frozenset(different), who))
        changed = _compared(before, after, different)
        for one in changed:
            log.debug("%s: %s is %s, was %s", who, one.name, one.new or "empty", one.old or "empty")
        return changed

    def foresee(self, changes: Mapping[str, str | None]) -> tuple[Change, ...]:
        """What `change` would do, without doing it; raises `SettingError` as that does."""
        after, different = self._planned(changes)
        return _compared(self._snapshot, after, different)

    def planned(self, changes: Mapping[str, str | None]) -> dict[str, str | None]:
        """The texts that `change` would keep, where they differ from those kept now; raises `SettingError`."""
        return self._planned(changes)[1]

    def kept(self, names: Iterable[str]) -> dict[str, str | None]:
        """Of each name the text that is kept, None at its default: `change` leads back to it. Secrets in the clear."""
        texts = self._snapshot.texts
        return {name: texts.get(name) for name in names}

    def all_kept(self) -> dict[str, str]:
        """Every setting that is not at its default, secrets in the clear."""
        return dict(self._snapshot.texts)

    def _planned(self, changes: Mapping[str, str | None]) -> tuple[Snapshot, dict[str, str | None]]:
        """All values as they would be, and the texts that are not what they were."""
        before = self._snapshot
        wanted = {name: self._text_to_keep(name, text) for name, text in changes.items()}
        texts = {name: text for name, text in (before.texts | wanted).items() if text is not None}
        after = Snapshot(texts, before.own)
        different = {name: text for name, text in wanted.items() if before.texts.get(name) != text}
        check_together(after, different)
        check_lines(after, different, self._try_line)
        return after, different

    def _text_to_keep(self, name: str, text: str | None) -> str | None:
        """The text in its plain form; None for what is the default anyway."""
        setting = row_of(name).setting
        if text is None or (setting.base and not text):
            return None
        if setting.given_by:
            raise SettingError(f"{name} is given when the appliance starts: {setting.given_by}")
        kept = setting.kind.format(setting.parse(name, text))
        return None if kept == self._snapshot.default(setting) and not setting.base else kept

    def _sound(self, texts: Mapping[str, str]) -> dict[str, str]:
        sound: dict[str, str] = {}
        for name, text in texts.items():
            try:
                row_of(name).setting.parse(name, text)
                sound[name] = text
            except SettingError as error:
                log.warning("setting left at its default: %s", error)
                self.problems += (f"{name} is at its default: {error}",)
        return sound

    def _names(self) -> Iterator[tuple[str, Row]]:
        for row in ROWS:
            if row.is_family:
                prefix, _, rest = row.pattern.partition("NAME")
                yield from ((f"{prefix}{member}{rest}", row) for member in self.members(prefix))
            else:
                yield row.pattern, row


def _compared(before: Snapshot, after: Snapshot, names: Iterable[str]) -> tuple[Change, ...]:
    return tuple(Change(name, _shown(before, name), _shown(after, name)) for name in names)


def _shown(snapshot: Snapshot, name: str) -> str:
    setting = row_of(name).setting
    return setting.kind.show(snapshot.value(name, setting))
