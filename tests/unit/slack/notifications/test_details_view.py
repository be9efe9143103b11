"""All that is known of a send: Slack takes it, and nothing that others wrote comes alive in it."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_blocks
from bot.events import BOT, OPERATOR, Event, Kind, Source
from bot.sends import Send, Status
from bot.slack.notifications import details_view
from bot.slack.notifications.details_view import Details
from tests.builders import ALICE, CARLA, make_send
from tests.fakes import NOON
from tests.unit.slack.notifications.card_scene import (
    EACH_END,
    EACH_LANGUAGE,
    OURS,
    WAITS,
    WORDS,
    texts,
    typed,
    waiting,
)

NAMES = {ALICE: "Alice", CARLA: "Carla"}


def event(kind: Kind, actor: str = BOT, after: str = "", why: str = "", at: int = 0) -> Event:
    moment = NOON + timedelta(seconds=at)
    return Event(moment, kind, actor, Source(), before="", after=after, why=why)


HAPPENED = [
    event(Kind.TAKEN, ALICE, "queued"),
    event(Kind.OVERRODE, ALICE, why="phone.unusual"),
    event(Kind.CHANGED, after="sending"),
    *(event(Kind.POSTPONED, after="queued", why=reason) for reason in WAITS),
    event(Kind.POSTPONED, after="queued", why="never.heard.of"),
    event(Kind.DECIDED, CARLA, "queued", "try_now"),
    *(event(Kind.CHANGED, after=status) for status in Status),
    *(event(Kind.DECIDED, CARLA, "sent", why) for why in ("arrived", "not_arrived", "left")),
    event(Kind.DECIDED, CARLA, "cancelled", "cancelled"),
    event(Kind.RECORDED, OPERATOR, "unknown"),
    event(Kind.TOLD, after="unknown"),
    event(Kind.NOT_TOLD, after="unknown", why="slack.refused"),
]


@EACH_LANGUAGE
@EACH_END
def test_slack_takes_the_details_of_every_end(send: Send, language: str) -> None:
    view = details_view.build(Details(send, HAPPENED, NAMES, None), WORDS[language])

    assert view["callback_id"] == "details"
    assert check_blocks(view["blocks"]) == []
    said = "\n".join(texts(view["blocks"]))
    assert "+507 6123-4567" in said
    assert WORDS[language].country("PA") in said
    assert f"Alice · {WORDS[language]('details.taken')}" in said
    assert WORDS[language]("details.decided.left") in said


def test_a_timeline_of_any_length_fits() -> None:
    events = [event(Kind.POSTPONED, after="queued", why=WAITS[0], at=n) for n in range(500)]
    names = {ALICE: "A" * 5000}

    view = details_view.build(
        Details(waiting(WAITS[0]), [*events, event(Kind.TAKEN, ALICE)], names, None), WORDS["es"]
    )

    assert check_blocks(view["blocks"]) == []


def test_without_events_it_says_so() -> None:
    translator = WORDS["en"]

    view = details_view.build(
        Details(make_send(Status.PENDING, reason="pending"), [], {}, None), translator
    )

    assert translator("details.no_events") in "\n".join(texts(view["blocks"]))


@settings(max_examples=40)
@given(typed, typed, typed, st.sampled_from(["rejected", "gave_up"]))
def test_nothing_in_it_comes_alive(said: str, name: str, value: str, reason: str) -> None:
    send = make_send(
        Status.FAILED,
        reason=reason,
        vendor_message=said,
        conversation=said,
        execution_id=said,
        template_name=name,
        params=((name, value),),
    )

    view = details_view.build(Details(send, HAPPENED, {ALICE: name}, None), WORDS["en"])

    assert all(not set("<>") & set(OURS.sub("", text)) for text in texts(view["blocks"]))


@pytest.mark.parametrize("reason", WAITS)
def test_what_is_possible_now_can_be_pressed_in_it(reason: str) -> None:
    view = details_view.build(Details(waiting(reason), [], NAMES, None), WORDS["en"])

    (row,) = [block for block in view["blocks"] if block["type"] == "actions"]
    can_try = [] if reason == "atom.held" else ["send_now"]
    found = [element["action_id"] for element in row["elements"]]
    assert found == [*can_try, "cancel", "open_panel"]


@EACH_LANGUAGE
def test_who_approved_or_refused_it_and_why_is_in_it(language: str) -> None:
    words = WORDS[language]
    refused = make_send(
        Status.CANCELLED, reason="approval.refused", decided_by=CARLA, note="Not *today*"
    )
    approved = make_send(Status.SENT, reason="sent", approved_by=CARLA)

    said = str(details_view.build(Details(refused, HAPPENED, NAMES, None), words)["blocks"])
    says = str(details_view.build(Details(approved, HAPPENED, NAMES, None), words)["blocks"])

    assert "Not *today*" in said
    assert words("card.decided.approval.refused", user="Carla") in said
    assert words("card.approved", user="Carla") in says


@EACH_LANGUAGE
@pytest.mark.parametrize("batch", ["", "K7R2-M9T5W"])
def test_a_row_says_of_which_list_it_is(batch: str, language: str) -> None:
    send = make_send(Status.SENT, reason="sent", batch=batch, batch_line=1234)
    translator = WORDS[language]

    view = details_view.build(Details(send, (), NAMES, None), translator)

    said = "\n".join(texts(view["blocks"]))
    words = translator("details.list", list="K7R2-M9T5W", line="1234")
    assert (words in said) is bool(batch)
