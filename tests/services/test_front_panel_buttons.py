"""The front panel's buttons: what a person at the device sets off. Time stands until it is told."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from appliance.errors import RefusedError
from appliance.lifecycle import Ending
from appliance.operations.all import registry
from appliance.ports import Edge, FixedAddress
from tests.operations.world import World
from tests.services.device import Device


def test_red_held_says_honestly_that_there_is_no_search_yet(device: Device) -> None:
    device.hold("red", 5.5)
    if "search start" in {row.name for row in registry().operations}:
        pytest.skip("this version has a search")
    assert " ".join(device.shown()) == "err: search is not in this version"
    assert device.panel.view().pressed[0].what == "red 5.5 s"
    device.wait(7)
    assert device.shown()[0].startswith("idle")


def test_display_says_what_a_hold_will_do(device: Device) -> None:
    device.pins.press("red")
    device.work()
    device.wait(3.1)
    assert device.shown() == ("red 3.1 s", "at 5 s: search for", "meters")
    device.wait(2.5)
    assert device.shown() == ("red 5.6 s", "let go: search for", "meters")


def test_both_held_for_more_than_ten_seconds_restart(device: Device) -> None:
    device.pins.press("red")
    device.pins.press("blue")
    device.work()
    device.wait(10.0)
    assert not device.world.parts.lifecycle.ends
    device.wait(0.1)
    assert device.world.parts.lifecycle.ending is Ending.RESTART
    assert device.panel.view().pressed[0].what.startswith("red + blue 10.")


def test_both_held_long_enough_restart_also_when_the_panel_was_busy_meanwhile(device: Device) -> None:
    device.pins.press("red")
    device.pins.press("blue")
    device.clock.advance(seconds=10.5)
    device.pins.release("red")
    device.pins.release("blue")
    device.work()
    assert device.world.parts.lifecycle.ending is Ending.RESTART


def set_up_network(device: Device) -> None:
    """Hold blue, go to the last digit, add one, end the three lines."""
    device.hold("blue", 2.0)
    assert device.panel.view().page.highlight == (0, 5)
    for _ in range(11):
        device.hold("blue", 0.2)
    device.hold("red", 0.2)
    assert device.shown()[0] == "addr 192.168.014.021"
    for _ in range(3):
        device.hold("blue", 1.5)


def test_network_set_up_is_saved_and_says_that_the_system_sets_the_network(device: Device) -> None:
    set_up_network(device)
    assert " ".join(device.shown()) == "saved, not applied: network.managed is off"
    lan = device.world.settings.network.lan
    assert (lan.mode, lan.address) == ("static", IPv4Address("192.168.14.21"))
    assert device.machine.given == []


def test_network_set_up_of_a_machine_that_is_ours_is_applied(device: Device) -> None:
    device.world.settings.set({"network.managed": "true", "network.lan.device": "lan0"}, "test")
    set_up_network(device)
    assert " ".join(device.shown()) == "saved and applied: 192.168.14.21"
    mask = IPv4Address("255.255.255.0")
    assert device.machine.given == [FixedAddress(device="lan0", address=IPv4Address("192.168.14.21"), netmask=mask)]


def test_network_set_up_that_the_machine_refuses_is_kept_for_the_next_start(device: Device) -> None:
    device.world.settings.set({"network.managed": "true"}, "test")
    device.machine.refusal = "No right to set the network (CAP_NET_ADMIN)."
    set_up_network(device)
    assert " ".join(device.shown()) == "err: saved for next start. No right to set the network (CAP_NET_ADMIN)."
    assert device.world.settings.network.lan.address == IPv4Address("192.168.14.21")


def test_network_set_up_by_an_installer_needs_level_3(device: Device) -> None:
    panel, installer = device.panel, device.world.person(2)
    for button, seconds in (("blue", 2.0), ("red", 0.2), ("blue", 1.5), ("blue", 1.5), ("blue", 1.5)):
        panel.press(button, seconds, installer)
        device.work()
        device.wait(seconds + 0.1)
    assert "needs level 3" in panel.view().pressed[0].outcome
    assert device.world.settings.network.lan.mode == "dhcp"


def test_network_set_up_left_alone_changes_nothing(device: Device) -> None:
    device.hold("blue", 2.0)
    device.hold("red", 0.2)
    device.wait(61)
    assert device.shown()[0].startswith("idle")
    assert device.world.settings.network.lan.mode == "dhcp"


def test_network_set_up_can_be_forbidden(device: Device) -> None:
    device.world.settings.set({"panel.buttons.network": "false"}, "test")
    device.hold("blue", 2.0)
    assert device.shown()[0].startswith("err: network set-up")


def test_buttons_that_are_switched_off_do_nothing(device: Device) -> None:
    device.world.settings.set({"panel.buttons.enabled": "false"}, "test")
    device.hold("red", 6)
    assert device.panel.view().pressed == ()


def test_buttons_switched_off_while_they_are_held_do_nothing_then_and_later(device: Device) -> None:
    settings = device.world.settings
    device.pins.press("red")
    device.pins.press("blue")
    device.work()
    settings.set({"panel.buttons.enabled": "false"}, "test")
    device.wait(11)
    device.pins.release("red")
    device.pins.release("blue")
    device.work()
    settings.set({"panel.buttons.enabled": "true"}, "test")
    device.hold("red", 0.2)
    assert not device.world.parts.lifecycle.ends
    assert [one.what for one in device.panel.view().pressed] == ["red 0.2 s"]


def test_push_button_at_power_up_resets_when_the_lights_flash_fast(world: World) -> None:
    device = Device(world, "cme3100", frozenset({"push"}))
    device.wait(4.9)
    assert {light.means for light in device.panel.view().lights} != {"let the push button go: factory reset"}
    device.wait(0.2)
    assert {light.means for light in device.panel.view().lights} == {"let the push button go: factory reset"}
    device.pins.release("push")
    device.work()
    assert world.parts.lifecycle.ending is Ending.FACTORY_RESET


def test_reset_by_the_button_can_be_forbidden(world: World) -> None:
    world.settings.set({"panel.buttons.factory_reset": "false"}, "test")
    device = Device(world, "cme3100", frozenset({"push"}))
    device.wait(6)
    assert not any("factory reset" in light.means for light in device.panel.view().lights)
    device.pins.release("push")
    device.work()
    assert not world.parts.lifecycle.ends


def test_push_button_held_when_the_panel_begins_anew_resets_nothing(world: World) -> None:
    device = Device(world, "cme3100", frozenset({"push"}))
    device.panel.end()
    device.panel.begin()
    device.wait(6)
    device.pins.release("push")
    device.work()
    assert not world.parts.lifecycle.ends


def test_press_at_the_drawing_is_the_order_of_who_pressed(device: Device) -> None:
    device.panel.press("both", 10.5, device.world.person(2))
    device.work()
    device.wait(11)
    pressed = device.panel.view().pressed[0]
    assert pressed.who == "anna"
    assert "needs level 3" in pressed.outcome


def test_restart_by_the_drawing_is_done_for_who_may(device: Device) -> None:
    device.panel.press("both", 10.5, device.world.person(3))
    device.work()
    device.wait(11)
    assert device.world.parts.lifecycle.ending is Ending.RESTART


def test_button_of_a_session_that_ended_is_let_go(device: Device) -> None:
    device.panel.down("red", device.world.call)
    device.work()
    device.wait(29.9)
    assert device.panel.view().buttons[0].pressed
    device.wait(0.2)
    assert device.panel.view().pressed[0].what == "red 30.0 s"


def test_button_let_go_in_time_is_let_go_once(device: Device) -> None:
    device.panel.down("red", device.world.call)
    device.work()
    device.wait(0.3)
    device.panel.up("red", device.world.call)
    device.work()
    device.wait(40)
    assert [one.what for one in device.panel.view().pressed] == ["red 0.3 s"]


def test_visitor_presses_nothing(device: Device) -> None:
    with pytest.raises(RefusedError, match="needs level 2"):
        device.panel.down("red", device.world.person(1))


def test_button_that_the_board_has_not_is_refused(device: Device) -> None:
    with pytest.raises(RefusedError, match="has no push button"):
        device.panel.down("push", device.world.call)


def test_edge_of_a_button_carries_its_own_time(device: Device) -> None:
    now = device.clock.monotonic()
    device.panel.handle(Edge("red", pressed=True, at=now - 6))
    device.panel.handle(Edge("red", pressed=False, at=now))
    assert device.panel.view().pressed[0].what == "red 6.0 s"
