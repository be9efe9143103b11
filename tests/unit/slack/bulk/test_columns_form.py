"""Which column is what: shown as it was understood, asked where it was not, corrected by its sender."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.bulk.batches import (
    Batch,
    BatchId,
    BatchRequest,
    BatchStatus,
    Hidden,
    ListFile,
    Mapped,
    Report,
)
from bot.bulk.columns import Question
from bot.demo.slack import seed
from bot.demo.slack.blockkit import check_view
from bot.demo.slack.views import View
from bot.locales import LANGUAGES, load
from bot.slack.bulk import columns_view, ids
from bot.templates.params import Param
from tests.fakes import NOON
from tests.unit.slack.bulk.form_scene import Lists, open_lists
from tests.unit.slack.send_form.form_views import PLACE
from tests.unit.slack.send_form.template_forms import CITA, HOSTILE, PAGO

TITLES = ("Teléfono", "Celular", "Fecha de cita", "Notas", "Nombre")
REPORT = Report(
    titles=TITLES,
    places={"param.Fecha de cita": 2, "client_name": 4},
    unknown=(3,),
    questions=(Question("phone", (0, 1)),),
)


@pytest.fixture
async def lists() -> AsyncIterator[Lists]:
    async with open_lists() as made:
        yield made


def make_batch(report: Report = REPORT, **changes: Any) -> Batch:
    request = BatchRequest(
        BatchId("BATCH000001"),
        "V1",
        seed.ALICE,
        PLACE,
        CITA.id,
        CITA.name,
        file=ListFile("F0", "a.csv"),
        **changes.pop("request", {}),
    )
    status = changes.pop("status", BatchStatus.ASKING)
    return Batch(request, status, NOON, NOON, report=report, **changes)


def drawn(view: View) -> dict[str, str]:
    """Return what each block proposes, by its id; empty where a person must choose."""
    return {
        each["block_id"]: each["element"].get("initial_option", {}).get("value", "")
        for each in view.blocks
        if each["type"] == "input"
    }


async def opened(lists: Lists, batch: Batch, user: str = seed.ALICE) -> View:
    lists.batches.put(batch)
    person = await lists.press(batch, ids.COLUMNS, user)
    assert person.view is not None
    return person.view


async def refused(lists: Lists, batch: Batch, user: str, words: str) -> None:
    lists.batches.put(batch)
    person = await lists.press(batch, ids.COLUMNS, user)
    await lists.slack.until(lambda: any(words in one.text for one in person.ephemerals()))
    assert person.view is None


async def test_what_was_understood_is_chosen_and_the_rest_is_asked(lists: Lists) -> None:
    view = await opened(lists, make_batch())

    assert drawn(view) == {
        "column.phone": "",
        "column.client_name": "4",
        "column.group": "none",
        "column.assign": "none",
        "column.Fecha de cita": "2",
        "column.Sede": "none",
    }
    assert "D · Notas" in view.text
    offered = {each["block_id"]: each["element"].get("options", []) for each in view.blocks[1:]}
    told = {block: [each["text"]["text"] for each in options] for block, options in offered.items()}
    columns = [
        "A · Teléfono",
        "B · Celular",
        "C · Fecha de cita",
        "D · Notas",
        "E · Nombre",
    ]
    assert told["column.phone"] == columns
    assert told["column.Sede"] == ["Ninguna columna", *columns]


async def test_what_a_person_says_is_read_again(lists: Lists) -> None:
    batch = make_batch()
    await opened(lists, batch)
    person = lists.person()
    await person.fill("column.phone", "1")
    await person.fill("column.Sede", "3")

    result = await person.submit()

    assert result.closed, dict(result.errors)
    answers = {
        "phone": 1,
        "client_name": 4,
        "group": None,
        "assign": None,
        "param.Fecha de cita": 2,
        "param.Sede": 3,
        "param.client_name": None,
    }
    assert lists.batches.mapped == [(batch.id, Mapped(answers), seed.ALICE)]


async def test_what_the_template_needs_can_t_be_left_out(lists: Lists) -> None:
    await opened(lists, make_batch())
    person = lists.person()
    await person.fill("column.phone", "1")
    await person.fill("column.Fecha de cita", "none")
    await person.fill("column.client_name", "none")

    result = await person.submit()

    assert set(result.errors) == {"column.Fecha de cita", "column.client_name"}
    assert lists.batches.mapped == []


async def test_a_column_that_is_missing_is_asked_for(lists: Lists) -> None:
    report = replace(REPORT, questions=(), places={"phone": 0}, missing=("param.client_name",))

    view = await opened(lists, make_batch(report))

    assert drawn(view)["column.client_name"] == ""
    assert drawn(view)["column.phone"] == "0"


async def test_a_name_that_was_found_as_a_parameter_has_one_block(lists: Lists) -> None:
    report = replace(REPORT, questions=(), places={"phone": 0, "param.client_name": 4})

    view = await opened(lists, make_batch(report))

    assert drawn(view)["column.client_name"] == "4"


async def test_of_several_sheets_one_is_chosen_first(lists: Lists) -> None:
    batch = make_batch(Report(sheets=("Lunes", "Martes")))
    view = await opened(lists, batch)
    await lists.person().fill("sheet", "Martes")

    result = await lists.person().submit()

    assert list(drawn(view)) == ["sheet"]
    assert result.closed
    assert lists.batches.mapped == [(batch.id, Mapped({}, "Martes"), seed.ALICE)]


async def test_another_sheet_has_other_columns(lists: Lists) -> None:
    report = replace(REPORT, sheets=("Lunes", "Martes"), sheet="Lunes", questions=())
    batch = make_batch(
        replace(report, places={"phone": 0, **REPORT.places}),
        request={"mapped": Mapped({"phone": 0}, "Lunes")},
        status=BatchStatus.CHECKED,
    )
    view = await opened(lists, batch)
    await lists.person().fill("sheet", "Martes")

    await lists.person().submit()

    assert drawn(view)["sheet"] == "Lunes"
    assert lists.batches.mapped == [(batch.id, Mapped({}, "Martes"), seed.ALICE)]


@pytest.mark.parametrize("answer", [Hidden.INCLUDE, Hidden.SKIP])
async def test_rows_that_are_hidden_are_asked_about(lists: Lists, answer: Hidden) -> None:
    places = {"phone": 0, **REPORT.places}
    batch = make_batch(replace(REPORT, questions=(), places=places, hidden=7))
    view = await opened(lists, batch)
    person = lists.person()
    assert drawn(view)["hidden"] == ""
    await person.fill("hidden", str(answer))

    await person.submit()

    assert lists.batches.mapped[0][1].hidden is answer
    assert "7" in view.text


async def test_an_admin_may_say_it_too(lists: Lists) -> None:
    await opened(lists, make_batch(), seed.CARLA)
    person = lists.person(seed.CARLA)
    await person.fill("column.phone", "0")

    await person.submit()

    assert [user for _, _, user in lists.batches.mapped] == [seed.CARLA]


async def test_another_sender_may_not(lists: Lists) -> None:
    await refused(lists, make_batch(), seed.BRUNO, f"<@{seed.ALICE}>")


async def test_a_guest_may_not(lists: Lists) -> None:
    lists.slack.workspace.change_person(seed.ALICE, is_restricted=True)
    lists.parts.directory.forget_all()
    lists.batches.put(make_batch())

    person = await lists.press(make_batch(), ids.COLUMNS)

    await lists.slack.until(person.ephemerals)
    assert person.view is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (BatchStatus.READING, "still being read"),
        (BatchStatus.RUNNING, "started already"),
        (BatchStatus.AWAITING_APPROVAL, "started already"),
        (BatchStatus.PAUSED, "started already"),
        (BatchStatus.STOPPED, "is over"),
        (BatchStatus.DONE, "is over"),
        (BatchStatus.UNREADABLE, "is over"),
    ],
)
async def test_it_is_said_when_it_is_too_early_or_too_late(
    lists: Lists, status: BatchStatus, words: str
) -> None:
    await refused(lists, make_batch(status=status), seed.CARLA, words)


async def test_a_list_that_was_started_meanwhile_stays_as_it_is(lists: Lists) -> None:
    batch = make_batch()
    await opened(lists, batch, seed.CARLA)
    person = lists.person(seed.CARLA)
    await person.fill("column.phone", "0")
    lists.batches.put(replace(batch, status=BatchStatus.RUNNING))

    result = await person.submit()

    assert "started already" in str(dict(result.errors))
    assert lists.batches.mapped == []


async def test_a_file_that_was_read_anew_meanwhile_is_not_mapped_by_old_columns(
    lists: Lists,
) -> None:
    batch = make_batch()
    await opened(lists, batch, seed.CARLA)
    person = lists.person(seed.CARLA)
    await person.fill("column.phone", "0")
    lists.batches.put(replace(batch, report=Report(titles=("A",))))

    result = await person.submit()

    assert "its columns are others" in str(dict(result.errors))
    assert lists.batches.mapped == []


async def test_a_list_and_a_template_that_are_gone_are_told(lists: Lists) -> None:
    batch = make_batch()
    person = await lists.press(batch, ids.COLUMNS, seed.CARLA)
    await lists.slack.until(
        lambda: any("not there any more" in e.text for e in person.ephemerals())
    )
    lists.catalogue.templates = (PAGO,)

    lists.batches.put(batch)
    person = await lists.press(batch, ids.COLUMNS, seed.CARLA)

    await lists.slack.until(lambda: len(person.ephemerals()) > 1)
    assert person.view is None


def test_each_field_has_a_block_of_its_own() -> None:
    params = tuple(Param(name) for name in ("client_name", "phone", "group", "A&B", "1", "Sede"))

    found = columns_view.blocks_of(replace(CITA, params=params))

    assert found["phone"] == "column.phone"
    assert found["param.phone"] == "column.param.phone"
    assert found["param.Sede"] == "column.Sede"
    assert "param.client_name" not in found
    assert len(set(found.values())) == len(found) == 9


def test_what_few_lists_have_is_asked_last() -> None:
    assert [*columns_view.blocks_of(CITA)][-2:] == ["group", "assign"]


@pytest.mark.parametrize("value", ["99", "-1", "x", "none"])
def test_a_column_that_is_not_there_is_none(value: str) -> None:
    option = {"selected_option": {"value": value}}
    view = {"state": {"values": {"column.Sede": {"input": option}}}}

    mapped, _ = columns_view.read(view, make_batch(), CITA)

    assert mapped.columns == {"param.Sede": None}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [0, 1, 99, 100])
def test_every_form_of_columns_is_one_that_slack_takes(language: str, count: int) -> None:
    titles = tuple(f"{HOSTILE} {number}" for number in range(count))
    params = tuple(Param(f"{HOSTILE[:60]} {number}") for number in range(50))
    report = Report(
        titles=titles,
        unknown=tuple(range(count)),
        sheets=("L" * 31, "M"),
        sheet="M",
        hidden=2,
        questions=(Question("group", (0,)),),
    )
    template = replace(CITA, params=params)

    view = columns_view.build(make_batch(report), template, load(language))

    assert check_view(view, kind="modal") == []
