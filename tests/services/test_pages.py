"""Pages of the display, their pictures pixel by pixel, and network set-up digit by digit."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.operations.panel_view import Page
from appliance.services.front_panel.drawing import draw
from appliance.services.front_panel.editing import AddressEditor
from appliance.services.front_panel.pages import (
    COLUMNS,
    ROWS,
    Facts,
    Lent,
    device_page,
    editing_page,
    message_page,
    rotation,
    setup_page,
    status_page,
)


def facts(state: str = "idle", **others: object) -> Facts:
    known: dict[str, object] = {
        "now": datetime(2026, 11, 21, 14, 31, 7, tzinfo=UTC),
        "address": "192.168.14.20",
        "ok": 57,
        "silent": 3,
        "failed": 2,
        "done": 41,
        "due": 62,
        "next_round": datetime(2026, 11, 21, 14, 45, tzinfo=UTC),
        "name": "Lindenhof 12",
        "location": "Heizraum",
        "version": "0.1.0",
        "serial": "00000161",
        "trouble": "short circuit",
        "since": datetime(2026, 11, 21, 14, 2, 11, tzinfo=UTC),
        "relays": (1, 2),
        "lent": Lent(where="TCP 50000", baud_rate=2400, client="10.0.4.30"),
        "scan": "29 found, 4512FFFF",
    }
    return Facts(state=state, **(known | others))  # type: ignore[arg-type]  # names of the facts, given by each test


@pytest.mark.parametrize(
    ("state", "lines"),
    [
        ("idle", ("idle            14:31", "192.168.14.20", "ok 57  silent 3", "next round 14:45")),
        ("read", ("read          41 / 62", "192.168.14.20", "ok 57  silent 3", "error 2      14:31:07")),
        ("scan", ("scan", "29 found, 4512FFFF", "", "")),
        ("rs", ("rs        bus is lent", "TCP 50000     2400 Bd", "10.0.4.30", "readouts paused")),
        ("err", ("err", "short circuit", "since 14:02:11", "relays 1 2 on")),
    ],
)
def test_page_of_each_state(state: str, lines: tuple[str, ...]) -> None:
    page = status_page(facts(state))
    assert (page.name, page.lines, page.highlight) == (state, lines, None)


def test_pages_that_say_something_else() -> None:
    assert status_page(facts(next_round=None)).lines[3] == "readouts are off"
    assert status_page(facts(paused=True)).lines[3] == "readouts paused"
    assert status_page(facts(ok=0, silent=0, failed=0)).lines[2] == "no values yet"
    assert status_page(facts("rs", lent=None)).lines[1] == "readouts paused"
    assert setup_page(facts(setup_code="VQ39-0PPX-8YJY-VER3")).lines[1] == "VQ39-0PPX-8YJY-VER3"
    assert device_page(facts()).lines == ("Lindenhof 12", "Heizraum", "192.168.14.20", "0.1.0 00000161")


def test_pages_take_turns_only_while_nothing_asks_for_attention() -> None:
    assert [page.name for page in rotation(facts())] == ["idle", "device"]
    assert [page.name for page in rotation(facts("err"))] == ["err"]
    assert [page.name for page in rotation(facts(setup_code="A"))] == ["idle", "set-up", "device"]


@given(st.text(), st.text())
def test_every_page_fits_the_display_whatever_its_names_are(name: str, location: str) -> None:
    for page in (*rotation(facts(name=name, location=location)), message_page("done", name)):
        assert len(page.lines) == ROWS
        assert all(len(line) <= COLUMNS for line in page.lines)
        assert len(draw(page).pixels) == 128 * 64 * 3


def digest(page: Page) -> str:
    return hashlib.sha256(draw(page).pixels).hexdigest()[:16]


def editing() -> Page:
    editor = AddressEditor([("address", IPv4Address("192.168.14.20"))])
    editor.next_digit()
    return editing_page(editor)


PICTURES = {
    "idle": "2a90cb7459f5fae8",
    "read": "ff0a67f8d3138484",
    "rs": "ecdefe52f5714934",
    "err": "6ed53b60e61c80e7",
    "network": "847f1f5c9660088e",
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_the_one_that_was_looked_at(name: str) -> None:
    page = editing() if name == "network" else status_page(facts(name))
    assert digest(page) == PICTURES[name]


def test_digit_that_red_changes_is_on_blue_or_inverted_without_colours() -> None:
    page = editing()
    assert page.highlight == (0, 6)
    assert page.lines[0][6] == "9"
    blue = bytes((0, 90, 255))
    assert blue in draw(page).pixels
    assert blue not in draw(page, colour=False).pixels
    assert draw(page, colour=False) != draw(Page(page.name, page.lines), colour=False)


def test_larger_display_gets_larger_letters() -> None:
    small, large = draw(status_page(facts())), draw(status_page(facts()), 256, 128)
    lit = small.pixels.count(b"\xff\xff\xff")
    assert (large.width, large.height) == (256, 128)
    assert large.pixels.count(b"\xff\xff\xff") >= 3.9 * lit


def editor(address: str = "192.168.14.20") -> AddressEditor:
    return AddressEditor([("address", IPv4Address(address)), ("netmask", IPv4Address("255.255.255.0"))])


@pytest.mark.parametrize(
    ("address", "digit", "presses", "expected"),
    [
        ("192.168.14.20", 0, 1, "255.168.14.20"),  # what follows gives way to the largest octet
        ("192.168.14.20", 0, 2, "55.168.14.20"),
        ("192.168.14.20", 2, 3, "195.168.14.20"),
        ("192.168.14.20", 2, 8, "190.168.14.20"),
        ("192.168.14.20", 11, 1, "192.168.14.21"),
        ("250.0.0.0", 2, 6, "250.0.0.0"),  # 256 is no octet: nought comes after five
        ("249.0.0.0", 1, 1, "255.0.0.0"),
    ],
)
def test_red_adds_one_to_the_digit(address: str, digit: int, presses: int, expected: str) -> None:
    one = editor(address)
    for _ in range(digit):
        one.next_digit()
    for _ in range(presses):
        one.increment()
    assert one.addresses["address"] == IPv4Address(expected)
    assert one.changed is (address != expected)


def test_blue_goes_through_every_digit_and_then_the_set_up_is_over() -> None:
    one = editor()
    positions = []
    while not one.over:
        positions.append((one.name, one.position))
        assert one.text[one.position].isdecimal()
        one.next_digit()
    assert len(positions) == len(set(positions)) == 24
    assert not one.changed


def test_blue_held_ends_the_line() -> None:
    one = editor()
    one.next_digit()
    one.next_line()
    assert (one.name, one.position) == ("netmask", 0)
    one.next_line()
    assert one.over
