"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"  # the appliance runs, but not as well as it could
    ERROR = "error"  # something will not work


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's answer."""

    level: Level
    subject: str
    sentence: str
    remedy: str = ""


def ok(subject: str, sentence: str) -> Finding:
    return Finding(Level.OK, subject, sentence)


def warning(subject: str, sentence: str, remedy: str) -> Finding:
    return Finding(Level.WARNING, subject, sentence, remedy)


def error(subject: str, sentence: str, remedy: str) -> Finding:
    return Finding(Level.ERROR, subject, sentence, remedy)
