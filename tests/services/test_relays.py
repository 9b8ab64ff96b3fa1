"""Relays: conditions, delay, hold, fail-safe, by hand."""

from __future__ import annotations

from appliance.services.front_panel.relays import FOR_EVER, RelayLogic, RelayRule

SHORT = frozenset({"short_circuit"})
WELL: frozenset[str] = frozenset()
T = 100.0


def relay(**rule: object) -> RelayLogic:
    made = RelayLogic()
    made.rule = RelayRule(**rule)  # type: ignore[arg-type]  # names of the rule, given by each test
    return made


def test_relay_switches_with_the_short_circuit_and_back_after_it() -> None:
    one = relay()
    one.look(SHORT, T)
    assert (one.on, one.reason) == (True, "short circuit")
    one.look(WELL, T + 1)
    assert (one.on, one.reason) == (False, "all is well")


def test_condition_that_nobody_asked_for_switches_nothing() -> None:
    one = relay(conditions=frozenset({"readout_failed"}))
    one.look(SHORT, T)
    assert not one.on


def test_condition_must_last_the_delay() -> None:
    one = relay(delay=30.0)
    one.look(SHORT, T)
    assert not one.on
    assert one.next_moment() == T + 30
    one.look(WELL, T + 20)
    one.look(SHORT, T + 25)
    one.look(SHORT, T + 54)
    assert not one.on
    one.look(SHORT, T + 55)
    assert one.on


def test_relay_stays_switched_for_the_hold() -> None:
    one = relay(hold=60.0)
    one.look(SHORT, T)
    one.look(WELL, T + 10)
    assert one.next_moment() == T + 70
    one.look(WELL, T + 69)
    assert (one.on, one.reason) == (True, "held")
    one.look(WELL, T + 70)
    assert not one.on


def test_held_for_ever_waits_for_the_reset() -> None:
    one = relay(hold=FOR_EVER)
    one.look(SHORT, T)
    one.look(WELL, T + 86400)
    assert one.on
    one.reset()
    one.look(WELL, T + 86401)
    assert not one.active


def test_reset_does_not_hide_a_condition_that_lasts() -> None:
    one = relay(hold=FOR_EVER)
    one.look(SHORT, T)
    one.reset()
    one.look(SHORT, T + 1)
    assert one.on


def test_inverted_relay_has_current_while_all_is_well() -> None:
    one = relay(inverted=True)
    one.look(WELL, T)
    assert one.on
    one.look(SHORT, T)
    assert not one.on


def test_hand_overrules_until_automatic() -> None:
    one = relay()
    one.manual = True
    one.look(WELL, T)
    assert (one.on, one.reason) == (True, "by hand")
    one.manual = None
    assert not one.active


def test_relay_out_of_use_has_no_current() -> None:
    unused = relay(enabled=False, inverted=True)
    unused.look(SHORT, T)
    assert (unused.on, unused.reason) == (False, "not used")
