"""The way to the internet, step by step: an address, the router, a name server, what lies beyond."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import ip_address
from itertools import islice
from threading import Event
from typing import Final

from appliance.ports import Echo, Network, Reach
from appliance.settings.kinds import HostPort

TIME_SERVER: Final = "pool.ntp.org"  # the first one asked for the time where no other is set
STEPS: Final = ("address", "router", "name server", "internet")


class Outcome(StrEnum):
    """How a step went."""

    OK = "ok"
    SILENT = "silent"  # gives no answer, yet lets everything through
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and what to do where it failed."""

    name: str
    outcome: Outcome
    sentence: str
    remedy: str = ""


def walk(network: Network, reach: Reach, target: HostPort) -> Iterator[Step]:
    """Each step once it is known, the first one first."""
    yield _address(network)
    yield _router(network, reach)
    yield from beyond(network, reach, target)


def beyond(network: Network, reach: Reach, target: HostPort) -> Iterator[Step]:
    """The last two steps; without a target, nothing is sent beyond the name server."""
    host = target.host or TIME_SERVER
    found = reach.lookup(host)
    servers = ", ".join(network.name_servers) or "none is known"
    if found.server_answered:
        yield Step("name server", Outcome.OK, servers)
    else:
        remedy = "Check the name servers that DHCP or the operating system gives: show network"
        yield Step("name server", Outcome.FAILED, f"{servers}: {found.sentence}", remedy)
    if not found.addresses:
        yield Step("internet", Outcome.FAILED, f"{host}: {found.sentence}", "Check the router's way to the internet")
    elif not target.host:
        yield Step("internet", Outcome.OK, f"{host} is {found.addresses[0]}; nothing was sent there")
    else:
        yield _reached(reach, target, found.addresses[0])


def judged(steps: list[Step]) -> list[Step]:
    """A router that answers nobody is no failure where the internet is reached."""
    reached = steps[-1].outcome is Outcome.OK
    return [
        replace(step, outcome=Outcome.SILENT, remedy="")
        if reached and step.name == "router" and step.outcome is Outcome.FAILED
        else step
        for step in steps
    ]


def said(echo: Echo) -> str:
    """What came of a knock."""
    if echo.microseconds is None:
        return f"{echo.sentence} ({echo.means})"
    return f"{milliseconds(echo.microseconds)} ({echo.means})"


def milliseconds(microseconds: int) -> str:
    """`12.345 ms`, exact."""
    return f"{microseconds // 1000}.{microseconds % 1000:03} ms"


def _address(network: Network) -> Step:
    own = [
        f"{address} on {one.name}"
        for one in network.interfaces
        for address in one.addresses
        if one.connected and not ip_address(address).is_link_local
    ]
    if own:
        return Step("address", Outcome.OK, ", ".join(own))
    if any(one.connected for one in network.interfaces):
        remedy = "Let a DHCP server give one, or set network.lan.mode=static and network.lan.address"
        return Step("address", Outcome.FAILED, "no interface has one", remedy)
    return Step("address", Outcome.FAILED, "no interface is connected", "Plug in the cable")


def _router(network: Network, reach: Reach) -> Step:
    if not network.routers:
        remedy = "Set network.lan.gateway, or let DHCP tell the router"
        return Step("router", Outcome.FAILED, "none is known", remedy)
    router = network.routers[0]
    echo = _knock(reach, router.split()[0])
    outcome = Outcome.FAILED if echo.microseconds is None else Outcome.OK
    return Step(
        "router", outcome, f"{router}: {said(echo)}", "Switch it on, check the cable to it" * bool(echo.sentence)
    )


def _reached(reach: Reach, target: HostPort, address: str) -> Step:
    echo = reach.connect(address, target.port) if target.port else _knock(reach, address)
    outcome = Outcome.FAILED if echo.microseconds is None else Outcome.OK
    remedy = "Check whether it runs, and what firewalls on the way let through" * bool(echo.sentence)
    return Step("internet", outcome, f"{target.host} ({address}): {said(echo)}", remedy)


def _knock(reach: Reach, address: str) -> Echo:
    return next(islice(reach.ping(address, 1, Event()), 1))
