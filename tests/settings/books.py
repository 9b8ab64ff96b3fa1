"""A setting book in memory."""

from __future__ import annotations

from collections.abc import Mapping


class MemoryBook:
    """Keeps settings as long as the test lasts."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts = dict(texts or {})
        self.saved: list[tuple[dict[str, str | None], str]] = []

    def load(self) -> Mapping[str, str]:
        return dict(self.texts)

    def save(self, changes: Mapping[str, str | None], who: str) -> None:
        self.saved.append((dict(changes), who))
        for name, text in changes.items():
            if text is None:
                self.texts.pop(name, None)
            else:
                self.texts[name] = text
