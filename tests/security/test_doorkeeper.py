"""People come in by password, key, level password or set-up code, and nobody else does."""

from __future__ import annotations

import base64
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.errors import Kind, RefusedError
from appliance.security.books import Door, User
from appliance.security.passwords import AT_ONCE, Scrypt, check_password
from appliance.security.users import parse_key
from tests.console.dialogues import Conversation
from tests.operations.world import QuickHasher, World

CANARY = "c4nary-Grün-77"
OTHER = "an0ther-Grün-78"
KIND = b"ssh-ed25519"
KEY_DATA = len(KIND).to_bytes(4) + KIND + (32).to_bytes(4) + bytes(range(32))
KEY_LINE = f"ssh-ed25519 {base64.b64encode(KEY_DATA).decode()} anna@desk"


@pytest.fixture
def home(world: World) -> World:
    """An appliance with `admin` and `anna`."""
    keeper = world.parts.doorkeeper
    keeper.setup(keeper.setup_code, CANARY, door="console", source="10.4.0.7")
    keeper.users.add(keeper.keep_password(User(name="anna", level=2, password=""), OTHER, once=True))
    return world


def stranger(world: World, *answers: str) -> Conversation:
    """A session at level 0 on a terminal."""
    talk = Conversation(replace(world.person(0), door="console", source="10.4.0.7"), plain=False)
    talk.paper.answers[:] = answers
    return talk


def test_first_start_makes_a_code_that_is_good_once(world: World) -> None:
    keeper = world.parts.doorkeeper
    code = keeper.setup_code
    assert len(code) == 19
    talk = stranger(world, CANARY, CANARY)
    assert "User admin, level 3." in talk.say(f"setup {code.lower().replace('0', 'o')}")
    assert talk.session.call.level == 3
    assert keeper.is_set_up
    assert keeper.setup_code == ""
    assert "set up already" in stranger(world, CANARY, CANARY).say(f"setup {code}")


def test_owner_may_choose_unfit_passwords_as_often_as_he_likes(world: World) -> None:
    keeper = world.parts.doorkeeper
    for _ in range(6):
        keeper.check_setup_code(keeper.setup_code)
        with pytest.raises(RefusedError, match="A password has"):
            keeper.setup(keeper.setup_code, "short", door="console", source="10.4.0.7")
    keeper.setup(keeper.setup_code, CANARY, door="console", source="10.4.0.7")


def test_codes_of_devices_differ_and_five_wrong_ones_a_minute_are_looked_at(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other", world.clock)
    assert other.parts.doorkeeper.setup_code != world.parts.doorkeeper.setup_code
    other.close()
    keeper = world.parts.doorkeeper
    kinds = []
    for code in (*["AAAA-BBBB-CCCC-DDDD"] * 5, keeper.setup_code):
        with pytest.raises(RefusedError) as caught:
            keeper.setup(code, CANARY, door="console", source="10.4.0.7")
        kinds.append(caught.value.kind)
    assert kinds == [Kind.LOGIN] * 5 + [Kind.LIMIT]
    world.clock.advance(seconds=61)
    keeper.setup(keeper.setup_code, CANARY, door="console", source="10.4.0.7")


def test_wrong_name_and_wrong_password_say_the_same_and_cost_the_same(home: World) -> None:
    keeper = home.parts.doorkeeper
    hasher = keeper._hasher  # the world's counts
    assert isinstance(hasher, QuickHasher)
    told, cost = [], []
    for name in ("admin", "nobody"):
        before = hasher.checked
        with pytest.raises(RefusedError) as caught:
            keeper.login(name, "wrong", door="console", source="10.9.9.9")
        told.append(caught.value.sentence)
        cost.append(hasher.checked - before)
    assert told[0] == told[1]
    assert cost == [1, 1]


def test_refused_try_costs_no_hash(home: World) -> None:
    keeper = home.parts.doorkeeper
    hasher = keeper._hasher  # the world's counts
    assert isinstance(hasher, QuickHasher)
    before = hasher.checked
    for number in range(1000):
        with pytest.raises(RefusedError):
            keeper.login("admin", "wrong", door="ssh", source=f"203.0.{number // 250}.{number % 250}")
    assert hasher.checked - before == 200
    assert keeper.login("admin", CANARY, door="ssh", source="10.4.0.7").level == 3


def test_one_time_password_must_be_changed_before_anything_else(home: World) -> None:
    talk = stranger(home, OTHER)
    talk.say("login anna")
    assert "First set a password of your own: password" in talk.say("show meters")
    talk.paper.answers[:] = [CANARY, CANARY]
    assert talk.say("password").endswith("OK")
    assert "ERROR" not in talk.say("show meters")


def test_level_password_is_not_usable_until_it_is_set(home: World) -> None:
    assert "wrong" in stranger(home, "").say("login 2 password=x")
    home.settings.set({"console.password.2": OTHER}, "test")
    talk = stranger(home, OTHER)
    home.clock.advance(seconds=60)
    assert "level 2" in talk.say("login 2")
    assert talk.session.call.level == 2


def test_enable_raises_by_another_user_and_disable_goes_back(home: World) -> None:
    home.parts.doorkeeper.change_password("anna", CANARY)
    talk = stranger(home, CANARY, CANARY)
    talk.say("login anna")
    talk.say("enable 3 user=admin")
    assert talk.session.call.level == 3
    assert talk.session.call.user == "anna"
    talk.say("disable")
    assert talk.session.call.level == 1
    talk.say("enable 3")
    assert talk.session.call.level == 3


def test_script_must_give_the_secret_itself(home: World) -> None:
    talk = Conversation(replace(home.person(0), door="console", source="10.4.0.7"))
    assert talk.say("login admin") == 'ERROR "login" needs password=: it is asked for on a terminal only.'
    assert talk.say(f"login admin {CANARY}").endswith("OK")


def test_key_lets_in_where_the_user_may_come_in(home: World) -> None:
    keeper = home.parts.doorkeeper
    keeper.users.add_key("admin", parse_key(KEY_LINE))
    assert keeper.knows_key("admin", KEY_DATA)
    assert not keeper.knows_key("anna", KEY_DATA)
    assert keeper.login_with_key("admin", KEY_DATA, door="ssh", source="10.4.0.8").level == 3
    keeper.users.change(replace(keeper.users.get("anna"), level=3))
    keeper.users.change(replace(keeper.users.get("admin"), doors=(Door.LOCAL,)))
    with pytest.raises(RefusedError, match="key is not known"):
        keeper.login_with_key("admin", KEY_DATA, door="ssh", source="10.4.0.8")


def test_enable_by_the_level_password_of_the_level(home: World) -> None:
    home.settings.set({"console.password.3": OTHER}, "test")
    home.parts.doorkeeper.change_password("anna", CANARY)
    talk = stranger(home, CANARY, "wrong", OTHER)
    talk.say("login anna")
    assert "wrong" in talk.say("enable 3")
    assert talk.session.call.level == 2
    assert talk.say("enable 3").endswith("OK")
    assert (talk.session.call.user, talk.session.call.level) == ("anna", 3)
    acts = [row.act for row in home.parts.doorkeeper.audit.newest(home.clock.now(), "anna", 1)]
    assert [(act.what, act.new) for act in acts] == [("enable 3", "by level 3")]


def test_one_time_password_raises_nobody(home: World) -> None:
    keeper = home.parts.doorkeeper
    keeper.users.change(replace(keeper.users.get("anna"), level=3))
    talk = stranger(home, OTHER)
    talk.session.call = replace(home.person(1), user="bert", door="console", source="10.4.0.7")
    assert "first sets a password of their own" in talk.say("enable 3 user=anna")
    assert talk.session.call.level == 1


def test_level_passwords_hold_at_no_door_of_programs(home: World) -> None:
    home.settings.set({"console.password.3": OTHER}, "test")
    with pytest.raises(RefusedError, match="wrong"):
        home.parts.doorkeeper.login("3", OTHER, door="http_api", source="10.4.0.7")


def test_every_field_of_a_user_is_set_and_stands_in_the_trail(home: World) -> None:
    talk = Conversation(home.call)
    typed = "user set anna level=1 doors=ssh,local expires=2027-12-31T18:00 email=a@b.example language=de theme=light"
    assert talk.say(typed) == "OK"
    anna = home.parts.doorkeeper.users.get("anna")
    assert (anna.level, anna.doors, anna.email) == (1, (Door.SSH, Door.LOCAL), "a@b.example")
    assert (anna.language, anna.theme) == ("de", "light")
    assert anna.expires is not None
    assert anna.expires.isoformat() == "2027-12-31T18:00:00+00:00"
    trail = talk.say("audit list")
    for change in ("anna level 2 1", "anna doors all ssh,local", "anna expires never 2027-12-31", "anna theme default"):
        assert change in " ".join(trail.split()).replace("user set ", "")
    talk.say("user set anna expires=never theme=default")
    anna = home.parts.doorkeeper.users.get("anna")
    assert (anna.expires, anna.theme) == (None, "")


def test_user_may_choose_own_colours_and_mail_and_nothing_else(home: World) -> None:
    anna = Conversation(home.person(1))
    assert anna.say("user set anna theme=light email=a@b.example") == "OK"
    assert home.parts.doorkeeper.users.get("anna").theme == "light"
    assert 'ERROR "user set" needs level 3' in anna.say("user set anna theme=dark level=3")
    assert 'ERROR "user set" needs level 3' in anna.say("user set admin theme=dark")
    assert home.parts.doorkeeper.users.get("anna").theme == "light"


def test_sessions_end_with_the_account_and_with_its_door(home: World) -> None:
    for change in ("expires=2026-01-01", "enabled=off", "doors=local", "level=1"):
        ended: list[str] = []
        keeper = home.parts.doorkeeper
        keeper.users.change(replace(keeper.users.get("anna"), level=2, enabled=True, expires=None, doors=tuple(Door)))
        entry = keeper.sessions.open("ssh", "10.4.0.7", partial(ended.append, change), user="anna", level=2)
        Conversation(home.call).say(f"user set anna {change}")
        assert ended == [change]
        keeper.sessions.close(entry)


def test_account_that_ended_lets_nobody_in(home: World) -> None:
    Conversation(home.call).say("user set anna expires=2026-12-01")
    home.parts.doorkeeper.login("anna", OTHER, door="console", source="10.4.0.7")
    home.clock.advance(days=11)
    with pytest.raises(RefusedError, match="was in use until 2026-12-01"):
        home.parts.doorkeeper.login("anna", OTHER, door="console", source="10.4.0.7")


def test_last_administrator_stays(home: World) -> None:
    talk = Conversation(home.call)
    assert "last user of level 3" in talk.say("user delete admin confirm=yes")
    assert "last user of level 3" in talk.say("user set admin level=1")
    assert "last user of level 3" in talk.say("user set admin enabled=off")


def test_user_logout_hangs_up_on_every_session(home: World) -> None:
    ended: list[str] = []
    entry = home.parts.doorkeeper.sessions.open("ssh", "10.4.0.7", lambda: ended.append("anna"), user="anna", level=2)
    assert Conversation(home.call).say("user logout anna confirm=yes") == "OK 1 sessions ended"
    assert ended == ["anna"]
    home.parts.doorkeeper.sessions.close(entry)
    assert home.parts.doorkeeper.sessions.all() == []


def test_users_survive_a_restart(home: World, clock: VirtualClock) -> None:
    folder = home.parts.data_folder
    home.parts.doorkeeper.users.add_key("admin", parse_key(KEY_LINE))
    home.close()
    again = World(folder, clock)
    keeper = again.parts.doorkeeper
    assert [user.name for user in keeper.users] == ["admin", "anna"]
    assert keeper.login_with_key("admin", KEY_DATA, door="ssh", source="10.4.0.8").name == "admin"
    assert keeper.setup_code == ""
    again.close()


def test_secret_is_nowhere_in_the_clear(home: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    talk = stranger(home, OTHER, OTHER)
    replies = [
        talk.say(f"login admin {CANARY}"),
        talk.say("set console.password.3"),
        talk.say(f"set console.password.2={CANARY} nonsense.setting=1"),
        talk.say(f"set console.password.2={CANARY}"),
        talk.say(f"user add bert {CANARY} extra words"),
        talk.say(f"user add bert {CANARY}"),
        talk.say(f"login {CANARY} {OTHER}"),
        *(talk.say(f"{words} json") for words in ("show settings", "show audit", "show users", "show configuration")),
    ]
    home.store.close()
    files = [path for path in home.parts.data_folder.rglob("*") if path.is_file()]
    written = b"".join(path.read_bytes() for path in files)
    for secret in (CANARY, OTHER):
        assert all(secret not in reply for reply in replies)
        assert secret not in caplog.text
        assert secret.encode() not in written
    assert home.settings.console.password[3].reveal() == OTHER


def test_scrypt_takes_the_password_and_no_other() -> None:
    hasher = Scrypt()
    kept = hasher.keep(CANARY)
    assert kept.startswith("$scrypt$ln=14,r=8,p=1$")
    assert hasher.verify(CANARY, kept)
    assert not hasher.verify(OTHER, kept)
    assert not hasher.verify("", "")
    assert kept != hasher.keep(CANARY)
    assert AT_ONCE == 2


@pytest.mark.parametrize(
    "password", ["short7!", "passwort", "Password123!", "aaaaaaaa", "12345678", "qwertzuiop", "busmeister", "a" * 201]
)
def test_password_that_is_guessed_first_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_password(password, "anna", minimum=8, refuse_common=True)
    assert password not in caught.value.sentence
