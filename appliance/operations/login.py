"""Orders to come in, to go, and to change what one may do (operations.md §2)."""

from __future__ import annotations

from typing import Annotated

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer
from appliance.operations.asked import FirstPassword, OwnNewPassword, Password, ValueAsked
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.security.books import Act
from appliance.security.doorkeeper import ADMINISTRATOR, Identity
from appliance.settings import Settings
from appliance.settings.kinds import Integer, Text

Level = Annotated[int, Integer(1, 3)]
Name = Annotated[str, Text(1, 64)]
Code = Annotated[str, Text(1, 40)]


@operation("setup", level=0, audited=True, own_trail=True)
def setup(call: Call, code: Code, password: FirstPassword) -> Answer:
    """Uses the one-time set-up code and makes the first user `admin` of level 3."""
    keeper = call.parts.doorkeeper
    identity = keeper.setup(code, password.reveal(), door=call.door, source=call.source)
    return _welcome(
        call, identity, f"User {ADMINISTRATOR}, level {identity.level}. {_what_is_open(call.parts.settings)}"
    )


@operation("login", level=0, audited=True, own_trail=True)
def login(call: Call, name: Name, password: Password) -> Answer:
    """Logs in a user, or with a level password when the name is `1`, `2` or `3`."""
    identity = call.parts.doorkeeper.login(name, password.reveal(), door=call.door, source=call.source)
    change = " Set a password of your own: password" if identity.must_change_password else ""
    return _welcome(call, identity, f"{identity.name}, level {identity.level}.{change}")


@operation("logout", level=0, audited=True)
def logout(call: Call) -> Answer:
    """Back to level 0, the session stays."""
    return Answer(call=call.as_nobody())


@operation("enable", level=1, audited=True, own_trail=True)
def enable(call: Call, level: Level = 3, password: Password | None = None, *, user: Name = "") -> Answer:
    """Raises this session to the level, by level password or by a user of that level."""
    if level <= max(call.level, call.full_level):
        return Answer(call=call.at_level(level))
    if password is None:
        sentence = '"enable" needs password=: it is asked for on a terminal only.'
        raise ValueAsked(sentence, "password", f"Password of {user or f'level {level}'}")
    keeper = call.parts.doorkeeper
    helper = keeper.login(user or str(level), password.reveal(), door=call.door, source=call.source)
    if helper.must_change_password:
        raise RefusedError(f"{helper.name} first sets a password of their own: login {helper.name}", Kind.LEVEL)
    if helper.level < level:
        raise RefusedError(f"{helper.name} has level {helper.level}, not {level}.", Kind.LEVEL)
    raised = Act(who=call.who, door=call.door, source=call.source, what=f"enable {level}", new=f"by {helper.name}")
    keeper.audit.add(raised)
    return Answer(call=call.at_level(level))


@operation("disable", level=1, audited=True)
def disable(call: Call, level: Level = 1) -> Answer:
    """Lowers this session."""
    if level > call.level:
        raise RefusedError(f"This session has level {call.level}: enable {level}", Kind.LEVEL)
    return Answer(call=call.at_level(level))


@operation("password", level=0, audited=True)
def password_(call: Call, password: OwnNewPassword) -> Answer:
    """Changes the own password; forced at first login."""
    if call.parts.doorkeeper.users.find(call.user) is None:
        raise RefusedError("Nobody with an account is logged in here: login", Kind.LOGIN)
    call.parts.doorkeeper.change_password(call.user, password.reveal())
    return Answer(call=call.with_own_password())


def _what_is_open(settings: Settings) -> str:
    """Set-up opens SSH; whoever did it should know."""
    outside = [str(one) for one in settings.ssh.listen if one is not None and not one.is_loopback]
    if not settings.ssh.enabled or not outside:
        return "Everything listens on loopback (show exposure)."
    where = "all addresses" if {"0.0.0.0", "::"} & set(outside) else ", ".join(outside)
    return f"SSH is now open on port {settings.ssh.port} of {where}; see show exposure."


def _welcome(call: Call, identity: Identity, sentence: str) -> Answer:
    data = {
        "user": identity.name,
        "level": identity.level,
        "must_change_password": identity.must_change_password,
    }
    return Answer(call=call.as_somebody(identity), lines=(sentence,), data=data)
