"""Orders to what listens: show it, switch it on and off, open it to others and close it again (operations.md §9)."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.services import Service, services
from appliance.operations.settings import change
from appliance.operations.times import ago
from appliance.security.host_key import renew_host_key
from appliance.settings.kinds import Integer, IpList, Listen, OneOf
from appliance.settings.subjects.console import Encryption


class Door(StrEnum):
    """What listens for people."""

    CONSOLE = "console"
    SSH = "ssh"


class Restartable(StrEnum):
    """What can be started anew while everything else goes on."""

    CONSOLE = "console"
    SSH = "ssh"
    BUS = "bus"
    PANEL = "panel"


Name = Annotated[Door, OneOf(Door)]
Addresses = Annotated[tuple[IPv4Address | IPv6Address | None, ...], Listen()]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], IpList()]
Number = Annotated[int, Integer(1, 1 << 31)]
EVERYWHERE: Final = (IPv4Address("0.0.0.0"),)  # what `service open` is for
LOOPBACK: Final = "127.0.0.1"


@operation("service show", level=1)
def service_show(call: Call, name: Name) -> Answer:
    """One service: where it listens, who may reach it, its clients."""
    service = _find(call, name)
    now = call.now()
    lines = [
        f"{service.state}  {service.listens or LOOPBACK}:{service.port}  open to {service.reach}"
        f"  clients {service.clients}  since {ago(service.since, now)}",
        *([service.note] if service.note else []),
    ]
    clients = [one for one in services(call).sessions if one.door == name]
    rows = [(one.number, one.user or "nobody yet", one.level, one.source, ago(one.since, now)) for one in clients]
    table = Table.of("client user level source since", rows, "client level") if rows else None
    return Answer(lines=tuple(lines), table=table)


@operation("service start", level=3, audited=True)
def service_start(call: Call, name: Name) -> Answer:
    """Switches a service on."""
    return change(call, {f"{name}.enabled": "true"})


@operation("service stop", level=3, audited=True)
def service_stop(call: Call, name: Name) -> Answer:
    """Switches a service off; its clients are cut."""
    return change(call, {f"{name}.enabled": "false"})


@operation("service restart", level=3, audited=True)
def service_restart(call: Call, name: Restartable) -> Answer:
    """Restarts a service; its clients are cut."""
    rows = call.parts.settings
    if (name is Restartable.CONSOLE and not rows.console.enabled) or (name is Restartable.SSH and not rows.ssh.enabled):
        raise RefusedError(f"{name} is switched off: service start {name}.", Kind.CONFLICT)
    call.parts.restart(name)
    return Answer(sentence=f"{name} is started anew")


@operation("ssh host renew", level=3, audited=True, confirms="Make a new key? Every client will be warned of it.")
def ssh_host_renew(call: Call) -> Answer:
    """Makes a new host key; SSH is started anew with it."""
    fingerprint = renew_host_key(call.parts.data_folder)
    call.parts.restart(Restartable.SSH)
    return Answer(lines=(fingerprint,), data={"fingerprint": fingerprint})


def _exposes(call: Call, name: Door, *, listen: Addresses = EVERYWHERE, allow: Networks = ()) -> str:
    """What opening leads to, before it is done."""
    rows = call.parts.settings
    port = rows.console.port if name is Door.CONSOLE else rows.ssh.port
    where = ", ".join(f"{address}:{port}" for address in listen)
    whom = _text(allow) or "everybody who reaches it"
    return f"{name} on {where} for {whom}: {_secrecy(call, name)}."


@operation("service open", level=3, audited=True, confirms="Open?", warns=_exposes)
def service_open(call: Call, name: Name, *, listen: Addresses = EVERYWHERE, allow: Networks = ()) -> Answer:
    """Switches a service on and opens it beyond loopback, after saying what that exposes."""
    return change(
        call, {f"{name}.enabled": "true", f"{name}.listen": _text(listen), f"{name}.allow": _text(allow) or None}
    )


@operation("service close", level=3, audited=True)
def service_close(call: Call, name: Name) -> Answer:
    """Brings a service back to loopback."""
    return change(call, {f"{name}.listen": LOOPBACK, f"{name}.allow": None})


@operation("client close", level=3, audited=True, confirms="Hang up?")
def client_close(call: Call, client: Number) -> Answer:
    """Closes one client, by its number in client list."""
    for entry in call.parts.doorkeeper.sessions.all():
        if entry.number == client:
            entry.end()
            return Answer(sentence=f"{entry.user or 'nobody'} from {entry.source} was hung up on")
    raise RefusedError(f"There is no client {client}.", Kind.NOT_FOUND)


def _find(call: Call, name: Door) -> Service:
    return next(service for service in services(call).services if service.settings == name)


def _secrecy(call: Call, name: Door) -> str:
    if name is Door.SSH:
        return "everything travels encrypted"
    if call.parts.settings.console.tls is Encryption.REQUIRED:
        return "everything travels encrypted by TLS"
    return "passwords travel unencrypted unless the client uses TLS"


def _text(values: Addresses | Networks) -> str:
    return ",".join(map(str, values))
