"""Keys for prompt_toolkit from octets that come over a stream: no file descriptor, no thread, bounded memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from itertools import count

from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

_numbers = count(1)


class StreamInput(Input):
    """Keys are fed by the one who reads the stream."""

    def __init__(self) -> None:
        self._number = next(_numbers)
        self._keys: list[KeyPress] = []
        self._parser = Vt100Parser(self._keys.append)
        self._ready: Callable[[], None] | None = None
        self._closed = False

    def feed(self, text: str) -> None:
        """Keys were typed."""
        self._parser.feed(text)
        if self._ready is not None:
            self._ready()

    def paste(self, text: str) -> None:
        """Text came all at once; it is taken as it is, and as one key."""
        self._keys.append(KeyPress(Keys.BracketedPaste, text))
        if self._ready is not None:
            self._ready()

    def reset(self) -> None:
        """Forget half an escape sequence."""
        self._parser.reset()
        self._keys.clear()

    def close(self) -> None:
        """Nothing more will be typed: a prompt that waits ends with EOFError."""
        self._closed = True
        if self._ready is not None:
            self._ready()

    def forget(self) -> None:
        """Leave nothing behind that a later session could see."""
        clear_typeahead(self)

    def read_keys(self) -> list[KeyPress]:
        keys = list(self._keys)
        self._keys.clear()
        return keys

    def flush_keys(self) -> list[KeyPress]:
        self._parser.flush()
        return self.read_keys()

    @property
    def closed(self) -> bool:
        return self._closed

    def fileno(self) -> int:
        raise NotImplementedError

    def typeahead_hash(self) -> str:
        return f"stream-{self._number}"

    def raw_mode(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def cooked_mode(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def attach(self, input_ready_callback: Callable[[], None]) -> AbstractContextManager[None]:
        return self._with(input_ready_callback)

    def detach(self) -> AbstractContextManager[None]:
        return self._with(None)

    @contextlib.contextmanager
    def _with(self, ready: Callable[[], None] | None) -> Generator[None, None, None]:
        before, self._ready = self._ready, ready
        if ready is not None and (self._closed or self._keys):
            ready()
        try:
            yield
        finally:
            self._ready = before
