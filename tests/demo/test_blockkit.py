"""Block Kit's rules: what passes, what does not, and in which words."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_blocks, check_view
from bot.demo.slack.blocks import complete, elements, visible_text
from bot.demo.slack.input_values import stateful, values_of
from tests.demo.block_kit_samples import (
    DIALOG,
    GOOD,
    WORDS,
    Json,
    actions,
    button,
    field,
    mrkdwn,
    option,
    plain,
    section,
)


@pytest.mark.parametrize("view", GOOD)
def test_what_slack_takes_passes(view: Json) -> None:
    assert check_view(view, kind=view["type"]) == []


@pytest.mark.parametrize(("view", "words"), WORDS)
def test_what_slack_refuses_is_named(view: Json, words: str) -> None:
    found = [one.words() for one in check_view(view, kind="modal")]

    assert any(words in one for one in found), found
    assert all(one.startswith("[ERROR] ") for one in found)


def test_a_home_tab_has_no_title_and_a_modal_is_no_home() -> None:
    home = {"type": "home", "title": plain(), "blocks": []}

    assert "additional property: title" in check_view(home, kind="home")[0].words()
    assert "unsupported type: home" in check_view(home, kind="modal")[0].words()


def test_messages_take_tables_but_one_only() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}

    assert check_blocks([table, {"type": "markdown", "text": "x"}]) == []
    assert check_blocks([table, table])[0].message == "only_one_table_allowed"


def test_an_alert_stands_in_modals_alone() -> None:
    alert = {"type": "alert", "text": plain()}
    home = {"type": "home", "blocks": [alert]}

    assert "unsupported type: alert" in check_view(home, kind="home")[0].words()
    assert "unsupported type: alert" in check_blocks([alert])[0].words()


def test_blocks_are_a_list() -> None:
    assert check_blocks("none")[0].words() == "[ERROR] must provide an array [json-pointer:/blocks]"


def test_a_person_does_not_read_what_is_folded_away() -> None:
    blocks = [
        section(accessory=button(text=plain("Go"), value="secret", confirm=DIALOG)),
        {"type": "context", "elements": [mrkdwn("small")]},
        field("static_select", options=[option("folded")], initial_option=option("chosen")),
        field("checkboxes", options=[option("box")], initial_options=[option("box")]),
    ]

    assert visible_text(blocks) == "x\nGo\nsmall\nx\nchosen\nx\nbox"


ids = st.one_of(st.none(), st.text("abc", max_size=2))
buttons = st.builds(lambda name: button(**({"action_id": name} if name else {})), ids)
rows = st.lists(st.lists(buttons, min_size=1, max_size=5).map(lambda b: actions(*b)), max_size=30)


@given(rows)
def test_missing_ids_are_filled_in_and_differ(blocks: Sequence[Json]) -> None:
    done = complete(blocks)

    names = [one["block_id"] for one in done]
    assert len(set(names)) == len(names)
    for before, after in zip(blocks, done, strict=True):
        given = [one.get("action_id") for one in elements(before)]
        filled = [one["action_id"] for one in elements(after)]
        assert all(filled)
        assert len(set(filled)) >= len(filled) - (len(given) - len(set(given) - {None}))


@given(st.sets(st.text("abc", min_size=1, max_size=2)), st.text(max_size=10))
def test_what_was_typed_stays_where_the_ids_stay(names: set[str], typed: str) -> None:
    before = complete([field("plain_text_input", action_id="v") | {"block_id": n} for n in names])
    state = {"type": "plain_text_input", "value": typed}
    values = {block["block_id"]: {"v": state} for block, _ in stateful(before)}

    assert values_of(before, values) == values
    assert values_of([], values) == {}
