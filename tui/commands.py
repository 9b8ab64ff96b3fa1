"""What the palette offers: operations, meters, settings, screens. All of it from the rows; nothing is typed twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.errors import BusmeisterError
from appliance.operations.call import Call
from appliance.operations.glances import Glance
from appliance.operations.line import parse_line, quote
from appliance.operations.operation import Operation
from appliance.operations.registry import Registry
from tui.screens import SCREENS
from tui.text import _

OFFERED: Final = 60  # at once
RECENT: Final = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the palette: leads to a screen, or is a line of the console."""

    title: str
    note: str = ""
    level: int = 1
    line: str = ""  # what runs
    to: str = ""  # or where it leads
    key: str = ""
    needs: str = ""  # what has to be typed yet

    @property
    def says(self) -> str:
        """What a search looks through."""
        return f"{self.title} {self.note} {self.line}".lower()


def offers(call: Call, registry: Registry, seen: Iterable[Glance]) -> list[Offer]:
    """Everything that this person may do."""
    found = [
        *(Offer(_("go to {}").format(entry.title), to=entry.name, key=entry.key) for entry in SCREENS),
        *_entrance(call),
        *_operations(registry),
        *_meters(seen),
        *_settings(call),
    ]
    return [offer for offer in found if offer.level <= call.level]


def choose(text: str, all_offers: Sequence[Offer], registry: Registry, recent: Sequence[str] = ()) -> list[Offer]:
    """The best for what was typed: a whole command first, then what has every word, the shortest first."""
    words = text.lower().split()
    if not words:
        again = [Offer(line, _("again"), 0, line=line) for line in list(recent)[:RECENT]]
        return [*again, *all_offers][:OFFERED]
    hits = [offer for offer in all_offers if _has(words, offer.says)]
    hits.sort(key=lambda offer: _worth(words, offer))
    start, has_value = text.strip(), "=" in text
    begun = [] if has_value else [offer for offer in hits if offer.title.startswith(start)]
    rest = [offer for offer in hits if has_value or not offer.title.startswith(start)]
    return [*begun, *typed_command(text, registry), *rest][:OFFERED]


def _has(words: Sequence[str], text: str) -> bool:
    return all(fuzzy(word, text) for word in words)


def typed_command(text: str, registry: Registry) -> Iterator[Offer]:
    """What was typed, where it is a command with its arguments."""
    try:
        tokens = parse_line(text).tokens
        operation, rest = registry.find(tokens)
    except BusmeisterError:
        return
    if rest or not operation.signature.arguments:
        yield Offer(text.strip(), operation.help, operation.level, line=text.strip())


def fuzzy(word: str, text: str) -> bool:
    """Whether all letters of the word come in the text, in their order, at the beginnings of words or together."""
    if word in text:
        return True
    initials = "".join(part[0] for part in text.split())
    return len(word) > 1 and word in initials


def hint(text: str, offer: Offer | None, registry: Registry) -> str:
    """The console line that runs, with the arguments it takes."""
    line = offer.line if offer and offer.line else text
    try:
        operation, _rest = registry.find(parse_line(line).tokens)
    except BusmeisterError:
        return line
    arguments = operation.usage.removeprefix(operation.name).strip()
    return f"{line}   {arguments}" if arguments and not _rest else line


def _worth(words: Sequence[str], offer: Offer) -> tuple[int, int]:
    whole = sum(word in offer.title.lower().split() for word in words)
    begins = sum(part.startswith(words[0]) for part in offer.title.lower().split()[:1])
    return -(2 * whole + begins), len(offer.title)


def _entrance(call: Call) -> Iterator[Offer]:
    if not call.parts.doorkeeper.is_set_up:
        yield Offer(_("first start: make the administrator"), _("asks for the set-up code"), 0, to="first-start")
    else:
        yield Offer(_("first start: place, time and meters"), _("what follows the administrator"), 3, to="first-start")


def _operations(registry: Registry) -> Iterator[Offer]:
    for operation in registry.operations:
        for name in (operation.name, *map(" ".join, operation.also)):
            yield Offer(name, operation.help, operation.level, line=name, needs=_needs(operation))


def _needs(operation: Operation) -> str:
    required = [argument.placeholder for argument in operation.signature.arguments if argument.required]
    words = [operation.signature.words.upper()] if operation.signature.words else []
    return " ".join([*required, *words])


def _meters(seen: Iterable[Glance]) -> Iterator[Offer]:
    for glance in seen:
        meter = glance.meter
        address = meter.secondary_address.identification if meter.secondary_address else f"p {meter.primary_address}"
        yield Offer(_("open meter {}").format(meter.label), address, to=f"meters/{meter.id}")
        yield Offer(_("read meter {}").format(meter.label), address, 2, line=f"meter read id={meter.id}")


def _settings(call: Call) -> Iterator[Offer]:
    for line in call.parts.settings.lines():
        yield Offer(f"set {line.name}", line.shown, line.setting.level, to=f"settings/{line.name}")
        if line.name == "dashboard.theme":
            yield from (_theme(line.name, word) for word in line.setting.kind.choices())


def _theme(name: str, word: str) -> Offer:
    return Offer(_("theme: {}").format(word), "", 1, line=f"set {name}={quote(word)}")
