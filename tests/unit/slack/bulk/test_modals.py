"""What is shown to those alone who may see a list whole; and the question to approvers."""

import dataclasses
import json

import pytest

from bot.bulk.batches import BatchStatus, ListFile
from bot.demo.slack.blockkit import check_blocks, check_view
from bot.locales import LANGUAGES
from bot.sends import EXPIRED, SendAt, Status
from bot.slack.bulk import approval_view, modals
from bot.slack.bulk.approval_view import Asked
from bot.slack.bulk.shown import DECLINED
from bot.slack.notifications import buttons as of_sends
from bot.slack.notifications import cards
from tests.builders import ALICE, CARLA
from tests.builders.batches import BATCH_ID, make_report, make_row
from tests.unit.slack.bulk.list_scene import (
    EN,
    LATER,
    PAST,
    STATES,
    WORDS,
    everything,
    pressed,
    shown,
)

EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
WAITS = shown(BatchStatus.AWAITING_APPROVAL)


@EACH_LANGUAGE
def test_the_first_messages_are_whole(language: str) -> None:
    view = modals.messages(STATES["checked"], WORDS[language])

    assert check_view(view, kind="modal") == []
    assert json.dumps(view, ensure_ascii=False).count("Hola Rosa Quispe") == 3


def test_a_message_has_the_marks_that_its_customer_sees() -> None:
    state = shown(report=make_report(messages=("Hola *Ana*",)))

    (quote,) = [
        part
        for block in modals.messages(state, EN)["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
        if part["type"] == "rich_text_quote"
    ]
    assert quote["elements"] == [
        {"type": "text", "text": "Hola "},
        {"type": "text", "text": "Ana", "style": {"bold": True}},
    ]


def test_a_list_without_messages_says_so() -> None:
    view = modals.messages(STATES["nothing good"], EN)

    assert check_view(view, kind="modal") == []
    assert EN("bulk.card.nothing_to_send") in json.dumps(view)


@EACH_LANGUAGE
@pytest.mark.parametrize("count", [0, 1, 40, 500])
def test_each_unknown_row_can_be_decided(language: str, count: int) -> None:
    rows = [make_row(line, Status.UNKNOWN) for line in range(2, 2 + min(count, 41))]

    view = modals.unknown(STATES["done"], rows, WORDS[language], count=count)

    assert check_view(view, kind="modal") == []
    offered = [
        [each["action_id"] for each in block["elements"]]
        for block in view["blocks"]
        if block["type"] == "actions"
    ]
    wanted = [of_sends.RESOLVE_SENT, of_sends.RESOLVE_NOT_SENT, of_sends.DETAILS]
    assert offered == [wanted] * min(count, 40)
    assert modals.batch_of(view) == BATCH_ID
    more = WORDS[language]("bulk.unknown.more", count=count - 40)
    assert (more in json.dumps(view, ensure_ascii=False)) is (count > 40)


def test_a_row_is_shown_whole() -> None:
    view = modals.unknown(STATES["done"], [make_row(7, Status.UNKNOWN)], EN, count=1)

    said = json.dumps(view, ensure_ascii=False)
    assert "Line 7 · +507 6123-4567 · Rosa Quispe" in said
    # It is not left: what did not arrive can be sent again from the list's card.
    assert f'"{EN("button.bulk_row_not_arrived")}"' in said


@EACH_LANGUAGE
@pytest.mark.parametrize("in_private", [False, True])
def test_the_question_can_be_answered_where_approvers_read_it(
    language: str, *, in_private: bool
) -> None:
    state = dataclasses.replace(WAITS, in_private=in_private)

    message = approval_view.ask(state, Asked(here=(CARLA,)), WORDS[language])

    assert check_blocks(message.arguments()["blocks"]) == []
    assert pressed(message)[:2] == [of_sends.APPROVE, of_sends.REFUSE]
    assert ("Rosa Quispe" in everything(message)) is in_private
    assert f"batch:{BATCH_ID}" in everything(message)


@EACH_LANGUAGE
@pytest.mark.parametrize(
    ("send_at", "key"),
    [(None, "bulk.approval.until"), (PAST, "bulk.approval.until"), (LATER, "bulk.approval.at")],
)
def test_the_question_says_when_it_would_go_out(
    send_at: SendAt | None, key: str, language: str
) -> None:
    state = shown(BatchStatus.AWAITING_APPROVAL, send_at=send_at)
    clock = cards.clock(send_at.instant, form=cards.DAY_AND_TIME) if send_at else ""
    assert state.batch.approve_until is not None
    until = cards.clock(state.batch.approve_until, day=True)

    message = approval_view.ask(state, Asked(here=(CARLA,)), WORDS[language])

    values = {"when": clock} if key == "bulk.approval.at" else {}
    assert WORDS[language](key, until=until, **values) in everything(message)


def test_approvers_who_read_with_others_read_no_number_in_the_file_s_name() -> None:
    state = shown(BatchStatus.AWAITING_APPROVAL, file=ListFile("F01", "Ana 6123-4567.csv"))

    message = approval_view.ask(state, Asked(here=(CARLA,)), EN)
    alone = approval_view.ask(dataclasses.replace(state, in_private=True), Asked(), EN)

    assert "40 rows of Ana ••••.csv" in message.text
    assert "40 rows of Ana 6123-4567.csv" in alone.text


def test_nobody_is_offered_it_where_nobody_may_decide() -> None:
    message = approval_view.ask(WAITS, Asked(elsewhere=(CARLA,)), EN)

    assert pressed(message) == []
    assert "40 rows of clients.xlsx" in message.text


@EACH_LANGUAGE
@pytest.mark.parametrize(
    ("status", "changes", "key"),
    [
        (BatchStatus.RUNNING, {"approved_by": CARLA}, "approved"),
        (BatchStatus.STOPPED, {"decided_by": ALICE, "approved_by": CARLA}, "approved"),
        (
            BatchStatus.STOPPED,
            {"decided_by": CARLA, "reason": DECLINED, "note": "Not to 61234567"},
            "refused",
        ),
        (BatchStatus.STOPPED, {"reason": EXPIRED}, "expired"),
        (BatchStatus.STOPPED, {"decided_by": ALICE}, "cancelled"),
    ],
)
def test_in_its_place_stands_what_was_decided(
    status: BatchStatus, changes: dict[str, str], key: str, language: str
) -> None:
    state = shown(status, **changes)

    message = approval_view.answered(state, WORDS[language])

    assert approval_view.outcome(state.batch) == key
    assert check_blocks(message.arguments()["blocks"]) == []
    assert pressed(message) == []
    assert "61234567" not in everything(message)


def test_the_form_that_asks_why_names_the_list() -> None:
    view = approval_view.why_refused(WAITS, EN)

    assert check_view(view, kind="modal") == []
    assert f"batch:{BATCH_ID}" in view["private_metadata"]
