"""A list in the browser: given, understood, checked, started, paused, stopped, decided; by language."""

import collections
import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

import openpyxl
import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Locator, expect

from bot.demo.atom.replies import NO_DATA
from bot.demo.atom.server import AtomStandIn
from bot.locales import Translator, load
from tests.e2e.catalogue import CATALOGUE, CITA
from tests.e2e.conftest import RaiseStage, Stage
from tests.e2e.list_page import LONG, ListPage, answer
from tests.e2e.pages import COMMAND

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

# Two columns that may be the phone's, two that nobody knows, and five rows that can't go out.
TWO_PHONES = """\
celular;whatsapp;client_name;Fecha de cita;Sucursal;Notas
;+50761230001;Ana María;2026-05-03;Centro;
;+50761230002;Beto;2026-05-03;Costa;=1+1
;+50761230003;Cruz;2026-05-03;Centro;
;+50761230004;Dora;2026-05-03;Costa;
;+50761230005;Elio;2026-05-03;Centro;
;+50761230006;Fina;2026-05-03;Costa;
;+50761230007;Gael;2026-05-04;Centro;
;+50761230008;Hugo;2026-05-04;Costa;
;no tiene;Inés;2026-05-04;Centro;
;5.0766E+10;Juan;2026-05-04;Centro;
;+50761230001;Ana otra vez;2026-05-04;Centro;
;+50761230009;;2026-05-04;Centro;
;+50761230010;Kike;31/02/2026;Luna;
"""
THREE = (
    ("phone", "client_name", "fecha de cita"),
    (50761230011, "Rosa", date(2026, 5, 3)),
    (50761230012, "=1+1", date(2026, 5, 3)),
    (50761230013, "Mar", date(2026, 5, 3)),
)
PHONE_COLUMN, SEDE_COLUMN = "B · whatsapp", "E · Sucursal"
GOOD = 8
PROBLEMS = ["10", "11", "12", "13", "14", "14"]  # the lines; the last has two


@pytest_asyncio.fixture(loop_scope="session")
async def speaking(raise_stage: RaiseStage, translator: Translator) -> tuple[Stage, Translator]:
    """A stage of one language, for channels as for people."""
    settings = {"LANGUAGE": translator.language, "ATOM_RATE": "10"}
    return await raise_stage(templates=CATALOGUE, settings=settings), translator


async def test_a_list_from_its_file_to_its_outcomes(speaking: tuple[Stage, Translator]) -> None:
    stage, words = speaking
    shown = ListPage(await stage.open_in(words), words, "pacientes.csv")

    await say_what_is_what(shown)
    await read_the_problems(shown)
    assert stage.world.atom.calls == []
    await start_pause_and_stop(shown, stage.world.atom)
    rows = csv_rows(await shown.given_file("pacientes", "outcomes"))
    check_outcomes(rows, words)
    await decide_what_is_unknown(shown)
    await get_the_file_again(shown)
    stage.world.atom.behave("answers")
    await send_again(shown)

    called = [call.body["phoneNumber"] for call in stage.world.atom.calls]
    assert {*called} == {f"5076123000{number}" for number in range(1, GOOD + 1)}


async def say_what_is_what(shown: ListPage) -> None:
    """Give the file, and answer which of two columns is the phone's; correct another one."""
    await shown.workspace.command("bulk recordatorio de cita")
    await expect(shown.modal.block("needs")).to_contain_text("Fecha de cita")
    await shown.choose_file(TWO_PHONES)
    await shown.picture("form")
    await shown.modal.submit()
    await shown.modal.gone()

    await shown.stands("asking")
    await expect(shown.card()).to_contain_text("A “celular”, B “whatsapp”")
    # What is no title of the template's may be somebody's: a channel reads its letter alone.
    unknown = shown.said("bulk.card.columns.unknown", columns="E, F")
    await expect(shown.card()).to_contain_text(unknown)
    await shown.picture("asking")
    await shown.press("button.bulk_columns")
    await expect(shown.modal.root).to_contain_text(f"{SEDE_COLUMN}, F · Notas")
    await shown.picture("columns")
    await shown.modal.input("column.phone").select_option(PHONE_COLUMN)
    await shown.modal.input("column.Sede").select_option(SEDE_COLUMN)
    await shown.modal.submit()
    await shown.modal.gone()


async def read_the_problems(shown: ListPage) -> None:
    """Read what was found, on the card and in its thread."""
    await shown.stands("checked")
    for count in (
        shown.said("bulk.card.good", GOOD),
        shown.said("bulk.card.wrong", 4),
        shown.said("bulk.card.duplicate", 1),
    ):
        await expect(shown.card()).to_contain_text(count)
    await shown.picture("checked")

    thread = await shown.thread()
    table = thread.get_by_role("table", name=shown.said("bulk.problems.caption"))
    await expect(table.get_by_role("rowheader")).to_have_text(PROBLEMS)
    same = table.get_by_role("row").filter(has_text=shown.said("bulk.row.same", line="2"))
    await expect(same.get_by_role("rowheader")).to_have_text("12")
    await expect(table.get_by_role("cell", name="B “whatsapp”")).to_have_count(3)
    await shown.picture("problems")
    await shown.close_thread()


async def start_pause_and_stop(shown: ListPage, atom: AtomStandIn) -> None:
    """Start, and press each button in the middle."""
    answer(atom, drops=2, answers=3)
    await shown.press("button.bulk_start", GOOD, template=CITA.name)
    await shown.asked_back("confirm.bulk_start.text", GOOD, template=CITA.name)
    await shown.picture("confirm")
    await shown.confirm()
    await shown.counts("pending", 3)
    await shown.counts("queued", 3)
    await expect(shown.card()).to_contain_text(
        shown.said("bulk.card.bar", GOOD, percent="62", done="5")
    )
    await shown.picture("running")
    await shown.press("button.bulk_pause")
    await shown.stands("paused")
    await shown.picture("paused")

    answer(atom, answers=1)
    await shown.press("button.bulk_resume")
    await shown.counts("pending", 4)
    await shown.press("button.bulk_stop")
    await shown.asked_back("confirm.bulk_stop.text", 2)
    await shown.confirm()
    await shown.stands("stopped")
    await shown.counts("cancelled", 2)
    await shown.picture("stopped")


def csv_rows(content: bytes) -> list[list[str]]:
    """Read a file as any program would, in the form in which it was given."""
    return [*csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")]


def check_outcomes(rows: list[list[str]], words: Translator) -> None:
    """Find each row as it was given, behind what became of it; unconfirmed ones first."""
    head, *found = rows
    assert head[4:] == TWO_PHONES.splitlines()[0].split(";")
    assert len(found) == len(TWO_PHONES.splitlines()) - 1
    assert [row[0] for row in found[:2]] == [words("bulk.result.unknown")] * 2
    counted = collections.Counter(row[0] for row in found)
    assert counted == {
        words("bulk.result.unknown"): 2,
        words("bulk.result.pending"): 4,
        words("bulk.result.cancelled"): 2,
        words("bulk.result.left_out.wrong"): 4,
        words("bulk.result.left_out.duplicate"): 1,
    }
    given = {row[6]: row for row in found}
    assert given["Inés"][5] == "no tiene"
    assert given["Ana María"][5] == "+50761230001"
    assert given["Beto"][9] == "'=1+1"
    assert not any(cell.startswith("=") for row in rows for cell in row)


async def decide_what_is_unknown(shown: ListPage) -> None:
    """Decide one row by itself, and what is left at once."""
    await shown.counts("unknown", 2)
    await shown.press("button.bulk_unknown")
    modal = shown.modal.root
    arrived = modal.get_by_role("button", name=shown.said("button.resolve_sent"), exact=True)
    await expect(arrived).to_have_count(2)
    await shown.picture("unknown")
    await arrived.first.click()
    await expect(arrived).to_have_count(1)
    await modal.get_by_test_id("modal-close").click()
    await shown.modal.gone()

    await shown.counts("unknown", 1)
    await shown.press("button.bulk_not_arrived")
    await shown.asked_back("confirm.bulk_unknown.not_arrived", 1)
    await shown.confirm()
    await expect(shown.button("button.bulk_retry", 3)).to_be_visible()
    await expect(shown.button("button.bulk_unknown")).to_have_count(0)
    await expect(shown.card()).to_contain_text(shown.said("bulk.card.said_lost", 1))


async def get_the_file_again(shown: ListPage) -> None:
    """Have the outcomes once more, as they are now that somebody decided."""
    await shown.press("button.bulk_file")
    name = f"pacientes - {shown.words('bulk.file_of.outcomes')}.csv"
    there = shown.said("bulk.file_is_there", file=name)
    await expect(shown.modal.root).to_contain_text(there, timeout=LONG)
    await shown.picture("file-again")
    await shown.modal.root.get_by_test_id("modal-close").click()
    await shown.modal.gone()

    rows = csv_rows(await shown.given_file("pacientes", "outcomes"))
    said = collections.Counter(row[0] for row in rows[1:])
    for kind, count in {"unknown": 0, "arrived": 1, "not_arrived": 1, "pending": 4}.items():
        assert said[shown.words(f"bulk.result.{kind}")] == count


async def send_again(shown: ListPage) -> None:
    """Send what did not go out, as a list of its own."""
    await shown.press("button.bulk_retry", 3)
    again = ListPage(shown.workspace, shown.words, shown.said("bulk.card.rows_again"))
    await again.stands("checked")
    await again.press("button.bulk_start", 3, template=CITA.name)
    await again.confirm()
    await again.stands("done")
    await expect(again.card()).to_contain_text(again.said("bulk.card.done", 3))
    await again.picture("done")


async def test_a_list_from_the_file_under_a_message(speaking: tuple[Stage, Translator]) -> None:
    stage, words = speaking
    alice = await stage.open_in(words)
    shown = ListPage(alice, words, "mañana.xlsx")
    message = await attached(shown, workbook(THREE))
    # The app is installed with its shortcuts in English.
    await alice.message_menu(message, load("en")("manifest.bulk"))
    await expect(shown.modal.block("file")).to_contain_text(shown.file)
    await shown.modal.input("template").focus()
    await shown.modal.choose("rec", CITA.name)
    await expect(shown.modal.block("needs")).to_contain_text("Fecha de cita")
    await shown.picture("from-message")
    await shown.modal.submit()
    await shown.modal.gone()

    thread = await alice.open_thread(message)
    card = thread.get_by_test_id("message").filter(has_text=f"→ {shown.file}")
    start = card.get_by_role("button", name=words("button.bulk_start", count=3, template=CITA.name))
    await start.click()
    await shown.confirm()
    await expect(card.first).to_contain_text(shown.said("bulk.card.done", 3), timeout=LONG)
    assert len(stage.world.atom.calls) == 3
    check_workbook(await shown.given_file("mañana", "outcomes"), words)


async def attached(shown: ListPage, content: bytes) -> Locator:
    """Write a message with the file."""
    page = shown.workspace.page
    file: FilePayload = {"name": shown.file, "mimeType": "", "buffer": content}
    await page.get_by_test_id("composer").get_by_label("Attach a file").set_input_files(file)
    await shown.workspace.say("these three for tomorrow")
    message = page.get_by_test_id("message").filter(has_text="these three").last
    await expect(message.get_by_test_id("file")).to_contain_text(shown.file)
    return message


def check_workbook(content: bytes, words: Translator) -> None:
    """Find the same rows in an Excel file, each cell a text."""
    cells = [*openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]
    assert [[cell.value for cell in row[4:]] for row in cells[:2]] == [
        [*THREE[0]],
        ["50761230011", "Rosa", "2026-05-03"],
    ]
    assert [row[0].value for row in cells[1:]] == [words("bulk.result.pending")] * 3
    assert {cell.data_type for row in cells for cell in row if cell.value} == {"s"}
    assert cells[2][5].value == "=1+1"


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """Write an Excel file, texts as texts whatever they look like."""
    book = openpyxl.Workbook()
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(at, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_list_at_900_pixels(speaking: tuple[Stage, Translator]) -> None:
    stage, words = speaking
    alice = await stage.open_in(words)
    await alice.page.set_viewport_size({"width": 900, "height": 700})
    shown = ListPage(alice, words, "estrecha.csv")
    await alice.command("bulk recordatorio de cita")
    await shown.choose_file(TWO_PHONES.replace("celular;", "otro;"))
    await shown.picture("900-form")
    await shown.modal.submit()
    await shown.modal.gone()
    await shown.stands("checked")
    await shown.picture("900-checked")
    await shown.thread()
    await shown.picture("900-problems")

    answer(stage.world.atom, answers=1)
    await shown.press("button.bulk_start", GOOD, template=CITA.name)
    await shown.confirm()
    await shown.counts("pending", 1)
    await shown.press("button.bulk_pause")
    await shown.stands("paused")
    await shown.picture("900-paused")
    await shown.press("button.bulk_stop")
    await shown.confirm()
    await shown.stands("stopped")
    await shown.counts("cancelled", GOOD - 1)
    await shown.picture("900-stopped")


async def test_a_list_that_pauses_by_itself_says_why_and_where_to_look(
    speaking: tuple[Stage, Translator],
) -> None:
    stage, words = speaking
    shown = ListPage(await stage.open_in(words), words, "rechazada.csv")
    await shown.workspace.command("bulk recordatorio de cita")
    rows = "".join(f"+507612301{at:02},Rosa,2026-05-03\n" for at in range(21))
    await shown.check(f"phone,client_name,fecha de cita\n{rows}")
    await shown.stands("checked")

    stage.world.atom.behave("rejects")
    await shown.press("button.bulk_start", 21, template=CITA.name)
    await shown.confirm()
    await shown.stands("paused")
    await expect(shown.card()).to_contain_text(shown.said("bulk.paused.refusals").split("`")[0])
    thread = await shown.thread()
    await expect(thread).to_contain_text("@alice", timeout=LONG)
    await shown.close_thread()
    await shown.picture("paused-itself")
    await shown.workspace.say(f"{COMMAND} status 0105")
    await expect(shown.workspace.alone().last).to_contain_text(NO_DATA)
    await shown.picture("status")
