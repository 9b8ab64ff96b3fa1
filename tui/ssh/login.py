"""One connection: who it is. Before set-up only `setup` with the code of the device, who chooses a password at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import asyncssh

from appliance.errors import RefusedError
from appliance.log import stream
from appliance.operations.call import Call
from appliance.operations.parts import Parts
from appliance.security.doorkeeper import Identity
from appliance.security.lobby import Visitor
from appliance.security.sources import Source, is_allowed, source_of
from tui.ssh.channel import Channel
from tui.ssh.gate import Tries, is_neighbour
from tui.text import _

log = stream("service.ssh")

DOOR: Final = "ssh"
SETUP: Final = "setup"
NOBODY: Final = "0.0.0.0"
Result = TypeVar("Result")
Challenge = tuple[str, str, str, list[tuple[str, bool]]]


MakeSession = Callable[[Call], Channel]
"""Makes the session of somebody who is in; raises `asyncssh.ChannelOpenError` where there is no room."""


class Connection(asyncssh.SSHServer):
    """One connection, from its first octet."""

    def __init__(self, parts: Parts, tries: Tries, make_session: MakeSession, connections: set[Connection]) -> None:
        self._parts = parts
        self._connections = connections  # those that were let in
        self._tries = tries
        self._make_session = make_session
        self._source: Source | None = None
        self._visitor: Visitor | None = None
        self._identity: Identity | None = None
        self._code = ""
        self._banner = parts.settings.identity.banner  # still to be shown
        self._gone = False
        self._decided = asyncio.Event()  # whether somebody is in is known
        self._key = ("", b"")  # offered last, known, not yet proven

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Hang up on those who may not connect, before a word is said."""
        source = source_of(conn.get_extra_info("peername", (NOBODY,))[0])
        self._visitor = self._enter(source, conn)
        if self._visitor is None:
            conn.abort()
            return
        self._source = source
        self._connection = conn
        self._connections.add(self)
        self._time = asyncio.get_running_loop().call_later(self._time_before_login(), self._not_logged_in)

    def _enter(self, source: Source, conn: asyncssh.SSHServerConnection) -> Visitor | None:
        keeper, loop = self._parts.doorkeeper, asyncio.get_running_loop()
        if not is_allowed(source, self._parts.settings.ssh.allow) or not (keeper.is_set_up or is_neighbour(source)):
            return None
        return keeper.lobby.enter(source, lambda: _call_soon(loop, conn.abort))

    def _time_before_login(self) -> float:
        """Longer for the first start: a code and a new password are to be typed."""
        settings = self._parts.settings
        known = self._parts.doorkeeper.is_set_up
        return (settings.security.login.pre_login_time if known else settings.ssh.idle_timeout).total_seconds()

    def close(self) -> None:
        """Hang up; what was written is still sent."""
        self._connection.close()

    def _not_logged_in(self) -> None:
        if self._identity is None:
            self._connection.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self._connections.discard(self)
        self._gone = True
        self._decided.set()
        if self._visitor is not None:
            self._time.cancel()
            self._visitor.leave()

    def begin_auth(self, username: str) -> bool:
        """Nobody comes in without."""
        if self._visitor is not None:
            self._visitor.heard()
            self._show_banner()
        return True

    def _show_banner(self) -> None:
        """`identity.banner`, once a connection: SSH asks for a login again when another name is tried."""
        banner, self._banner = self._banner, ""
        if banner:
            self._connection.send_auth_banner("".join(f"{line}\r\n" for line in banner.splitlines()))

    def password_auth_supported(self) -> bool:
        return self._parts.doorkeeper.is_set_up and self._parts.settings.ssh.password_login

    async def validate_password(self, username: str, password: str) -> bool:
        """The doorkeeper decides, off the loop."""
        keeper = self._parts.doorkeeper
        return await self._admit(keeper.login, username, password, door=DOOR, source=str(self._source))

    def public_key_auth_supported(self) -> bool:
        return self._parts.doorkeeper.is_set_up

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Asked before the signature was checked: nothing is noted yet."""
        known: bool = await self._ask(self._parts.doorkeeper.knows_key, username, key.public_data)
        if known:
            self._key = (username, key.public_data)
        return known

    async def auth_completed(self) -> None:
        """A key whose signature was sound logs in its user; whoever is in holds no stranger's place any more."""
        name, key = self._key
        if self._identity is None and key and name == self._connection.get_extra_info("username"):
            keeper = self._parts.doorkeeper
            await self._admit(keeper.login_with_key, name, key, door=DOOR, source=str(self._source))
        if self._identity is not None and self._visitor is not None:
            self._visitor.logged_in()
        self._decided.set()

    def kbdint_auth_supported(self) -> bool:
        return not self._parts.doorkeeper.is_set_up or self._parts.settings.ssh.password_login

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Challenge | bool:
        """The password; before set-up the code."""
        if self._parts.doorkeeper.is_set_up:
            return ("", "", "", [(_("Password: "), False)])
        if username != SETUP:
            return False
        return (_("busmeister set-up"), "", "", [(_("Set-up code: "), False)])

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> Challenge | bool:
        """Password, or code and then a password twice."""
        if self._parts.doorkeeper.is_set_up:
            return len(responses) == 1 and await self.validate_password(username, responses[0])
        if not self._code:
            return await self._take_code(responses)
        return await self._take_password(responses)

    def session_requested(self) -> Awaitable[Channel]:
        """Only those who are in."""
        return self._session()

    async def _session(self) -> Channel:
        await self._decided.wait()  # a client may ask before the doorkeeper has answered
        if self._gone or self._identity is None:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, _("Nobody is logged in here."))
        return self._make_session(Call(self._parts, "", 0, DOOR, str(self._source)).as_somebody(self._identity))

    async def _take_code(self, responses: Sequence[str]) -> Challenge | bool:
        if len(responses) != 1 or not self._tries.one_more():
            return False
        try:
            await self._ask(self._parts.doorkeeper.check_setup_code, responses[0])
        except RefusedError as error:
            log.warning("set-up from %s: %s", self._source, error.sentence)
            return False
        self._code = responses[0]
        return _choose_password("")

    async def _take_password(self, responses: Sequence[str]) -> Challenge | bool:
        if len(responses) != 2 or responses[0] != responses[1]:
            return _choose_password(_("The two were not the same."))
        keeper = self._parts.doorkeeper
        try:
            self._identity = await self._ask(
                keeper.setup, self._code, responses[0], door=DOOR, source=str(self._source)
            )
        except RefusedError as error:
            return _choose_password(error.sentence)
        return True

    async def _admit(self, check: Callable[..., Identity], *arguments: str | bytes, **named: str) -> bool:
        try:
            self._identity = await self._ask(check, *arguments, **named)
        except RefusedError as error:
            log.info("login from %s refused: %s", self._source, error.sentence)
            return False
        return True

    async def _ask(self, function: Callable[..., Result], *arguments: Any, **named: Any) -> Result:  # noqa: ANN401  # those of the doorkeeper's methods
        return await asyncio.wrap_future(self._parts.hub.ask(function, *arguments, **named))


def _choose_password(trouble: str) -> Challenge:
    questions = [(_("New password for admin: "), False), (_("Again: "), False)]
    return (_("busmeister set-up"), trouble, "", questions)


def _call_soon(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """From any thread."""
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(function)
