"""Orders that look for what ails the network (operations.md §11)."""

from __future__ import annotations

from threading import Event
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Cell, Column, Table
from appliance.operations.call import Call
from appliance.operations.network_steps import STEPS, Outcome, judged, milliseconds, said, walk
from appliance.operations.operation import operation
from appliance.ports import Echo, Reach
from appliance.settings.kinds import Host, HostPort, HostPorts, Integer

MOST_PINGS: Final = 1000  # a quarter of an hour; nobody is flooded, they go out a second apart
COLUMNS: Final = (
    Column("number", right=True),
    Column("address"),
    Column("microseconds", "time", right=True),
    Column("means"),
    Column("note"),
)
Target = Annotated[HostPort, HostPorts()]
HostName = Annotated[str, Host()]
Pings = Annotated[int, Integer(1, MOST_PINGS)]


@operation("network test", level=2, long=True)
def network_test(call: Call, target: Target | None = None) -> Answer:
    """Address, router, name server, internet, with the first failing step."""
    wanted = target or call.parts.settings.network.internet_check.target
    steps = []
    call.report(0, len(STEPS), STEPS[0])
    for done, step in enumerate(walk(call.parts.network(), reach_of(call), wanted), 1):
        steps.append(step)
        call.report(done, len(STEPS), STEPS[min(done, len(STEPS) - 1)])
    found = judged(steps)
    failed = next((step for step in found if step.outcome is Outcome.FAILED), None)
    rows = [(step.name, str(step.outcome), step.sentence, step.remedy) for step in found]
    return Answer(
        table=Table.of("step state finding remedy", rows),
        sentence=f"the first failing step is the {failed.name}" if failed else "every step, all well",
    )


@operation("network ping", level=2, long=True)
def network_ping(call: Call, host: HostName, count: Pings = 4) -> Answer:
    """Pings a host, by ICMP echo where the machine lets everybody, else by TCP connections."""
    address = _address_of(call, host)
    stop = Event()
    if call.job is not None:
        call.job.on_cancel(stop.set)
    echoes: list[Echo] = []
    for echo in reach_of(call).ping(address, count, stop):
        echoes.append(echo)
        if call.job is not None:
            call.job.report(len(echoes), count, f"{address}: {said(echo)}")
    answered = [echo.microseconds for echo in echoes if echo.microseconds is not None]
    if not answered and not stop.is_set():
        raise RefusedError(
            f"{host} ({address}) does not answer: {said(echoes[-1])}, {len(echoes)} times.", Kind.REFUSED
        )
    return Answer(table=_table(address, echoes), sentence=_sum(len(echoes), answered))


def reach_of(call: Call) -> Reach:
    """Who asks hosts on the network."""
    if call.parts.reach is None:
        raise RefusedError("This appliance has no way to ask hosts on the network.", Kind.REFUSED)
    return call.parts.reach


def _address_of(call: Call, host: str) -> str:
    if not host:
        raise RefusedError('"network ping" needs a HOST.', Kind.USAGE)
    found = reach_of(call).lookup(host)
    if not found.addresses:
        raise RefusedError(f"{host} has no address: {found.sentence} (network test looks further).", Kind.NOT_FOUND)
    return found.addresses[0]


def _table(address: str, echoes: list[Echo]) -> Table:
    rows = [
        (
            number,
            address,
            Cell(echo.microseconds, "" if echo.microseconds is None else milliseconds(echo.microseconds)),
            echo.means,
            echo.sentence,
        )
        for number, echo in enumerate(echoes, 1)
    ]
    return Table(COLUMNS, rows)


def _sum(asked: int, answered: list[int]) -> str:
    if not answered:
        return f"0 of {asked} answered"
    best, worst = milliseconds(min(answered)), milliseconds(max(answered))
    return f"{len(answered)} of {asked} answered, {best} to {worst}"
