"""The front panel and the relays (settings.md §25)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from appliance.settings.kinds import Duration, Integer, ListOf, OneOf, Text, YesNo
from appliance.settings.row import Part, Restarts, Setting, Subject

RELAYS: Final = 2
UNTIL_RESET: Final = "-1 = until relay reset"


class Condition(StrEnum):
    """What switches a relay: the events that last as long as their cause, by their names."""

    SHORT_CIRCUIT = "short_circuit"
    READOUT_FAILED = "readout_failed"
    METER_SILENT = "meter_silent"
    METER_ERROR = "meter_error"
    OVERLOAD = "overload"  # the event's name for a short circuit
    SEGMENT_LOST = "segment_lost"
    TIME_INVALID = "time_invalid"
    DISK_LOW = "disk_low"
    STORAGE_DAMAGED = "storage_damaged"
    MANUAL = "manual"  # by hand alone


# fmt: off
class Buttons(Subject):
    """`panel.buttons.*`"""

    enabled = Setting(YesNo(), "true", level=3,
        help="Take orders from the buttons.")
    factory_reset = Setting(YesNo(), "true", level=3,
        help="Allow factory reset by holding the push button at power-up.")
    network = Setting(YesNo(), "true", level=3,
        help="Allow network set-up at the display.")


class Display(Subject):
    """`panel.display.*`"""

    brightness = Setting(Integer(0, 100, "%"), "70", level=2,
        help="Brightness of the display.")
    dim_after = Setting(Duration("s", 10, 86400, also=(0,)), "300", level=2, note="0 = never",
        help="Dim the display after this time.")
    page_time = Setting(Duration("s", 2, 60, also=(0,)), "5", level=2, note="0 = no change",
        help="Time each display page is shown.")
    show_address = Setting(YesNo(), "true", level=2,
        help="Show the IP address.")


class Leds(Subject):
    """`panel.leds.*`"""

    enabled = Setting(YesNo(), "true", level=2,
        help="Use the LEDs.")


class Panel(Subject):
    """`panel.*`"""

    board = Setting(Text(0, 80), "none", level=3, device=True, restarts=Restarts.APPLIANCE,
        help="Which panel and inputs this machine has.")
    buttons = Part(Buttons)
    display = Part(Display)
    leds = Part(Leds)


class Relay(Subject):
    """`relay.N.*`"""

    enabled = Setting(YesNo(), "true", level=3, device=True,
        help="Use relay N.")
    conditions = Setting(ListOf(OneOf(Condition)), "short_circuit,readout_failed", level=3, device=True,
        help="Conditions that switch it.")
    inverted = Setting(YesNo(), "false", level=3, device=True,
        help="Switched when all is well (fail-safe).")
    delay = Setting(Duration("s", 0, 86400), "0", level=3, device=True,
        help="The condition must last so long.")
    hold = Setting(Duration("s", 0, 86400, also=(-1,)), "0", level=3, device=True, note=UNTIL_RESET,
        help="Stays switched so long after the condition is over.")
# fmt: on
