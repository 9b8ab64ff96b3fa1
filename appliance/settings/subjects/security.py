"""Passwords, guessing, the audit trail (settings.md §10, §25)."""

from __future__ import annotations

from typing import Final

from appliance.settings.kinds import Duration, Hidden, Integer, Secret, Size, YesNo
from appliance.settings.row import Part, Restarts, Setting, Subject

LEVELS: Final = {
    1: "Password for level 1 without a user.",
    2: "Password for level 2 without a user, and for `enable 2`.",
    3: "Password for level 3 without a user, and for `enable 3`.",
}


# fmt: off
class LevelPasswords(Subject):
    """`console.password.*`; the names are numbers, which no attribute can be written as."""

    def __getitem__(self, level: int) -> Secret:
        secret = getattr(self, str(level))
        assert isinstance(secret, Secret)  # of rows made below
        return secret


for _level, _help in LEVELS.items():
    _row = Setting(Hidden(8, 200), "", level=3, note="empty = not usable", help=_help)
    _row.__set_name__(LevelPasswords, str(_level))
    setattr(LevelPasswords, str(_level), _row)


class Audit(Subject):
    """`audit.*`"""

    size = Setting(Size("MiB", 8, 1024), "32", level=3,
                   help="Space for the audit log; warning event at 80 %.")
    retention = Setting(Duration("d", 90, 3650), "730", level=3,
                        help="Audit entries older than this may go when space is needed.")
    reads = Setting(YesNo(), "false", level=3,
                    help="Also record what was only looked at over network doors.")


class Password(Subject):
    """`security.password.*`"""

    minimum_length = Setting(Integer(8, 64), "8", level=3, help="Shortest password.")
    refuse_common = Setting(YesNo(), "true", level=3, help="Refuse words from the list of common passwords.")


class Login(Subject):
    """`security.login.*`"""

    attempts_per_day = Setting(
        Integer(10, 1000), "200", level=3,
        help="Guesses a day against one account by strangers (sources that have not logged in to it in 30 days), "
             "all doors together.")
    delay_maximum = Setting(Duration("s", 1, 3600), "30", level=3,
                            help="Longest pause after wrong passwords; never a lock of the local terminal.")
    pre_login_time = Setting(Duration("s", 5, 120), "15", level=3, restarts=Restarts.SESSION,
                             help="A client that has not logged in by then is closed.")
    pre_login_clients = Setting(Integer(4, 200), "20", level=3, restarts=Restarts.SESSION,
                                help="Most clients not yet logged in, all doors together.")
    clients_per_address = Setting(Integer(1, 64), "4", level=3, restarts=Restarts.SESSION,
                                  help="Most connections of one address to console, SSH and HTTP.")


class SetupCode(Subject):
    """`security.setup_code.*`"""

    life = Setting(Duration("h", 0, 720), "0", level=3, note="0 = until used",
                   help="How long the one-time set-up code of the first start is good.")


class Security(Subject):
    """`security.*`"""

    password = Part(Password)
    login = Part(Login)
    setup_code = Part(SetupCode)
    confirm = Setting(YesNo(), "true", level=3,
                      help="Ask before deleting, resetting, writing to a meter (scripts say `confirm=yes`).")
# fmt: on
