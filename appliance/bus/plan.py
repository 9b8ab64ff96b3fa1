"""From a meter of the list and the settings to what the dialogue is to do."""

from __future__ import annotations

from typing import Final

from appliance.bus.engine_settings import SegmentSettings
from appliance.bus.memory import Memory
from appliance.bus.visit import Sitting, Visit
from appliance.errors import SettingError, TelegramError
from appliance.mbus.address import SELECTED
from appliance.mbus.dialogue import Patience, Target, Timing
from appliance.mbus.dialogue.wake_up import waking_time
from appliance.mbus.telegram import decode
from appliance.meters.meter import Addressing, Initialization, Meter, MultiTelegram

MORE_FOLLOWS: Final = 0x1F


def plan_target(meter: Meter, settings: SegmentSettings, memory: Memory, known: bytes | None) -> Target:
    """Whom to ask, and how; `known` is the newest telegram kept, where a repeated one has to be told.

    Raises `SettingError` for a meter without the address it is to be read by.
    """
    selected = meter.addressing is not Addressing.PRIMARY
    if selected and meter.secondary_address is None:
        raise SettingError(f'The meter "{meter.label}" is read by its secondary address, but has none: set one.')
    if not selected and meter.primary_address is None:
        raise SettingError(f'The meter "{meter.label}" is read by its primary address, but has none: set one.')
    address = SELECTED if selected or meter.primary_address is None else meter.primary_address
    initialize = meter.initialization is not Initialization.OFF
    first_bit = True if selected or initialize else memory.bits.get(address, True)
    identity = meter.secondary_address
    if identity is not None and meter.addressing is Addressing.SECONDARY:
        identity = identity.without_fabrication()
    return Target(
        address=address,
        identity=identity,
        initialize=initialize,
        reset=meter.initialization is Initialization.FULL,
        reset_subcode=meter.application_reset_subcode,
        first_bit=first_bit,
        known=known,
        most_telegrams=most_telegrams(meter, settings),
        announces_more=announces_more,
    )


def needs_newest(visit: Visit, memory: Memory) -> bool:
    """Whether the answer may be a repeated one, to be compared with the newest telegram kept: where the meter is never
    initialised and its bit not known, or where SND_NKE may be in vain."""
    meter = visit.meter
    if meter.addressing is not Addressing.PRIMARY:
        return False
    if meter.initialization is Initialization.OFF:
        return meter.primary_address not in memory.bits
    return visit.sitting is not Sitting.FIRST


def most_telegrams(meter: Meter, settings: SegmentSettings) -> int:
    """How many telegrams are read at most."""
    wanted = meter.multi_telegram
    if wanted is MultiTelegram.OFF or (wanted is MultiTelegram.DEFAULT and not settings.multi_telegram):
        return 1
    limit = meter.multi_telegram_limit or settings.multi_telegram_limit or settings.multi_telegram_maximum
    return min(limit, settings.multi_telegram_maximum)


def announces_more(octets: bytes) -> bool:
    """Whether the records end with the mark that another telegram follows. Decodes only where the mark may be."""
    if MORE_FOLLOWS not in octets:
        return False
    try:
        return decode(octets).more
    except TelegramError:
        return False


def timing_of(meter: Meter, settings: SegmentSettings) -> Timing:
    """The segment's timing, with the meter's own response time where it has one."""
    return settings.readout.with_response(meter.response_timeout) if meter.response_timeout else settings.readout


def plan_patience(visit: Visit, settings: SegmentSettings, baud_rate: int, memory: Memory) -> Patience:
    """How long to wait in this visit, attempt by attempt."""
    timing = timing_of(visit.meter, settings)
    page = memory.of(visit.meter.id)
    short = timing.response(baud_rate, settings.latency, page.response)
    long = timing.long_response(baud_rate, settings.latency)
    settle = long if page.settle else 0.0
    waking = waking_time(settings.wake_up)
    if visit.sitting is Sitting.FIRST:
        return Patience(select=(short,), request=(short,), settle=settle, waking=waking)
    selects, requests = timing.selection_retries, timing.readout_retries
    if visit.sitting is Sitting.RETRY:
        selects, requests = 1, 1
    return Patience(
        select=(long,) * max(selects, 1),
        request=(long,) * max(requests, 1),
        insist=True,
        settle=settle,
        waking=waking,
    )
