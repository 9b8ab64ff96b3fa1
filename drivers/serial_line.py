"""A serial device through pyserial: `serial:///dev/ttyUSB0`, 8E1 with the parity of every octet really checked.

pyserial opens and configures the port; waiting, reading and writing go over its descriptor. Its time-outs stay at 0
for ever: assigning one later configures the port anew, which a pty with parity answers with a bare `termios.error`.
pyserial clears INPCK at each configuration, so a wrong octet would pass as a sound one: it is set again after each.
"""

from __future__ import annotations

import contextlib
import errno
import termios
import time
from typing import Final, cast
from urllib.parse import unquote

import serial

from appliance.errors import LineLost, LineRefused
from appliance.mbus.framer import Received
from drivers import url as urls
from drivers.channel import Channel
from drivers.parity_marks import MarkDecoder
from drivers.serial_ports import is_pty, why_not

SHAPE: Final = "serial:///dev/ttyUSB0"
OPTIONS: Final = {"parity": "on|off"}
INPUT, SPECIAL = 0, 6  # positions in the list of termios.tcgetattr
AWAY: Final = frozenset((errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO, errno.EBUSY, errno.EAGAIN))
TROUBLE: Final = (OSError, termios.error, ValueError)  # serial.SerialException is an OSError


class SerialLine:
    """A line over a serial device or a pty."""

    def __init__(self, url: str) -> None:
        parts, options = urls.split(url, SHAPE, OPTIONS)
        if parts.netloc or not parts.path.startswith("/") or parts.path == "/" or "\0" in unquote(parts.path):
            raise urls.refused(url, "it names no device", SHAPE)
        if options.get("parity", "on") not in ("on", "off"):
            raise urls.refused(url, f'parity is on or off, not "{options["parity"]}"', SHAPE)
        self.name = url
        self._path = unquote(parts.path)
        self._parity = serial.PARITY_EVEN
        self._check_parity = options.get("parity", "on") == "on"
        self._serial: serial.Serial | None = None
        self._channel: Channel | None = None
        self._marks = MarkDecoder()

    def open(self, baud_rate: int) -> None:
        """Open it; octets that waited in it belong to nobody and are dropped."""
        self.close()
        # A pty has no parity and refuses to be asked for it. `exclusive` keeps a second program off the bus.
        self._parity = serial.PARITY_NONE if is_pty(self._path) else serial.PARITY_EVEN
        try:
            self._serial = serial.Serial(self._path, baud_rate, parity=self._parity, timeout=0, exclusive=True)
            self._mark_damaged_octets()
            termios.tcflush(self._serial.fileno(), termios.TCIOFLUSH)
            self._channel = Channel(self._serial.fileno())
        except TROUBLE as error:
            self.close()
            raise self._not_opened(error) from error

    def set_baud_rate(self, baud_rate: int, *, parity: bool = True) -> None:
        """Change the rate; what is left of the line's input was sent at the other one."""
        port, _ = self._in_use()
        form = self._parity if parity else serial.PARITY_NONE
        if (port.baudrate, port.parity) == (baud_rate, form):
            return
        try:
            port.baudrate, port.parity = baud_rate, form
            self._mark_damaged_octets()
        except TROUBLE as error:
            raise self._lost(error) from error

    def send(self, octets: bytes) -> None:
        """Put a frame on the wire."""
        _, channel = self._in_use()
        try:
            channel.write(octets)
        except TROUBLE as error:
            raise self._lost(error) from error

    def receive(self, until: float) -> Received:
        """Octets as they were on the wire, the damaged ones named."""
        _, channel = self._in_use()
        while True:
            try:
                octets = channel.read(until)
            except TROUBLE as error:
                raise self._lost(error) from error
            if not octets:  # the deadline, or woken
                return Received()
            received = self._marks.feed(octets) if self._check_parity else Received(octets)
            if received.octets or time.monotonic() >= until:
                return received  # else only the beginning of a mark came

    def wake(self) -> None:
        """Let `receive` return at once."""
        if channel := self._channel:
            channel.wake()

    def close(self) -> None:
        """Give the device back."""
        channel, self._channel = self._channel, None
        port, self._serial = self._serial, None
        if channel:
            channel.close()
        if port:
            with contextlib.suppress(*TROUBLE):  # a device that was pulled out cannot be closed politely
                port.close()

    def _mark_damaged_octets(self) -> None:
        """Have the kernel check the parity and mark what fails; the octet itself stays in the stream."""
        self._marks = MarkDecoder()
        descriptor = cast("serial.Serial", self._serial).fileno()
        attributes = termios.tcgetattr(descriptor)
        if self._check_parity:
            attributes[INPUT] |= termios.INPCK | termios.PARMRK
            attributes[INPUT] &= ~(termios.IGNPAR | termios.IGNBRK | termios.BRKINT | termios.ISTRIP)
        attributes[SPECIAL][termios.VMIN] = 1  # so that a read of no octets means nothing but a device that is gone
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)

    def _in_use(self) -> tuple[serial.Serial, Channel]:
        if self._serial is None or self._channel is None:
            raise LineLost(f"{self.name} is not open.")
        return self._serial, self._channel

    def _not_opened(self, error: Exception) -> LineLost | LineRefused:
        """A device that is not there may be plugged in, one in use be let go: that is lost, not refused."""
        number = _number(error)
        reason, remedy = why_not(self._path, number, _text(error))
        sentence = f"{self.name} cannot be opened: {reason}. {remedy}."
        return LineLost(sentence) if number in AWAY else LineRefused(sentence)

    def _lost(self, error: Exception) -> LineLost:
        return LineLost(f"{self.name} was lost: {_text(error)}. Check the converter and its cable.")


def _number(error: BaseException | None) -> int | None:
    """The system's error number, which pyserial sometimes leaves in the error that came before."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error.errno
        if isinstance(error, termios.error) and error.args:
            return int(error.args[0])
        error = error.__context__
    return None


def _text(error: Exception) -> str:
    text = (
        error.strerror
        if isinstance(error, OSError) and error.strerror
        else str(error.args[-1] if error.args else error)
    )
    return text[:1].lower() + text[1:]
