"""The one place where an order is allowed, confirmed, started and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from appliance.errors import (
    BusError,
    BusmeisterError,
    Cancelled,
    EncodeError,
    Kind,
    LineRefused,
    RefusedError,
    SettingError,
    StoreError,
    TelegramError,
)
from appliance.hub import Job
from appliance.operations.answer import Answer
from appliance.operations.arguments import Filled
from appliance.operations.asked import YesAsked
from appliance.operations.call import Call
from appliance.operations.line import Token
from appliance.operations.narrow import narrowing
from appliance.operations.operation import Operation
from appliance.operations.trail import record, record_begin, record_refusal

YES: Final = ("yes", "true")
WITH_OLD_PASSWORD: Final = ("password", "quit", "logout", "help", "whoami", "script")
KINDS: tuple[tuple[type[BusmeisterError], Kind], ...] = (
    (Cancelled, Kind.CANCELLED),
    (SettingError, Kind.VALUE),
    (TelegramError, Kind.VALUE),
    (EncodeError, Kind.VALUE),
    (StoreError, Kind.STORAGE),
    (BusError, Kind.BUS),
    (LineRefused, Kind.BUS),
)
CODES: Mapping[Kind, int] = {
    Kind.UNKNOWN: -32601,
    Kind.USAGE: -32602,
    Kind.VALUE: -32001,
    Kind.LEVEL: -32002,
    Kind.LOGIN: -32003,
    Kind.NOT_FOUND: -32004,
    Kind.CONFLICT: -32005,
    Kind.BUSY: -32006,
    Kind.BUS: -32007,
    Kind.DELIVERY: -32008,
    Kind.STORAGE: -32009,
    Kind.REFUSED: -32010,
    Kind.CANCELLED: -32011,
    Kind.LIMIT: -32012,
    Kind.INTERNAL: -32603,
}
"""JSON-RPC codes of operations.md §14.6."""


def kind_of(error: BaseException) -> Kind:
    """Why an order failed, as scripts are told."""
    if isinstance(error, RefusedError):
        return error.kind
    return next((kind for family, kind in KINDS if isinstance(error, family)), Kind.INTERNAL)


def sentence_of(error: BaseException) -> str:
    """What a person is told; a mistake of the program is named as one, its trace goes to the log."""
    if isinstance(error, BusmeisterError):
        return " ".join(error.sentence.split())
    return "The program made a mistake; the log has its trace. Nothing else was harmed."


def execute(call: Call, operation: Operation, tokens: Sequence[Token], *, confirmed: bool = False) -> Answer:
    """Do what was typed. A long order is started; its `job` has the answer later."""
    _allow(call, operation)
    confirmed = confirmed or _says_yes(tokens)
    given = [token for token in tokens if not (operation.confirms and token.name == "confirm")]
    if operation.shows:
        narrowed, given = narrowing(operation.signature, given)
        filled = operation.signature.fill(operation.name, given)
        return narrowed.apply(_start(call, operation, filled, confirmed=confirmed))
    return _start(call, operation, operation.signature.fill(operation.name, given), confirmed=confirmed)


def execute_named(call: Call, operation: Operation, values: Mapping[str, str], *, confirmed: bool = False) -> Answer:
    """Do what a form, a button, a schedule or JSON-RPC asks for."""
    _allow(call, operation)
    return _start(call, operation, operation.signature.fill_named(operation.name, values), confirmed=confirmed)


def prove(call: Call, operation: Operation, tokens: Sequence[Token]) -> None:
    """Refuse what would be refused before anything is done; nothing is done, nor written down."""
    call.need_level(operation.level, f'"{operation.name}"')
    given = [token for token in tokens if not (operation.confirms and token.name == "confirm")]
    if operation.shows:
        _, given = narrowing(operation.signature, given)
    operation.signature.fill(operation.name, given)
    if _is_confirmed_first(call, operation) and not _says_yes(tokens):
        raise RefusedError(_asks_first(operation, str(operation.confirms)), Kind.USAGE)


def _says_yes(tokens: Sequence[Token]) -> bool:
    return any(token.value.lower() in YES for token in tokens if token.name == "confirm")


def _asks_first(operation: Operation, question: str) -> str:
    return f'"{operation.name}" asks first: {question} confirm=yes does it.'


def _is_confirmed_first(call: Call, operation: Operation) -> bool:
    """Whether a yes is wanted before it is done."""
    return bool(operation.confirms) and call.parts.settings.security.confirm


def _allow(call: Call, operation: Operation) -> None:
    try:
        call.need_level(operation.level, f'"{operation.name}"')
        if call.must_change_password and operation.name not in WITH_OLD_PASSWORD:
            raise RefusedError("First set a password of your own: password", Kind.LEVEL)
    except RefusedError as error:
        record_refusal(call, operation, None, error, error.sentence)
        raise


def _start(call: Call, operation: Operation, filled: Filled, *, confirmed: bool) -> Answer:
    if _is_confirmed_first(call, operation) and not confirmed:
        question = operation.question(call, filled)
        raise YesAsked(_asks_first(operation, question if operation.warns else str(operation.confirms)), question)
    if operation.long:
        work = _work(call, operation, filled)
        return Answer(job=call.parts.hub.jobs.start(operation.name, call.who, work))
    return _run(call, operation, filled)


def _work(call: Call, operation: Operation, filled: Filled) -> Callable[[Job], Answer]:
    def work(job: Job) -> Answer:
        record_begin(call, operation, filled)
        return _run(call.within(job), operation, filled)

    return work


def _run(call: Call, operation: Operation, filled: Filled) -> Answer:
    try:
        answer = operation.run(call, filled)
    except Exception as error:
        record_refusal(call, operation, filled, error, sentence_of(error))
        raise
    record(call, operation, filled, answer)
    return answer
