"""What settings must be to one another; looked at when the whole change is known, so that order does not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_network

from appliance.errors import LineRefused, SettingError
from appliance.settings.row import Source
from appliance.settings.subjects.console import Encryption
from appliance.settings.subjects.network import LanMode
from appliance.settings.tree import Tree

FIRST_SEGMENT = "main"


def check_together(source: Source, changed: Iterable[str]) -> None:
    """Raise a `SettingError` where the changed settings do not fit the others."""
    tree = Tree(source)
    names = {name.split(".")[1] for name in changed if name.startswith("segment.")} & set(tree.segment)
    for name in sorted(names):
        _segment_has_a_line(tree, name)
        _pauses_grow(tree, name)
    _lines_are_used_once(tree)
    _open_console_knows_its_clients(tree)
    _lent_bus_knows_its_clients(tree)
    _router_is_a_neighbour(tree)
    _syslog_has_a_server(tree)


def check_lines(source: Source, changed: Iterable[str], try_line: Callable[[str], object]) -> None:
    """Raise a `SettingError` where a segment would get a line that no driver can take."""
    tree = Tree(source)
    for name in sorted(name for name in changed if name.startswith("segment.") and name.endswith(".url")):
        segment = name.split(".")[1]
        if segment in tree.segment and (url := tree.segment[segment].url):
            try:
                try_line(url)
            except LineRefused as error:
                raise SettingError(f"{name}: {error.sentence}") from error


def _segment_has_a_line(tree: Tree, name: str) -> None:
    if name != FIRST_SEGMENT and not tree.segment[name].url:
        raise SettingError(f"There is no segment {name}: add it with segment.{name}.url=URL or segment add {name} URL")


def _pauses_grow(tree: Tree, name: str) -> None:
    pause = tree.segment[name].reopen_pause
    if pause.minimum > pause.maximum:
        raise SettingError(
            f"segment.{name}.reopen_pause.minimum takes at most reopen_pause.maximum "
            f"({pause.maximum.total_seconds():g} s), not {pause.minimum.total_seconds():g} s"
        )


def _lines_are_used_once(tree: Tree) -> None:
    users: dict[str, str] = {}
    for name, segment in tree.segment.items():
        if segment.url and segment.enabled and not segment.url.startswith("simulated:"):
            other = users.setdefault(segment.url, name)
            if other != name:
                raise SettingError(f"{segment.url} is the line of segment {other}: segment.{name}.url needs another")


def _open_console_knows_its_clients(tree: Tree) -> None:
    console = tree.console
    outside = [address for address in console.listen if address is not None and not address.is_loopback]
    if outside and not console.allow and console.tls is not Encryption.REQUIRED:
        raise SettingError(
            f"console.listen takes {outside[0]} together with console.allow=ADDRESSES or console.tls=required: "
            "passwords would travel unencrypted from anywhere"
        )


def _lent_bus_knows_its_clients(tree: Tree) -> None:
    converter = tree.level_converter
    outside = [address for address in converter.listen if address is not None and not address.is_loopback]
    if outside and not converter.allow:
        raise SettingError(
            f"level_converter.listen takes {outside[0]} together with level_converter.allow=ADDRESSES: "
            "whoever connects has the bus"
        )


def _syslog_has_a_server(tree: Tree) -> None:
    if tree.log.syslog.enabled and not tree.log.syslog.server:
        raise SettingError("log.syslog.enabled takes true together with log.syslog.server=HOST")


def _router_is_a_neighbour(tree: Tree) -> None:
    lan = tree.network.lan
    if lan.mode is LanMode.STATIC and lan.address is not None and lan.gateway is not None:
        network = ip_network(f"{lan.address}/{lan.netmask}", strict=False)
        if lan.gateway not in network:
            raise SettingError(f"network.lan.gateway takes an address inside the network {network}, not {lan.gateway}")
