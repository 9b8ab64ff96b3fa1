"""Who has a port, and the next one that is free."""

from __future__ import annotations

import os
import socket

from appliance.listeners import is_free, listener, next_free


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
