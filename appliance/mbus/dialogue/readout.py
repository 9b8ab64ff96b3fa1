"""Reads one meter: wakes it or selects it, asks for its data, follows with the further telegrams it announces.

```text
master  SND_NKE A | SND_UD FD 52 address ->      E5 <-      REQ_UD2 FCB=1 ->      RSP_UD <-      REQ_UD2 FCB=0 -> ...
```
The first REQ_UD2 after SND_NKE or a selection carries the frame count bit 1. A repeated request keeps the bit, so that
the meter repeats its telegram; the bit toggles only after a sound answer. A selection deselects every other meter and
resets the bit in the one it chooses: with secondary addressing it takes the place of SND_NKE.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Final

from appliance.errors import ApplicationError, BusBlocked, BusError, Collision, NoAnswer
from appliance.mbus.address import SELECTED, TEST, SecondaryAddress
from appliance.mbus.dialogue.attempts import ask
from appliance.mbus.dialogue.exchange import Reply, Request, is_ack
from appliance.mbus.dialogue.orders import application_reset, normalise, selection
from appliance.mbus.frames import FCB, REQ_UD2, Frame, LongFrame, ShortFrame

APPLICATION_ERROR: Final = 0x70
BUSY: Final = 8
FIXED_OR_COMPACT: Final = (0x73, 0x77)  # both begin with the identification alone in common
LONG_HEADER: Final = (0x72, 0x76)
MOST_SIGNIFICANT_FIRST: Final = (0x76, 0x77)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The meter to read, as the bus sees it."""

    address: int  # primary, or 253 for the one selected
    identity: SecondaryAddress | None = None  # whose header an answer must carry; also what 253 is selected by
    initialize: bool = True  # SND_NKE where the address is primary
    reset: bool = False  # application reset, too
    reset_subcode: int = 0
    first_bit: bool = True  # frame count bit of the first request
    known: bytes | None = None  # what a meter that was not reset said last: told again, it is asked with the other bit
    headless: bool = True  # accept an answer that names nobody
    most_telegrams: int = 1
    announces_more: Callable[[bytes], bool] = lambda octets: False

    def accepts(self, frame: Frame) -> bool:
        """RSP_UD, from the address asked, with this meter's identification in its header."""
        if not isinstance(frame, LongFrame) or not frame.is_answer:
            return False
        if self.address not in (SELECTED, TEST, frame.address):
            return False
        return self.identity is None or self._is_named_in(frame, self.identity)

    def _is_named_in(self, frame: LongFrame, identity: SecondaryAddress) -> bool:
        if frame.ci in LONG_HEADER and len(frame.user_data) >= 8:
            return identity.without_fabrication().matches(_header_address(frame))
        if frame.ci in FIXED_OR_COMPACT and len(frame.user_data) >= 4:
            return SecondaryAddress(identity.identification).matches(SecondaryAddress(_identification(frame)))
        return self.headless


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, attempt by attempt."""

    select: tuple[float, ...]
    request: tuple[float, ...]
    insist: bool = False  # ask for data even where SND_NKE or application reset were not acknowledged: some never do
    settle: float = 0.0  # silence before the first request: late answers of others are let out
    waking: float = 0.0  # how much longer an attempt takes where the head has to be woken

    def within(self, seconds: float) -> Patience | None:
        """As many of the attempts as fit into a time even if nobody answers; None where not one does.

        Where several answer, one selection and one request may come on top: to keep time for them would cost readings
        on a tight schedule, and they are rare.
        """
        select, request = self.select, self.request
        while sum(select) + sum(request) + self.settle + self.waking * len(select + request) > seconds:
            if len(request) > 1:
                request = request[:-1]
            elif len(select) > 1:
                select = select[:-1]
            else:
                return None
        return replace(self, select=select, request=request)


@dataclass(frozen=True, slots=True)
class Readout:
    """What one meter said: its telegrams, how late the latest of its answers began, the bit to ask with next, and
    what came in place of a further telegram that it announced."""

    telegrams: tuple[bytes, ...]
    slowest: float
    next_bit: bool
    broken_off: BusError | ApplicationError | None = None


@dataclass(slots=True)
class _Talk:
    """How far the dialogue with one meter is."""

    target: Target
    waits: tuple[float, ...]
    bit: bool
    delays: list[float]

    def request(self, attempts: int | None = None) -> Generator[Request, Reply, Reply]:
        """Ask for data, so often at most; the bit toggles once a sound answer has come."""
        target = self.target
        octets = ShortFrame(REQ_UD2 | (FCB if self.bit else 0), target.address).to_bytes()
        whom = target.identity if target.address == SELECTED else target.address
        reply = yield from ask(octets, self.waits[:attempts], target.accepts, f"REQ_UD2 {whom}")
        self.bit = not self.bit
        return reply

    def telegram(self, reply: Reply) -> bytes:
        """The answer's octets; raises `ApplicationError` where the meter said no."""
        octets = _telegram(reply)
        self.delays.append(reply.delay)
        return octets


def read_meter(target: Target, patience: Patience) -> Generator[Request, Reply, Readout]:
    """The whole readout of a meter. Raises `BusError` or `ApplicationError` where its first telegram did not come,
    and `BusBlocked` whenever the bus fails."""
    delays = yield from _wake(target, patience)
    is_reset = target.address == SELECTED or bool(delays)
    waits = patience.request if is_reset or not target.initialize else patience.select[1:] or patience.select
    talk = _Talk(target, waits, target.first_bit, delays)
    reply = yield from _alone(talk, patience)
    if not is_reset and reply.telegram == target.known:
        reply = yield from talk.request()
    telegrams = [talk.telegram(reply)]
    broken_off = None
    while len(telegrams) < target.most_telegrams and target.announces_more(telegrams[-1]):
        try:
            further = talk.telegram((yield from talk.request()))
        except BusBlocked:
            raise
        except (BusError, ApplicationError) as error:
            broken_off = error
            break
        if further == telegrams[-1]:
            break
        telegrams.append(further)
    return Readout(tuple(telegrams), max(talk.delays), talk.bit, broken_off)


def _alone(talk: _Talk, patience: Patience) -> Generator[Request, Reply, Reply]:
    """The first answer. A meter that was still sending, too late for its own readout, has missed the selection of this
    one and stays selected: where several answer, the selection that lets go of all others is said once more."""
    try:
        return (yield from talk.request())
    except Collision as collision:
        identity, several = talk.target.identity, collision
        if talk.target.address != SELECTED or identity is None:
            raise
    try:
        yield from _select(identity, patience.select[:1])
        return (yield from talk.request(attempts=1))
    except BusBlocked:
        raise
    except BusError:
        raise several from None


def _wake(target: Target, patience: Patience) -> Generator[Request, Reply, list[float]]:
    """Select or initialise; the delays of the acknowledgements that came."""
    if target.address == SELECTED and target.identity is not None:
        delays = [(yield from _select(target.identity, patience.select, patience.settle)).delay]
    elif target.initialize:
        waits = patience.select[:1] if patience.insist else patience.select
        delays = yield from _order(
            normalise(target.address), waits, f"SND_NKE {target.address}", patience.insist, patience.settle
        )
    else:
        return []
    if target.reset:
        octets = application_reset(target.address, target.reset_subcode)
        delays += yield from _order(octets, patience.request, "application reset", patience.insist)
    return delays


def _select(
    identity: SecondaryAddress, waits: tuple[float, ...], pause: float = 0.0
) -> Generator[Request, Reply, Reply]:
    return (yield from ask(selection(identity), waits, is_ack, f"select {identity}", pause=pause))


def _order(
    octets: bytes, waits: tuple[float, ...], note: str, insist: bool, pause: float = 0.0
) -> Generator[Request, Reply, list[float]]:
    """An order before the request; the delay of its acknowledgement, none where it did not come and that may be."""
    try:
        return [(yield from ask(octets, waits, is_ack, note, pause=pause)).delay]
    except NoAnswer:
        if not insist:
            raise
        return []


def _telegram(reply: Reply) -> bytes:
    """The answer's octets; raises `ApplicationError` where the meter said no."""
    frame = reply.frame
    if isinstance(frame, LongFrame) and frame.ci == APPLICATION_ERROR:
        code = frame.user_data[0] if frame.user_data else None
        what = "busy" if code == BUSY else "unspecified" if code is None else f"code {code}"
        raise ApplicationError(f"The meter answered with an application error ({what}).", code)
    return reply.telegram


def _header_address(frame: LongFrame) -> SecondaryAddress:
    octets = frame.user_data[:8]
    if frame.ci in MOST_SIGNIFICANT_FIRST:
        octets = octets[3::-1] + octets[5:3:-1] + octets[6:]
    return SecondaryAddress.from_bytes(octets)


def _identification(frame: LongFrame) -> str:
    octets = frame.user_data[:4]
    return (octets if frame.ci in MOST_SIGNIFICANT_FIRST else octets[::-1]).hex().upper()
