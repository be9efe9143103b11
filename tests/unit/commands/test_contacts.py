"""`contacts`: the real command, and the CSV file by itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.contacts.csv_file import BadFile, read, write
from bot.policy.do_not_contact import REASON_LIMIT, Contact, Scope, new_contact
from bot.send_draft import NumberRules
from bot.store.contacts import read_all
from bot.store.database import open_engine
from tests.builders import ALICE
from tests.conftest import World, open_world
from tests.fakes import NOON

PANAMA = NumberRules("PA")
FILE = "phone,scope,reason\n+507 6123-4567,,lo pidió\n5212221234567,marketing,\n"


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[World]:
    """A world without a running bot, and without a database."""
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as made:
        yield made


def listed(world: World) -> list[tuple[str, str, str]]:
    with open_engine(world.database_url).connect() as connection:
        return [(each.phone, each.scope.value, each.reason) for each in read_all(connection)]


async def import_text(world: World, text: str | bytes) -> tuple[int, str]:
    file = world.folder / "given.csv"
    raw = text.encode() if isinstance(text, str) else text
    await asyncio.to_thread(file.write_bytes, raw)
    return await world.run("contacts", "import", str(file))


@pytest.mark.process
async def test_an_import_makes_the_database_and_only_adds(alone: World) -> None:
    code, printed = await import_text(alone, FILE)
    assert (code, printed.count("2 added")) == (0, 1), printed

    code, printed = await import_text(alone, "number\n522221234567\n50761234567\n")

    assert code == 0, printed
    assert "0 added, 1 kept from marketing before and from everything now, 1 there" in printed
    assert sorted(listed(alone)) == [
        ("50761234567", "everything", "lo pidió"),
        ("522221234567", "everything", ""),
    ]


@pytest.mark.process
async def test_what_is_exported_can_be_imported_and_is_listed(alone: World) -> None:
    await import_text(alone, FILE)
    file = alone.folder / "out.csv"

    code, printed = await alone.run("contacts", "export", str(file))
    assert (code, "Wrote 2 numbers" in printed) == (0, True)
    code, printed = await alone.run("contacts", "export", str(file))
    assert (code, "there already" in printed) == (2, True)
    _, same = await alone.run("contacts", "export")
    code, again = await import_text(alone, same)
    _, table = await alone.run("contacts", "list")

    assert await asyncio.to_thread(file.read_text) == same
    assert (code, "0 added" in again, "2 there already" in again) == (0, True, True)
    assert "+50761234567" in table
    assert "lo pidió" in table


@pytest.mark.process
async def test_every_mistake_is_named_by_its_line_and_nothing_is_done(alone: World) -> None:
    await import_text(alone, FILE)
    before = listed(alone)

    code, printed = await import_text(
        alone, "phone,scope,since\n61230000,,\n1234,often,2026-13-01\n\nx,,2999-01-01\n"
    )

    assert code == 1
    lines = [line.strip().split(":")[:2] for line in printed.splitlines()[1:]]
    assert lines == [
        ["line 3", " phone"],
        ["line 3", " scope"],
        ["line 3", " since"],
        ["line 5", " phone"],
        ["line 5", " since"],
    ]
    assert listed(alone) == before


@pytest.mark.process
@pytest.mark.parametrize(
    ("raw", "code", "says"),
    [
        (b"phone\n\xff\n", 1, "line 2: this is not UTF-8"),
        (b"", 1, "has no numbers"),
        (b"phone\n", 1, "has no numbers"),
        (b"name;phone\nAna;48448719\n", 1, "line 2: phone: These digits can be"),
    ],
)
async def test_a_file_of_no_use_is_refused(alone: World, raw: bytes, code: int, says: str) -> None:
    found, printed = await import_text(alone, raw)

    assert (found, says in printed) == (code, says != ""), printed


@pytest.mark.process
async def test_exit_codes_of_wrong_use(alone: World) -> None:
    gone, printed = await alone.run("contacts", "import", "/nowhere/x.csv")
    empty, told = await alone.run("contacts", "list")
    wrong, _ = await alone.run("contacts", "remove")

    assert (gone, empty, wrong) == (2, 1, 2)
    assert "can't be read" in printed
    assert "There is no database yet" in told


@pytest.mark.parametrize(
    "text",
    [
        "Teléfono;Motivo;Alcance\n6123-4567;no;todo\n",
        "\n61234567,everything,no\n",
        "nombre\tWhatsApp\tmotivo\nAna\t61234567\tno\n",
        'phone,reason\n"+507 6123-4567","no"\n',
    ],
)
def test_files_are_read_as_people_have_them(text: str) -> None:
    (only,) = read(text, PANAMA, NOON)

    assert (only.phone, only.scope, only.reason) == ("50761234567", Scope.EVERYTHING, "no")
    assert only.since == NOON


def test_a_row_of_several_lines_is_named_by_its_first() -> None:
    with pytest.raises(BadFile) as caught:
        read('phone,reason\n61234567,"a\nb"\n12,"c\nd"\n', PANAMA, NOON)

    assert [each.split(":")[0] for each in caught.value.mistakes] == ["line 4"]


def test_who_may_not_be_written_to_is_listed_all_the_same() -> None:
    rules = NumberRules("PA", frozenset({"PA"}))

    (only,) = read("phone\n+522221234567\n", rules, NOON)

    assert only.phone == "522221234567"


def plain(contact: Contact) -> tuple[str, ...]:
    return (contact.phone, contact.scope, contact.reason, str(contact.since), contact.added_by)


reasons = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=REASON_LIMIT - 2
)


@given(reasons, st.sampled_from(Scope), st.integers(0, 10**6), st.sampled_from(["", ALICE]))
def test_what_is_written_is_read_as_it_was(
    reason: str, scope: Scope, seconds: int, user: str
) -> None:
    since = NOON - timedelta(seconds=seconds)
    entry = new_contact("522221234567", scope=scope, since=since, added_by=user, reason=reason)

    (only,) = read(write([entry]), PANAMA, NOON)

    assert plain(only) == plain(entry)
