"""Gestures at the buttons, each with the time handed in."""

from __future__ import annotations

import pytest

from appliance.board import Times
from appliance.services.front_panel.buttons import Buttons, Gesture, PowerUp

T = 1000.0


def alone(button: str, seconds: float) -> Gesture | None:
    buttons = Buttons(Times())
    buttons.press(button, T)
    assert buttons.poll(T + seconds) is None
    return buttons.release(button, T + seconds)


@pytest.mark.parametrize(
    ("button", "seconds", "gesture"),
    [
        ("red", 0.2, Gesture.RED_SHORT),
        ("red", 1.0, None),
        ("red", 4.9, None),
        ("red", 5.0, None),
        ("red", 5.001, Gesture.SEARCH),
        ("red", 59.0, Gesture.SEARCH),
        ("blue", 0.999, Gesture.BLUE_SHORT),
        ("blue", 1.0, Gesture.NETWORK),
        ("blue", 5.0, Gesture.NETWORK),
        ("blue", 5.001, None),
        ("push", 0.3, Gesture.PUSH_SHORT),
        ("push", 7.0, None),
    ],
)
def test_one_button_is_judged_by_its_time_when_it_is_let_go(
    button: str, seconds: float, gesture: Gesture | None
) -> None:
    assert alone(button, seconds) is gesture


def test_exactly_five_seconds_are_the_longest_hold_of_blue_and_no_search_by_red() -> None:
    assert alone("blue", 5.0) is Gesture.NETWORK
    assert alone("red", 5.0) is None


def test_red_and_blue_let_go_at_exactly_ten_seconds_do_not_restart() -> None:
    buttons = Buttons(Times())
    buttons.press("red", T)
    buttons.press("blue", T)
    assert buttons.poll(T + 10) is None
    assert [buttons.release("red", T + 10), buttons.release("blue", T + 10)] == [None, None]
    assert buttons.poll(T + 10.1) is None


def test_both_for_more_than_ten_seconds_restart_while_they_are_held_and_only_once() -> None:
    buttons = Buttons(Times())
    buttons.press("red", T)
    buttons.press("blue", T + 0.3)
    assert buttons.poll(T + 10.3) is None
    assert buttons.next_moment() == pytest.approx(T + 10.3)
    assert buttons.poll(T + 10.31) is Gesture.RESTART
    assert buttons.poll(T + 11) is None
    assert buttons.release("red", T + 12) is None
    assert buttons.release("blue", T + 12.1) is None


@pytest.mark.parametrize(("first", "second"), [("red", "blue"), ("blue", "red")])
def test_late_second_button_begins_the_time_anew_and_spends_the_first(first: str, second: str) -> None:
    buttons = Buttons(Times())
    buttons.press(first, T)
    buttons.press(second, T + 6)
    assert buttons.poll(T + 12) is None
    assert buttons.release(first, T + 12) is None
    assert buttons.release(second, T + 12.5) is None
    buttons.press("red", T + 20)
    assert buttons.release("red", T + 20.2) is Gesture.RED_SHORT


@pytest.mark.parametrize("order", [("red", "blue"), ("blue", "red")])
def test_both_let_go_early_are_nothing_in_whatever_order(order: tuple[str, str]) -> None:
    buttons = Buttons(Times())
    buttons.press("red", T)
    buttons.press("blue", T + 0.1)
    assert [buttons.release(button, T + 3) for button in order] == [None, None]


def test_one_of_both_pressed_again_begins_the_ten_seconds_anew() -> None:
    buttons = Buttons(Times())
    buttons.press("red", T)
    buttons.press("blue", T)
    buttons.release("blue", T + 9)
    buttons.press("blue", T + 9.5)
    assert buttons.poll(T + 12) is None
    assert buttons.poll(T + 19.6) is Gesture.RESTART


def test_button_held_for_a_minute_is_stuck_and_the_other_works() -> None:
    buttons = Buttons(Times())
    buttons.press("red", T)
    assert buttons.next_moment() == T + 60
    buttons.poll(T + 60)
    assert buttons.stuck == {"red"}
    buttons.press("blue", T + 61)
    assert buttons.release("blue", T + 63) is Gesture.NETWORK
    assert buttons.release("red", T + 70) is None
    assert buttons.stuck == frozenset()


def test_button_that_is_down_from_the_start_counts_for_nothing_until_it_is_let_go() -> None:
    buttons = Buttons(Times(), frozenset({"blue"}))
    buttons.press("red", T)
    assert buttons.poll(T + 11) is None
    assert buttons.release("red", T + 11) is Gesture.SEARCH
    assert buttons.release("blue", T + 12) is None
    buttons.press("blue", T + 13)
    assert buttons.release("blue", T + 15) is Gesture.NETWORK


def test_edges_that_were_lost_do_no_harm() -> None:
    buttons = Buttons(Times())
    assert buttons.release("red", T) is None
    buttons.press("red", T)
    buttons.press("red", T + 4)
    assert buttons.release("red", T + 5.5) is Gesture.SEARCH


def test_what_a_hold_will_do_is_said_before_it_happens() -> None:
    buttons = Buttons(Times())
    buttons.press("red", T)
    held = buttons.held(T + 3.1)
    assert held is not None
    assert (held.buttons, held.mark, held.at_mark, held.on_release) == (("red",), 5.0, "search for meters", "")
    held = buttons.held(T + 5.5)
    assert held is not None
    assert (held.mark, held.on_release) == (None, "search for meters")


@pytest.mark.parametrize(
    ("seconds", "gesture"), [(4.9, None), (5.0, Gesture.RESET), (30.0, Gesture.RESET), (60.0, None)]
)
def test_push_button_at_power_up_resets_when_it_is_let_go_in_time(seconds: float, gesture: Gesture | None) -> None:
    power_up = PowerUp(Times(), T, down=True)
    assert power_up.armed(T + seconds) is (gesture is not None)
    assert power_up.release(T + seconds) is gesture
    assert power_up.release(T + 31) is None


def test_push_button_pressed_later_never_resets() -> None:
    power_up = PowerUp(Times(), T, down=False)
    assert not power_up.armed(T + 6)
    assert power_up.release(T + 6) is None
    assert power_up.next_moment(T) is None
