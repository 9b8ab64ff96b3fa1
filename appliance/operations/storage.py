"""What is kept, and how much room there is (operations.md §1)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from appliance.meters.units import digits
from appliance.operations.answer import Answer, Data
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.times import local
from appliance.store.extent import Extent, File

NAMES: Final = 16  # columns
MEGABYTE: Final = 1_000_000


@operation("show storage", level=1)
def show_storage(call: Call) -> Answer:
    """Size, readings, oldest, days left, last check, last snapshot."""
    store = call.parts.store
    extent, check, snapshot = store.survey.extent(), store.housekeeping.last_check(), store.housekeeping.last_copy()
    deleted = sorted(store.newest.meters() - {meter.id for meter in store.meters.all()})
    lines = [
        *_file_lines(extent.file),
        ("readings", f"{'' if extent.counted else 'about '}{digits(extent.readings)}"),
        ("oldest", local(extent.oldest, call.zone).text),
        ("newest", local(extent.newest, call.zone).text),
        ("days left", _days_left(call, extent)),
        ("last check", local(check, call.zone).text),
        ("last snapshot", local(snapshot, call.zone).text),
    ]
    if deleted:
        numbers = ", ".join(f"id={number}" for number in deleted)
        lines.append(("deleted meters", f"values are kept of {numbers}: show readings id={deleted[0]}"))
    data = _data(extent) | {"last_check": check, "last_snapshot": snapshot, "deleted_meters": list[Data](deleted)}
    return Answer(lines=tuple(f"{name:{NAMES}}{text}" for name, text in lines), data=data)


@operation("system maintain", level=3, audited=True, long=True)
def system_maintain(call: Call) -> Answer:
    """Runs housekeeping now."""
    call.parts.store.housekeeping.maintain()
    return Answer()


def _data(extent: Extent) -> dict[str, Data]:
    file = extent.file
    return {
        "size": file.size if file else None,
        "unused": file.unused if file else None,
        "disk": file.disk.total if file else None,
        "disk_free": file.disk.free if file else None,
        "readings": extent.readings,
        "estimated": not extent.counted,
        "oldest": extent.oldest,
        "newest": extent.newest,
        "days_left": extent.days_left,
    }


def _file_lines(file: File | None) -> Iterator[tuple[str, str]]:
    if file is None:
        yield "database", "on a server, which knows its size"
        return
    yield "database", f"{_megabytes(file.size)}, {_megabytes(file.unused)} of them unused"
    yield "disk", f"{_megabytes(file.disk.total)}, {_megabytes(file.disk.free)} of them free"


def _days_left(call: Call, extent: Extent) -> str:
    storage = call.parts.settings.storage
    if extent.days_left is not None:
        return f"{digits(extent.days_left)} until the disk is {storage.high_water} % full: then the oldest values go"
    if storage.retention:
        return f"no end: values go after {storage.retention.days} days, for which there is room"
    return "not known yet"


def _megabytes(octets: int) -> str:
    return f"{digits(Decimal(octets * 10 // MEGABYTE).scaleb(-1))} MB"
