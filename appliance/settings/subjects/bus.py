"""The wired bus: timing that holds for all segments, and the segments themselves (settings.md §4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from appliance.settings.kinds import Duration, Exact, Integer, OneOf, Text, Url, YesNo
from appliance.settings.row import Part, Restarts, Setting, Subject, inherited

BAUD_RATES: Final = (300, 600, 1200, 2400, 4800, 9600, 19200, 38400)
SEGMENT = Restarts.SEGMENT


class MultiTelegramRule(StrEnum):
    """Whether further telegrams are read."""

    OFF = "off"
    AUTO = "auto"


class TimingProfile(StrEnum):
    """What the waits are."""

    AUTOMATIC = "automatic"
    CME3100 = "cme3100"


class SegmentKind(StrEnum):
    """What a segment's line leads to."""

    WIRED = "wired"
    INFRARED = "infrared"


class Echo(StrEnum):
    """Whether the converter repeats what is sent."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


# fmt: off
class BusReadout(Subject):
    """`bus.readout.*`"""

    profile = Setting(OneOf(TimingProfile), "automatic", level=3,
        help="Waits that an answer or silence ends, or the fixed ones of a CMe3100, which take far longer.")
    response_timeout = Setting(Duration("ms", 0, 60000), "0", level=3,
        help="Wait for an answer when reading; 0 = automatic (330 bit times + 50 ms + latency, learnt per meter, "
             "at most 1500).")
    readout_retries = Setting(Integer(0, 20), "3", level=3,
        help="Retries after the first attempt to read.")
    selection_retries = Setting(Integer(0, 20), "2", level=3,
        help="Retries after the first attempt to select.")
    initialization_idle_time = Setting(Duration("ms", 0, 60000), "10000", level=3,
        help="Longest wait after sending initialise to all.")
    collision_idle_time = Setting(Duration("ms", 0, 60000), "3500", level=3,
        help="Longest wait for silence after a collision.")
    request_idle_time = Setting(Duration("ms", 0, 60000), "1000", level=3,
        help="Longest wait between two requests.")
    multi_telegram = Setting(OneOf(MultiTelegramRule), "off", level=3,
        help="Read further telegrams of meters that announce more.")
    multi_telegram_limit = Setting(Integer(0, 64, "telegrams"), "0", level=3, note="0 = until the meter ends",
        help="Most telegrams read from one meter.")
    multi_telegram_maximum = Setting(Integer(1, 64, "telegrams"), "32", level=3,
        help="Safety stop for meters that announce more for ever.")
    dead_after = Setting(Integer(0, 100, "rounds"), "3", level=3, note="0 = never",
        help="After so many silent rounds a meter is tried once a round, without retries, until it answers.")


class Bus(Subject):
    """`bus.*`"""

    baud_rate = Setting(Integer(unit="Bd", of=BAUD_RATES), "2400", level=3,
        help="Baud rate where neither meter nor segment names one.")
    readout = Part(BusReadout)


class SegmentReadout(Subject):
    """`segment.NAME.readout.*`"""

    profile = inherited(BusReadout.profile, "bus.readout.profile")
    response_timeout = inherited(BusReadout.response_timeout, "bus.readout.response_timeout")
    readout_retries = inherited(BusReadout.readout_retries, "bus.readout.readout_retries")
    selection_retries = inherited(BusReadout.selection_retries, "bus.readout.selection_retries")
    initialization_idle_time = inherited(BusReadout.initialization_idle_time, "bus.readout.initialization_idle_time")
    collision_idle_time = inherited(BusReadout.collision_idle_time, "bus.readout.collision_idle_time")
    request_idle_time = inherited(BusReadout.request_idle_time, "bus.readout.request_idle_time")
    multi_telegram = inherited(BusReadout.multi_telegram, "bus.readout.multi_telegram")
    multi_telegram_limit = inherited(BusReadout.multi_telegram_limit, "bus.readout.multi_telegram_limit")
    multi_telegram_maximum = inherited(BusReadout.multi_telegram_maximum, "bus.readout.multi_telegram_maximum")
    dead_after = inherited(BusReadout.dead_after, "bus.readout.dead_after")


class ReopenPause(Subject):
    """`segment.NAME.reopen_pause.*`"""

    minimum = Setting(Duration("s", 1, 60), "1", level=3, restarts=SEGMENT,
        help="First pause before a lost line is opened again.")
    maximum = Setting(Duration("s", 1, 3600), "60", level=3, restarts=SEGMENT,
        help="Longest pause; it never gives up.")


class Cable(Subject):
    """`segment.NAME.cable.*`"""

    length = Setting(Integer(0, 200000, "m"), "0", level=2, device=True, note="0 = unknown",
        help="Length of the cable, for the bus planner's advice.")
    diameter = Setting(Exact("0.4", "2.8", "mm"), "0.8", level=2, device=True,
        help="Wire diameter, for the bus planner's advice.")


class Segment(Subject):
    """`segment.NAME.*`"""

    enabled = Setting(YesNo(), "true", level=3, device=True, restarts=SEGMENT,
        help="Use this segment.")
    url = Setting(Url("serial", "tcp", "simulated"), "", level=3, device=True, restarts=SEGMENT,
        help="Line of this segment: serial device, converter on the network, or simulated building.")
    description = Setting(Text(0, 80), "", level=2, device=True,
        help="What hangs on this segment.")
    kind = Setting(OneOf(SegmentKind), "wired", level=3, device=True, restarts=SEGMENT,
        help="Wired M-Bus, or an optical head (wake-up first, one meter).")
    baud_rate = Setting(Integer(unit="Bd", of=(0, *BAUD_RATES)), "0", level=3, device=True, restarts=SEGMENT,
        note="0 = bus.baud_rate", help="Baud rate of meters on this segment that name none.")
    parity_check = Setting(YesNo(), "true", level=3, device=True, restarts=SEGMENT,
        help="Check even parity of every octet; off only for converters that lose it.")
    echo = Setting(OneOf(Echo), "auto", level=3, device=True, restarts=SEGMENT,
        help="Whether the converter repeats what is sent.")
    latency = Setting(Duration("ms", 0, 10000), "0", level=3, device=True, restarts=SEGMENT,
        help="Added to every wait because the converter or network is slow.")
    wake_up = Setting(Duration("ms", 0, 5000), "0", level=3, device=True, restarts=SEGMENT, note="infrared: 2200",
        help="Zero bits sent before the first frame to wake an optical head.")
    reopen_pause = Part(ReopenPause)
    unit_loads = Setting(Integer(1, 512, "loads"), "32", level=2, device=True,
        help="Unit loads the master feeds (1.5 mA each); used in the load budget.")
    cable = Part(Cable)
    overload_pause = Setting(Duration("s", 5, 3600), "60", level=3, restarts=SEGMENT,
        help="Wait after a short circuit before the bus is tried again.")
    readout = Part(SegmentReadout)
# fmt: on
