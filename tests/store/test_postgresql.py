"""The same store on PostgreSQL: a server that is killed in a round costs nothing and doubles nothing."""

from __future__ import annotations

import importlib.util
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import peewee
import pytest

from appliance.errors import SettingError, StoreError
from appliance.meters.meter import Meter
from appliance.ports import ReadingKind
from appliance.store.database import as_ours, open_server
from tests.conftest import need_program
from tests.store.conftest import Hall, OpenStore
from tests.store.telegrams import heat_meter, unreadable, water_meter


class Server:
    """A PostgreSQL of our own, on a free port, as the user it runs under."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._numbers = count(1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "--no-sync")
        self.start()

    def database(self) -> str:
        """URL of an empty database."""
        name = f"values{next(self._numbers)}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        data, log = str(self._folder / "data"), str(self._folder / "log")
        self._run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")

    def kill(self) -> None:
        """End it as a crash does, and every process it started."""
        number = int((self._folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        family = [number, *children(number)]
        for process in family:
            os.kill(process, signal.SIGKILL)
        while any(alive(process) for process in family):
            select.select([], [], [], 0.01)
        (self._folder / "data" / "postmaster.pid").unlink()

    def stop(self) -> None:
        """End it."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # output goes nowhere: the server would keep a pipe open for as long as it lives
        subprocess.run(
            command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60
        )


def children(parent: int) -> list[int]:
    """Processes that a process started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(words[1]) == parent:
            found.append(int(status.parent.name))
    return found


def alive(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if importlib.util.find_spec("psycopg") is None:
        if os.environ.get("BUSMEISTER_REQUIRE_PEERS") == "1":
            pytest.fail("psycopg is not installed, and BUSMEISTER_REQUIRE_PEERS asks for it")
        pytest.skip("psycopg is not installed")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    programs = found[-1].parent if found else Path(need_program("initdb")).parent
    folder = Path(tempfile.mkdtemp(prefix="busmeister-postgresql-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    running = Server(folder, programs)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.mark.peer
def test_round_goes_on_when_the_server_is_killed_and_nothing_is_lost_or_doubled(
    server: Server, open_store: OpenStore, hall: Hall
) -> None:
    url = server.database()
    store = open_store(url=url, receivers=lambda _: (7,))
    store.meters.add(*(Meter(id=0, name=f"meter {number}") for number in range(1, 4)))
    store.settings.save({"a.b": "1"}, "test")
    heard = []
    for number in range(120):
        if number == 60:
            server.kill()
        if number == 90:
            server.start()
        telegrams = (heat_meter(number + 1, number), water_meter(number + 1)) if number % 3 else (unreadable(number),)
        heard.append(hall.heard(number + 1, telegrams=telegrams))
        store.missed(hall.missed(number + 1))
        store.accept(heard[-1])
        store.accept(heard[-1])
    for _ in range(4):
        hall.clock.advance(seconds=31)
        store.pump()
    store.flush()
    assert set(hall.stored()) == {(reading.meter, reading.slot) for reading in heard}
    assert [store.readings.between(reading.meter) for reading in heard] == [[reading] for reading in heard]
    assert store.readings.missed(0) == []
    assert len(store.outbox.waiting(7)) == 120
    store.close()

    store = open_store(url=url)
    assert [meter.name for meter in store.meters.all()] == ["meter 1", "meter 2", "meter 3"]
    assert store.settings.load() == {"a.b": "1"}
    store.meters.delete(3)
    assert [meter.id for meter in store.meters.add(Meter(id=0))] == [4]
    assert store.readings.latest(5) == [heard[4]]
    store.outbox.delivered(7, store.outbox.waiting(7))
    store.housekeeping.maintain()


@pytest.mark.peer
def test_past_deletion_and_numbers_are_the_same_on_a_server(server: Server, open_store: OpenStore, hall: Hall) -> None:
    url = server.database()
    store = open_store(url=url, receivers=lambda _: (7,))
    store.meters.add(Meter(id=0), Meter(id=0), Meter(id=0))
    slots = [hall.slot(number) for number in range(-40, 0)]
    for slot in slots:
        for meter in (1, 2, 3):
            store.accept(hall.heard(meter, slot, telegrams=(heat_meter(meter, slot), water_meter(meter))))
        store.accept(hall.heard(2, slot + 77, kind=ReadingKind.MANUAL))
    store.flush()
    both = sorted([*slots, *(slot + 77 for slot in slots)])
    assert [heard.slot for heard in store.readings.between(2)] == both
    assert [heard.slot for heard in store.readings.latest(2, 3, until=both[9])] == both[9:6:-1]
    assert sum(len(block.slots) for block in store.readings.values(2)) == 120
    extent = store.survey.extent()
    assert (extent.readings, extent.file) == (160, None)
    store.meters.delete(1, 3, keep_values=False)
    store.close()  # before its values are gone, as when the power goes

    store = open_store(url=url)
    assert store.erasure.finish() == 4 * 40
    assert [len(store.readings.between(meter)) for meter in (1, 2, 3)] == [0, 80, 0]
    assert {meter for _, meter in store.outbox.waiting(7)} == {2}
    assert [meter.id for meter in store.meters.add(Meter(id=0))] == [4]


@pytest.mark.parametrize("url", ["mysql://root:secret@db/values", "file.db", "postgresql"])
def test_url_of_no_known_server_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(SettingError, match="The URL of a database begins with postgres://") as refused:
        open_server(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://root:secret/values", "postgresql://root:secret@[::1/values"])
def test_url_without_host_and_port_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(SettingError, match=r"names no host and port\. Write it as postgresql://USER@HOST") as refused:
        open_server(url)
    assert "secret" not in str(refused.value)


def test_server_that_does_not_answer_is_one_sentence_with_what_to_do() -> None:
    error = as_ours(peewee.OperationalError("connection refused\n\tIs the server running?"))
    assert isinstance(error, StoreError)
    assert error.sentence == (
        "The database server does not answer (connection refused Is the server running?): "
        "check that it runs, and --database."
    )


def test_missing_driver_of_the_server_is_named_with_what_to_do() -> None:
    error = as_ours(peewee.ImproperlyConfigured("psycopg2 postgres driver not found."))
    assert isinstance(error, SettingError)
    assert "pip install 'busmeister[postgres]'" in error.sentence


def test_url_without_the_name_of_a_database_is_refused_without_showing_its_password() -> None:
    with pytest.raises(SettingError, match="ends with the name of the database") as refused:
        open_server("postgresql://root:secret@db")
    assert "secret" not in str(refused.value)
