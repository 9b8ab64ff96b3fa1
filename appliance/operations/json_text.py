"""Data of answers as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from appliance.operations.answer import RawJson


def json_of(data: object) -> str:
    """JSON on one line; decimals with the digits they have, times in UTC."""
    match data:
        case RawJson():
            return data.text
        case None | bool() | int():
            return json.dumps(data)
        case Decimal():
            return f"{data:f}"
        case datetime():
            return json.dumps(data.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
        case Mapping():
            return "{" + ",".join(f"{json.dumps(str(key))}:{json_of(value)}" for key, value in data.items()) + "}"
        case str():
            return json.dumps(str(data), ensure_ascii=False)
        case Iterable():
            return "[" + ",".join(map(json_of, data)) + "]"
    raise TypeError(f"{type(data).__name__} is no data of an answer")
