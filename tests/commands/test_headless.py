"""The lines of `run --headless`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appliance.clock import VirtualClock
from appliance.commands.headless import Reporter
from appliance.events import ReadingMissed, RoundProgress, TelegramHeard
from appliance.mbus.telegram import decode
from appliance.meters.meter import Meter
from appliance.ports import Heard, Missed, ReadingKind, Reason
from tests.operations.world import water_meter


def reporter() -> Reporter:
    return Reporter(lambda number: Meter(id=number, name=f"water {number}"), decode, lambda: ZoneInfo("UTC"))


def test_round_that_the_end_breaks_off_is_one_sentence(clock: VirtualClock) -> None:
    lines = reporter()
    slot, began = int(clock.now().timestamp()), clock.now()
    told: list[str] = []
    for meter in range(12, 60):
        missed = Missed(
            meter=meter,
            slot=slot,
            kind=ReadingKind.SCHEDULED,
            reason=Reason.STOPPED,
            detail="The appliance stopped.",
            at=clock.stamp(),
            round=1,
        )
        told += lines.lines(ReadingMissed(missed))
    told += lines.lines(RoundProgress(1, slot, "main", 60, 12, 48, began, began + timedelta(seconds=5)))
    assert told == ["06:00:05  round 06:00 of main: 12 of 60 read, 48 missed, in 5 s: The appliance stopped."]


def test_round_that_waits_for_its_retry_says_until_when_and_for_how_many(clock: VirtualClock) -> None:
    began = clock.now()
    round_ = RoundProgress(1, int(began.timestamp()), "main", 60, 58, 0, began)
    assert list(reporter().lines(round_)) == []
    assert list(reporter().lines(replace(round_, waits_until=began + timedelta(seconds=67)))) == [
        "          round 06:00 of main: 58 of 60 read, waits until 06:01:07 to ask 2 again"
    ]


def test_incomplete_reading_says_so(clock: VirtualClock) -> None:
    heard = Heard(
        meter=1,
        slot=0,
        kind=ReadingKind.SCHEDULED,
        telegrams=(water_meter("10473002"),),
        at=clock.stamp(),
        incomplete=Reason.NO_ANSWER,
    )
    (line,) = reporter().lines(TelegramHeard(heard))
    assert line.endswith("412.307 m3   incomplete: no answer")


def test_reading_is_counted_in_the_round_it_belongs_to(clock: VirtualClock) -> None:
    def reading(round_number: int) -> TelegramHeard:
        telegrams, at = (water_meter("10473002"),), clock.stamp()
        heard = Heard(meter=1, slot=0, kind=ReadingKind.SCHEDULED, telegrams=telegrams, at=at, round=round_number)
        return TelegramHeard(heard)

    def progress(number: int, answered: int, ended: datetime | None = None) -> RoundProgress:
        return RoundProgress(number, 900 * number, "main", 60, answered, 0, clock.now(), ended)

    lines, told = reporter(), list[str]()
    for event in (progress(1, 58), progress(2, 0), reading(2), progress(1, 59, clock.now()), reading(2), reading(0)):
        told += lines.lines(event)
    assert [line[10:17].strip() for line in told if "round" not in line] == ["1/60", "1/60", ""]
