"""Frames by which a master gives orders, and the dialogue that gives one and waits for the acknowledgement."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Final

from appliance.errors import EncodeError
from appliance.mbus.address import BROADCAST, HIGHEST_PRIMARY, SELECTED, SecondaryAddress
from appliance.mbus.dialogue.attempts import ask
from appliance.mbus.dialogue.exchange import Reply, Request, Verdict, is_ack
from appliance.mbus.frames import SND_NKE, SND_UD, Frame, LongFrame, ShortFrame
from appliance.mbus.orders import APPLICATION_RESET, BAUD_RATES, DATA_SEND, SELECTION, SET_PRIMARY_ADDRESS

CI_BAUD_RATES: Final = {baud_rate: ci for ci, baud_rate in BAUD_RATES.items()}


def normalise(address: int) -> bytes:
    """SND_NKE: deselects, and resets the frame count bit."""
    return ShortFrame(SND_NKE, address).to_bytes()


def selection(identity: SecondaryAddress) -> bytes:
    """The slave that matches answers to 253 from now on, every other one no longer."""
    return LongFrame(SND_UD, SELECTED, SELECTION, identity.to_bytes()).to_bytes()


def application_reset(address: int, subcode: int = 0) -> bytes:
    """Chooses what a meter sends next; 0 is everything, sent without the octet that many meters do not know."""
    return LongFrame(SND_UD, address, APPLICATION_RESET, bytes((subcode,)) if subcode else b"").to_bytes()


def set_primary_address(address: int, primary: int) -> bytes:
    """Gives a meter another primary address. Raises `EncodeError` for one no slave can have."""
    if not 0 <= primary <= HIGHEST_PRIMARY:
        raise EncodeError(f"A primary address is 0 to {HIGHEST_PRIMARY}, not {primary}.")
    return LongFrame(SND_UD, address, DATA_SEND, SET_PRIMARY_ADDRESS + bytes((primary,))).to_bytes()


def set_baud_rate(address: int, baud_rate: int) -> bytes:
    """Lets a meter talk at another rate from its acknowledgement on. Raises `EncodeError` for a rate M-Bus has not."""
    if baud_rate not in CI_BAUD_RATES:
        raise EncodeError(f"M-Bus has no {baud_rate} Bd, but {', '.join(map(str, CI_BAUD_RATES))}.")
    return LongFrame(SND_UD, address, CI_BAUD_RATES[baud_rate]).to_bytes()


def user_data(address: int, ci: int, octets: bytes) -> bytes:
    """SND_UD as a person wrote it."""
    return LongFrame(SND_UD, address, ci, octets).to_bytes()


def initialize_all(idle: float = 0.0) -> Generator[Request, Reply, None]:
    """SND_NKE to every slave of the bus; none answers. The bus is left alone for `idle` seconds."""
    yield Request(normalise(BROADCAST), idle, _nobody, "SND_NKE to all")


def give_order(
    octets: bytes,
    waits: Sequence[float],
    note: str,
    *,
    select: SecondaryAddress | None = None,
) -> Generator[Request, Reply, float]:
    """Send an order once the meter is selected, where it is to be; the delay of its acknowledgement."""
    if select is not None:
        yield from ask(selection(select), waits, is_ack, f"select {select}")
    return (yield from ask(octets, waits, is_ack, note)).delay


def is_anybody_there(identity: SecondaryAddress, waits: Sequence[float]) -> Generator[Request, Reply, Verdict]:
    """Select by a mask with wildcards: an answer, silence, or the jumble of several."""
    verdict = Verdict.SILENCE
    for wait in waits:
        reply = yield Request(selection(identity), wait, is_ack, f"select {identity}", repeated=wait != waits[0])
        verdict = reply.verdict
        if verdict is not Verdict.SILENCE:
            break
    return verdict


def _nobody(frame: Frame) -> bool:
    return False
