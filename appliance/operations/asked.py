"""What a session asks back before an order is done: a yes, and values; secrets are never echoed nor in the history.

```python
def login(call: Call, name: Name, password: Annotated[Secret, Asked("Password")]) -> Answer:
```
Left out, it raises `ValueAsked`, which a session answers by asking and ordering again; a script is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError
from appliance.settings.kinds import Hidden, Secret

LONGEST: Final = 200


class YesAsked(RefusedError):
    """A person must say yes first: ask `question`, and order again, confirmed. A script is refused."""

    def __init__(self, sentence: str, question: str) -> None:
        super().__init__(sentence, Kind.USAGE)
        self.question = question


class Asked(Hidden):
    """A secret argument; the prompt may name other arguments in braces."""

    def __init__(self, prompt: str, *, twice: bool = False) -> None:
        super().__init__(0, LONGEST)
        self.prompt = prompt
        self.twice = twice

    def question(self, operation: str, name: str, values: Mapping[str, object]) -> ValueAsked:
        """What is to be asked now."""
        sentence = f'"{operation}" needs {name}=: it is asked for on a terminal only.'
        return ValueAsked(sentence, name, self.prompt.format_map(values), twice=self.twice)


class ValueAsked(RefusedError):
    """A value is missing: ask, and order again with `name=` it, `instead_of` the word that stands for it."""

    def __init__(
        self,
        sentence: str,
        name: str,
        prompt: str,
        *,
        hidden: bool = True,  # as it is typed
        twice: bool = False,
        instead_of: str = "",
    ) -> None:
        super().__init__(sentence, Kind.USAGE)
        self.name = name
        self.prompt = prompt
        self.hidden = hidden
        self.twice = twice
        self.instead_of = instead_of


Password = Annotated[Secret, Asked("Password")]
FirstPassword = Annotated[Secret, Asked("New password for admin", twice=True)]
OwnNewPassword = Annotated[Secret, Asked("New password", twice=True)]
OneTimePassword = Annotated[Secret, Asked("One-time password for {name}")]
