"""Orders about users, their passwords and keys (operations.md §10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.asked import OneTimePassword
from appliance.operations.call import Call
from appliance.operations.moment import Deadline, DeadlineKind
from appliance.operations.operation import operation
from appliance.operations.session import Switch
from appliance.operations.user_fields import LIKE_ALL, OWN, Language, Theme, changes, shown
from appliance.security.books import Door, User
from appliance.security.users import NAME, parse_key
from appliance.settings.kinds import Integer, ListOf, OneOf, Text

Level = Annotated[int, Integer(1, 3)]
Name = Annotated[str, Text(1, 32)]
Doors = Annotated[tuple[Door, ...], ListOf(OneOf(Door))]
Mail = Annotated[str, Text(0, 100)]
Expires = Annotated[Deadline, DeadlineKind()]
Line = Annotated[str, Text(1, 8192)]
SHOWN: Final = "name level doors enabled expires must_change_password keys last_login"


@operation("user list", level=3, also="show users")
def user_list(call: Call) -> Answer:
    """Users with level, doors, last login."""
    rows = [_row(call, user) for user in call.parts.doorkeeper.users]
    return Answer(table=Table.of(SHOWN, rows, right="level keys"))


@operation("user add", level=3, audited=True)
def user_add(
    call: Call, name: Name, password: OneTimePassword, *, level: Level = 1, doors: Doors | None = None
) -> Answer:
    """Adds a user; the first login sets a new password."""
    keeper = call.parts.doorkeeper
    if NAME.fullmatch(name) is None:
        raise RefusedError("A user's name has 1 to 32 of a-z 0-9 _ . -, a letter first.", Kind.VALUE)
    user = User(name=name, level=level, password="", doors=doors or tuple(Door))
    keeper.users.add(keeper.keep_password(user, password.reveal(), once=True))
    return Answer(data={"name": name, "level": level})


@operation("user set", level=1, audited=True)
def user_set(
    call: Call,
    name: Name,
    *,
    level: Level | None = None,
    doors: Doors | None = None,
    enabled: Switch | None = None,
    expires: Expires | None = None,
    email: Mail | None = None,
    language: Language | None = None,
    theme: Theme | None = None,
) -> Answer:
    """Changes a user."""
    keeper = call.parts.doorkeeper
    given = {
        "level": level,
        "doors": doors,
        "enabled": None if enabled is None else enabled is Switch.ON,
        "expires": expires,
        "email": email,
        "language": _choice(language),
        "theme": _choice(theme),
    }
    fields: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if name != call.user or not fields.keys() <= OWN:
        call.need_level(3, '"user set"')
    if expires is not None:
        fields["expires"] = expires.at(call.zone)
    old = keeper.users.get(name)
    new = replace(old, **fields)
    keeper.users.change(new)
    if new.level < old.level or set(old.doors) - set(new.doors) or not new.works(call.now()):
        keeper.sessions.end_all(old.name)
    return Answer(changes=tuple(changes(old, new, call.zone)))


@operation("user password", level=3, audited=True)
def user_password(call: Call, name: Name, password: OneTimePassword) -> Answer:
    """Gives a one-time password and ends all sessions of the user."""
    keeper = call.parts.doorkeeper
    user = keeper.users.get(name)
    keeper.users.change(keeper.keep_password(user, password.reveal(), once=True))
    ended = keeper.sessions.end_all(user.name)
    return Answer(data={"ended": ended})


@operation("user delete", level=3, audited=True, confirms="For good?")
def user_delete(call: Call, name: Name) -> Answer:
    """Deletes a user and its tokens."""
    keeper = call.parts.doorkeeper
    user = keeper.users.get(name)
    keeper.users.delete(user.name)
    keeper.sessions.end_all(user.name)
    return Answer()


@operation("user logout", level=3, audited=True, confirms="Now?")
def user_logout(call: Call, name: Name) -> Answer:
    """Ends all sessions of a user."""
    ended = call.parts.doorkeeper.sessions.end_all(call.parts.doorkeeper.users.get(name).name)
    return Answer(sentence=f"{ended} sessions ended", data={"ended": ended})


@operation("user key add", level=1, audited=True)
def user_key_add(call: Call, key: Line, *, name: Name | None = None) -> Answer:
    """Adds a public key for SSH."""
    parsed = parse_key(key)
    call.parts.doorkeeper.users.add_key(_owner(call, name), parsed)
    return Answer(sentence=parsed.fingerprint, data={"fingerprint": parsed.fingerprint})


@operation("user key delete", level=1, audited=True, confirms="For good?")
def user_key_delete(call: Call, fingerprint: Line, *, name: Name | None = None) -> Answer:
    """Removes one."""
    call.parts.doorkeeper.users.delete_key(_owner(call, name), fingerprint)
    return Answer()


@operation("user key list", level=1)
def user_key_list(call: Call, *, name: Name | None = None) -> Answer:
    """Public keys of a user, for SSH."""
    user = call.parts.doorkeeper.users.get(_owner(call, name))
    return Answer(table=Table.of("fingerprint key", [(key.fingerprint, key.text) for key in user.keys]))


@operation("login clear", level=3, audited=True)
def login_clear(call: Call, address_or_name: Name) -> Answer:
    """Forgets wrong guesses of an address or account."""
    call.parts.doorkeeper.guard.clear(address_or_name)
    return Answer()


def _owner(call: Call, name: str | None) -> str:
    """Oneself, or somebody else for level 3."""
    if name is not None and name != call.user:
        call.need_level(3, "keys of others")
    owner = name or call.user
    if call.parts.doorkeeper.users.find(owner) is None:
        raise RefusedError(f'"{owner or "nobody"}" has no account: name=USER', Kind.NOT_FOUND)
    return owner


def _row(call: Call, user: User) -> tuple[object, ...]:
    seen, works = user.last_login, user.works(call.now())
    when = Cell(seen, f"{seen.astimezone(call.zone):%Y-%m-%d %H:%M}" if seen else "never")
    doors, expires = shown(user, "doors", call.zone), Cell(user.expires, shown(user, "expires", call.zone))
    return user.name, user.level, doors, works, expires, user.must_change_password, len(user.keys), when


def _choice(word: Language | Theme | None) -> str | None:
    """What is kept of a choice; empty where it is that of all."""
    return "" if word == LIKE_ALL else word
