"""The diagnostic file: what somebody far away needs to see, without a secret (operations.md §11)."""

from __future__ import annotations

import gc
import io
import platform
import sys
import threading
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from appliance.checks.finding import Finding
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.care import examine
from appliance.operations.execute import execute, sentence_of
from appliance.operations.json_text import json_of
from appliance.operations.line import parse_line
from appliance.operations.operation import Operation, operation
from appliance.operations.registry import Registry
from appliance.operations.repository import free_name, writing

LOOKS: Final = (
    *("show status", "show warnings", "show services", "show exposure", "show jobs", "show schedules"),
    *("show segments", "show bus", "show rounds count=500", "show gaps since=7d count=5000", "show media"),
    *("show storage", "show events", "show certificates", "show panel", "show relays"),
    *("meter list all", "show settings", "show configuration device=true"),
    "log list since=31d severity=debug count=20000",
)
"""Orders that only look; their answers are files of the archive."""
COMMONEST: Final = 40  # kinds of objects that are counted
PROCESS: Final = Path("/proc/self/status")


def make_dump(registry: Callable[[], Registry]) -> Operation:
    """It asks the other orders of the registry that it is part of."""

    @operation("system dump", level=3, audited=True, long=True)
    def system_dump(call: Call, *, telegrams: bool = False) -> Answer:
        """Writes a diagnostic file without secrets: log, states, memory, settings."""
        name = free_name(call, f"dump-{call.parts.serial}", "zip")
        parts = [*_parts(call, registry()), *([("telegrams.txt", lambda: _telegrams(call))] if telegrams else [])]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for done, (part, write) in enumerate(parts):
                call.report(done, len(parts), part)
                archive.writestr(part, write())
        with writing(call, name) as file:
            file.add(packed.getvalue())
        return Answer(
            sentence=f"{name}, {len(parts)} parts, {file.size} octets", data={"file": name, "size": file.size}
        )

    return system_dump


def _parts(call: Call, registry: Registry) -> Iterator[tuple[str, Callable[[], str]]]:
    """The name of each part, and what makes it."""
    yield "about.json", lambda: json_of(_about(call))
    yield "doctor.json", lambda: json_of([_finding(one) for one in examine(call)])
    yield "memory.txt", _memory
    yield "threads.txt", _threads
    for look in LOOKS:
        words = [word for word in look.split() if "=" not in word]
        yield f"{'-'.join(words)}.json", partial(_answer, call, registry, look)


def _answer(call: Call, registry: Registry, look: str) -> str:
    """A failure is what the reader wants to know most: it stands in place of the answer."""
    try:
        return json_of(execute(call, *registry.find(parse_line(look).tokens)).as_data())
    except Exception as error:  # noqa: BLE001  # one part that fails costs no other
        return json_of({"error": sentence_of(error)})


def _about(call: Call) -> dict[str, object]:
    parts = call.parts
    return {
        "serial": parts.serial,
        "version": parts.version,
        "started": parts.started,
        "written": call.now(),
        "boot": parts.store.history.boot,
        "python": platform.python_version(),
        "machine": platform.platform(),
        "notices": list(parts.notices()),
    }


def _finding(one: Finding) -> dict[str, str]:
    return {"level": str(one.level), "subject": one.subject, "finding": one.sentence, "remedy": one.remedy}


def _memory() -> str:
    """What the kernel says, and which objects there are most of."""
    kernel = PROCESS.read_text(encoding="ascii", errors="replace") if PROCESS.exists() else ""
    kinds = Counter(type(one).__qualname__ for one in gc.get_objects())
    return kernel + "\n" + "".join(f"{count:10}  {kind}\n" for kind, count in kinds.most_common(COMMONEST))


def _threads() -> str:
    """Where each thread is: places in the code, no values."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames().items()  # noqa: SLF001 - the interpreter's only way to ask
    stacks = [f"{names.get(ident, ident)}\n{''.join(traceback.format_stack(frame))}" for ident, frame in frames]
    return "\n".join(stacks)


def _telegrams(call: Call) -> str:
    """The newest reading of every meter: number, slot, octets."""
    store = call.parts.store
    found = (heard for meter in store.meters.all() for heard in store.readings.latest(meter.id))
    return "".join(f"id={one.meter} {one.slot} {' '.join(octets.hex() for octets in one.telegrams)}\n" for one in found)
