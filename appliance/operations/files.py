"""Orders about the file repository (operations.md §11)."""

from __future__ import annotations

import base64
import binascii
from textwrap import wrap
from typing import Annotated, Final

from appliance.errors import Kind as Reason
from appliance.errors import RefusedError
from appliance.operations.answer import Answer, Table
from appliance.operations.call import Call
from appliance.operations.files_view import ALL, files, first_lines, kind_of
from appliance.operations.operation import operation
from appliance.operations.repository import FORBIDDEN, LONGEST_NAME, find, is_file_name, writing
from appliance.operations.times import local
from appliance.settings.kinds import Kind, NotTaken, Text

LONGEST: Final = 1 << 20  # octets that an order can bring or fetch; larger files go by SFTP or HTTP
LINE: Final = 76  # letters of base64
Name = Annotated[str, Text(1, 500)]


class Base64(Kind[bytes]):
    """Octets as letters; the audit trail gets their number alone."""

    word = "base64"

    def parse(self, text: str) -> bytes:
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise NotTaken from None

    def format(self, value: bytes) -> str:
        return base64.b64encode(value).decode()

    def show(self, value: bytes) -> str:
        return f"{len(value)} octets"

    def allowed(self) -> str:
        return "base64"


class NewName(Kind[str]):
    """The name of a file that is to be made."""

    word = "name"

    def parse(self, text: str) -> str:
        if not is_file_name(text):
            raise NotTaken
        return text

    def allowed(self) -> str:
        signs = f"at most {LONGEST_NAME} octets, none of {FORBIDDEN}"
        return f"a file name without folders: {signs}, no blanks around, and neither . nor - at the start"


Data = Annotated[bytes, Base64()]


@operation("files list", level=2, also="show files")
def files_list(call: Call, kind: str = ALL) -> Answer:
    """File repository: date, type, size, name."""
    rows = [
        (local(one.changed, call.zone), one.kind, one.size, one.name) for one in files(call) if kind in (ALL, one.kind)
    ]
    return Answer(table=Table.of("date type size name", rows, right="size"))


@operation("files show", level=2)
def files_show(call: Call, name: Name) -> Answer:
    """First lines of a text file."""
    return Answer(lines=first_lines(call, name))


@operation("files upload", level=3, audited=True)
def files_upload(call: Call, name: Annotated[str, NewName()], *, data: Data) -> Answer:
    """Adds a file, whose octets are given in base64."""
    if (call.parts.files / name).exists():
        raise RefusedError(f"There is a file {name} already: delete it first.", Reason.CONFLICT)
    with writing(call, name) as file:
        file.add(data)
    return Answer(sentence=f"{name}, {len(data)} octets", data={"file": name, "octets": len(data)})


@operation("files download", level=2, audited=True)
def files_download(call: Call, name: Name) -> Answer:
    """Gives a file as base64; backups need level 3."""
    path = find(call, name)
    if kind_of(path.name) == "backup":
        call.need_level(3, "a backup")
    if path.stat().st_size > LONGEST:
        raise RefusedError(f"{name} has more than {LONGEST} octets.", Reason.LIMIT)
    text = base64.b64encode(path.read_bytes()).decode()
    return Answer(lines=tuple(wrap(text, LINE)), data={"file": name, "data": text})


@operation("files delete", level=3, audited=True, confirms="Delete?")
def files_delete(call: Call, *names: str) -> Answer:
    """Deletes files, all that are named or none."""
    if not names:
        raise RefusedError('"files delete" needs the name of a file.', Reason.USAGE)
    paths = [find(call, name) for name in names]
    for path in paths:
        path.unlink(missing_ok=True)
    return Answer(sentence=f"{len(paths)} deleted", data={"deleted": list(names)})
