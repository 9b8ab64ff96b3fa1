"""Ask, and ask again: one request with its retries, and the error when all were in vain."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Final

from appliance.errors import BusError, Collision, Garbled, Jammed, NoAnswer, Overload, WrongAnswer
from appliance.mbus.dialogue.exchange import Reply, Request, Verdict
from appliance.mbus.frames import Frame

BREAKS_THAT_PROVE_OVERLOAD: Final = 2  # one may be a spike


def ask(
    octets: bytes,
    waits: Sequence[float],
    accepts: Callable[[Frame], bool],
    note: str,
    *,
    pause: float = 0.0,
) -> Generator[Request, Reply, Reply]:
    """The accepted reply; one attempt for each of `waits`. Raises what speaks most clearly of all attempts."""
    failures: list[Reply] = []
    attempts = list(waits)
    while attempts:
        reply = yield Request(octets, attempts.pop(0), accepts, note, pause, bool(failures))
        if reply.verdict is Verdict.ANSWER:
            return reply
        failures.append(reply)
        if reply.verdict is Verdict.JAM:
            raise Jammed("Somebody talks on the bus and does not stop.", reply.octets[:64])
        if reply.verdict is Verdict.BREAK:
            _test_overload(failures)
            attempts = attempts or [waits[-1]]
    raise _failure(note, failures)


def _test_overload(failures: list[Reply]) -> None:
    if sum(reply.verdict is Verdict.BREAK for reply in failures) >= BREAKS_THAT_PROVE_OVERLOAD:
        raise Overload("The bus has no voltage: a short circuit or more meters than the master can feed.")


def _failure(note: str, failures: list[Reply]) -> BusError:
    """Somebody's answer tells more than silence does, whichever came last."""
    speaking = [reply for reply in failures if reply.verdict is not Verdict.SILENCE]
    times = "once" if len(failures) == 1 else f"{len(failures)} times"
    if not speaking:
        return NoAnswer(f"No answer to {note}, asked {times}.")
    reply = speaking[-1]
    if reply.verdict is Verdict.FOREIGN:
        return WrongAnswer(f"The answer to {note} was not this meter's, asked {times}.", reply.octets)
    if reply.verdict is Verdict.COLLISION:
        return Collision(f"Several meters answered {note} at once, asked {times}.", reply.octets)
    return Garbled(f"The answer to {note} was not sound, asked {times}.", reply.octets)
