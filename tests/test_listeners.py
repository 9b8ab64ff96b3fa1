"""Who has a port, and the next one that is free."""

from __future__ import annotations

import errno
import os
import re
import socket

import pytest

from appliance.listeners import is_free, listener, next_free, why_not


def test_the_program_that_has_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert f"(process {os.getpid()})" in listener(port)
        assert not is_free(port)
        assert next_free(port) > port


def test_nobody_is_named_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert listener(port) == "another program"
    assert is_free(port)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EADDRINUSE, r"taken by .* \(process \d+\): end that, or set ssh\.port to another"),
        (errno.EACCES, r"below 1024 .*: set ssh\.port to a higher one"),
        (errno.EADDRNOTAVAIL, r"no such address: set ssh\.listen to one it has"),
        (errno.ENOBUFS, "No buffer space"),
    ],
)
def test_port_that_cannot_be_had_is_told_with_what_to_do(number: int, reason: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert re.search(reason, why_not("ssh", server.getsockname()[1], OSError(number, "")))
