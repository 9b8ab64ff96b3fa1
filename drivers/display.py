"""Displays through luma, imported when a board has one. A thread of its own writes to the wire, which takes a while."""

from __future__ import annotations

import importlib
import threading
from typing import Any, Final

from appliance.board import Screen
from appliance.errors import HardwareError
from appliance.log import stream
from appliance.ports import Picture
from drivers.control_lines import ControlLines

log = stream("service.panel")

OLED: Final = ("ssd1306", "ssd1309", "ssd1315", "ssd1325", "ssd1327", "ssd1331", "ssd1351", "sh1106", "sh1107")
LCD: Final = ("st7735", "st7789", "st7567", "ili9341", "pcd8544", "uc1701x")
BRIGHTEST: Final = 255


class LumaDisplay:
    """One display; `show` and `set_brightness` return at once."""

    def __init__(self, screen: Screen, chip: str = "", device: Any = None) -> None:  # noqa: ANN401  # luma has no type
        self._lines = ControlLines(chip)
        self._device = device if device is not None else _open(screen, self._lines)
        self._mode = self._device.mode
        self._changed = threading.Condition()
        self._picture: Picture | None = None
        self._brightness: int | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="display", daemon=True)
        self._thread.start()

    def show(self, picture: Picture) -> None:
        """Replace what waits to be drawn."""
        with self._changed:
            self._picture = picture
            self._changed.notify()

    def set_brightness(self, percent: int) -> None:
        """With the next write."""
        with self._changed:
            self._brightness = percent * BRIGHTEST // 100
            self._changed.notify()

    def close(self) -> None:
        """Draw what waits, then leave it dark."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._lines.close()

    def _run(self) -> None:
        try:
            self._write()
        except Exception as error:  # noqa: BLE001  # luma passes on whatever its bus raises; the panel goes on without
            log.error("The display does not work any more: %s", error)

    def _write(self) -> None:
        shown: Picture | None = None
        while True:
            with self._changed:
                while not self._closed and self._brightness is None and self._picture == shown:
                    self._changed.wait()
                picture, brightness, self._brightness, closed = self._picture, self._brightness, None, self._closed
            if brightness is not None:
                self._device.contrast(brightness)
            if picture is not None and picture != shown:
                self._device.display(self._convert(picture))
                shown = picture
            if closed:
                self._device.hide()
                return

    def _convert(self, picture: Picture) -> object:
        from PIL import Image

        image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
        if self._mode == "1":
            return image.convert("L").point(lambda level: 255 * (level > 127), mode="1")
        return image.convert(self._mode)


def _open(screen: Screen, lines: ControlLines) -> Any:  # noqa: ANN401  # luma's devices share no type
    if screen.driver not in (*OLED, *LCD):
        raise HardwareError(f"screen.driver takes {', '.join((*OLED, *LCD))} or none, not {screen.driver}.")
    try:
        serial = importlib.import_module("luma.core.interface.serial")
        family = importlib.import_module("luma.oled.device" if screen.driver in OLED else "luma.lcd.device")
    except ImportError as error:
        raise HardwareError(
            "A display needs the Python packages luma.oled and luma.lcd, which are not installed. "
            "Install them with: pip install 'busmeister[hardware]'."
        ) from error
    try:
        if screen.bus == "spi":
            wire = serial.spi(port=screen.port, device=screen.device, gpio=lines)
        else:
            wire = serial.i2c(port=screen.port, address=screen.address)
        make = getattr(family, screen.driver)
        return make(wire, width=screen.width, height=screen.height, rotate=screen.rotate)
    except Exception as error:  # luma raises its own errors, the bus's and whatever the GPIO library has
        lines.close()
        raise HardwareError(
            f"The display {screen.driver} on {screen.bus} {screen.port} does not answer: {error}."
        ) from error
