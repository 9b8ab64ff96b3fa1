"""Telegrams in the log, for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.events import SettingsChanged, TelegramHeard
from appliance.log import Severity, set_up
from appliance.ports import Heard, ReadingKind
from appliance.services.telegram_log import TelegramLog
from appliance.settings.subjects.storage import Telegrams
from tests.operations.world import World


def heard(world: World) -> TelegramHeard:
    at = world.clock.stamp()
    return TelegramHeard(Heard(meter=7, slot=0, kind=ReadingKind.SCHEDULED, telegrams=(b"\x68\x03",), at=at))


@pytest.mark.parametrize(("word", "length"), [("hour", timedelta(hours=1)), ("day", timedelta(days=1))])
def test_telegrams_go_to_the_log_for_so_long_and_no_longer(
    world: World, capfd: pytest.CaptureFixture[str], word: str, length: timedelta
) -> None:
    set_up(Severity.INFO)
    writer = TelegramLog(world.hub, world.settings, world.clock)
    writer.take(heard(world))
    assert "68 03" not in capfd.readouterr().err
    world.settings.set({"log.telegrams": word}, "test")
    writer.take(SettingsChanged(frozenset(["log.telegrams"]), "test"))
    writer.take(heard(world))
    assert "telegrams: meter 7: 68 03" in capfd.readouterr().err
    world.clock.advance(length)
    writer.take(None)
    assert world.settings.log.telegrams is Telegrams.OFF
