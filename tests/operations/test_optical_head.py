"""An optical head reads one meter: no way leads to a second one, each says why and what to do."""

from __future__ import annotations

import pytest

from appliance.errors import Kind, RefusedError
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from tests.operations.orders import order
from tests.operations.world import World

HEAD = {"segment.head.url": "serial:///dev/ttyUSB0", "segment.head.kind": "infrared"}
SEVERAL = (
    r"segment\.main\.kind takes infrared where one meter is, as an optical head reads no more: "
    r"segment main has flat 1, flat 2, flat 3 and 1 more, so move the others away with meter set METER segment=NAME\."
)


@pytest.fixture
def flats(world: World) -> World:
    """Four meters on the segment main, and an optical head nobody is at."""
    world.store.meters.add(
        *(Meter(id=0, name=f"flat {n}", secondary_address=SecondaryAddress(f"1047300{n}")) for n in range(1, 5))
    )
    world.settings.set(HEAD, "anna")
    return world


def segments(world: World) -> list[str]:
    return [meter.segment for meter in world.store.meters.all()]


def test_head_takes_one_meter_and_no_second(flats: World) -> None:
    order(flats, "meter set 10473001 segment=head")
    order(flats, "meter set 10473001 segment=head")
    for line in ("meter set 10473002 segment=head", "meter add secondary=10473009 segment=head read=false"):
        with pytest.raises(
            RefusedError,
            match=r"Segment head is an optical head, which reads one meter, and flat 1 is on it: "
            r"move that away with meter set id=1 segment=NAME, or name another segment\.",
        ) as refusal:
            order(flats, line)
        assert refusal.value.kind is Kind.CONFLICT
    assert segments(flats) == ["head", "main", "main", "main"]


def test_several_meters_at_once_do_not_go_to_a_head(flats: World) -> None:
    with pytest.raises(RefusedError, match=r"reads one meter, and 4 would be on it: name one meter alone\."):
        order(flats, "meter set all segment=head")
    assert segments(flats) == ["main"] * 4


@pytest.mark.parametrize(
    "line", ["set segment.main.kind=infrared", "configuration load heads.cad", "configuration compare heads.cad"]
)
def test_segment_of_several_meters_does_not_become_a_head(flats: World, line: str) -> None:
    (flats.parts.files / "heads.cad").write_text("set identity.contact=Anna\nset segment.main.kind=infrared\n")
    with pytest.raises(RefusedError, match=SEVERAL) as refusal:
        order(flats, line)
    assert refusal.value.kind is Kind.CONFLICT
    assert str(flats.settings.segment["main"].kind) == "wired"
    assert flats.settings.identity.contact == ""


def test_state_with_a_head_does_not_come_back_where_meters_were_added_since(flats: World) -> None:
    order(flats, "set segment.cellar.url=serial:///dev/ttyUSB1 segment.cellar.kind=infrared")
    order(flats, "set segment.cellar.kind=wired")
    order(flats, "meter set all segment=cellar")
    with pytest.raises(RefusedError, match=r"segment\.cellar\.kind takes infrared where one meter is"):
        order(flats, "configuration rollback")


def test_segment_of_one_meter_becomes_a_head(flats: World) -> None:
    order(flats, "set segment.cellar.url=serial:///dev/ttyUSB1")
    order(flats, "meter set 10473002 segment=cellar")
    order(flats, "set segment.cellar.kind=infrared")
    assert str(flats.settings.segment["cellar"].kind) == "infrared"
