"""Cuts the power everywhere in a recorded life, opens what is left as the appliance would, and has it audited."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from pathlib import Path

from appliance.clock import VirtualClock
from appliance.store import Store, StoreOptions
from appliance.store.database import close_all
from tests.auditor import Findings, audit
from tests.powercut.disk import Act, Files, Operation, Playback
from tests.powercut.life import Key, MayBeDelivered, MayGo, MayMove, MustGo, Saved, Stored

IMAGES_OF_A_CUT = 4  # nothing, everything, two parts, torn; only one where nothing was pending
SMALL = StoreOptions(ballast=0)
DATABASE = "busmeister.db"
Telegrams = tuple[bytes, ...]
Image = tuple[tuple[str, bytes], ...]
"""Name and octets of each file."""


@dataclass
class Promises:
    """What the store has said so far, and so must hold after a cut."""

    heard: dict[Key, Telegrams]  # all that ever came in: nothing else may be found
    must: dict[Key, Telegrams] = field(default_factory=dict)
    moving: dict[Key, Key] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    delivered: set[Key] = field(default_factory=set)
    settings: dict[str, str] = field(default_factory=dict)

    def take(self, mark: object) -> None:
        """The store says something."""
        match mark:
            case Stored(readings):
                self.must |= readings
                self.moving = {old: new for old, new in self.moving.items() if new not in readings}
            case MayGo(keys):
                self.must = {key: telegrams for key, telegrams in self.must.items() if key not in keys}
            case MustGo(meter):
                self.deleted.add(meter)
            case MayMove(keys):
                self.moving |= keys
                self.delivered |= {new for old, new in keys.items() if old in self.delivered}
                self.must = {key: telegrams for key, telegrams in self.must.items() if key not in keys}
            case MayBeDelivered(keys):
                self.delivered |= keys
            case Saved(name, value):
                self.settings[name] = value

    def broken_by(self, found: Findings) -> list[str]:
        """Each promise that does not hold."""
        broken = [f"problem: {problem}" for problem in found.problems]
        broken += [f"lost: {key}" for key in self.must if key not in found.readings]
        broken += [f"lost: {old}" for old, new in self.moving.items() if not {old, new} & found.readings.keys()]
        broken += [f"doubled: {old}" for old, new in self.moving.items() if {old, new} <= found.readings.keys()]
        broken += [f"changed: {key}" for key, octets in found.readings.items() if self.heard.get(key) != octets]
        broken += [f"kept: {key} of a deleted meter" for key in found.readings if key[1] in self.deleted]
        due = {key for key in found.readings if key[1] % 2 and key not in self.delivered}
        broken += [f"outbox: {key} is stored and not due to its receiver" for key in due - found.outbox]
        return broken


@dataclass
class Report:
    """How many images were looked at, and what was wrong."""

    images: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, broken: list[str], where: int) -> None:
        """An image was looked at."""
        self.images += 1
        for kind in {fault.partition(":")[0] for fault in broken}:
            self.faults[kind] += 1
        if broken and len(self.examples) < 5:
            self.examples.append(f"cut after operation {where}: {broken[0]}")


def cut_everywhere(
    log: list[Operation], heard: dict[Key, Telegrams], folder: Path, images: int, seed: int = 1, start: int = 0
) -> Report:
    """Look at about so many images, spread over the log from operation `start` on."""
    chance, report = random.Random(seed), Report()
    playback, promises = Playback(), Promises(heard)
    acts = sum(operation.act is not Act.MARK for operation in log[start:])
    each = ceil(images / acts / IMAGES_OF_A_CUT)
    for where, operation in enumerate(log):
        playback.play(operation)
        if operation.act is Act.MARK:
            promises.take(operation.mark)
        elif where >= start and chance.random() * acts * IMAGES_OF_A_CUT * each <= images:
            for files in _images(playback, chance, each):
                image = tuple((name, bytes(content)) for name, content in files.items())
                report.add(promises.broken_by(_reopen(image, folder)), where)
    return report


def _images(playback: Playback, chance: random.Random, each: int) -> Iterator[Files]:
    for _ in range(each):
        yield from playback.images(chance, subsets=2, torn=1)


@lru_cache(maxsize=64)  # until the next sync a cut can leave the same octets again, and the same is found in them
def _reopen(image: Image, folder: Path) -> Findings:
    """Open an image with the store's own open, as after the power came back, and look at what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in image:
        (folder / name).write_bytes(content)
    store = Store.open(folder, clock=VirtualClock(), publish=lambda _: None, options=SMALL, threaded=False)
    store.erasure.finish()  # as housekeeping does
    close_all(store._database)
    store.folder.unlock()
    return audit(folder / DATABASE)
