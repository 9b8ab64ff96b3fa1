"""Lines that a person types and edits at a prompt. Used on the loop, within the session's own application context."""

from __future__ import annotations

import contextvars
from typing import Any

from prompt_toolkit.application.current import get_app_or_none
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.shortcuts import PromptSession

from console.editor.keyboard import Keyboard
from console.editor.stream import Stream

Prompt = PromptSession[str]


class Prompts:
    """Each takes at most `longest` octets and one more, by which a line that is too long is told."""

    def __init__(self, keyboard: Keyboard, longest: int) -> None:
        self._keyboard = keyboard
        self._longest = longest

    def for_commands(self, history: History, keys: KeyBindings) -> Prompt:
        """One that is used again and again, with earlier lines and help."""
        prompt = self._prompt()
        prompt.history = prompt.default_buffer.history = history
        prompt.key_bindings = keys
        return prompt

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """The answer to a question, shown as stars where `hidden`."""
        return await self.read(self._prompt(hidden=hidden), question)

    async def read(self, prompt: Prompt, text: str | FormattedText) -> str:
        """A line; raises `KeyboardInterrupt` at ctrl-c, `EOFError` at the end."""
        self._keyboard.begin_line()
        try:
            line = await prompt.prompt_async(text, handle_sigint=False, set_exception_handler=False)
        finally:
            self._keyboard.end_line()
        return " " * (self._longest + 1) if self._keyboard.spoilt else line  # refused as too long

    def _prompt(self, *, hidden: bool = False) -> Prompt:
        prompt: Prompt = PromptSession(
            complete_while_typing=False,
            is_password=hidden,
            reserve_space_for_menu=0,
            include_default_pygments_style=False,
        )
        prompt.default_buffer.on_text_changed += self._cut
        windows = tuple(prompt.layout.find_all_windows())  # they stay; else each key walks all containers again
        prompt.layout.find_all_windows = lambda: (window for window in windows)  # type: ignore[method-assign]
        return prompt

    def _cut(self, buffer: Any) -> None:  # noqa: ANN401  # a Buffer, generic where prompt_toolkit is not
        """Pasting and yanking may double a line again and again."""
        if len(buffer.text) > self._longest + 1:
            buffer.text = buffer.text[: self._longest + 1]


def obey_resizes(stream: Stream) -> None:
    """Draw the prompt anew whenever the window has another size."""
    context = contextvars.copy_context()
    stream.on_resize(lambda: context.run(_redraw))


def _redraw() -> None:
    app = get_app_or_none()
    if app is not None:
        app._on_resize()  # noqa: SLF001  # what prompt_toolkit's own telnet server calls
