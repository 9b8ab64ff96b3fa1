"""The timing that the settings choose for a line."""

from __future__ import annotations

from appliance import wiring
from appliance.mbus.dialogue import READOUT
from appliance.mbus.dialogue.timing import CME3100_READOUT
from tests.operations.world import World


def test_waits_are_automatic_unless_the_fixed_profile_is_chosen(world: World) -> None:
    world.settings.set({"segment.riser.url": "tcp://10.0.0.5:10001"}, "anna")
    assert wiring.segment_settings(world.settings, "main").readout == READOUT
    world.settings.set({"segment.riser.readout.profile": "cme3100"}, "anna")
    assert wiring.segment_settings(world.settings, "riser").readout == CME3100_READOUT
    assert wiring.segment_settings(world.settings, "main").readout == READOUT
    world.settings.set({"bus.readout.profile": "cme3100", "bus.readout.response_timeout": "700ms"}, "anna")
    fixed = wiring.segment_settings(world.settings, "main").readout
    assert (fixed.response_timeout, fixed.silence_ends_idle) == (0.7, False)


def test_optical_head_is_woken_for_2200_ms_unless_told_otherwise(world: World) -> None:
    world.settings.set({"segment.head.url": "serial:///dev/ttyUSB0"}, "anna")
    assert wiring.segment_settings(world.settings, "head").wake_up == 0.0
    world.settings.set({"segment.head.kind": "infrared"}, "anna")
    assert wiring.segment_settings(world.settings, "head").wake_up == 2.2
    world.settings.set({"segment.head.wake_up": "3s"}, "anna")
    assert wiring.segment_settings(world.settings, "head").wake_up == 3.0
