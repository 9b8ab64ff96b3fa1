"""Values as a person would say them, exact."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.mbus.codings import Raw
from appliance.mbus.friendly import LADDERS, friendly


@pytest.mark.parametrize(("value", "unit", "said"), [
    (37_351_000,                       "Wh",   "37351 kWh"),
    (137_351_000,                      "Wh",   "137.351 MWh"),
    (-5,                               "Wh",   "-5 Wh"),
    (0,                                "Wh",   "0 kWh"),
    (0,                                "m3",   "0 m3"),
    (Decimal("0.031"),                 "m3",   "31 l"),
    (Decimal("561.080"),               "m3",   "561.08 m3"),
    (Decimal("-0.5"),                  "m3/h", "-500 l/h"),
    (34_700,                           "W",    "34.7 kW"),
    (Decimal("0.25"),                  "A",    "250 mA"),
    (Decimal("230.10"),                "V",    "230.1 V"),
    (Decimal("101.69"),                "°C",   "101.69 °C"),
    (45_273_600,                       "s",    "524 d"),
    (7_200,                            "s",    "2 h"),
    (120,                              "s",    "2 min"),
    (61,                               "s",    "61 s"),
    (0,                                "s",    "0 s"),
    (12345,                            None,   "12345"),
    (None,                             "m3",   "-"),
    (date(2026, 1, 2),                 None,   "2026-01-02"),
    (datetime(2026, 1, 2, 3, 4),       None,   "2026-01-02 03:04"),     # noqa: DTZ001 - a meter's clock has no zone
    (datetime(2026, 1, 2, 3, 4, 5),    None,   "2026-01-02 03:04:05"),  # noqa: DTZ001 - a meter's clock has no zone
    (time(3, 4, 5),                    None,   "03:04:05"),
    (b"\x01\xab",                      None,   "01 AB"),
    (bytes(20),                        None,   "00 " * 16 + "... (20 octets)"),
    ("RVD235",                         None,   "RVD235"),
])  # fmt: skip
def test_value_is_said_in_the_unit_people_use(value: Raw, unit: str | None, said: str) -> None:
    assert " ".join(friendly(value, unit)).strip() == said


@pytest.mark.parametrize("unit", LADDERS)
def test_ladders_lead_down_to_a_rung_for_everything(unit: str) -> None:
    rungs = LADDERS[unit]
    assert all(upper.from_magnitude > lower.from_magnitude for upper, lower in pairwise(rungs))
    assert rungs[-1].from_magnitude == -99


@given(st.sampled_from(sorted(LADDERS)), st.integers(-(10**12), 10**12), st.integers(-9, 6))
def test_nothing_is_rounded(unit: str, raw: int, exponent: int) -> None:
    value = Decimal(f"{raw}E{exponent}")
    text, told = friendly(value, unit)
    power = next(rung.power for rung in LADDERS[unit] if rung.unit == told)
    assert Decimal(text).scaleb(power) == value
