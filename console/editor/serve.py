"""Runs a console over a stream, whatever carries it, until either side ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from appliance.operations.all import registry
from appliance.operations.call import Call
from console.editor.outlet import Outlet, octets_of
from console.editor.patience import Patience
from console.editor.plain import lines_of
from console.editor.screen import PlainScreen
from console.editor.stream import Limits, Stream
from console.editor.welcome import Welcome
from console.editor.worker import Worker
from console.session import Outcome, Session

if TYPE_CHECKING:
    from console.editor.conversation import Conversation

NO_LIMITS: Final = Limits()


async def serve(
    stream: Stream,
    call: Call,
    limits: Limits = NO_LIMITS,
    *,
    logged_in: Callable[[], bool] = lambda: True,
    ending: asyncio.Future[str] | None = None,
) -> None:
    """The whole session, to be run in a task of its own.

    `call` says who is there, level 0 before login; `logged_in` hears of a login and may say that there is no room;
    `ending` has the sentence with which the door is closed, after the answer that is on its way.
    """

    def expired(sentence: str) -> None:
        stream.write(octets_of(f"\n{sentence}\n" if stream.is_terminal else f"ERROR {sentence}\n"))
        stream.close()

    loop, sessions = asyncio.get_running_loop(), call.parts.doorkeeper.sessions

    def hang_up() -> None:
        """From any thread: somebody logged this session out."""
        loop.call_soon_threadsafe(stream.close)

    entry = sessions.open(call.door, call.source, hang_up, user=call.user, level=call.level)
    call = replace(call, session=entry)
    patience = Patience(limits, logged_in, expired)
    if ending is not None:
        ending.add_done_callback(lambda _: patience.end(ending.result()))
    if call.level:
        patience.logged_in()
    try:
        if stream.is_terminal:
            lines = [] if stream.order else [*notice(call), greeting(call)]
            stream.write(octets_of("".join(f"{line}\n" for line in lines)))
            conversation = await asyncio.to_thread(_line_editor)
            await conversation(stream, call, patience).run()
        else:
            await _serve_plain(stream, call, patience)
    finally:
        sessions.close(entry)
        patience.close()
        stream.close()


def _line_editor() -> type[Conversation]:
    """Loaded with the first person who types: an appliance nobody looks at starts sooner and is smaller without it."""
    from console.editor.conversation import Conversation

    return Conversation


def notice(call: Call) -> list[str]:
    """`identity.banner` for those who have not logged in yet."""
    return [] if call.level else call.parts.settings.identity.banner.splitlines()


def greeting(call: Call) -> str:
    """What a person sees first."""
    name = call.parts.settings.identity.name
    if call.level:
        return f"{name}. Type help or ?"
    if not call.parts.doorkeeper.is_set_up:
        return f"{name}. Not set up yet: type  setup CODE"
    return f"{name}. Log in: type  login NAME"


async def _serve_plain(stream: Stream, call: Call, patience: Patience) -> None:
    outlet = Outlet(stream)
    session = Session(call, registry(), PlainScreen(outlet), plain=True)
    worker = Worker("console-worker")
    welcome = Welcome(patience)
    try:
        patience.wait()
        async for line in lines_of(stream, call.parts.settings.console.line_length):
            patience.work()
            outcome = await _done(session, worker, line)
            await outlet.flush()
            if not outcome.ok:
                stream.fail()
            if not welcome.lasts(outcome, session.call.level):
                return
            patience.wait()
    finally:
        session.hang_up()
        outlet.close()
        worker.close()


async def _done(session: Session, worker: Worker, line: str) -> Outcome:
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    outcomes: list[Outcome] = []

    def work() -> None:
        outcomes.append(session.run(line))
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(done.set)

    worker.do(work)
    await done.wait()
    return outcomes[0]
