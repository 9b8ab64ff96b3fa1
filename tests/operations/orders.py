"""Orders as a person types them."""

from __future__ import annotations

from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.line import parse_line
from tests.operations.world import World


def started(call: Call, line: str) -> Answer:
    """What an order answers at once."""
    operation, arguments = registry().find(parse_line(line).tokens)
    return execute(call, operation, arguments)


def order(world: World | Call, line: str) -> Answer:
    """What an order answers in the end; a `World` stands for its person of level 3."""
    return finished(started(world.call if isinstance(world, World) else world, line))


def finished(answer: Answer) -> Answer:
    """The answer of a long order, once it is over."""
    if answer.job is None:
        return answer
    assert answer.job.wait(10)
    result = answer.job.outcome()
    assert isinstance(result, Answer)
    return result


def cells(answer: Answer, column: str) -> list[object]:
    """The data of one column of a table."""
    assert answer.table is not None
    return [row[column] for row in answer.table.data()]


def text(answer: Answer) -> str:
    """Every line that is no table."""
    return "\n".join(answer.lines)
