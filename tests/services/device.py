"""A front panel in somebody's hands: simulated pins and display, and a host that is what a test says."""

from __future__ import annotations

from appliance.errors import HardwareError
from appliance.operations.all import registry
from appliance.ports import Display, FixedAddress, Link
from appliance.services.front_panel.panel import FOLLOWED, FrontPanel
from drivers import boards
from drivers.simulated.panel import SimulatedDisplay, SimulatedPins
from tests.operations.world import World


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
