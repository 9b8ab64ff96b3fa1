"""Golden dialogues: text files of what is typed and what appears, as a person would see it.

```text
boiler-room 3> set identity.name=cellar      a prompt and what was typed
OK                                           what appeared, to the next prompt
```
"""

from __future__ import annotations

from dataclasses import dataclass, field

from appliance.operations.all import registry
from appliance.operations.call import Call
from console.session import Outcome, Session


@dataclass
class Paper:
    """A screen of 100 columns whose person answers as told."""

    columns: int = 100
    answers: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    progressed: list[str] = field(default_factory=list)

    def write(self, line: str) -> None:
        self.lines.append(line)

    def conclude(self, line: str) -> None:
        self.lines.append(line)

    def progress(self, line: str) -> None:
        self.progressed.append(line)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        answer = self.answers.pop(0) if self.answers else "no"
        self.lines.append(question + ("*" * len(answer) if hidden else answer))
        return answer


class Conversation:
    """A session on paper."""

    def __init__(self, call: Call, *, plain: bool = True) -> None:
        self.paper = Paper()
        self.session = Session(call, registry(), self.paper, plain=plain)
        self.outcome = Outcome()

    def say(self, line: str) -> str:
        """What appears when the line is typed."""
        self.paper.lines.clear()
        self.outcome = self.session.run(line)
        return "\n".join(self.paper.lines)

    def script(self, text: str) -> str:
        """What appears when the file is run."""
        self.paper.lines.clear()
        self.outcome = self.session.run_script(text)
        return "\n".join(self.paper.lines)

    def replay(self, dialogue: str) -> str:
        """The dialogue as it goes now: type every line behind a prompt."""
        seen: list[str] = []
        for line in dialogue.splitlines():
            prompt, sign, typed = line.partition("> ")
            if sign and prompt[-1:].isdecimal() and not prompt[:1].isspace():
                seen += [f"{self.session.prompt}{typed}", *self.say(typed).splitlines()]
        return "\n".join([*seen, ""])
