"""The console over a stream of octets: telnet, SSH and a terminal share it."""

from console.editor.serve import serve
from console.editor.stream import Limits, Size, Stream

__all__ = ["Limits", "Size", "Stream", "serve"]
