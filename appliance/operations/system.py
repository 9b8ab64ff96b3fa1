"""Orders about the appliance as a whole (operations.md §11)."""

from __future__ import annotations

from enum import StrEnum

from appliance.errors import Kind, RefusedError
from appliance.events import SegmentChanged
from appliance.hub import Job
from appliance.lifecycle import Ending
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.waiting import reads


class What(StrEnum):
    """What is restarted."""

    APPLIANCE = "appliance"
    MACHINE = "machine"


class When(StrEnum):
    """At once, or with no round cut in two."""

    NOW = "now"
    AFTER_ROUND = "after_round"


@operation("restart", level=3, audited=True, confirms="Restart?")
def restart(call: Call, *, what: What = What.APPLIANCE, when: When = When.AFTER_ROUND) -> Answer:
    """Restarts."""
    ending = Ending.RESTART if what is What.APPLIANCE else Ending.RESTART_MACHINE
    if when is When.AFTER_ROUND and reads(call):
        job = call.parts.hub.jobs.start("restart", call.who, lambda job: _end_after_round(call, ending, job))
        return Answer(sentence=f"job {job.number} restarts when the round is over", data={"job": job.number})
    call.parts.lifecycle.end(ending)
    return Answer(sentence=f"the {what} restarts")


@operation("shutdown", level=3, audited=True, confirms="End it, until somebody starts it again?")
def shutdown(call: Call) -> Answer:
    """Ends the appliance cleanly."""
    call.parts.lifecycle.end()
    return Answer(sentence="the appliance ends")


@operation("factory reset", level=3, audited=True)
def factory_reset(call: Call, *, confirm: str = "") -> Answer:
    """Wipes settings, values, users, keys, and proves it; restarts with a new set-up code."""
    parts = call.parts
    if confirm != parts.serial:
        raise RefusedError(
            f"factory reset deletes settings, values, users and keys for good: confirm={parts.serial} "
            "(the serial number) does it.",
            Kind.USAGE,
        )
    if parts.store.is_on_a_server:
        raise RefusedError(
            "The values are on a database server, which others may use: empty the database there, "
            "then restart without --database.",
            Kind.REFUSED,
        )
    parts.lifecycle.end(Ending.FACTORY_RESET)
    return Answer(sentence="everything is wiped, then the appliance begins anew with a set-up code")


def _end_after_round(call: Call, ending: Ending, job: Job) -> None:
    with call.parts.hub.follow(SegmentChanged) as following:
        job.on_cancel(following.close)
        while reads(call) and not following.closed:
            following.get(1.0)
    job.check()
    call.parts.lifecycle.end(ending)
