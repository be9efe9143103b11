"""Files and tables on the page, as a person meets them: attached, chosen, downloaded, read."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import seed
from bot.demo.slack.errors import Json
from bot.demo.slack.server import SlackStandIn
from tests.conftest import BOT_TOKEN
from tests.e2e.conftest import Stage
from tests.e2e.pages import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ROWS = b"phone,client_name\n+50761234567,Ana\n"


def payload(name: str, content: bytes = ROWS) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def app_of(stage: Stage) -> AsyncWebClient:
    """What the bot would call Slack with."""
    return AsyncWebClient(token=BOT_TOKEN, base_url=stage.world.slack.api_url)


async def downloaded(workspace: Workspace, link: Locator) -> tuple[str, bytes]:
    async with workspace.page.expect_download() as waiting:
        await link.click()
    download = await waiting.value
    content = await asyncio.to_thread(Path(await download.path()).read_bytes)
    return download.suggested_filename, content


def message_with(workspace: Workspace, name: str) -> Locator:
    found = workspace.page.get_by_test_id("message")
    return found.filter(has=workspace.page.get_by_test_id("file").filter(has_text=name)).last


async def test_a_file_is_attached_to_a_message_and_downloaded_by_another(stage: Stage) -> None:
    alice = await stage.open()
    composer = alice.page.get_by_test_id("composer")
    await composer.get_by_label("Attach a file").set_input_files(
        [payload("pacientes ñ.csv"), payload("wrong.csv")]
    )
    await composer.get_by_role("button", name="Remove wrong.csv").click()
    await expect(composer.get_by_text("wrong.csv")).to_have_count(0)
    await expect(composer.get_by_role("button", name="Remove pacientes ñ.csv")).to_be_visible()
    await alice.say("the list of today")

    await alice.become(seed.BRUNO)
    message = message_with(alice, "pacientes ñ.csv")
    await expect(message).to_contain_text("the list of today")
    await expect(message).to_contain_text("CSV · 35 bytes")
    link = message.get_by_role("link", name="pacientes ñ.csv")

    assert await downloaded(alice, link) == ("pacientes ñ.csv", ROWS)


async def test_a_file_alone_is_a_message_in_a_thread_too(stage: Stage) -> None:
    alice = await stage.open()
    await alice.say("a list comes")
    root = alice.page.get_by_test_id("message").filter(has_text="a list comes").last
    await root.hover()
    await root.get_by_role("button", name="Reply in thread").click()
    thread = alice.page.get_by_test_id("thread")

    await thread.get_by_label("Attach a file").set_input_files(payload("reply.csv"))
    await expect(thread.get_by_role("button", name="Remove reply.csv")).to_be_visible()
    await thread.get_by_role("button", name="Send message").click()

    link = thread.get_by_role("link", name="reply.csv")
    assert await downloaded(alice, link) == ("reply.csv", ROWS)
    await expect(thread.get_by_role("button", name="Remove reply.csv")).to_have_count(0)


async def test_what_the_app_uploads_stands_in_the_direct_conversation(stage: Stage) -> None:
    alice = await stage.open()
    place = stage.world.person().dm_channel
    await app_of(stage).files_upload_v2(
        channel=place, filename="result.csv", content=ROWS, initial_comment="*Done*: 1 of 1"
    )

    await alice.go_to("WhatsApp templates")
    await alice.page.get_by_role("tab", name="Messages").click()

    message = message_with(alice, "result.csv")
    await expect(message.locator("strong", has_text="Done")).to_be_visible()
    link = message.get_by_role("link", name="result.csv")
    assert await downloaded(alice, link) == ("result.csv", ROWS)


async def test_a_message_shortcut_takes_the_file_along(stage: Stage) -> None:
    alice = await stage.open()
    composer = alice.page.get_by_test_id("composer")
    await composer.get_by_label("Attach a file").set_input_files(payload("shortcut.csv"))
    await alice.say("send to these")
    slack = stage.world.slack

    await alice.message_menu(message_with(alice, "shortcut.csv"), "Send to a list")

    asked = await slack.until(lambda: slack.calls("message_action"))
    assert asked[-1].payload["callback_id"] == "bulk_from_message"
    (told,) = asked[-1].payload["message"]["files"]
    assert (told["name"], told["size"]) == ("shortcut.csv", len(ROWS))


def form(**more: object) -> Json:
    """Build a form with one input for files."""
    element = {"type": "file_input", "action_id": "x", "filetypes": ["csv"], **more}
    label = {"type": "plain_text", "text": "The list"}
    block = {"type": "input", "block_id": "file", "label": label, "element": element}
    title = {"type": "plain_text", "text": "A form"}
    return {"type": "modal", "title": title, "submit": title, "blocks": [block]}


def handed_in(slack: SlackStandIn) -> list[Json]:
    """List what was filled in at each submission."""
    return [call.payload["view"]["state"]["values"] for call in slack.calls("view_submission")]


async def test_a_form_takes_one_file_and_no_large_one(stage: Stage) -> None:
    alice = await stage.open()
    slack = stage.world.slack
    slack.workspace.views.open(slack.workspace.views.trigger(seed.ALICE), form(max_files=1))
    choose = alice.modal.field("The list")

    large = payload("large.csv", b"x" * (10 * 2**20 + 1))
    await choose.set_input_files(large)
    await expect(alice.page.get_by_text("large.csv is larger than 10 MB.")).to_be_visible()
    await choose.set_input_files(payload("first.csv"))
    await expect(alice.modal.root.get_by_role("button", name="Remove first.csv")).to_be_visible()
    await choose.set_input_files(payload("second.csv"))
    await alice.modal.submit()

    values = await slack.until(lambda: handed_in(slack))
    (told,) = values[-1]["file"]["x"]["files"]
    assert (told["name"], told["user"]) == ("second.csv", seed.ALICE)
    assert await choose.get_attribute("accept") == ".csv"
    assert slack.workspace.files[told["id"]].content == ROWS


async def test_a_form_without_its_file_is_not_sent(stage: Stage) -> None:
    alice = await stage.open()
    slack = stage.world.slack
    slack.workspace.views.open(slack.workspace.views.trigger(seed.ALICE), form())
    await alice.modal.field("The list").set_input_files([payload("a.csv"), payload("b.csv")])
    await alice.modal.root.get_by_role("button", name="Remove a.csv").click()
    await alice.modal.root.get_by_role("button", name="Remove b.csv").click()

    await alice.modal.submit()

    await expect(alice.modal.error("file")).to_have_text("Please complete this required field.")


async def test_a_table_is_read_by_its_header_a_page_at_a_time(stage: Stage) -> None:
    alice = await stage.open()

    def text(words: str) -> Json:
        return {"type": "raw_text", "text": words}

    def number(value: int) -> Json:
        return {"type": "raw_number", "value": value, "text": str(value)}

    rows = [[text("Row"), text("Problem")]]
    rows += [[number(n), text(f"no phone {n}")] for n in range(2, 14)]
    block = {"type": "data_table", "caption": "12 problems", "rows": rows, "page_size": 10}
    await app_of(stage).chat_postMessage(channel=seed.SOPORTE, text="12 problems", blocks=[block])

    table = alice.page.get_by_role("table", name="12 problems").last
    await expect(table.get_by_role("columnheader")).to_have_text(["Row", "Problem"])
    await expect(table.get_by_role("row")).to_have_count(11)
    await expect(table.get_by_role("rowheader").first).to_have_text("2")
    await alice.page.get_by_role("button", name="Next rows").last.click()

    await expect(table.get_by_role("row")).to_have_count(3)
    await expect(table.get_by_role("cell").last).to_have_text("no phone 13")
    await expect(alice.page.get_by_text("11 to 12 of 12")).to_be_visible()
