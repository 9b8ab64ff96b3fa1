"""Network set-up at the display: begun by holding blue, left by going past the last digit, or by doing nothing."""

from __future__ import annotations

import math
from ipaddress import IPv4Address
from typing import Final

from appliance.ports import Host, Link
from appliance.services.front_panel.buttons import Gesture
from appliance.services.front_panel.editing import AddressEditor
from appliance.services.front_panel.hands import Hands
from appliance.services.network import apply_network
from appliance.settings import Settings

PATIENCE: Final = 60.0  # seconds without a press
LAN: Final = "network.lan."
EDITED: Final = ("address", "netmask", "gateway")


class NetworkSetup:
    """The editor while somebody edits, and what comes of it."""

    def __init__(self, settings: Settings, hands: Hands, host: Host) -> None:
        self.editor: AddressEditor | None = None
        self._settings = settings
        self._hands = hands
        self._host = host
        self._until = math.inf

    def begin(self, link: Link, now: float) -> str:
        """From the addresses as they are; the sentence for whoever wonders what was done, or why not."""
        if not self._settings.panel.buttons.network:
            return "err: network set-up at the display is switched off"
        lan = self._settings.network.lan
        present = (lan.address or address_of(link), lan.netmask, lan.gateway)
        fields = [
            (name, value if isinstance(value, IPv4Address) else IPv4Address(0))
            for name, value in zip(EDITED, present, strict=True)
        ]
        self.editor = AddressEditor(fields)
        self._until = now + PATIENCE
        return ""

    def take(self, gesture: Gesture, now: float) -> str:
        """A gesture while editing; once the editor is past its end, the sentence that says what came of it."""
        if self.editor is None:
            return ""
        self._until = now + PATIENCE
        match gesture:
            case Gesture.RED_SHORT:
                self.editor.increment()
            case Gesture.BLUE_SHORT:
                self.editor.next_digit()
            case Gesture.NETWORK:
                self.editor.next_line()
        return self._save(self.editor) if self.editor.over else ""

    def leave(self) -> None:
        """Nothing was changed."""
        self.editor, self._until = None, math.inf

    def pass_time(self, now: float) -> None:
        """Whoever does nothing has left."""
        if self.editor is not None and now >= self._until:
            self.leave()
            self._hands.note("nobody", PATIENCE, "network set-up left without a change")

    def next_moment(self) -> float:
        """When it is left by itself."""
        return self._until

    def _save(self, editor: AddressEditor) -> str:
        self.leave()
        if not editor.changed:
            return "nothing changed"
        values = {f"{LAN}{name}": str(address) if int(address) else "" for name, address in editor.addresses.items()}
        values[f"{LAN}mode"] = "static"
        return self._hands.set(values) or apply_network(self._settings, self._host)


def address_of(link: Link) -> IPv4Address | None:
    """The machine's address; none where it has none."""
    return IPv4Address(link.address) if link.address else None
