"""A few daemon threads that answer short questions.

Not `ThreadPoolExecutor`: its threads are joined at interpreter exit, so one stuck question would keep the
appliance from stopping.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from appliance.errors import Kind, RefusedError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Pool:
    """Runs functions on `size` threads, in the order they were asked; the threads start with the first question."""

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._questions: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def ask(
        self, function: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Future[Result]:
        """Run it on a thread of the pool; errors come out of the future."""
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise RefusedError("The appliance is stopping.", Kind.REFUSED)
            if len(self._threads) < self._size:
                self._start()
            self._questions.put(lambda: _answer(future, lambda: function(*arguments, **named)))
        return future

    def close(self) -> None:
        """Answer what was asked before and end the threads, without waiting for them."""
        with self._lock:
            self._closed = True
            for _ in self._threads:
                self._questions.put(None)

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads) + 1}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (question := self._questions.get()) is not None:
            question()


def _answer(future: Future[Result], question: Callable[[], Result]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(question())
    except BaseException as error:  # noqa: BLE001  # the thread must survive; whoever asked gets the error
        future.set_exception(error)
