"""The block `data_table`: what Slack takes, what it refuses, and a Slack that does not know it."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack.blockkit import check_blocks, check_view
from bot.demo.slack.seed import ALICE, SOPORTE
from tests.demo.block_kit_samples import modal
from tests.demo.kinds import Json, World, error_of


def text(words: str = "x") -> Json:
    return {"type": "raw_text", "text": words}


def number(value: object = 5, words: str = "5") -> Json:
    return {"type": "raw_number", "value": value, "text": words}


RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}


def table(*rows: Any, **more: Any) -> Json:
    found = list(rows) or [[text("Row"), text("Problem")], [number(), RICH]]
    return {"type": "data_table", "caption": "Problems", "rows": found, **more}


@pytest.mark.parametrize(
    "block",
    [
        table(),
        table(page_size=100, row_header_column_index=1, block_id="problems"),
        table(*[[text()] * 20] * 101),
        table([number()], [text()]),
    ],
)
def test_what_slack_takes_passes(block: Json) -> None:
    assert check_blocks([block]) == []


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (table(caption=None), "missing required field: caption [json-pointer:/blocks/0]"),
        (table(caption=""), "must be more than 0 characters [json-pointer:/blocks/0/caption]"),
        (table([text()]), "no fewer than 2 items allowed [json-pointer:/blocks/0/rows]"),
        (table(*[[text()]] * 102), "no more than 101 items allowed"),
        (table([text()] * 21, [text()] * 21), "no more than 20 items allowed"),
        (table([], []), "no fewer than 1 items allowed"),
        (table([text()], [text(), text()]), "all rows must have the same number of cells"),
        (table([RICH], [text()]), "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0"),
        (table([text()], [text("")]), "must be more than 0 characters"),
        (table([text()], [{"type": "raw_text", "text": 5}]), "must provide a string"),
        (table([text()], [number("5")]), "must provide a number"),
        (table([text()], [number(value=True)]), "must provide a number"),
        (table([text()], [{"type": "raw_number", "value": 5}]), "missing required field: text"),
        (table([text()], [{"type": "mrkdwn", "text": "x"}]), "unsupported type: mrkdwn"),
        (table([text()], [text() | {"emoji": True}]), "invalid additional property: emoji"),
        (table([text()], ["x"]), "must provide an object [json-pointer:/blocks/0/rows/1/0]"),
        (table("x", "y"), "must provide an array"),
        (table() | {"rows": "none"}, "must provide an array"),
        (table(page_size=0), "must be more than 0"),
        (table(page_size=101), "must be less than 101"),
        (table(row_header_column_index=2), "must be that of a column"),
        (table(columns=2), "invalid additional property: columns"),
        (table([text()], *[[text("x" * 101)]] * 100), "no more than 10000 characters"),
    ],
)
def test_what_slack_refuses_is_named(block: Json, words: str) -> None:
    assert any(words in one.words() for one in check_blocks([block]))


def test_the_cells_of_all_tables_count_together() -> None:
    half = table([text()], *[[text("x" * 60)]] * 100)

    assert check_blocks([half]) == []
    assert "10000" in check_blocks([half, half])[0].message


def test_it_stands_in_messages_alone() -> None:
    home = {"type": "home", "blocks": [table()]}

    for found in (check_view(home, kind="home"), check_view(modal(table()), kind="modal")):
        assert "unsupported type: data_table" in found[0].words()


async def test_a_person_reads_the_caption_and_every_cell(world: World) -> None:
    slack, app = world
    blocks = [table([text("Row"), text("Why")], [number(3, "3"), text("no phone")])]

    await app.client.chat_postMessage(channel=SOPORTE, text="2 problems", blocks=blocks)

    (message,) = slack.person(ALICE).messages(SOPORTE)
    assert message.shown == "Problems\nRow\nWhy\n3\nno phone"


async def test_a_wrong_one_is_refused_as_any_other_block_is(world: World) -> None:
    _, app = world
    blocks = [table(caption=None)]

    with pytest.raises(SlackApiError) as error:
        await app.client.chat_postMessage(channel=SOPORTE, text="x", blocks=blocks)

    assert error.value.response["error"] == "invalid_blocks"
    assert error.value.response["errors"] == [
        "missing required field: caption [json-pointer:/blocks/0]"
    ]


async def test_a_slack_that_does_not_know_it_refuses_the_message(world: World) -> None:
    slack, app = world
    slack.workspace.unknown_blocks.add("data_table")
    post = app.client.chat_postMessage

    refused = await error_of(post(channel=SOPORTE, text="x", blocks=[table()]))
    await post(channel=SOPORTE, text="2 problems")

    assert refused == "invalid_blocks"
    assert [one.text for one in slack.person(ALICE).messages(SOPORTE)] == ["2 problems"]
