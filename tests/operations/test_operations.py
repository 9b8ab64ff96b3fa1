"""The table of operations: every row is whole; levels, confirmation and kinds of refusal are judged in one place."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from appliance.errors import (
    BusmeisterError,
    Cancelled,
    EncodeError,
    Kind,
    LineLost,
    LineRefused,
    NoAnswer,
    RefusedError,
    SettingError,
    StoreError,
    TelegramError,
)
from appliance.mbus.address import SecondaryAddress
from appliance.meters.meter import Meter
from appliance.operations.all import registry
from appliance.operations.arguments import Argument
from appliance.operations.execute import CODES, execute, execute_named, kind_of, sentence_of
from appliance.operations.line import parse_line
from appliance.operations.operation import Operation
from appliance.settings.kinds import Integer
from tests.operations.world import ELS, WATER, World, finished, water_meter

ROWS = registry().operations
LOOKS = ("list", "verify", "note", "show", "compare", "doctor")
LOOKS_OUTSIDE = ("network test", "network ping")  # knocks, and changes nothing
OWN_BUSINESS = ("set", "unset", "setup", "login", "logout", "enable", "disable", "password", "run")  # below level 2
HANDED_OUT = ("certificate export",)  # looks, and takes something along


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_help_of_every_operation_is_one_sentence(row: Operation) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", row.help)
    assert ". " not in row.help
    assert row.level in (0, 1, 2, 3)
    assert row.usage.startswith(row.name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_changes_something_is_audited(row: Operation) -> None:
    looks = row.words[0] == "show" or row.words[-1] in LOOKS or row.name in LOOKS_OUTSIDE
    own = row.name in OWN_BUSINESS + HANDED_OUT or row.words[:2] in (("user", "key"), ("user", "set"))
    assert row.audited is (not looks and (row.level >= 2 or own))


@pytest.mark.parametrize("row", [row for row in ROWS if row.level], ids=lambda row: row.name)
def test_nobody_does_what_their_level_forbids(world: World, row: Operation) -> None:
    world.set_up()
    with pytest.raises(RefusedError) as caught:
        execute(world.person(row.level - 1), row, ())
    wanted = "login" if row.level == 1 else f"this session has {row.level - 1}: enable {row.level}"
    assert caught.value.kind is Kind.LEVEL
    assert caught.value.sentence.endswith(wanted)
    assert caught.value.sentence.startswith(f'"{row.name}" needs level {row.level}')


def test_before_the_set_up_that_is_what_is_to_be_done(world: World) -> None:
    with pytest.raises(RefusedError, match=r'"meter list" needs level 1: setup CODE, with the code that the device'):
        execute(world.person(0), registry().get("meter list"), ())
    with pytest.raises(RefusedError, match=r"Nobody has an account here yet: setup CODE"):
        execute(world.person(0), *registry().find(parse_line("login admin password=guess").tokens))


def test_setting_needs_the_level_of_its_row(world: World) -> None:
    row = registry().get("set")
    execute(world.person(2), row, parse_line("identity.name=cellar").tokens)
    with pytest.raises(RefusedError, match=r"bus\.baud_rate needs level 3, this session has 2: enable 3"):
        execute(world.person(2), row, parse_line("identity.name=roof bus.baud_rate=300").tokens)
    assert world.settings.identity.name == "cellar"


ASKS_OF_TWO_METERS = "meter replace"  # refused here, where there is none: test_meter_replace.py asks it


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.confirms and row.name != ASKS_OF_TWO_METERS], ids=lambda row: row.name
)
def test_what_deletes_is_confirmed(world: World, row: Operation) -> None:
    with pytest.raises(RefusedError, match="confirm=yes"):
        execute(world.call, row, parse_line(of_one(row, "all")).tokens)


def of_one(row: Operation, name: str) -> str:
    """What is typed after its words: a name or number, and where few words are allowed the first of them."""
    given = [argument for place, argument in enumerate(row.signature.positional) if argument.required or not place]
    return " ".join(sample(argument, name) for argument in given)


def sample(argument: Argument, name: str) -> str:
    """A value that its kind takes."""
    if isinstance(argument.kind, Integer):
        return "99"
    return next(iter(argument.kind.choices()), name)


def names_one(row: Operation) -> bool:
    """Whether it is told by a name or number what to destroy."""
    return bool(row.signature.positional) and not row.signature.positional[0].kind.choices()


@pytest.mark.parametrize("row", [row for row in ROWS if row.confirms and names_one(row)], ids=lambda row: row.name)
def test_what_is_deleted_must_be_there(world: World, row: Operation) -> None:
    with pytest.raises(RefusedError) as caught:
        finished(execute(world.call, row, parse_line(f"{of_one(row, 'nothing')} confirm=yes").tokens))
    assert caught.value.kind is Kind.NOT_FOUND


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RefusedError("x", Kind.NOT_FOUND), Kind.NOT_FOUND),
        (SettingError("x"), Kind.VALUE),
        (TelegramError("x"), Kind.VALUE),
        (EncodeError("x"), Kind.VALUE),
        (NoAnswer("x"), Kind.BUS),
        (LineLost("x"), Kind.BUS),
        (LineRefused("x"), Kind.BUS),
        (StoreError("x"), Kind.STORAGE),
        (Cancelled("x"), Kind.CANCELLED),
        (BusmeisterError("x"), Kind.INTERNAL),
        (ZeroDivisionError(), Kind.INTERNAL),
    ],
)
def test_every_error_has_its_kind(error: Exception, kind: Kind) -> None:
    assert kind_of(error) is kind


def test_every_kind_has_its_code() -> None:
    assert set(CODES) == set(Kind)
    assert len(set(CODES.values())) == len(Kind)


def test_mistake_of_the_program_shows_no_inner_parts() -> None:
    assert "secret" not in sentence_of(KeyError("secret"))


def test_named_values_do_the_same_as_typed_ones(world: World) -> None:
    world.engine.answers = {"10473002": water_meter("10473002")}
    answer = execute_named(world.call, registry().get("meter add"), {"secondary": "10473002", "name": "Flat 12"})
    assert answer.job is not None
    assert answer.job.wait(10)
    assert [meter.name for meter in world.store.meters.all()] == ["Flat 12"]
    with pytest.raises(RefusedError, match="has no argument colour"):
        execute_named(world.call, registry().get("meter add"), {"colour": "blue"})


def test_words_may_be_shortened_while_unique() -> None:
    find = registry().find
    assert find(parse_line("m li").tokens)[0].name == "meter list"
    assert find(parse_line("SH STA").tokens)[0].name == "show status"
    with pytest.raises(RefusedError, match='"meter re" may be read, readings'):
        find(parse_line("meter re").tokens)
    with pytest.raises(RefusedError, match="written in full"):
        find(parse_line("m list").tokens, full_words=True)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("m l", "meter list"),
        ("me l", "meter list"),
        ("ME LI", "meter list"),
        ("m lo", "meter log"),
        ("sh st", "show status"),
        ("show st", "show status"),
        ("sho sto", "show storage"),
    ],
)
def test_short_form_that_a_row_declares_wins_over_words_that_begin_alike(typed: str, name: str) -> None:
    assert registry().find(parse_line(typed).tokens)[0].name == name


@pytest.mark.parametrize(
    ("typed", "choices"),
    [("s st", '"s" may be script, segment, .*show'), ("sh s", '"sh s" may be .*status, storage'), ("l", "log, login")],
)
def test_shorter_than_the_declared_form_is_refused_with_the_choices(typed: str, choices: str) -> None:
    with pytest.raises(RefusedError, match=choices):
        registry().find(parse_line(typed).tokens)


def test_short_form_does_not_hold_in_files() -> None:
    with pytest.raises(RefusedError, match=r'In a file words are written in full: "list", not "l"'):
        registry().find(parse_line("meter l").tokens, full_words=True)


def test_both_words_of_a_show_find_the_same() -> None:
    find = registry().find
    assert find(parse_line("show meters all").tokens)[0] is find(parse_line("meter list all").tokens)[0]
    assert registry().get("show log") is registry().get("log list")


def test_number_may_stand_inside_the_words() -> None:
    operation, arguments = registry().find(parse_line("cron 5 test").tokens)
    assert operation.name == "cron test"
    assert [token.text for token in arguments] == ["5"]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ".x"])
def test_name_of_a_file_does_not_lead_out_of_the_repository(world: World, name: str) -> None:
    with pytest.raises(RefusedError, match="takes the name of a file in the repository"):
        execute_named(world.call, registry().get("bus record"), {"file": name})


def test_symbolic_link_does_not_lead_out_of_the_repository(world: World) -> None:
    (world.parts.files / "away").symlink_to(world.parts.data_folder.parent)
    answer = execute_named(world.call, registry().get("bus record"), {"file": "away/x"})
    assert answer.job is not None
    assert answer.job.wait(10)
    with pytest.raises(RefusedError, match="no file of the repository"):
        answer.job.outcome()
    assert not (world.parts.data_folder.parent / "x").exists()


def test_call_knows_whom_it_is_for(world: World) -> None:
    assert world.call.who == "anna"
    assert replace(world.call, user="", door="telnet", source="10.0.0.9").who == "telnet 10.0.0.9"


@pytest.mark.parametrize(
    ("order", "left", "meters"),
    [
        ("meter delete id=1 confirm=yes", 0, [2]),
        ("meter delete id=1 keep_values=true confirm=yes", 1, [2]),
        ("meter clear id=1 confirm=yes", 0, [1, 2]),
        ("meter clear id=1 before=1d confirm=yes", 1, [1, 2]),
    ],
)
def test_values_of_a_meter_are_deleted_or_kept_as_ordered(
    world: World, order: str, left: int, meters: list[int]
) -> None:
    for number, identification in enumerate(("10473002", "10473003"), 1):
        address = SecondaryAddress(identification, ELS, 1, WATER)
        world.store.meters.add(Meter(id=number, name=f"flat {number}", secondary_address=address))
        world.engine.answers[identification] = water_meter(identification)
    world.engine.read(world.store.meters.all(), store=True, job=None)
    world.clock.advance(seconds=10)
    finished(execute(world.call, *registry().find(parse_line(order).tokens)))
    assert len(world.store.readings.between(1)) == left
    assert len(world.store.readings.between(2)) == 1
    assert [meter.id for meter in world.store.meters.all()] == meters
