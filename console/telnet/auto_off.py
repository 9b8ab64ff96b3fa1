"""The network console that is open for a visit only: `console.auto_off`."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.line import assigned
from appliance.operations.parts import Parts

log = logging.getLogger("busmeister.console")

SETTING: Final = "console.auto_off"


class AutoOff:
    """Switches the console off once its time is over; used on the loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The console was opened, or its time was set: count from now."""
        self.cancel()
        time = self._parts.settings.console.auto_off.total_seconds()
        if time:
            self._timer = asyncio.get_running_loop().call_later(time, self._ask)

    def cancel(self) -> None:
        """It was closed otherwise."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ask(self) -> None:
        """Off the loop, since it is written down."""
        self._parts.hub.ask(self._switch_off)

    def _switch_off(self) -> None:
        """As anybody would, so that it stays off after a restart and the audit trail says why."""
        log.info("The network console was open for its time (%s) and closes.", SETTING)
        call = Call(self._parts, SETTING, 3, door="schedule")
        execute(call, registry().get("set"), [assigned("console.enabled", "false")])
