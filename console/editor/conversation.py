"""A person at a terminal, from the greeting to the end: prompts on the loop, orders on the session's thread."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Final

from prompt_toolkit.application import create_app_session
from prompt_toolkit.formatted_text import FormattedText

from appliance.operations.all import registry
from appliance.operations.call import Call
from console.editor.bindings import bindings
from console.editor.keyboard import CTRL_C, Keyboard
from console.editor.keys import StreamInput
from console.editor.memory import Memory
from console.editor.outlet import Outlet, octets_of
from console.editor.output import StreamOutput, has_colours
from console.editor.patience import Patience
from console.editor.person import AtTerminal
from console.editor.prompts import Prompt, Prompts, obey_resizes
from console.editor.screen import TerminalScreen
from console.editor.stream import Stream
from console.editor.welcome import Welcome
from console.editor.wishes import Wish, Wishes
from console.editor.worker import Worker
from console.session import Outcome, Session

LEAVING: Final = "ctrl-c once more, ctrl-d or quit leaves"


class Conversation:
    """Made and run on the loop."""

    def __init__(self, stream: Stream, call: Call, patience: Patience) -> None:
        longest = call.parts.settings.console.line_length
        self._stream = stream
        self._patience = patience
        self._welcome = Welcome(patience)
        self._wishes = Wishes()
        self._keys = StreamInput()
        self._keyboard = Keyboard(stream, self._keys, longest, patience.touch)
        self._prompts = Prompts(self._keyboard, longest)
        self._outlet = Outlet(stream)
        person = AtTerminal(stream, self._keyboard, self._prompts, self._wishes, lambda: self.session.is_live)
        self._screen = TerminalScreen(self._outlet, lambda: stream.size, person, colours=has_colours(stream))
        self.session = Session(call, registry(), self._screen, plain=False)
        self._worker = Worker("console-worker")
        self._memory = Memory(call.session.history if call.session else deque())
        self._wants_to_leave = False

    async def run(self) -> None:
        """Until the person leaves."""
        keyboard = asyncio.create_task(self._keyboard.run())
        try:
            with create_app_session(input=self._keys, output=StreamOutput(self._stream)):
                obey_resizes(self._stream)
                self._keyboard.on_break = self._break
                self._keyboard.on_end = self.session.hang_up
                await self._converse()
        except EOFError:
            pass  # ctrl-d, or the connection ended
        finally:
            self._end()
            keyboard.cancel()
            with suppress(asyncio.CancelledError):
                await keyboard

    def _end(self) -> None:
        self._wishes.close()
        self.session.hang_up()
        self._outlet.close()
        self._worker.close()
        self._keys.forget()

    def _break(self, key: str) -> None:
        if key == CTRL_C:
            self.session.interrupt()
        else:
            self.session.leave_running()

    async def _converse(self) -> None:
        if self._stream.order:
            outcome = await self._do(self._stream.order)
            if not outcome.ok:
                self._stream.fail()
            return
        prompt = self._prompts.for_commands(self._memory, bindings(self))
        while (line := await self._line(prompt)) is not None:
            outcome = await self._do(line)
            if not self._welcome.lasts(outcome, self.session.call.level):
                return

    async def _line(self, prompt: Prompt) -> str | None:
        """The next line; None at the end."""
        self._patience.wait()
        try:
            if self.session.plain:
                return await self._keyboard.line()
            line = await self._prompts.read(prompt, self._prompt_text())
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
        while isinstance(wish := await self._wishes.next(), Wish):
            await self._fulfil(wish)
        await self._outlet.flush()
        return wish

    def _work(self, line: str) -> None:
        """On the session's thread."""
        outcome = self.session.run(line)
        self._screen.end()
        self._wishes.end(outcome)

    async def _fulfil(self, wish: Wish) -> None:
        await self._outlet.flush()
        self._patience.wait()
        try:
            wish.answer.set_result(await wish.ask())
        except (EOFError, KeyboardInterrupt):
            self.session.interrupt()
        finally:
            self._patience.work()
            wish.refuse()

    def _prompt_text(self) -> FormattedText:
        """The blank behind it has its colour, for one without would be left out: expect waits for `2> `."""
        name, space, level = self.session.prompt[:-1].rpartition(" ")
        return FormattedText([("bold", name + space), ("bold fg:ansicyan", f"{level} ")])
