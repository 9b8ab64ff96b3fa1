"""A command that only shows, again and again (operations.md §2)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Item, Live
from appliance.operations.arguments import Typed
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.line import Token, parse_line
from appliance.operations.operation import Operation, operation
from appliance.operations.registry import Registry
from appliance.settings.kinds import Duration

INTERVAL: Final = timedelta(seconds=2)
NOT_AGAIN: Final = ("quit", "script", "watch")  # they act upon the session itself
Interval = Annotated[timedelta, Duration("s", 1, 86400)]


def make_watch(registry: Callable[[], Registry]) -> Operation:
    """It runs other commands of the registry that it is part of."""

    @operation("watch", level=1)
    def watch(call: Call, *words: Typed, interval: Interval = INTERVAL) -> Answer:
        """Repeats a show command until ctrl-c."""
        if not words:
            raise RefusedError('"watch" needs a command that shows something: watch show bus.', Kind.USAGE)
        watched, tokens = registry().find(parse_line(" ".join(words)).tokens)
        if not watched.shows or watched.name in NOT_AGAIN:
            raise RefusedError(f'"{watched.name}" does more than show: it cannot be watched.', Kind.USAGE)
        look = partial(_glance, call, watched, tokens)
        ended = threading.Event()
        items = repeated(look(), look, partial(ended.wait, interval.total_seconds()))
        return Answer(live=Live(items, ended.set))

    return watch


def repeated(first: Item, look: Callable[[], Item], is_over: Callable[[], bool]) -> Iterator[Item]:
    """The first glance and, until it is over, what a look shows then."""
    yield first
    while not is_over():
        yield look()


def _glance(call: Call, watched: Operation, tokens: tuple[Token, ...]) -> Item:
    """What the command shows now, below the time."""
    answer = execute(call, watched, tokens)
    if answer.live is not None:
        answer.live.close()
        raise RefusedError(f'"{watched.name}" goes on by itself: leave out watch.', Kind.USAGE)
    return Item(f"{call.now().astimezone(call.zone):%H:%M:%S}  {watched.name}", answer=answer)
