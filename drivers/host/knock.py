"""Knocking at an address without any rights: an ICMP echo where the kernel lets everybody ask (icmp(7),
`ping_group_range`), else a TCP connection, to which whoever is there says yes or no.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Final

from appliance.ports import Echo

ECHO: Final = "ICMP echo"
TIMEOUT: Final = 1.0  # seconds
DOORS: Final = (443, 80, 53, 22)  # TCP ports at which firewalls most often let somebody answer
HEADER: Final = "!BBHHH"  # type, code, checksum and identifier (both the kernel's), sequence (RFC 792, RFC 4443)
ICMP: Final = {  # protocol, type of the question, type of the answer
    socket.AF_INET: (socket.IPPROTO_ICMP, 8, 0),
    socket.AF_INET6: (socket.IPPROTO_ICMPV6, 128, 129),
}


def knock(address: str, sequence: int) -> Echo:
    """Once, by the gentlest means there is."""
    try:
        family, where = _place(address, 0)
        probe = socket.socket(family, socket.SOCK_DGRAM, ICMP[family][0])
    except OSError:  # not allowed here, or made for another kernel
        return knock_at(address, DOORS)
    with probe:
        return _echo(probe, where, sequence)


def knock_at(address: str, ports: Sequence[int], *, refusal_counts: bool = True) -> Echo:
    """At several TCP ports at once, for the first answer; a refusal shows that somebody is there."""
    began, sentence = time.monotonic(), "no answer"
    with ExitStack() as kept:
        waiting: dict[socket.socket, int] = {}
        for port in ports:
            try:
                waiting[kept.enter_context(_begun(address, port))] = port
            except OSError as error:
                sentence = reason(error)
        for door, refusal in _settled(waiting, began + TIMEOUT):
            if not refusal or (refusal_counts and isinstance(refusal, ConnectionRefusedError)):
                return Echo(means=f"TCP port {waiting[door]}", microseconds=_since(began))
            sentence = reason(refusal)
    return Echo(means=f"TCP port {', '.join(map(str, ports))}", sentence=sentence)


def reason(error: OSError) -> str:
    """The system's words for an error, as they stand within a sentence."""
    return (error.strerror or str(error)).lower()


def _echo(probe: socket.socket, where: tuple[object, ...], sequence: int) -> Echo:
    _, question, answer = ICMP[socket.AddressFamily(probe.family)]
    began = time.monotonic()
    try:
        probe.connect(where)  # so that the kernel hands on what routers say about it
        probe.send(struct.pack(HEADER, question, 0, 0, 0, sequence))
        while (left := began + TIMEOUT - time.monotonic()) > 0:
            probe.settimeout(left)
            if _answers(probe.recv(2048), answer, sequence):
                return Echo(means=ECHO, microseconds=_since(began))
    except TimeoutError:
        pass
    except OSError as error:
        return Echo(means=ECHO, sentence=reason(error))
    return Echo(means=ECHO, sentence="no answer")


def _answers(octets: bytes, answer: int, sequence: int) -> bool:
    """Whether it is the answer to this question, and no late one to an earlier."""
    if len(octets) < struct.calcsize(HEADER):
        return False
    kind, _, _, _, of = struct.unpack_from(HEADER, octets)
    return bool((kind, of) == (answer, sequence))


def _begun(address: str, port: int) -> socket.socket:
    """A connection on its way."""
    family, where = _place(address, port)
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setblocking(False)
    try:
        door.connect(where)
    except BlockingIOError:
        pass
    except OSError:
        door.close()
        raise
    return door


def _settled(waiting: dict[socket.socket, int], until: float) -> Iterator[tuple[socket.socket, OSError | None]]:
    """Each connection that came about or failed, as it happens."""
    with selectors.DefaultSelector() as selector:
        for begun in waiting:
            selector.register(begun, selectors.EVENT_WRITE, begun)
        while selector.get_map() and (left := until - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                door: socket.socket = selector.unregister(key.fileobj).data
                number = door.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                yield door, OSError(number, os.strerror(number)) if number else None


def _place(address: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    family, *_, where = socket.getaddrinfo(address, port, flags=socket.AI_NUMERICHOST)[0]
    return family, where


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1_000_000)
