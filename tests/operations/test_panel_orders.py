"""Orders about panel, relays, the lent bus and the end of the appliance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.errors import RefusedError, SettingError
from appliance.events import BusState
from appliance.lifecycle import Ending
from appliance.operations.all import registry
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.lending import LendingOrder, LentView
from appliance.operations.line import parse_line
from appliance.operations.panel_view import RelayState
from appliance.services.front_panel.panel import FrontPanel
from drivers import boards
from drivers.host.machine import HostMachine
from drivers.simulated.panel import SimulatedPins
from tests.operations.world import FakeSegment, World


def order(call: Call, typed: str) -> Answer:
    row, tokens = registry().find(parse_line(typed).tokens)
    return execute(call, row, tokens)


@pytest.fixture
def call(world: World) -> Call:
    """A person of level 3 before an appliance with a drawn panel and one bus."""
    world.settings.set({"segment.main.url": "simulated://boiler-room"}, "test")
    panel = FrontPanel(
        world.parts,
        registry(),
        boards.load("none"),
        pins=SimulatedPins(world.clock),
        open_display=lambda: None,
        host=HostMachine(),
    )
    panel.begin()
    panel.tick()
    return Call(replace(world.parts, panel=panel), "anna", 3, source="test")


def test_panel_is_shown_with_display_lights_buttons_and_relays(call: Call) -> None:
    answer = order(call, "show panel")
    text = "\n".join(answer.lines)
    for word in ("board       none", "display     | idle", "Reading", "button      red", "relay       2"):
        assert word in text


def test_long_press_of_both_is_confirmed(call: Call) -> None:
    with pytest.raises(RefusedError, match="confirm=yes"):
        order(call, "panel press both for=11s")
    assert order(call, "panel press both for=11s confirm=yes").sentence == "both pressed for 11 s"
    assert order(call, "panel press red").sentence == "red pressed for 0.2 s"


def test_relay_is_switched_by_hand_until_automatic(call: Call) -> None:
    order(call, "relay set 1 on")
    table = order(call, "show relays").table
    assert table is not None
    assert table.rows[0] == (1, "on", "by hand")
    order(call, f"relay set 1 {RelayState.AUTOMATIC}")
    order(call, "relay reset")
    with pytest.raises(RefusedError, match="takes 1 to 2, not 3"):
        order(call, "relay set 3 on")


def test_without_a_panel_the_orders_say_so(world: World) -> None:
    for typed in ("show panel", "show relays", "panel press red"):
        with pytest.raises(RefusedError, match="The front panel does not run"):
            order(world.call, typed)


def test_bus_is_paused_for_a_while_and_goes_on(world: World, call: Call) -> None:
    assert order(call, "bus pause for=5min").sentence == "readouts are paused until 06:05:00"
    assert world.engine.paused == {"main": world.clock.now() + timedelta(minutes=5)}
    order(call, "bus resume main")
    assert world.engine.paused == {}


def test_all_meters_of_a_bus_are_initialized(world: World, call: Call) -> None:
    assert order(call, "bus initialize").sentence == "sent on main"
    assert world.engine.sent == [bytes.fromhex("1040ff3f16")]


class FakeLender:
    """Takes the order down."""

    def __init__(self) -> None:
        self.orders: list[LendingOrder] = []

    def lend(self, order: LendingOrder, job: object) -> LentView:
        self.orders.append(order)
        return LentView(segment=order.segment, where="TCP 50000", baud_rate=2400, client="", to_bus=5, from_bus=80)

    def lent(self) -> tuple[LentView, ...]:
        return ()

    def take_back(self, segment: str | None = None) -> int:
        return 0


def test_bus_is_lent_as_the_settings_and_the_order_say(call: Call) -> None:
    lender = FakeLender()
    lending = replace(call, parts=replace(call.parts, lender=lender))
    job = order(lending, "bus lend tcp baud_rate=9600 for=5min").job
    assert job is not None
    assert job.wait(10)
    assert isinstance(job.result, Answer)
    assert job.result.sentence == "main is back: 5 octets went out, 80 came"
    (given,) = lender.orders
    assert (given.to, given.segment, given.baud_rate, given.seconds) == ("tcp", "main", 9600, 300.0)
    with pytest.raises(RefusedError, match="No bus is lent"):
        order(lending, "bus return")


def test_lent_bus_beyond_loopback_needs_its_clients_named(world: World) -> None:
    with pytest.raises(SettingError, match=r"level_converter\.allow=ADDRESSES"):
        world.settings.set({"level_converter.listen": "0.0.0.0"}, "test")
    world.settings.set({"level_converter.listen": "0.0.0.0", "level_converter.allow": "10.4.0.0/16"}, "test")


def test_restart_waits_for_the_round(world: World, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    state = [BusState.ROUND]
    monkeypatch.setattr(world.engine, "status", lambda: [FakeSegment("main", "x", state[0])])
    number = order(call, "restart confirm=yes").data
    assert isinstance(number, dict)
    job = world.hub.jobs.find(number["job"])
    assert job is not None
    assert not call.parts.lifecycle.ends
    state[0] = BusState.IDLE
    assert job.wait(10)
    assert call.parts.lifecycle.ending is Ending.RESTART


def test_restart_now_waits_for_nothing(world: World, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.engine, "status", lambda: [FakeSegment("main", "x", BusState.ROUND)])
    order(call, "restart what=machine when=now confirm=yes")
    assert call.parts.lifecycle.ending is Ending.RESTART_MACHINE


def test_factory_reset_needs_the_serial_number(world: World) -> None:
    call = Call(replace(world.parts, serial="00000161"), "anna", 3)
    for typed in ("factory reset", "factory reset confirm=yes", "factory reset confirm=00000162"):
        with pytest.raises(RefusedError, match="confirm=00000161"):
            order(call, typed)
        assert not call.parts.lifecycle.ends
    order(call, "factory reset confirm=00000161")
    assert call.parts.lifecycle.ending is Ending.FACTORY_RESET


def test_shortened_word_never_ends_the_appliance() -> None:
    find = registry().find
    assert find(parse_line("sh sta").tokens)[0].name == "show status"
    assert find(parse_line("shut").tokens)[0].name == "shutdown"
