"""The front panel: what its display, lights and relays show. Time stands until it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.errors import HardwareError, RefusedError
from appliance.events import BusState
from appliance.meters.meter import Meter
from appliance.operations.panel_view import RelayState
from drivers.simulated.panel import SimulatedPins
from tests.operations.world import FakeSegment, World, water_meter
from tests.services.device import Device


def states(world: World, monkeypatch: pytest.MonkeyPatch, state: BusState) -> None:
    monkeypatch.setattr(world.engine, "status", lambda: [FakeSegment("main", "simulated://x", state)])


def test_idle_panel_shows_time_address_and_next_round(device: Device) -> None:
    assert device.shown() == ("idle            06:00", "192.168.14.20", "no values yet", "next round 06:15")
    assert device.display.picture is not None


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


def test_board_none_can_be_clicked(tmp_path: Path) -> None:
    world = World(tmp_path / "data", VirtualClock())
    device = Device(world, "none")
    view = device.panel.view()
    assert view.drawn
    assert [button.role for button in view.buttons] == ["red", "blue", "push"]
    assert len(view.lights) == 6
    world.close()
