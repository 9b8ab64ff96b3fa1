"""The status octet and the application errors in words (public M-Bus documentation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CONDITION: Final = 0x03  # bits 0 and 1 are one code
CONDITIONS: Final = ("", "application busy", "application error", "abnormal condition")
# fmt: off
FLAGS: Final = {
    0x04: "low power",
    0x08: "permanent error",
    0x10: "temporary error",
    0x20: "manufacturer flag 5",
    0x40: "manufacturer flag 6",
    0x80: "manufacturer flag 7",
}
APPLICATION_ERRORS: Final = {
    0x00: "unspecified error",
    0x01: "CI field not implemented",
    0x02: "buffer too long, truncated",
    0x03: "too many records",
    0x04: "premature end of record",
    0x05: "more than 10 DIFEs",
    0x06: "more than 10 VIFEs",
    0x07: "reserved",
    0x08: "application busy",
    0x09: "too many readouts",
    0x11: "function not implemented",
    0x12: "data error",
    0x13: "routing or relaying error",
    0x14: "access violation",
    0x15: "parameter error",
    0x16: "size error",
    0x20: "security error",
    0x21: "security mechanism not supported",
    0x22: "inadequate security method",
}
DYNAMIC: Final = 0xF0  # a record that says more follows
FIRST_OF_MANUFACTURER: Final = 0xF1
# fmt: on


def status_words(status: int) -> tuple[str, ...]:
    """`0x0C` -> `("low power", "permanent error")`; nothing to say is an empty tuple."""
    condition = CONDITIONS[status & CONDITION]
    return (condition,) * bool(condition) + tuple(words for bit, words in FLAGS.items() if status & bit)


@dataclass(frozen=True, slots=True)
class ApplicationErrorCode:
    """What a meter answered instead of data; without a code it is the unspecified error."""

    code: int

    @property
    def text(self) -> str:
        if self.code >= FIRST_OF_MANUFACTURER:
            return f"manufacturer's error {self.code:02X}"
        if self.code == DYNAMIC:
            return "application error told by a record"
        return APPLICATION_ERRORS.get(self.code, f"reserved error {self.code:02X}")
