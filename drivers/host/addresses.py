"""Gives a network interface an address, its mask and a router, through the kernel's socket calls (netdevice(7)).

It holds until the machine restarts or another program sets the interface; needs the right CAP_NET_ADMIN.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Final

from appliance.errors import HardwareError
from appliance.ports import FixedAddress

SIOCADDRT: Final = 0x890B
SIOCDELRT: Final = 0x890C
SIOCSIFADDR: Final = 0x8916
SIOCSIFNETMASK: Final = 0x891C
NAME_LENGTH: Final = 15
UP_BY_GATEWAY: Final = 0x0001 | 0x0002  # RTF_UP | RTF_GATEWAY
UP: Final = 0x0001
ROUTE: Final = "@L16s16s16sHhLPhPLLH"  # struct rtentry, with the name of the interface behind the second pointer
ANYWHERE: Final = IPv4Address(0)
FORBIDDEN: Final = (errno.EPERM, errno.EACCES)


def give_address(device: str, wanted: FixedAddress) -> None:
    """From now on. Raises a `HardwareError` that says in a sentence why not."""
    if not device:
        raise HardwareError("This machine has no network interface to set.")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control, _explained(device):
        _set(control, SIOCSIFADDR, device, wanted.address)
        _set(control, SIOCSIFNETMASK, device, wanted.netmask)
        _forget_routers(control, device)
        if wanted.gateway is not None:
            _route(control, SIOCADDRT, device, wanted.gateway, UP_BY_GATEWAY)


def _set(control: socket.socket, order: int, device: str, address: IPv4Address) -> None:
    fcntl.ioctl(control, order, struct.pack("16s16s8x", device.encode()[:NAME_LENGTH], _address(address)))


def _forget_routers(control: socket.socket, device: str) -> None:
    """No way leads out of the local network through this interface any more."""
    with contextlib.suppress(ProcessLookupError):  # so the kernel says that there is none left
        while True:
            _route(control, SIOCDELRT, device, ANYWHERE, UP)


def _route(control: socket.socket, order: int, device: str, gateway: IPv4Address, flags: int) -> None:
    """Add or delete the way to everywhere."""
    name = ctypes.create_string_buffer(device.encode()[:NAME_LENGTH])
    everywhere, router = _address(ANYWHERE), _address(gateway)
    fields = (everywhere, router, everywhere, flags, 0, 0, 0, 0, ctypes.addressof(name), 0, 0, 0)
    fcntl.ioctl(control, order, struct.pack(ROUTE, 0, *fields))


def _address(address: IPv4Address) -> bytes:
    """struct sockaddr_in."""
    return struct.pack("@HH4s8x", socket.AF_INET, 0, address.packed)


@contextlib.contextmanager
def _explained(device: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FORBIDDEN:
            raise HardwareError("No right to set the network (CAP_NET_ADMIN).") from error
        raise HardwareError(f"{device} does not take the address: {(error.strerror or str(error)).lower()}.") from error
