"""A canary in every secret there is: no door, file, log, trace or report of the appliance ever sings it."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from appliance.commands.doctor import examine, json_lines, text_lines
from appliance.log import Severity
from appliance.operations.all import registry
from appliance.operations.execute import sentence_of
from appliance.security.users import Users
from appliance.settings import ROWS, Row
from tests.console.dialogues import Conversation
from tests.operations.world import World

CANARIES: Final = tuple(f"c4nary-{name}-7731" for name in ("admin", "once", "level", "row"))
ADMIN, ONCE, LEVEL, ROW = CANARIES
SECRET_ROWS: Final = tuple(row for row in ROWS if row.setting.kind.is_secret and not row.is_family)
LIVE: Final = "watch"  # the last word of orders whose answer goes on and on


@pytest.fixture
def talk(world: World, caplog: pytest.LogCaptureFixture) -> Conversation:
    """An administrator after secrets were given in every way there is."""
    caplog.set_level(logging.DEBUG)
    keeper = world.parts.doorkeeper
    keeper.setup(keeper.setup_code, ADMIN, door="console", source="10.4.0.7")
    talk = Conversation(replace(world.call, user="admin", door="console", source="10.4.0.7"))
    for row in SECRET_ROWS:
        assert "OK" in talk.say(f"set {row.pattern}={ROW}")
    talk.say(f"set console.password.2={LEVEL}")
    talk.say(f"user add anna {ONCE} level=2")
    talk.say(f"user add anna {ONCE} level=2")  # refused: she is there
    talk.say(f"user password anna password={ONCE}")
    talk.say(f"login {LEVEL} {ONCE}")  # a password typed as a name
    talk.say(f"enable 3 {LEVEL}")
    talk.say(f"set nonsense={ROW} console.password.2={LEVEL}")
    talk.say(f"user nonsense {ONCE}")
    world.store.pump()
    return talk


def looks() -> Iterator[str]:
    """Every order that only looks and needs no argument."""
    for row in registry().operations:
        if row.shows and row.words[-1] != LIVE and not any(one.required for one in row.signature.arguments):
            yield from (" ".join(words) for words in (row.words, *row.also))


def silent(text: str) -> bool:
    """No canary in it, nor the half of one."""
    return not any(canary in text or canary[:10] in text for canary in CANARIES)


@pytest.mark.parametrize("row", SECRET_ROWS, ids=lambda row: row.pattern)
def test_secret_setting_is_dots_in_every_form(talk: Conversation, row: Row) -> None:
    for words in (f"show settings {row.pattern}", f"help {row.pattern}"):
        assert silent(talk.say(words)), words
        assert silent(talk.say(f"{words} json")), words


def test_no_order_that_looks_shows_a_secret_in_any_form(talk: Conversation) -> None:
    orders = list(looks())
    assert {"show configuration", "show settings", "show audit", "show users", "show log"} <= set(orders)
    for order in orders:
        for form in ("", " json", " csv"):
            assert silent(talk.say(order + form)), order + form


def test_audit_export_and_its_file_hold_no_secret(world: World, talk: Conversation) -> None:
    for form in ("csv", "json"):
        talk.say(f"audit export format={form}")
    files = list(world.parts.files.iterdir())
    assert files
    assert all(silent(path.read_text()) for path in files)
    assert "user add name=anna" in files[0].read_text()


def test_mistake_of_the_program_leaves_no_secret_in_its_trace(
    world: World, talk: Conversation, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(users: Users, user: object) -> None:
        raise ZeroDivisionError(f"on purpose, with {user!r}")

    monkeypatch.setattr(Users, "add", fail)
    reply = talk.say(f"user add bert {ONCE} level=2")
    assert sentence_of(ZeroDivisionError()) in reply
    assert any(record.exc_info for record in caplog.records)
    assert silent(reply)
    assert silent(caplog.text)


def test_log_and_journal_hold_no_secret(world: World, talk: Conversation, caplog: pytest.LogCaptureFixture) -> None:
    now = world.clock.now()
    entries = world.store.journal.entries(now.replace(year=2020), now, severity=Severity.DEBUG, count=1000)
    assert caplog.records
    assert silent(caplog.text)
    assert silent(repr(entries))


def test_doctor_tells_no_secret(world: World, talk: Conversation) -> None:
    findings = list(examine(world.parts.data_folder))
    assert silent("\n".join([*text_lines(findings), *json_lines(findings)]))


def test_diagnostic_file_holds_no_secret(world: World, talk: Conversation) -> None:
    assert talk.say("system dump telegrams=true").startswith("OK dump-")
    (path,) = world.parts.files.glob("dump-*.zip")
    with zipfile.ZipFile(path) as archive:
        assert {"log-list.json", "show-settings.json", "threads.txt", "telegrams.txt"} <= set(archive.namelist())
        for name in archive.namelist():
            text = archive.read(name).decode()
            assert silent(text), name
            assert world.parts.data_folder.joinpath("keyfile").read_bytes().hex() not in text, name


def test_objects_that_hold_secrets_print_none(world: World, talk: Conversation) -> None:
    settings = [world.settings.value(row.pattern, row.setting) for row in SECRET_ROWS]
    users = list(world.parts.doorkeeper.users)
    assert silent(repr((settings, users, talk.session.call.session)) + "".join(map(str, settings)))
    assert silent(json.dumps([str(value) for value in settings]))


def test_files_of_the_appliance_hold_no_secret_in_the_clear(world: World, talk: Conversation) -> None:
    world.store.close()
    written = b"".join(path.read_bytes() for path in world.parts.data_folder.rglob("*") if path.is_file())
    assert not any(canary.encode() in written for canary in CANARIES)
    assert world.settings.value(SECRET_ROWS[0].pattern, SECRET_ROWS[0].setting).reveal() == ROW
