"""Octets over a non-blocking descriptor, as the serial and the TCP line need it: wait, read, write whole, be woken.

Trouble comes out as `OSError`; the line above knows what it is called and what to do about it.
"""

from __future__ import annotations

import errno
import math
import os
import select
import threading
import time
from typing import Final

READ_AT_ONCE: Final = 4096
STALLED: Final = 5.0  # seconds without one octet leaving; a frame fits the kernel's buffer, so nothing sound waits


class Channel:
    """The waiting around a descriptor that belongs to a line. Only `wake` may be called from other threads."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._open = True
        self._lock = threading.Lock()  # a number that was closed may be another file's at once
        self._readable = select.poll()
        self._readable.register(descriptor, select.POLLIN)
        self._readable.register(self._bell, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(descriptor, select.POLLOUT)

    def read(self, until: float) -> bytes | None:
        """What has come, as soon as anything has; empty at the deadline, None when woken."""
        seconds = max(0.0, until - time.monotonic())
        ready = {descriptor for descriptor, _ in self._readable.poll(math.ceil(seconds * 1000))}
        if self._descriptor in ready:
            return self._take()
        if self._bell in ready:
            os.eventfd_read(self._bell)
            return None
        return b""

    def write(self, octets: bytes) -> None:
        """Hand all octets to the kernel, in as many pieces as it likes."""
        left = memoryview(octets)
        while left:
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:
                if not self._writable.poll(math.ceil(STALLED * 1000)):
                    raise TimeoutError(errno.ETIMEDOUT, "it takes no more octets") from None

    def wake(self) -> None:
        """Let `read` return at once; harmless after `close`."""
        with self._lock:
            if self._open:
                os.eventfd_write(self._bell, 1)

    def close(self) -> None:
        """Give the bell back; the descriptor is the line's to close."""
        with self._lock:
            if self._open:
                self._open = False
                os.close(self._bell)

    def _take(self) -> bytes:
        try:
            octets = os.read(self._descriptor, READ_AT_ONCE)
        except BlockingIOError:
            return b""
        if not octets:  # readable without an octet is how the kernel says that the other end is gone
            raise ConnectionResetError(errno.ECONNRESET, "the other end is gone")
        return octets
