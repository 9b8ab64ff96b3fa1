"""What the display says: pages of four lines of text, the same on the device and in the dashboard's drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appliance.operations.panel_view import HeldView, Page
from appliance.services.front_panel.editing import AddressEditor

COLUMNS: Final = 21
ROWS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """The bus is a computer's."""

    where: str  # "TCP 50000", "USB"
    baud_rate: int
    client: str = ""  # address, once it is connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the pages are made of."""

    state: str = "idle"  # idle, read, scan, rs, err
    now: datetime  # in the zone of the appliance
    name: str = ""
    location: str = ""
    version: str = ""
    serial: str = ""
    address: str = ""
    ok: int = 0
    silent: int = 0
    failed: int = 0
    faulty: int = 0
    done: int = 0
    due: int = 0
    next_round: datetime | None = None
    paused: bool = False
    scan: str = ""  # what the search says of itself
    scan_done: int = 0
    scan_of: int = 0
    trouble: str = ""
    since: datetime | None = None
    relays: tuple[int, ...] = ()
    lent: Lent | None = None
    setup_code: str = ""


def status_page(facts: Facts) -> Page:
    """The page of the state the appliance is in."""
    return {"read": _read, "scan": _scan, "rs": _lent, "err": _error}.get(facts.state, _idle)(facts)


def rotation(facts: Facts) -> tuple[Page, ...]:
    """The pages shown in turn: the state, and who this is; only the state while it asks for attention."""
    first = status_page(facts)
    if facts.setup_code:
        return first, setup_page(facts), device_page(facts)
    return (first, device_page(facts)) if facts.state in ("idle", "read") else (first,)


def device_page(facts: Facts) -> Page:
    """Who this is."""
    return _page("device", facts.name, facts.location, facts.address or "no address", f"{facts.version} {facts.serial}")


def setup_page(facts: Facts) -> Page:
    """The one-time code with which the first user is made."""
    code = facts.setup_code
    middle = COLUMNS if len(code) <= COLUMNS else code.rfind("-", 0, COLUMNS) + 1 or COLUMNS
    return _page("set-up", "set-up code", code[:middle], code[middle:], "log in as setup")


def editing_page(editor: AddressEditor) -> Page:
    """Network set-up: the digit that red changes is highlighted."""
    title = f"{editor.name[:4]:<5}"
    lines = (f"{title}{editor.text}", "red: +1", "blue: next digit", "blue 1 s: next line")
    return Page("network", lines, (0, len(title) + editor.position))


def held_page(held: HeldView) -> Page:
    """What is held, and what comes of it."""
    coming = f"at {held.mark:g} s: {held.at_mark}" if held.mark is not None else ""
    ready = f"let go: {held.on_release}" if held.on_release else ""
    return message_page("held", f"{' + '.join(held.buttons)} {held.seconds:.1f} s", ready, coming)


def message_page(name: str, *words: str) -> Page:
    """A sentence or two, wrapped; what does not fit is left out."""
    lines = [line for text in words for line in wrap(text)]
    return _page(name, *lines[:ROWS])


def wrap(text: str) -> list[str]:
    """Lines of at most the display's width, broken between words."""
    lines = [""]
    for one in text.split():
        longer = f"{lines[-1]} {one}".strip()
        if len(longer) <= COLUMNS:
            lines[-1] = longer
        else:
            lines.append(one[:COLUMNS])
    return [line for line in lines if line]


def _idle(facts: Facts) -> Page:
    paused, planned = "readouts paused", facts.next_round
    coming = f"next round {planned:%H:%M}" if planned else "readouts are off"
    first = _ends("idle", f"{facts.now:%H:%M}")
    return _page("idle", first, facts.address, _counts(facts), paused if facts.paused else coming)


def _read(facts: Facts) -> Page:
    progress = f"{facts.done} / {facts.due}" if facts.due else ""
    last = _ends(f"error {facts.failed + facts.faulty}" * bool(facts.failed + facts.faulty), f"{facts.now:%H:%M:%S}")
    return _page("read", _ends("read", progress), facts.address, _counts(facts), last)


def _scan(facts: Facts) -> Page:
    progress = f"{facts.scan_done} / {facts.scan_of}" if facts.scan_of else ""
    return _page("scan", _ends("scan", progress), *wrap(facts.scan)[: ROWS - 1])


def _lent(facts: Facts) -> Page:
    first = _ends("rs", "bus is lent")
    if facts.lent is None:
        return _page("rs", first, "readouts paused")
    where = _ends(facts.lent.where, f"{facts.lent.baud_rate} Bd")
    return _page("rs", first, where, facts.lent.client or "nobody connected", "readouts paused")


def _error(facts: Facts) -> Page:
    since = f"since {facts.since:%H:%M:%S}" if facts.since else ""
    relays = f"relays {' '.join(map(str, facts.relays))} on" if facts.relays else ""
    return _page("err", "err", facts.trouble, since, relays)


def _counts(facts: Facts) -> str:
    return f"ok {facts.ok}  silent {facts.silent}" if facts.ok or facts.silent or facts.failed else "no values yet"


def _ends(left: str, right: str) -> str:
    """One at each end of the line."""
    return f"{left}{right:>{max(COLUMNS - len(left), 0)}}" if right else left


def _page(name: str, *lines: str) -> Page:
    rows = [line[:COLUMNS].rstrip() for line in lines[:ROWS]]
    return Page(name, (*rows, *[""] * (ROWS - len(rows))))
