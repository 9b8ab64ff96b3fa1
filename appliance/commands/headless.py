"""What `busmeister run --headless` prints: a line per reading, a summary per round.

```text
07:01:12  12/60  heat 12            24.318 MWh    ok
07:01:13  13/60  heat 13            -             no answer: nothing came in 188 ms
          round 07:00 of main: 58 of 60 read, waits until 07:02:46 to ask 2 again
07:04:58  round 07:00 of main: 58 of 60 read, 2 missed, in 298 s
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.errors import TelegramError
from appliance.events import BusState, ReadingMissed, RoundProgress, SegmentChanged, StorageTrouble, TelegramHeard
from appliance.hub import Following
from appliance.mbus.status import status_words
from appliance.mbus.telegram import Telegram
from appliance.meters.main_value import main_record
from appliance.meters.meter import Meter
from appliance.meters.units import Units, show
from appliance.operations.lines_now import retry_words
from appliance.ports import Heard, Missed, ReadingKind, Reason

Shown = TelegramHeard | ReadingMissed | RoundProgress | SegmentChanged | StorageTrouble
SHOWN: Final[tuple[type[Shown], ...]] = (TelegramHeard, ReadingMissed, RoundProgress, SegmentChanged, StorageTrouble)
NAME_WIDTH: Final = 28
TROUBLE: Final = (BusState.LOST, BusState.REFUSED, BusState.OVERLOAD, BusState.JAMMED)


class Reporter:
    """Turns events into lines."""

    def __init__(
        self,
        find_meter: Callable[[int], Meter | None],
        decode: Callable[[bytes], Telegram],
        zone: Callable[[], ZoneInfo],
        units: Callable[[], Units] = lambda: Units.FRIENDLY,
    ) -> None:
        self._find_meter = find_meter
        self._decode = decode
        self._zone = zone
        self._units = units
        self._progress: dict[tuple[str, int], RoundProgress] = {}  # of rounds that run, by segment and number
        self._broken_off: dict[int, str] = {}  # rounds that could not be finished, and why

    def follow(self, following: Following[Shown]) -> Iterator[str]:
        """The lines of all events until the following is closed."""
        for event in following:
            yield from self.lines(event)

    def lines(self, event: Shown) -> Iterable[str]:
        """The lines of one event, mostly one."""
        match event:
            case TelegramHeard(heard) if heard.kind is not ReadingKind.CONTINUOUS:
                yield self._reading(heard)
            case ReadingMissed(missed) if missed.reason is Reason.STOPPED and missed.round:
                self._broken_off[missed.round] = missed.detail  # told once, with the end of the round
            case ReadingMissed(missed):
                yield self._missing(missed)
            case RoundProgress():
                yield from self._round(event)
            case SegmentChanged(segment, state, sentence) if state in TROUBLE:
                yield f"segment {segment}: {state}. {sentence}".rstrip()
            case StorageTrouble(sentence):
                yield f"storage: {sentence}"

    def _reading(self, heard: Heard) -> str:
        value, status = "-", "not readable"
        try:
            telegram = self._decode(heard.telegrams[0])
        except TelegramError as error:
            status = str(error)
        else:
            record = main_record(telegram)
            value = str(show(record, self._units())) if record else "-"
            words = [*status_words(telegram.header.status if telegram.header else 0), heard.remark]
            status = ", ".join(filter(None, words))
        return self._line(heard, value, status or "ok")

    def _missing(self, missed: Missed) -> str:
        return self._line(missed, "-", f"{missed.reason}: {missed.detail}")

    def _line(self, end: Heard | Missed, value: str, status: str) -> str:
        meter = self._find_meter(end.meter)
        name = meter.label if meter else f"meter {end.meter}"
        place = self._place(meter.segment if meter else "", end.round)
        time = f"{self._time(end.at.wall):%H:%M:%S}"
        return f"{time}  {place:>7}  {name:<{NAME_WIDTH}.{NAME_WIDTH}}  {value:>16}   {status}".rstrip()

    def _place(self, segment: str, number: int) -> str:
        """How far its round is with this reading: `12/60`."""
        progress = self._progress.get((segment, number))
        if progress is None:
            return ""
        return f"{progress.answered + progress.missed + 1}/{progress.due}"

    def _round(self, progress: RoundProgress) -> Iterable[str]:
        slot = self._time(datetime.fromtimestamp(progress.slot, UTC))
        if progress.ended is None:
            self._progress[progress.segment, progress.number] = progress
            if waits := retry_words(progress, self._zone()):
                read = f"{progress.answered} of {progress.due} read, {waits}"
                yield f"{'':8}  round {slot:%H:%M} of {progress.segment}: {read}"
            return
        self._progress.pop((progress.segment, progress.number), None)
        seconds = (progress.ended - progress.began).total_seconds()
        missed = f", {progress.missed} missed" if progress.missed else ""
        why = f": {self._broken_off[progress.number]}" if progress.number in self._broken_off else ""
        yield (
            f"{self._time(progress.ended):%H:%M:%S}  round {slot:%H:%M} of {progress.segment}: "
            f"{progress.answered} of {progress.due} read{missed}, in {seconds:.0f} s{why}"
        )

    def _time(self, at: datetime) -> datetime:
        return at.astimezone(self._zone())
