"""The telnet console as other programs meet it: telnet under expect, and nc."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import need_program
from tests.console.houses import PATIENCE, Running, appliance_in

SEE = r"""
set timeout 20
proc see {pattern} {
  expect {
    -re $pattern {}
    timeout { puts "\nno $pattern came"; exit 1 }
    eof { puts "\nended before $pattern"; exit 1 }
  }
}
proc say {line} { send -- "$line\r" }
"""

FIRST_START = (
    SEE
    + r"""
spawn telnet 127.0.0.1 $env(PORT)
see {Not set up yet}
see {0>}
say "setup $env(CODE)"
see {New password}
say $env(SECRET)
see {Again}
say $env(SECRET)
see {3>}
say "set identity.name=boiler-room"
see {boiler-room.*3>}
send "meter li\t"
see {st}
say ""
see {more: space}
send "q"
see {3>}
say "quit"
expect eof
"""
)

LOGIN_AND_READ = (
    SEE
    + r"""
spawn telnet 127.0.0.1 $env(PORT)
see {0>}
say "login admin"
see {Password}
say "wrong password"
see {ERROR}
see {0>}
say "login admin"
see {Password}
say $env(SECRET)
see {3>}
say "bus watch"
see {REQ_UD2}
stty rows 40 columns 120 < $spawn_out(slave,name)
send "\003"
see {3>}
say "meter read id=1"
see {Wh}
see {3>}
say "bus watch"
see {REQ_UD2}
close
wait
spawn telnet 127.0.0.1 $env(PORT)
see {0>}
send "\004"
expect eof
"""
)


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[Running]:
    with appliance_in(tmp_path) as appliance:
        yield appliance


@pytest.mark.peer
def test_telnet_under_expect_from_the_first_start_to_a_broken_connection(appliance: Running) -> None:
    need_program("telnet")
    for script in (FIRST_START, LOGIN_AND_READ):
        done = appliance.expect(script)
        assert done.returncode == 0, done.stdout


@pytest.mark.peer
@pytest.mark.parametrize("words", [("-N",), ("-N", "-t")], ids=["pipe", "telnet negotiation refused"])
def test_nc_runs_a_script(appliance: Running, words: tuple[str, ...]) -> None:
    appliance.order("set console.password.2=pumpernickel-17")
    typed = "show version\nlogin 2 password=pumpernickel-17\nmeter list count=2 csv\nnonsense\nquit\n"
    answer = appliance.pipe(*words, typed=typed)
    assert "busmeister 0.1.0\nOK\n" in answer
    assert "type,address,name" in answer
    assert "ERROR Unknown command" in answer
    assert answer.endswith("OK\n")


@pytest.mark.peer
def test_openssl_finds_the_certificate_whose_fingerprint_is_shown(appliance: Running) -> None:
    openssl = need_program("openssl")
    file = appliance.data / "certificates" / "self.pem"
    shown = subprocess.run(
        [openssl, "x509", "-in", str(file), "-noout", "-fingerprint", "-sha256"], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert shown.stdout.strip().partition("=")[2] in appliance.order("certificate show")
    done = subprocess.run(
        [openssl, "s_client", "-quiet", "-CAfile", str(file), "-verify_return_error", "-verify_ip", "127.0.0.1",
         "-connect", f"127.0.0.1:{appliance.port}"],
        input=b"show version\nquit\n", capture_output=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert b"busmeister 0.1.0\r\nOK\r\n" in done.stdout, done.stderr
    assert "busmeister 0.1.0\nOK\n" in appliance.pipe("-N", typed="show version\n"), "plain text on the same port"
