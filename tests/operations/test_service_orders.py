"""Doors for people: shown, switched, opened with a warning and closed again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from appliance.errors import RefusedError, SettingError
from appliance.operations.asked import YesAsked
from appliance.operations.services import services
from appliance.security.host_key import host_fingerprint
from tests.operations.orders import cells, order, text
from tests.operations.world import World


def test_opening_says_what_it_exposes_before_it_is_done(world: World) -> None:
    with pytest.raises(YesAsked) as asked:
        order(world, "service open console allow=10.4.0.0/16")
    assert asked.value.question == (
        "console on 0.0.0.0:9999 for 10.4.0.0/16: passwords travel unencrypted unless the client uses TLS. Open?"
    )
    assert str(world.settings.console.listen[0]) == "127.0.0.1"


def test_opened_and_closed_again(world: World) -> None:
    order(world, "service open console allow=10.4.0.0/16 confirm=yes")
    assert world.settings.text("console.listen") == "0.0.0.0"
    assert world.settings.text("console.allow") == "10.4.0.0/16"
    assert "0.0.0.0:9999  open to local" in text(order(world, "service show console"))  # nobody is set up yet
    order(world, "service close console")
    assert world.settings.text("console.listen") == "127.0.0.1"
    assert world.settings.text("console.allow") == ""


def test_console_is_not_opened_to_everybody_in_plain_text(world: World) -> None:
    with pytest.raises(SettingError, match="passwords would travel unencrypted from anywhere"):
        order(world, "service open console confirm=yes")


def test_service_that_is_stopped_is_reached_by_nobody(world: World) -> None:
    order(world, "service stop ssh")
    ssh = next(service for service in services(world.call).services if service.name == "ssh")
    assert (ssh.state, str(ssh.reach)) == ("off", "–")
    order(world, "service start ssh")
    assert world.settings.ssh.enabled


def test_client_is_hung_up_on_by_its_number(world: World) -> None:
    left: list[str] = []
    for who in ("anna", "carl"):
        world.parts.doorkeeper.sessions.open("ssh", "10.0.0.7", partial(left.append, who), user=who, level=1)
    numbers = dict(
        zip(cells(order(world, "client list"), "user"), cells(order(world, "client list"), "client"), strict=True)
    )
    order(world, f"client close {numbers['carl']} confirm=yes")
    assert left == ["carl"]
    with pytest.raises(RefusedError, match="There is no client 99"):
        order(world, "client close 99 confirm=yes")


def test_every_service_says_what_it_does(world: World) -> None:
    assert all(service.does for service in services(world.call).services)


def test_service_is_started_anew(world: World) -> None:
    begun: list[str] = []
    call = replace(world.call, parts=replace(world.parts, restart=begun.append))
    assert order(call, "service restart bus").sentence == "bus is started anew"
    assert begun == ["bus"]
    order(call, "service stop ssh")
    with pytest.raises(RefusedError, match="ssh is switched off: service start ssh"):
        order(call, "service restart ssh")
    with pytest.raises(RefusedError, match="name of service restart takes console, ssh, bus or panel, not writer"):
        order(call, "service restart writer")


def test_new_host_key_is_asked_for_told_and_used_at_once(world: World) -> None:
    begun: list[str] = []
    call = replace(world.call, parts=replace(world.parts, restart=begun.append))
    before = host_fingerprint(world.parts.data_folder)
    with pytest.raises(YesAsked):
        order(call, "ssh host renew")
    assert host_fingerprint(world.parts.data_folder) == before
    answer = order(call, "ssh host renew confirm=yes")
    assert text(answer) == host_fingerprint(world.parts.data_folder) != before
    assert begun == ["ssh"]
