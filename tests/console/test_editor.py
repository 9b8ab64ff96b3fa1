"""The console in a terminal over a stream: prompts, editing, completion, pages, breaking off, and hostile typing."""

from __future__ import annotations

import asyncio
import threading
import tracemalloc

import pytest

from appliance.events import BusTraffic
from appliance.meters.meter import Meter
from console.editor import Limits, Size
from tests.console.streams import PaperStream, play
from tests.operations.world import World, water_meter

PROMPT = "busmeister-00000161 3>"
CTRL_C, CTRL_D, CTRL_Z, TAB, UP, ENTER = "\x03", "\x04", "\x1a", "\t", "\x1b[A", "\r"


def until_watched(world: World) -> None:
    """Wait until somebody follows the traffic; the test's own time-out ends what never comes."""
    while not world.hub.wanted(BusTraffic):
        threading.Event().wait(0.001)


def test_person_types_a_line_and_leaves(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        assert await paper.answer("show version") == "busmeister 0.1.0\n"
        paper.type("quit" + ENTER)

    assert play(world, story).closed


def test_blank_behind_the_prompt_is_sent_for_those_that_wait_for_it(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)

    assert b"3> " in play(world, story).everything


def test_line_is_edited_before_it_is_taken(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        home, right, end = "\x01", "\x1b[C", "\x05"
        assert await paper.answer(f"shw version{home}{right}{right}o{end}") == "busmeister 0.1.0\n"
        assert await paper.answer(UP) == "busmeister 0.1.0\n"

    play(world, story)


def test_ctrl_d_leaves_and_ctrl_c_clears_the_line(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("set bus.baud_rate=300" + CTRL_C)
        await paper.see("=300")
        await paper.see(PROMPT)
        paper.type(CTRL_D)

    assert play(world, story).closed
    assert world.settings.bus.baud_rate == 2400


@pytest.mark.parametrize(
    ("typed", "appears"),
    [
        ("sho", "w "),
        ("set console.tl", "s="),
        ("set console.tls=req", "uired "),
        ("set loc", "alization."),
        ("meter re", "ad"),
        ("meter read med", "ium="),
        ("bus watch ma", "in "),
        ("help sho", "w "),
        ("m l pas", "sive="),
        ("sh rou", "nds "),
        ("meter show fl", '"Flat 12" '),
        ("run sta", "rt.cad "),
        ("bus record ni", "ght/bus.txt "),
    ],
)
def test_tab_completes_words_settings_values_meters_and_files(world: World, typed: str, appears: str) -> None:
    world.store.meters.add(Meter(id=1, name="Flat 12"))
    for name in ("start.cad", "night/bus.txt"):
        (world.parts.files / name).parent.mkdir(parents=True, exist_ok=True)
        (world.parts.files / name).write_text("#\n")

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type(typed)
        await paper.see(typed)
        paper.type(TAB)
        await paper.see(appears.rstrip())
        paper.type(CTRL_C)

    play(world, story)


def test_question_mark_lists_what_may_come_with_its_help(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        assert "ERROR" not in await paper.answer('log note "why?"')
        paper.type("meter ?")
        assert "  read" in await paper.see("Lists readings")

    play(world, story)


def test_long_answer_stops_at_each_screenful(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("show settings" + ENTER)
        first = await paper.see("more: space")
        assert first.count("\n") <= 10
        assert "identity.name" in first
        paper.type(ENTER)
        assert (await paper.see("more: space")).count("\n") == 1
        paper.type(" ")
        assert (await paper.see("more: space")).count("\n") == 9
        paper.type("/")
        paper.type("console.port" + ENTER)
        assert "console.port " in (await paper.see("more: space")).splitlines()[1]
        paper.type("q")
        assert "console.page" not in await paper.see(PROMPT)

    play(world, story, PaperStream(size=Size(100, 10)))


@pytest.mark.parametrize("key", ["q", CTRL_C])
def test_answer_ends_at_its_page_where_no_more_is_wanted(world: World, key: str) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("show settings" + ENTER)
        await paper.see("more: space")
        paper.type(key)
        assert "console.page" not in await paper.see(PROMPT)
        assert await paper.answer("show version") == "busmeister 0.1.0\n"

    play(world, story, PaperStream(size=Size(100, 10)))


def test_search_that_finds_nothing_says_so(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("show settings\r")
        await paper.see("more: space")
        paper.type("/narwhal\r")
        assert "not found" in await paper.see(PROMPT)

    play(world, story, PaperStream(size=Size(80, 12)))


def write_script(world: World, *lines: str) -> None:
    world.parts.files.mkdir(parents=True, exist_ok=True)
    (world.parts.files / "long.cad").write_text("\n".join(lines))


@pytest.mark.parametrize("key", ["q", CTRL_C])
def test_end_of_an_order_is_seen_by_those_who_wanted_no_more_of_its_answer(world: World, key: str) -> None:
    write_script(world, "show settings", "show version")

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("run long.cad" + ENTER)
        await paper.see("more: space")
        paper.type(key)
        assert "OK 2 commands done" in await paper.see(PROMPT)
        assert await paper.answer("show version") == "busmeister 0.1.0\n"

    play(world, story, PaperStream(size=Size(100, 10)))


def test_end_of_an_order_is_seen_after_a_search_that_finds_nothing(world: World) -> None:
    write_script(world, "show settings", "show version")

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("run long.cad" + ENTER)
        await paper.see("more: space")
        paper.type("/narwhal" + ENTER)
        last = (await paper.see(PROMPT)).splitlines()
        assert [line for line in last if line == "not found" or line.startswith("OK")] == [
            "not found",
            "OK 2 commands done",
        ]

    play(world, story, PaperStream(size=Size(100, 10)))


def test_full_screen_is_read_before_the_end_of_an_order_is_told(world: World) -> None:
    write_script(world, *4 * ["show version"])

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("run long.cad" + ENTER)
        assert (await paper.see("more: space")).count("busmeister 0.1.0") == 4
        paper.type("q")
        assert "OK 4 commands done" in await paper.see(PROMPT)

    play(world, story, PaperStream(size=Size(100, 9)))


def test_pages_can_be_turned_off(world: World) -> None:
    world.settings.set({"console.page": "false"}, "test")

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        assert "console.page" in await paper.answer("show settings")

    play(world, story, PaperStream(size=Size(100, 10)))


def test_ctrl_c_ends_an_answer_without_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.editor.outlet.UNSENT", 1000)
    world.settings.set({"console.page": "false"}, "test")

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.slow = True
        paper.type("show settings" + ENTER)
        await paper.see("identity.name")
        paper.type(CTRL_C)
        for _ in range(10):  # the loop takes the key while the answer is held up
            await asyncio.sleep(0)
        paper.slow = False
        paper.take()
        assert "watchdog.enabled" not in await paper.see(PROMPT)

    play(world, story)


def test_plain_mode_has_no_prompt_no_echo_no_pages(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("script on" + ENTER)
        await paper.see("OK\n")
        paper.type("show version\r\0show settings\r\n")
        seen = await paper.see("tls.certificate")
        assert seen.startswith("busmeister 0.1.0\nOK\n")
        if not seen.endswith("OK\n"):  # the end may have come together with what was waited for
            await paper.see("OK\n")
        paper.type("script off" + ENTER)
        await paper.see(PROMPT)

    play(world, story, PaperStream(size=Size(100, 10)))


def test_ctrl_c_ends_a_live_answer(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("bus watch" + ENTER)
        await asyncio.to_thread(until_watched, world)
        paper.octets = b""
        paper.type(CTRL_C)
        await paper.see(PROMPT)
        assert not world.hub.wanted(BusTraffic)

    play(world, story)


def test_connection_that_breaks_ends_a_live_answer(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("bus watch" + ENTER)
        await asyncio.to_thread(until_watched, world)

    play(world, story)
    assert not world.hub.wanted(BusTraffic)


def test_question_is_asked_in_the_terminal(world: World) -> None:
    world.settings.set({"segment.roof.url": "tcp://a:1"}, "test")

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type("segment delete roof" + ENTER)
        await paper.see("For good?")
        assert "OK" in await paper.answer("yes")

    play(world, story)
    assert list(world.settings.segment) == ["main"]


@pytest.mark.parametrize(("terminal", "red"), [("xterm-256color", True), ("vt100", False), ("", False)])
def test_errors_are_red_where_the_terminal_has_colours(world: World, terminal: str, red: bool) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        await paper.answer("nonsense")

    assert (b"\x1b[31mERROR" in play(world, story, PaperStream(terminal=terminal)).everything) is red


def test_what_is_typed_ahead_is_taken_later(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        paper.type("show version\r\nset bus.baud_rate=300\r\nshow defaults match=baud\r\n")
        await paper.see("300 Bd")

    play(world, story)


def test_resized_window_is_obeyed(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.resize(Size(40, 10))
        paper.type("show settings" + ENTER)
        seen = await paper.see("more: space")
        assert max(map(len, seen[seen.index("name") :].splitlines()[1:-1])) <= 40
        paper.type("q")
        await paper.see(PROMPT)

    play(world, story)


def test_silent_person_is_closed_and_a_busy_one_is_not(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see("nothing was typed for 0.05 s")

    assert play(world, story, limits=Limits(idle=0.05)).closed


def test_nobody_who_does_not_log_in_stays(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see("nobody logged in within 0.05 s")

    assert play(world, story, level=0, limits=Limits(before_login=0.05)).closed


HOSTILE = (
    b"A" * 300_000,
    bytes(range(256)).replace(b"\x04", b"") * 400,
    b"\x1b[200~" + b"paste" * 40_000,
    b"\x1b" * 30_000,
    b"\x1b[" + b"9" * 100_000,
    b"\x1b9" * 8_000 + b"x",
    b"x" * 1000 + b"\x01\x0b\x19\x19" * 200,  # yank twice what was killed, again and again
    b"\xff\xfe\xc3" * 30_000,
    b"\x12" * 1000 + b"\x18(" + b"\x18e" * 100 + b"\x18)" + b"\x18e",
    "漢".encode() * 50_000,
)


@pytest.mark.parametrize("octets", HOSTILE, ids=range(len(HOSTILE)))
def test_session_lives_whatever_is_pasted(world: World, octets: bytes) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        for start in range(0, len(octets), 4096):
            paper.type(octets[start : start + 4096])
        paper.type(CTRL_C)
        paper.type(CTRL_C + "\r" + CTRL_C)
        paper.type("set identity.name=alive" + ENTER)
        await paper.see("alive 3>")

    tracemalloc.start()
    play(world, story)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


def test_far_too_long_line_is_refused_whole(world: World) -> None:
    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        assert "longer than 1024 octets" in await paper.answer("log note " + "x" * 20_000 + " # set bus.baud_rate=300")
        assert await paper.answer("show version") == "busmeister 0.1.0\n"

    play(world, story)


def test_slow_client_holds_up_its_own_answer_only(world: World) -> None:
    world.settings.set({"console.page": "false"}, "test")

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.slow = True
        paper.type("show settings\r" * 40)
        for _ in range(200):
            await asyncio.sleep(0)
            assert paper.unread < 100_000
            paper.take()
        paper.slow = False
        paper.take()

    play(world, story)


def test_meter_cannot_write_to_the_terminal(world: World) -> None:
    world.engine.answers = {"10473002": water_meter("10473002")}

    async def story(paper: PaperStream) -> None:
        await paper.see(PROMPT)
        paper.type('meter add secondary=10473002 name="a\x1b]0;owned\x07b"' + ENTER)
        await paper.see(PROMPT)
        paper.type("meter list" + ENTER)
        await paper.see(PROMPT)

    assert b"\x1b]0;" not in play(world, story).everything
