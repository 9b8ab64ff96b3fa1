"""What of an order goes into the audit trail: who, from where, arguments with secrets as dots, old and new, result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from appliance.errors import Cancelled
from appliance.operations.answer import Answer
from appliance.operations.arguments import Filled
from appliance.operations.asked import ValueAsked
from appliance.operations.call import Call
from appliance.operations.line import NAME
from appliance.operations.operation import Operation
from appliance.security.books import Act, Door
from appliance.settings import may_be_secret
from appliance.settings.kinds import Secret

BEGUN: Final = "begun"
CANCELLED: Final = "cancelled"
DOTS: Final = str(Secret("?"))


def is_recorded(call: Call, operation: Operation) -> bool:
    """Whether an order leaves a row; nobody fills the trail without having logged in."""
    if operation.own_trail or not call.level:
        return False
    return operation.audited or (call.door != Door.LOCAL and call.parts.settings.audit.reads)


def record_begin(call: Call, operation: Operation, filled: Filled) -> None:
    """A long order begins: should the power go before its end, the trail knows of it all the same."""
    if is_recorded(call, operation) and operation.audited:
        call.parts.doorkeeper.audit.add(_act(call, order_text(operation, filled), result=BEGUN))


def record(call: Call, operation: Operation, filled: Filled | None, answer: Answer) -> None:
    """It was done, or as much of it as was done when somebody broke it off."""
    if not is_recorded(call, operation):
        return
    add = call.parts.doorkeeper.audit.add
    for change in answer.changes:
        add(_act(call, f"{operation.name} {change.name}", change.old, change.new))
    if not answer.changes:
        broken_off = call.job is not None and call.job.cancelled
        result = f"{CANCELLED}: {answer.sentence}".removesuffix(": ") if broken_off else "ok"
        add(_act(call, order_text(operation, filled), result=result))


def record_refusal(call: Call, operation: Operation, filled: Filled | None, error: Exception, sentence: str) -> None:
    """It was not."""
    if is_recorded(call, operation) and operation.audited and not isinstance(error, ValueAsked):
        add = call.parts.doorkeeper.audit.add
        how = CANCELLED if isinstance(error, Cancelled) else "refused"
        add(_act(call, order_text(operation, filled), result=f"{how}: {sentence}"))


def order_text(operation: Operation, filled: Filled | None) -> str:
    """The order as it could be typed, secrets as dots."""
    return " ".join([operation.name, *_pieces(operation, filled)] if filled else [operation.name])


def _pieces(operation: Operation, filled: Filled) -> Iterator[str]:
    for argument in operation.signature.arguments:
        value = filled.values.get(argument.name)
        if value is not None and value != argument.default:
            yield f"{argument.name}={argument.kind.show(value)}"
    for word in filled.words:
        assigns = NAME.fullmatch(word)
        yield f"{assigns[1]}{assigns[2]}{DOTS}" if assigns and may_be_secret(assigns[1]) else word
    for name, text in (filled.fields or {}).items():
        kind = operation.fields.get(name)
        yield f"{name}={DOTS if kind is None or kind.is_secret else text}"


def _act(call: Call, what: str, old: str = "", new: str = "", result: str = "ok") -> Act:
    return Act(who=call.who, door=call.door, source=call.source, what=what, old=old, new=new, result=result)
