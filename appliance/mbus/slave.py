"""The slave's side of the link (public M-Bus documentation): a frame in, an answer or silence out.

```text
SND_NKE            clears the frame count memory, at 253 also the selection              E5
SND_UD to 253      CI 52/56: selects by eight octets, F is any; those not meant let go   E5 of those meant
REQ_UD2            the next telegram when the frame count bit changed, else the same     RSP_UD
REQ_UD1            no alarm to tell                                                      E5
SND_UD             new primary address, application reset, baud rate, data               E5
at 254 all answer, at 255 all listen and none answers
```
A slave knows no clock and no wire: whoever feeds it says what time it is, and how long an answer takes is the
business of the bus.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from appliance.mbus.address import BROADCAST, HIGHEST_PRIMARY, SELECTED, TEST, SecondaryAddress
from appliance.mbus.frames import FCB, FCV, REQ_UD1, REQ_UD2, RSP_UD, SND_NKE, SND_UD, Ack, Frame, LongFrame, ShortFrame
from appliance.mbus.orders import (
    APPLICATION_RESET,
    BAUD_RATES,
    DATA_SEND,
    DATA_SEND_MODE_2,
    SET_PRIMARY_ADDRESS,
    SYNCHRONIZE,
)
from appliance.mbus.selection import Selection, address_number, is_selection, read_selection

RESETS: Final = (APPLICATION_RESET, SYNCHRONIZE)
DATA: Final = (DATA_SEND, DATA_SEND_MODE_2)
APPLICATION_ERROR: Final = 0x70

UNSPECIFIED_ERROR: Final = 0
UNIMPLEMENTED_CI: Final = 1

_ACKNOWLEDGE: Final = Ack().to_bytes()


class Application(Protocol):
    """What a slave has to tell."""

    @property
    def telegram_count(self) -> int:
        """How many telegrams a complete readout has."""

    def telegram(self, number: int, at: datetime, access_number: int, primary_address: int) -> bytes:
        """The whole frame of telegram `number`, counted from 0."""


class FrameCount(StrEnum):
    """What a slave does when the frame count bit has not changed."""

    REBUILDS = "rebuilds"  # the same telegram with the values of now
    STRICT = "strict"  # the very octets it sent before
    IGNORED = "ignored"  # goes on to the next telegram


class Slave:
    """One slave: its addresses, whether it is selected, and where it is in its readout."""

    def __init__(
        self,
        application: Application,
        *,
        primary_address: int = 0,
        secondary_address: SecondaryAddress | None = None,
        baud_rate: int = 0,
        frame_count: FrameCount = FrameCount.REBUILDS,
        access_number: int = 0,
    ) -> None:
        self.application = application
        self.primary_address = primary_address
        self.secondary_address = secondary_address
        self.baud_rate = baud_rate  # 0 answers at the rate it is asked at
        self.frame_count = frame_count
        self.selected = False
        self.reset_subcode: int | None = None  # of the last application reset
        self._key = None if secondary_address is None else address_number(secondary_address)
        digits = None if secondary_address is None else secondary_address.fabrication
        self._fabrication = None if digits is None else int(digits, 16)
        self._access_number = access_number
        self._bits: dict[bool, bool] = {}  # the last frame count bit, kept apart for 253 and the primary address
        self._number = -1  # of the telegram sent last
        self._sent: bytes | None = None
        self._error: int | None = None  # application error to tell at the next request

    def hear(self, frame: Frame, at: datetime) -> bytes | None:
        """The answer to a frame of the master; None is silence."""
        if isinstance(frame, Ack):
            return None
        if isinstance(frame, LongFrame) and is_selection(frame):
            return self._select(frame)
        if not self._is_meant(frame.address):
            return None
        answer = self._obey(frame) if isinstance(frame, LongFrame) else self._reply(frame, at)
        return None if frame.address == BROADCAST else answer

    def _is_meant(self, address: int) -> bool:
        return address in (self.primary_address, TEST, BROADCAST) or (address == SELECTED and self.selected)

    def is_chosen_by(self, selection: Selection) -> bool:
        """Whether a selection means it."""
        return self._key is not None and selection.means(self._key, self._fabrication)

    def _select(self, frame: LongFrame) -> bytes | None:
        selection = read_selection(frame)
        self.selected = selection is not None and self.is_chosen_by(selection)
        if not self.selected:
            return None
        self._begin_again(via_selection=True)
        return _ACKNOWLEDGE

    def _reply(self, frame: ShortFrame, at: datetime) -> bytes | None:
        if frame.control == SND_NKE:
            self._reset_link(frame.address)
            return _ACKNOWLEDGE
        request = frame.control & ~FCB
        if request in (REQ_UD1, REQ_UD1 & ~FCV):
            return _ACKNOWLEDGE
        if request in (REQ_UD2, REQ_UD2 & ~FCV):
            return self._tell(frame, at)
        return None

    def _reset_link(self, address: int) -> None:
        if address in (SELECTED, BROADCAST):
            self.selected = False
        for via_selection in (True, False) if address == BROADCAST else (address == SELECTED,):
            self._begin_again(via_selection=via_selection)

    def _begin_again(self, *, via_selection: bool) -> None:
        self._bits.pop(via_selection, None)
        self._number, self._sent = -1, None

    def _tell(self, frame: ShortFrame, at: datetime) -> bytes:
        if self._error is not None:
            code, self._error = self._error, None
            return LongFrame(RSP_UD, self.primary_address, APPLICATION_ERROR, bytes((code,))).to_bytes()
        changed = self._bit_changed(frame)
        if not changed and self.frame_count is FrameCount.STRICT and self._sent is not None:
            return self._sent
        if changed or self.frame_count is FrameCount.IGNORED or self._number < 0:
            self._number = (self._number + 1) % self.application.telegram_count
        self._access_number = (self._access_number + 1) & 0xFF
        self._sent = self.application.telegram(self._number, at, self._access_number, self.primary_address)
        return self._sent

    def _bit_changed(self, frame: ShortFrame) -> bool:
        """Whether a new telegram is asked for; without the valid bit every request is new."""
        if not frame.control & FCV:
            return True
        via_selection, bit = frame.address == SELECTED, bool(frame.control & FCB)
        before = self._bits.get(via_selection)
        self._bits[via_selection] = bit
        return before is not bit

    def _obey(self, frame: LongFrame) -> bytes | None:
        """An order with data; what is not understood is told as an application error at the next request."""
        if frame.control & ~FCB not in (SND_UD, SND_UD & ~FCV):
            return None
        if frame.ci in RESETS:
            self.reset_subcode = frame.user_data[0] if frame.user_data else 0
            self._error, self._number, self._sent = None, -1, None
        elif frame.ci in BAUD_RATES:
            self.baud_rate = BAUD_RATES[frame.ci]
        elif frame.ci in DATA:
            self._take_data(frame.user_data)
        else:
            self._error = UNIMPLEMENTED_CI
        return _ACKNOWLEDGE

    def _take_data(self, data: bytes) -> None:
        """A primary address is taken, other data is acknowledged and forgotten."""
        if not data.startswith(SET_PRIMARY_ADDRESS) or len(data) != len(SET_PRIMARY_ADDRESS) + 1:
            return
        if data[-1] > HIGHEST_PRIMARY:
            self._error = UNSPECIFIED_ERROR
        else:
            self.primary_address = data[-1]
