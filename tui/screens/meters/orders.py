"""What can be ordered for the marked meters, or for the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from appliance.meters.meter import Meter
from appliance.operations.line import quote_value
from tui.screens.ask import Ask
from tui.screens.choose import Choice, Choose
from tui.text import _, plural

if TYPE_CHECKING:
    from tui.screens.page import Page

BULK: Final = (
    Choice("meter read", _("read now"), _("level 2")),
    Choice("meter activate", _("make active"), _("level 2")),
    Choice("meter deactivate", _("make passive"), _("level 2: not in rounds, values stay")),
    Choice("meter set schedule", _("cycle"), _("level 2: 15min, a cron pattern, empty")),
    Choice("meter set group", _("group"), _("level 2")),
    Choice("meter set cost_centre", _("cost centre"), _("level 2")),
    Choice("meter clear", _("clear values"), _("level 3: the meters stay")),
    Choice("meter delete", _("delete"), _("level 3: with all values")),
)
FOR_GOOD: Final = ("meter clear", "meter delete")
SET: Final = "meter set "


class Orders:
    """Of the list; `done` is called when an order was given."""

    def __init__(self, page: Page, done: Callable[[], None]) -> None:
        self._page = page
        self._done = done

    def read(self, meters: Sequence[Meter]) -> None:
        """Now, before the round."""
        if meters:
            self._page.order("meter read", meters=selection(meters))

    def export(self, numbers: Sequence[str]) -> None:
        """All there is to know of these."""
        if numbers:
            self._page.order("meter export", meters=",".join(f"id={number}" for number in numbers), columns="full")

    def bulk(self, meters: Sequence[Meter]) -> None:
        """Choose what is done with these, if there are any."""
        if not meters:
            return
        title = plural("{} meter", "{} meters", len(meters)).format(len(meters))
        self._page.app.push_screen(Choose(title, BULK), lambda order: self._chosen(order, meters) if order else None)

    def delete(self, meters: Sequence[Meter]) -> None:
        """Wants the name typed."""
        if meters:
            self._chosen("meter delete", meters)

    def add(self) -> None:
        """One meter, by its address."""
        question = _("Secondary address (8 digits), or p and the primary address: p 17")
        self._page.app.push_screen(Ask(question), self._add)

    def _add(self, text: str | None) -> None:
        if text and text.lower().startswith("p"):
            self._page.order("meter add", primary=text[1:].strip())
        elif text:
            self._page.order("meter add", secondary=text.strip())

    def _chosen(self, order: str, meters: Sequence[Meter]) -> None:
        if order in FOR_GOOD:
            self._ask_name(order, meters)
        elif order.startswith(SET):
            field = order.removeprefix(SET)
            asked = Ask(_("{} of {}").format(field, _names(meters)), getattr(meters[0], field))
            self._page.app.push_screen(asked, lambda text: self._set(field, meters, text))
        else:
            self._page.order(order, meters=selection(meters))
            self._done()

    def _set(self, field: str, meters: Sequence[Meter], text: str | None) -> None:
        if text is not None:
            line = f"meter set {selection(meters)} {field}={quote_value(text)}"
            self._page.dashboard.commander.order(line, self._done)

    def _ask_name(self, order: str, meters: Sequence[Meter]) -> None:
        """What goes for good is confirmed by typing: the name of one, the number of many."""
        wanted = meters[0].label if len(meters) == 1 else str(len(meters))
        what = _("{} with all values") if order == "meter delete" else _("the values of {}")
        question = _("For good: {}.").format(what.format(_names(meters)))
        asked = Ask(question, way=_("Type {} to do it:").format(wanted))
        self._page.app.push_screen(asked, lambda text: self._confirmed(order, meters, wanted, text))

    def _confirmed(self, order: str, meters: Sequence[Meter], wanted: str, text: str | None) -> None:
        if text == wanted:
            self._page.order(order, confirmed=True, meters=selection(meters))
            self._done()
        elif text is not None:
            self._page.dashboard.say(_("Nothing was done: that is not {}.").format(wanted))


def selection(meters: Sequence[Meter]) -> str:
    """Some meters, as operations take them."""
    return ",".join(f"id={meter.id}" for meter in meters)


def _names(meters: Sequence[Meter]) -> str:
    more = _(" and {} more").format(len(meters) - 2) if len(meters) > 2 else ""
    return ", ".join(meter.label for meter in meters[:2]) + more
