"""Textual over a stream: keys as they come in pieces, frames whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from tui.driver import LEAVE, StreamDriver


class FakeLink:
    """The other side: keeps what it was sent, and is slow when told."""

    def __init__(self, size: tuple[int, int] = (80, 24)) -> None:
        self.size = size
        self.congested = False
        self.frames: list[bytes] = []

    @property
    def sent(self) -> str:
        return b"".join(self.frames).decode()

    def write(self, octets: bytes) -> None:
        self.frames.append(octets)


class Typed(App[None]):
    """Shows what was typed."""

    def __init__(self, link: FakeLink) -> None:
        super().__init__(driver_class=self.make)  # type: ignore[arg-type]  # a factory does as well as a class
        self.link = link
        self.keys: list[str] = []
        self.driver: StreamDriver | None = None

    def make(self, app: App[Any], **named: Any) -> StreamDriver:  # noqa: ANN401  # Textual's own: debug, size
        self.driver = StreamDriver(app, link=self.link, **named)
        return self.driver

    def compose(self) -> ComposeResult:
        yield Static("nothing yet", id="seen", markup=False)

    def on_key(self, event: events.Key) -> None:
        self.keys.append(event.key)
        self.query_one("#seen", Static).update(f"{event.key} was typed")


def drive(link: FakeLink, act: Callable[[Typed, StreamDriver], Awaitable[None]]) -> Typed:
    """Run the application over the link, act, leave."""

    async def run() -> Typed:
        app = Typed(link)
        task = asyncio.create_task(app.run_async(size=link.size))
        await until(lambda: app.driver is not None and "nothing yet" in link.sent)
        assert app.driver is not None
        await act(app, app.driver)
        app.driver.hang_up()
        await task
        return app

    return asyncio.run(run())


async def until(holds: Callable[[], bool]) -> None:
    """Give way until something is so; the test's own time limit ends a vain wait."""
    while not holds():  # noqa: ASYNC110  # what is waited for happens inside Textual, which offers no event
        await asyncio.sleep(0)


def test_letter_that_comes_in_two_packets_is_one_key() -> None:
    async def act(app: Typed, driver: StreamDriver) -> None:
        for octet in "ü".encode():
            driver.feed(bytes((octet,)))
        driver.feed(b"q")
        await until(lambda: "q" in app.keys)

    assert drive(FakeLink(), act).keys == ["ü", "q"]


def test_empty_packet_does_not_end_the_keyboard() -> None:
    async def act(app: Typed, driver: StreamDriver) -> None:
        driver.feed(b"")
        driver.feed(b"a")
        await until(lambda: bool(app.keys))

    assert drive(FakeLink(), act).keys == ["a"]


def test_lone_escape_becomes_a_key() -> None:
    async def act(app: Typed, driver: StreamDriver) -> None:
        driver.feed(b"\x1b")
        await until(lambda: bool(app.keys))

    assert drive(FakeLink(), act).keys == ["escape"]


def test_slow_terminal_misses_whole_frames_and_gets_a_new_picture_when_it_is_back() -> None:
    link = FakeLink()

    async def act(app: Typed, driver: StreamDriver) -> None:
        link.congested = True
        before = len(link.frames)
        driver.feed(b"a")
        await until(lambda: driver.dropped > 0)
        assert len(link.frames) == before
        link.congested = False
        driver.caught_up()
        await until(lambda: "a was typed" in b"".join(link.frames[before:]).decode())

    drive(link, act)


def test_window_of_another_size_is_drawn_anew() -> None:
    sizes = []

    async def act(app: Typed, driver: StreamDriver) -> None:
        driver.resize(100, 30)
        await until(lambda: app.size.width == 100)
        driver.resize(60_000, 60_000)
        await until(lambda: app.size.width == 500)
        sizes.append(tuple(app.size))

    drive(FakeLink(), act)
    assert sizes == [(500, 200)]


def test_terminal_is_given_back_once() -> None:
    link = FakeLink()

    async def act(app: Typed, driver: StreamDriver) -> None:
        driver.stop_application_mode()
        driver.stop_application_mode()

    drive(link, act)
    assert link.sent.count(LEAVE) == 1


def test_nothing_is_sent_to_a_person_who_is_gone() -> None:
    link = FakeLink()

    async def act(app: Typed, driver: StreamDriver) -> None:
        driver.hang_up()

    drive(link, act)
    assert not link.sent.endswith(LEAVE)
