"""The front panel as a whole: what a person at the device does, sees, and sets off. Time stands until it is told."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.errors import HardwareError, RefusedError
from appliance.events import BusState
from appliance.lifecycle import Ending
from appliance.meters.meter import Meter
from appliance.operations.all import registry
from appliance.operations.panel_view import RelayState
from appliance.ports import Display, Edge, FixedAddress, Link
from appliance.services.front_panel.panel import FOLLOWED, FrontPanel
from drivers import boards
from drivers.simulated.panel import SimulatedDisplay, SimulatedPins
from tests.operations.world import FakeSegment, World, water_meter


class Machine:
    """A host whose network and USB port are what a test says."""

    def __init__(self) -> None:
        self.state = Link(True, 1000, "192.168.14.20")
        self.power = False
        self.line = ""
        self.given: list[FixedAddress] = []
        self.refusal = ""

    def link(self, device: str = "") -> Link:
        return self.state

    def usb_has_power(self, line: str) -> bool:
        self.line = line
        return self.power

    def give_address(self, wanted: FixedAddress) -> None:
        if self.refusal:
            raise HardwareError(self.refusal)
        self.given.append(wanted)


class Device:
    """A panel in somebody's hands."""

    def __init__(self, world: World, board: str = "mbus-center", down: frozenset[str] = frozenset()) -> None:
        self.world = world
        self.clock = world.clock
        self.pins = SimulatedPins(world.clock, down)
        self.display = SimulatedDisplay()
        self.machine = Machine()
        self.problem: HardwareError | None = None
        self.panel = FrontPanel(
            world.parts,
            registry(),
            boards.load(board),
            pins=self.pins,
            open_display=self.open_display,
            host=self.machine,
        )
        self.following = world.hub.follow(*FOLLOWED)
        self.panel.begin()
        self.panel.tick()

    def open_display(self) -> Display:
        if self.problem is not None:
            raise self.problem
        return self.display

    def work(self) -> None:
        """What the panel's thread does with what came."""
        while (event := self.following.get(0.0)) is not None:
            self.panel.handle(event)
        self.panel.tick()

    def wait(self, seconds: float) -> None:
        """Let time pass as the thread would: from moment to moment."""
        until = self.clock.monotonic() + seconds
        while (now := self.clock.monotonic()) < until:
            self.clock.advance_to(min(max(now + self.panel.tick(), now + 0.001), until))
        self.work()

    def hold(self, button: str, seconds: float) -> None:
        """Press, wait, let go."""
        self.pins.press(button)
        self.work()
        self.wait(seconds)
        self.pins.release(button)
        self.work()

    def shown(self) -> tuple[str, ...]:
        """The display's lines, without the empty ones."""
        return tuple(line for line in self.panel.view().page.lines if line)


@pytest.fixture
def device(world: World) -> Iterator[Device]:
    world.settings.set({"panel.display.page_time": "0"}, "test")
    made = Device(world)
    yield made
    made.panel.end()
    made.following.close()


def states(world: World, monkeypatch: pytest.MonkeyPatch, state: BusState) -> None:
    monkeypatch.setattr(world.engine, "status", lambda: [FakeSegment("main", "simulated://x", state)])


def test_idle_panel_shows_time_address_and_next_round(device: Device) -> None:
    assert device.shown() == ("idle            06:00", "192.168.14.20", "no values yet", "next round 06:15")
    assert device.display.picture is not None


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


def test_short_press_turns_the_page_and_time_does_too(device: Device) -> None:
    first = device.panel.view().page.name
    device.hold("red", 0.1)
    second = device.panel.view().page.name
    assert second != first
    device.world.settings.set({"panel.display.page_time": "5"}, "test")
    device.wait(5.1)
    assert device.panel.view().page.name != second


@pytest.mark.parametrize(
    ("state", "page", "reading", "scan"),
    [
        (BusState.IDLE, "idle", "flashes", "off"),
        (BusState.ROUND, "read", "on", "off"),
        (BusState.LENT, "rs", "off", "off"),
        (BusState.OVERLOAD, "err", "off", "off"),
    ],
)
def test_display_and_lights_follow_the_bus(
    device: Device, monkeypatch: pytest.MonkeyPatch, state: BusState, page: str, reading: str, scan: str
) -> None:
    states(device.world, monkeypatch, state)
    device.wait(1.1)
    view = device.panel.view()
    assert view.page.name == page
    assert [light.word for light in view.lights] == [reading, scan]


def test_reading_light_blinks_each_second_at_the_pin(device: Device) -> None:
    device.pins.states.clear()
    seen = []
    for _ in range(40):
        device.wait(0.1)
        seen.append(device.panel.view().lights[0].lit)
    assert seen.count(True) == pytest.approx(20, abs=1)


def test_short_circuit_switches_the_relays_and_the_display_names_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(world, "raspberry-pi")
    states(world, monkeypatch, BusState.OVERLOAD)
    device.wait(2.2)
    assert [relay.on for relay in device.panel.view().relays] == [True, True]
    assert device.pins.states["relay 1"] is True
    assert device.shown() == ("err", "short circuit", "since 06:00:01", "relays 1 2 on")
    states(world, monkeypatch, BusState.IDLE)
    device.wait(1.1)
    assert device.pins.states["relay 1"] is False


def test_relay_by_hand_is_switched_at_the_pin(device: Device) -> None:
    seen = []
    for state in RelayState:
        device.panel.set_relay(2, state)
        device.work()
        seen.append(device.pins.states["relay 2"])
    assert seen == [True, False, False]
    with pytest.raises(RefusedError, match="has no relay 7"):
        device.panel.set_relay(7, RelayState.ON)


def test_meters_are_counted(device: Device) -> None:
    world = device.world
    world.engine.answers = {"1": water_meter("10473002")}
    meters = [Meter(id=number, segment="main", primary_address=number) for number in (1, 2)]
    world.store.meters.add(*meters)
    world.engine.read(meters, store=True, job=None)
    world.store.pump()
    device.wait(6)
    assert device.panel.view().page.lines[2] == "ok 1  silent 0"


def test_display_is_drawn_only_when_something_changes_and_dims_when_nobody_presses(device: Device) -> None:
    device.wait(1)
    shown = device.display.shown
    device.wait(20)
    assert device.display.shown == shown
    assert device.display.brightness == 70
    device.wait(290)
    assert device.display.brightness == 5
    device.hold("red", 0.1)
    assert device.display.brightness == 70


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


def test_usb_light_is_lit_while_a_computer_is_at_the_port(world: World) -> None:
    world.settings.set({"level_converter.url": "serial:///dev/ttyGS0"}, "test")
    device = Device(world, "cme3100")
    assert device.machine.line == "/dev/ttyGS0"
    seen = []
    for power in (False, True, False):
        device.machine.power = power
        device.wait(1.1)
        seen.append(device.pins.states["blue"])
    assert seen == [False, True, False]


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


def test_panel_without_its_hardware_is_drawn_only_and_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pins: SimulatedPins, deliver: object) -> frozenset[str]:
        raise HardwareError("The pins of /dev/gpiochip0 cannot be used: no such file.")

    monkeypatch.setattr(SimulatedPins, "open", refuse)
    device = Device(world)
    view = device.panel.view()
    assert view.drawn
    assert view.sentence == "The pins of /dev/gpiochip0 cannot be used: no such file. The panel is drawn only."
    device.panel.press("red", 0.2, world.call)
    device.work()
    device.wait(0.5)
    assert device.panel.view().pressed[0].what == "red 0.2 s"


def test_every_page_has_its_drawing(device: Device) -> None:
    assert [page.name for page in device.panel.view().pages] == [
        "idle",
        "read",
        "scan",
        "rs",
        "err",
        "network",
        "device",
    ]


def test_edge_of_a_button_carries_its_own_time(device: Device) -> None:
    now = device.clock.monotonic()
    device.panel.handle(Edge("red", pressed=True, at=now - 6))
    device.panel.handle(Edge("red", pressed=False, at=now))
    assert device.panel.view().pressed[0].what == "red 6.0 s"


def test_board_none_can_be_clicked(tmp_path: Path) -> None:
    world = World(tmp_path / "data", VirtualClock())
    device = Device(world, "none")
    view = device.panel.view()
    assert view.drawn
    assert [button.role for button in view.buttons] == ["red", "blue", "push"]
    assert len(view.lights) == 6
    world.close()
