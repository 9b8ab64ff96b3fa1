"""What of an order goes into the audit trail: who, from where, arguments with secrets as dots, old and new, result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from appliance.operations.answer import Answer
from appliance.operations.arguments import Filled
from appliance.operations.asked import SecretAsked
from appliance.operations.call import Call
from appliance.operations.operation import Operation
from appliance.security.books import Act, Door
from appliance.settings.kinds import Secret

DOTS: Final = str(Secret("?"))
TELLTALE: Final = ("password", "secret", "key", "token")


def is_recorded(call: Call, operation: Operation) -> bool:
    """Whether an order leaves a row; nobody fills the trail without having logged in."""
    if operation.own_trail or not call.level:
        return False
    return operation.audited or (call.door != Door.LOCAL and call.parts.settings.audit.reads)


def record(call: Call, operation: Operation, filled: Filled | None, answer: Answer) -> None:
    """It was done."""
    if not is_recorded(call, operation):
        return
    add = call.parts.doorkeeper.audit.add
    for change in answer.changes:
        add(_act(call, f"{operation.name} {change.name}", change.old, change.new))
    if not answer.changes:
        add(_act(call, order_text(operation, filled)))


def record_refusal(call: Call, operation: Operation, filled: Filled | None, error: Exception, sentence: str) -> None:
    """It was not."""
    if is_recorded(call, operation) and operation.audited and not isinstance(error, SecretAsked):
        add = call.parts.doorkeeper.audit.add
        add(_act(call, order_text(operation, filled), result=f"refused: {sentence}"))


def order_text(operation: Operation, filled: Filled | None) -> str:
    """The order as it could be typed, secrets as dots."""
    return " ".join([operation.name, *_pieces(operation, filled)] if filled else [operation.name])


def _pieces(operation: Operation, filled: Filled) -> Iterator[str]:
    for argument in operation.signature.arguments:
        value = filled.values.get(argument.name)
        if value is not None and value != argument.default:
            yield f"{argument.name}={argument.kind.show(value)}"
    for word in filled.words:
        name, assigns, _ = word.partition("=")
        yield f"{name}={DOTS}" if assigns else word
    for name, text in (filled.fields or {}).items():
        yield f"{name}={DOTS if any(word in name for word in TELLTALE) else text}"


def _act(call: Call, what: str, old: str = "", new: str = "", result: str = "ok") -> Act:
    return Act(who=call.who, door=call.door, source=call.source, what=what, old=old, new=new, result=result)
