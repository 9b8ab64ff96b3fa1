"""In which order the meters of a round are visited, and how often.

A meter that is slow, dead or answers badly costs the others nothing but its one short attempt: what remains to it
comes at the end of the round, and is dropped where it would meet the next slot. So does a meter whose visit the bus
did not survive (jam, short circuit, line lost). If others could be visited since and the bus fails at it again, that
meter is to blame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from appliance.bus.errand import FOR_EVER, Errand
from appliance.bus.visit import Sitting, Visit
from appliance.meters.meter import Meter


class Itinerary:
    """Visits that are to be made. Each is handed out by `next` and comes back by one of the other methods."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._retries = errand.retries
        self._turns: deque[Visit] = deque()  # first attempts, in the order of the list
        self._end: deque[Visit] = deque()  # the end of the round
        self._failed: list[Visit] = []  # those that a job retry may help
        self._retry_at: float | None = None
        self._ended = 0  # visits that ended, well or not, without the bus failing

    def add(self, visits: Iterable[Visit]) -> None:
        """Meters to be visited; one that blocked the bus in the round before comes last."""
        for visit in visits:
            (self._end if visit.is_suspect else self._turns).append(visit)

    def follow(self, listed: Mapping[int, Meter]) -> None:
        """Records of meters were changed: those that wait are asked as they are listed now."""
        for visit in (*self._turns, *self._end, *self._failed):
            visit.follow(listed.get(visit.meter.id, visit.meter))

    @property
    def in_first_turns(self) -> bool:
        """Whether meters wait that were not asked yet."""
        return bool(self._turns)

    @property
    def retry_at(self) -> float | None:
        """When some are visited once more, monotonic, where everybody was visited before; else None."""
        return self._retry_at

    def ready_at(self) -> float:
        """When there is somebody to visit: 0 = now."""
        if self._turns or self._end:
            return 0.0
        return FOR_EVER if self._retry_at is None else self._retry_at

    def next(self, now: float) -> Visit | None:
        """Whose turn it is."""
        if self._turns:
            return self._turns.popleft()
        if self._retry_at is not None and now >= self._retry_at:
            self._retry_at = None
            self._end.extend(self._failed)
            self._failed.clear()
        return self._end.popleft() if self._end else None

    def give_back(self, visit: Visit) -> None:
        """It could not be made: it is the next again."""
        (self._turns if visit.sitting is Sitting.FIRST else self._end).appendleft(visit)

    def is_to_blame(self, visit: Visit) -> bool:
        """Whether the bus failed at this meter before, and worked for others in between."""
        return visit.blocked_after is not None and self._ended > visit.blocked_after

    def postpone(self, visit: Visit) -> None:
        """The bus failed, perhaps because this meter was asked: it comes at the end."""
        visit.blocked_after = self._ended
        self._end.append(visit)

    def failed(self, visit: Visit, now: float) -> list[Visit]:
        """A visit in vain; those, it or others, that have nothing left to wait for now."""
        self._ended += 1
        if visit.once:
            return self.lost(visit, now)
        if visit.sitting is Sitting.FIRST and now < self._errand.retries_end:
            visit.sitting = Sitting.SECOND
            self._end.append(visit)
        else:
            visit.sitting = Sitting.RETRY
            self._failed.append(visit)
        return self._close(now)

    def done(self, now: float) -> list[Visit]:
        """A visit that brought a reading; those who have nothing left to wait for now."""
        self._ended += 1
        return self._close(now)

    def lost(self, visit: Visit, now: float) -> list[Visit]:
        """A visit that no further attempt can help, and those who have nothing left to wait for now."""
        return [visit, *self._close(now)]

    def withdraw(self, meter: int, now: float) -> list[Visit]:
        """No further attempt for a meter that had its first; it and those who have nothing left to wait for now. Empty
        where it has none to wait for."""
        for waiting in (self._end, self._failed):
            visit = next((one for one in waiting if one.meter.id == meter and one.sitting is not Sitting.FIRST), None)
            if visit is not None:
                waiting.remove(visit)
                return self.lost(visit, now)
        return []

    def drop_retries(self) -> list[Visit]:
        """Time is up for further attempts: all who had a first one."""
        dropped = [*self._end, *self._failed]
        self._end.clear()
        self._failed.clear()
        self._retry_at = None
        self._retries = 0
        return dropped

    def drop_all(self) -> list[Visit]:
        """Nobody is visited any more."""
        dropped = [*self._turns, *self.drop_retries()]
        self._turns.clear()
        return dropped

    def _close(self, now: float) -> list[Visit]:
        """When everybody has been visited: plan the job retry, or give up the rest."""
        if self._turns or self._end or self._retry_at is not None or not self._failed:
            return []
        if self._retries and now + self._errand.retry_offset < self._errand.retries_end:
            self._retries -= 1
            self._retry_at = now + self._errand.retry_offset
            return []
        return self.drop_retries()
