"""A person at a terminal: prompts on the loop, orders on the session's thread, questions between them."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from prompt_toolkit.application import create_app_session
from prompt_toolkit.application.current import get_app_or_none
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.shortcuts import PromptSession

from appliance.errors import Kind
from appliance.operations.all import registry
from appliance.operations.call import Call
from console.editor.bindings import bindings
from console.editor.keyboard import CTRL_C, Keyboard
from console.editor.keys import StreamInput
from console.editor.memory import Memory
from console.editor.outlet import Outlet, octets_of
from console.editor.output import StreamOutput, has_colours
from console.editor.pager import END, More
from console.editor.patience import Patience
from console.editor.screen import ERASE_LINE, TerminalScreen
from console.editor.stream import Stream
from console.editor.worker import Worker
from console.session import Outcome, Session

TRIES: Final = 3  # logins refused before the connection is closed
MORE: Final = "\x1b[7m more: space, enter, / searches, q ends \x1b[0m"
LEAVING: Final = "ctrl-c once more, ctrl-d or quit leaves"


@dataclass(frozen=True, slots=True)
class Wish:
    """Something the working thread waits for a person to do."""

    ask: Callable[[], Coroutine[Any, Any, Any]]
    answer: Future[Any]
    empty: object  # the answer of nobody


class Conversation:
    """From the greeting to the end. Made and run on the loop."""

    def __init__(self, stream: Stream, call: Call, patience: Patience) -> None:
        self._stream = stream
        self._patience = patience
        self._longest = call.parts.settings.console.line_length
        self._loop = asyncio.get_running_loop()
        self._wishes: asyncio.Queue[Wish | Outcome] = asyncio.Queue()
        self._keys = StreamInput()
        self._keyboard = Keyboard(stream, self._keys, self._longest, patience.touch)
        self._outlet = Outlet(stream)
        self._screen = TerminalScreen(self._outlet, lambda: stream.size, self, colours=has_colours(stream))
        self.session = Session(call, registry(), self._screen, plain=False)
        self._worker = Worker("console-worker")
        self._memory = Memory(call.session.history if call.session else deque())
        self._refused = 0
        self._wants_to_leave = False
        self._over = False

    async def run(self) -> None:
        """Until the person leaves."""
        keyboard = asyncio.create_task(self._keyboard.run())
        try:
            with create_app_session(input=self._keys, output=StreamOutput(self._stream)):
                self._listen()
                await self._converse()
        except EOFError:
            pass  # ctrl-d, or the connection ended
        finally:
            self._end()
            keyboard.cancel()
            with suppress(asyncio.CancelledError):
                await keyboard

    def _end(self) -> None:
        """Nobody is there: what waits for a person gets the answer of nobody."""
        self._over = True
        while not self._wishes.empty():
            if isinstance(wish := self._wishes.get_nowait(), Wish):
                self._hear(wish)
        self.session.hang_up()
        self._outlet.close()
        self._worker.close()
        self._keys.forget()

    # asked for by the working thread

    def ask(self, question: str, *, hidden: bool) -> str:
        return str(self._wish(lambda: self._question(question, hidden=hidden), ""))

    def more(self) -> More:
        more = self._wish(self._full, END)
        assert isinstance(more, More)  # what `_full` gives
        return more

    def _wish(self, ask: Callable[[], Coroutine[Any, Any, Any]], empty: object) -> object:
        wish = Wish(ask, Future(), empty)
        return wish.answer.result() if self._tell(wish) else empty

    def _tell(self, wish: Wish | Outcome) -> bool:
        """Hand it to the loop; False where that has ended."""
        try:
            self._loop.call_soon_threadsafe(self._hear, wish)
        except RuntimeError:
            return False
        return True

    def _hear(self, wish: Wish | Outcome) -> None:
        if self._over and isinstance(wish, Wish):
            wish.answer.set_result(wish.empty)
        else:
            self._wishes.put_nowait(wish)

    # on the loop

    def _listen(self) -> None:
        context = contextvars.copy_context()
        self._stream.on_resize(lambda: context.run(_redraw))
        self._keyboard.on_break = self._break
        self._keyboard.on_end = self.session.hang_up

    def _break(self, key: str) -> None:
        if key == CTRL_C:
            self.session.interrupt()
        else:
            self.session.leave_running()

    async def _converse(self) -> None:
        prompt = self._prompt_session()
        while True:
            line = await self._line(prompt)
            if line is None:
                return
            outcome = await self._do(line)
            if outcome.leave or self._is_unwelcome(outcome):
                return

    def _is_unwelcome(self, outcome: Outcome) -> bool:
        if self.session.call.level:
            self._patience.logged_in()
        self._refused = self._refused + 1 if outcome.kind is Kind.LOGIN else 0
        return self._refused >= TRIES

    async def _line(self, prompt: PromptSession[str]) -> str | None:
        """The next line; None at the end."""
        self._patience.wait()
        try:
            if self.session.plain:
                return await self._keyboard.line()
            line = await self._prompted(prompt, self._prompt_text())
        except KeyboardInterrupt:
            return "" if prompt.default_buffer.text else self._asked_to_leave()
        finally:
            self._patience.work()
        self._wants_to_leave = False
        return line

    def _asked_to_leave(self) -> str | None:
        """Ctrl-c with nothing to clear: twice leaves, unless it is part of something that was pasted."""
        if not self._keyboard.is_idle:
            return ""
        if self._wants_to_leave:
            return None
        self._wants_to_leave = True
        self._stream.write(octets_of(f"{LEAVING}\n"))
        return ""

    async def _do(self, line: str) -> Outcome:
        """Have it done, and meanwhile do what its thread asks for."""
        self._screen.plain = self.session.plain
        self._screen.paged = self.session.call.parts.settings.console.page
        self._screen.begin()
        self._worker.do(lambda: self._work(line))
        while isinstance(wish := await self._wishes.get(), Wish):
            await self._fulfil(wish)
        await self._outlet.flush()
        return wish

    def _work(self, line: str) -> None:
        self._tell(self.session.run(line))

    async def _fulfil(self, wish: Wish) -> None:
        await self._outlet.flush()
        self._patience.wait()
        try:
            wish.answer.set_result(await wish.ask())
        except (EOFError, KeyboardInterrupt):
            self.session.interrupt()
        finally:
            self._patience.work()
            if not wish.answer.done():
                wish.answer.set_result(wish.empty)

    async def _question(self, question: str, *, hidden: bool) -> str:
        return await self._prompted(self._bare_session(hidden=hidden), question)

    async def _prompted(self, prompt: PromptSession[str], text: str | FormattedText) -> str:
        self._keyboard.begin_line()
        try:
            line = await prompt.prompt_async(text, handle_sigint=False, set_exception_handler=False)
        finally:
            self._keyboard.end_line()
        return " " * (self._longest + 1) if self._keyboard.spoilt else line  # refused as too long

    async def _full(self) -> More:
        """The screen is full: what now?"""
        if self.session.is_live:
            return More(lines=self._stream.size.rows)
        self._stream.write(MORE.encode())
        while True:
            key = await self._keyboard.key()
            if key in ("", "q", "Q"):
                return self._go_on(END)
            if key == " ":
                return self._go_on(More(lines=self._stream.size.rows - 1))
            if key == "\r":
                return self._go_on(More(lines=1))
            if key == "/":
                self._go_on(END)
                return More(search=await self._prompted(self._bare_session(), "/"))

    def _go_on(self, more: More) -> More:
        self._stream.write(ERASE_LINE.encode())
        return more

    def _prompt_text(self) -> FormattedText:
        name, sign, rest = self.session.prompt.rpartition(" ")
        name, space, level = name.rpartition(" ")
        return FormattedText([("bold", name + space), ("bold fg:ansicyan", level), ("", sign + rest)])

    def _prompt_session(self) -> PromptSession[str]:
        session: PromptSession[str] = self._bare_session()
        session.history = session.default_buffer.history = self._memory
        session.key_bindings = bindings(self)
        return session

    def _bare_session(self, *, hidden: bool = False) -> PromptSession[str]:
        session: PromptSession[str] = PromptSession(
            complete_while_typing=False,
            is_password=hidden,
            reserve_space_for_menu=0,
            include_default_pygments_style=False,
        )
        longest = self._longest + 1
        session.default_buffer.on_text_changed += lambda buffer: _cut(buffer, longest)
        return session


def _cut(buffer: Any, longest: int) -> None:  # noqa: ANN401  # a Buffer, generic where prompt_toolkit is not
    """Pasting and yanking may double a line again and again."""
    if len(buffer.text) > longest:
        buffer.text = buffer.text[:longest]


def _redraw() -> None:
    app = get_app_or_none()
    if app is not None:
        app._on_resize()  # noqa: SLF001  # what prompt_toolkit's own telnet server calls
