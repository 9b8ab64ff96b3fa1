"""Looks at the appliance once a second, for all that the panel shows and switches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from appliance.events import BusState
from appliance.operations.call import Call
from appliance.ports import Host, Link
from appliance.services.front_panel.conditions import conditions
from appliance.services.front_panel.facts import FactFinder
from appliance.services.front_panel.pages import Facts

Health = Callable[[], str]
"""How the appliance itself is: booting, normal, error."""

NO_LINK: Final = Link(connected=False, octets=0, address="")


@dataclass(frozen=True, slots=True)
class Sight:
    """What was found at one look."""

    facts: Facts
    link: Link = NO_LINK
    wrong: frozenset[str] = frozenset()  # in the words relays know
    signals: Mapping[str, str] = field(default_factory=dict)  # the state of each subject that a light follows


class Watch:
    """Asks the parts, the host, and how the services are."""

    def __init__(self, call: Call, host: Host, health: Health) -> None:
        self._call = call
        self._host = host
        self._health = health
        self._finder = FactFinder(call)
        self._octets = 0  # of the network, at the last look

    def blank(self) -> Sight:
        """Before the first look."""
        return Sight(Facts(now=self._call.now()))

    def meters_changed(self) -> None:
        """Readings came, or the list changed."""
        self._finder.meters_changed()

    def look(self, relays_on: tuple[int, ...]) -> Sight:
        """How everything is now."""
        settings = self._call.parts.settings
        link = self._host.link(settings.network.lan.device)
        segments = self._call.parts.engine.status()
        facts = self._finder.find(segments, link, relays_on)
        states = [segment.state for segment in segments]
        signals = self._signals(facts, link, states)
        self._octets = link.octets
        return Sight(facts, link, conditions(self._call, facts, states), signals)

    def _signals(self, facts: Facts, link: Link, states: Sequence[BusState]) -> Mapping[str, str]:
        health, url = self._health(), self._call.parts.settings.level_converter.url
        return {
            "bus": facts.state,
            "system": health,
            "trouble": _trouble(health, link, states),
            "network": _network(link, busy=link.octets != self._octets),
            "usb": "on" if self._host.usb_has_power(urlsplit(url).path) else "off",
        }


def _trouble(health: str, link: Link, states: Sequence[BusState]) -> str:
    """What the red light tells; a short circuit comes before all."""
    if BusState.OVERLOAD in states:
        return "short_circuit"
    if health == "booting":
        return "booting"
    return "normal" if link.connected else "network"


def _network(link: Link, *, busy: bool) -> str:
    if not link.connected:
        return "none"
    return "traffic" if busy else "link"
