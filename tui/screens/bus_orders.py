"""What can be ordered of the bus: commands to a meter, lending, recording. Each asks before it does harm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.errors import BusmeisterError
from appliance.meters.meter import Meter
from appliance.operations.execute import sentence_of
from appliance.operations.meter_send import Command, command_octets
from appliance.settings.kinds import NotTaken, Octets
from tui.screens.ask import Ask
from tui.screens.choose import Choice, Choose
from tui.screens.question import Question
from tui.text import _

if TYPE_CHECKING:
    from tui.screens.page import Page

COMMANDS: Final = {
    Command.NKE: (_("SND_NKE"), _("deselects, resets the frame count bit")),
    Command.RESET: (_("application reset"), _("subcode 0: everything")),
    Command.PRIMARY_ADDRESS: (_("new primary address"), "0-250"),
    Command.BAUD_RATE: (_("new baud rate"), "300-38400 Bd"),
    Command.RAW: (_("raw SND_UD"), _("CI field first, in hex")),
}
ARGUMENT: Final = {
    Command.RESET: "subcode",
    Command.PRIMARY_ADDRESS: "value",
    Command.BAUD_RATE: "value",
    Command.RAW: "data",
}
HEX: Final = Octets(1, 250)


class Orders:
    """Of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def send(self, meter: Meter) -> None:
        """Choose a command, then its value, see the octets, say yes."""
        choices = [Choice(str(command), title, note) for command, (title, note) in COMMANDS.items()]
        title = _("Send to {}").format(meter.label)
        self._page.app.push_screen(Choose(title, choices), lambda word: self._value(meter, word) if word else None)

    def lend(self, segment: str) -> None:
        """Readouts pause while a computer has the bus."""
        question = Question(
            _("Lend {} to a computer?").format(segment), _("No meter on it is read until it is taken back.")
        )
        self._page.app.push_screen(question, lambda yes: self._page.order("bus lend", segment=segment) if yes else None)

    def record(self, segment: str) -> None:
        """Ask for the name of the file."""
        at = self._page.dashboard.now()
        ask = Ask(_("Record {} into the file").format(segment), f"{segment}-{at:%Y%m%d-%H%M}.bus")
        self._page.app.push_screen(
            ask, lambda name: self._page.order("bus record", file=name, segment=segment) if name else None
        )

    def _value(self, meter: Meter, word: str) -> None:
        command = Command(word)
        if command not in ARGUMENT:
            self._confirm(meter, command, "")
            return
        title, note = COMMANDS[command]
        ask = Ask(f"{title} ({note})", "0" if command is Command.RESET else "")
        self._page.app.push_screen(ask, lambda text: self._confirm(meter, command, text) if text else None)

    def _confirm(self, meter: Meter, command: Command, text: str) -> None:
        """Show what would be sent, octet by octet."""
        try:
            octets = _octets(meter, command, text)
        except BusmeisterError as error:
            self._page.dashboard.complain(sentence_of(error))
            return
        except (ValueError, NotTaken):
            self._page.dashboard.complain(_("{} takes {}, not {}.").format(*COMMANDS[command], text))
            return
        values = {"meter": f"id={meter.id}", "kind": str(command)}
        values |= {ARGUMENT[command]: text} if command in ARGUMENT else {}
        question = Question(_("Send to {}:").format(meter.label), octets.hex(" ").upper())
        self._page.app.push_screen(
            question, lambda yes: self._page.order("meter send", confirmed=True, **values) if yes else None
        )


def _octets(meter: Meter, command: Command, text: str) -> bytes:
    match command:
        case Command.RAW:
            return command_octets(meter, command, data=HEX.parse(text))
        case Command.RESET:
            return command_octets(meter, command, subcode=int(text))
        case Command.NKE:
            return command_octets(meter, command)
    return command_octets(meter, command, value=int(text))
