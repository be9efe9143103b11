"""A list's card in every state: what it says, what can be pressed, and what a channel never reads."""

import dataclasses
import re

import pytest

from bot.bulk.batches import BatchStatus, ListFile, Mapped
from bot.demo.slack.blockkit import check_blocks
from bot.locales import LANGUAGES
from bot.slack.bulk import buttons, card, ids
from bot.slack.bulk.shown import Shown
from bot.templates import Approval
from tests.builders import make_template
from tests.builders.batches import BATCH_ID, make_progress, make_report
from tests.fakes import NOON
from tests.unit.slack.bulk.list_scene import (
    EN,
    STATES,
    WORDS,
    elements,
    everything,
    pressed,
    shown,
)

EACH_STATE = pytest.mark.parametrize("state", STATES.values(), ids=STATES)
AT_END = (buttons.RETRY, buttons.FILE)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
NAMED = {"checked", "awaiting_approval", "running", "paused", "stopped", "done"}


@EACH_LANGUAGE
@EACH_STATE
@pytest.mark.parametrize("in_private", [False, True])
def test_slack_takes_it(state: Shown, language: str, *, in_private: bool) -> None:
    message = card.build(dataclasses.replace(state, in_private=in_private), WORDS[language])

    assert check_blocks(message.arguments()["blocks"]) == []
    assert 0 < len(message.text) <= 4000
    assert "{" not in re.sub(r"<!date\^[^>]*>", "", everything(message)[1:-1].replace('{"', ""))


@EACH_LANGUAGE
@EACH_STATE
def test_a_channel_reads_no_number_name_or_value(state: Shown, language: str) -> None:
    said = everything(card.build(state, WORDS[language]))

    assert not [
        each for each in ("6123", "Rosa", "Quispe", "3 de mayo", "<!channel>") if each in said
    ]


@EACH_STATE
def test_only_what_a_program_can_act_on_is_named_for_it(state: Shown) -> None:
    message = card.build(state, EN)

    status = str(state.batch.status)
    payload = {"batch_id": state.batch.id, "status": status}
    wanted = {"event_type": "whatsapp_bulk", "event_payload": payload}
    assert message.metadata == (wanted if status in NAMED else None)


@EACH_STATE
def test_all_that_is_seen_is_in_its_text_too(state: Shown) -> None:
    message = card.build(state, EN)

    seen = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert all(line in message.text for text in seen for line in text.split("\n"))


@pytest.mark.parametrize(
    ("state", "wanted"),
    {
        "reading": [buttons.STOP],
        "gathering": [buttons.STOP],
        "asking": [ids.COLUMNS, buttons.STOP],
        "unreadable": [],
        "checked": [
            buttons.START,
            buttons.START_RECENT,
            buttons.MESSAGES,
            ids.COLUMNS,
            buttons.STOP,
        ],
        "nothing good": [ids.COLUMNS, buttons.STOP],
        "awaiting": [buttons.MESSAGES, buttons.STOP],
        "begins": [buttons.PAUSE, buttons.STOP],
        "waits for its moment": [buttons.PAUSE, buttons.STOP],
        "runs": [buttons.PAUSE, buttons.STOP],
        "paused": [buttons.RESUME, buttons.STOP],
        "paused by token": [buttons.RESUME, buttons.STOP],
        "discarded": [],
        "refused": [],
        "expired": [],
        "refused and counted": [],
        "stopped": [buttons.ARRIVED, buttons.NOT_ARRIVED, buttons.UNKNOWN, *AT_END],
        "done": [buttons.ARRIVED, buttons.NOT_ARRIVED, buttons.UNKNOWN, *AT_END],
        "all done": [buttons.FILE],
    }.items(),
)
def test_what_can_be_pressed(state: str, wanted: list[str]) -> None:
    message = card.build(STATES[state], EN)

    assert pressed(message) == wanted
    assert all(STATES[state].batch.id in each["value"] for each in elements(message))


@EACH_LANGUAGE
def test_start_names_how_many_and_the_template(language: str) -> None:
    start, recent, *_ = elements(card.build(shown(), WORDS[language]))

    assert "40" in start["text"]["text"]
    assert "Recordatorio de cita" in start["text"]["text"]
    assert "41" in recent["text"]["text"]
    assert recent["value"].endswith(":recent")
    # Which dry run these numbers are of.
    assert f"{BATCH_ID}@{NOON.isoformat()}" in start["value"]
    assert "40" in start["confirm"]["text"]["text"]
    assert start.get("style") != "danger"


def test_only_recent_ones_can_be_started_with_them_alone() -> None:
    state = shown(report=make_report(counts={"recent": 3}))

    assert pressed(card.build(state, EN))[0] == buttons.START_RECENT


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("reading", "Reading clients.xlsx"),
        ("asking", "Several sheets have something: Mayo, Junio."),
        ("asking", "4 rows are hidden in the file"),
        ("asking", "may be “Phone”: A “Telefono”, B “Celular”"),
        ("asking", "No column was found for: Sede."),
        ("asking", "Not used: D."),
        ("unreadable", EN("bulk.file.empty")),
        ("of an odd reason", EN("bulk.file.unknown")),
        ("checked", "*40 rows* can go out."),
        ("checked", "3 rows have problems and are left out"),
        ("checked", "within 24 hours"),
        ("checked", "Mexico 7, Peru 2"),
        ("checked", "B “Telefono” → Phone"),
        ("checked", "Not used: D."),
        ("checked", "At 20 a second it takes about 2 seconds"),
        ("checked and planned", "It goes out at <!date^"),
        ("checked too late", "which is past"),
        ("awaiting and planned", "It goes out at <!date^"),
        ("within the daily limit", "250 customers in 24 hours (0 so far); WhatsApp allows 250."),
        ("over the daily limit", "250, 2,000, 10,000, 100,000"),
        ("over the rows", "It has more than 10 rows"),
        ("hidden rows", "4 rows that the file hides are left out."),
        ("hidden rows", "nothing from line 5000 on was read"),
        ("runs", "23 % · 10 of 42 rows"),
        ("runs", "████░░░░░░░░░░░░░░░░"),
        ("runs", "2 calls are still under way."),
        ("runs", "18.5 a second · about 2 seconds left"),
        ("waits for its moment", "It goes out at <!date^"),
        ("paused", "Paused by <@U0CARLA0001>."),
        ("paused by late", "for a long time nothing happened"),
        ("discarded", "Discarded by <@U0CARLA0001>: nothing went out."),
        ("refused", "Ask •••• first"),
        ("expired", "Nobody approved it in time"),
        ("done", "*3 rows are unconfirmed*"),
        ("done", "By what a person says, 1 of the unconfirmed rows did not arrive."),
        ("done", "35 accepted by Atom."),
        ("done", ":warning:"),
        ("done", "Of the failed ones, 1 was left out"),
        ("done", "7 rows of the file were never in the list."),
        ("all done", "6 rows of the file were never in the list."),
    ],
)
def test_what_it_says(state: str, words: str) -> None:
    assert words in everything(card.build(STATES[state], EN))


def test_send_again_counts_what_people_say_did_not_arrive() -> None:
    (again,) = [
        each
        for each in elements(card.build(STATES["done"], EN))
        if each["action_id"] == buttons.RETRY
    ]

    # Rejected, failed and cancelled ones, and one of the four that were unconfirmed.
    assert again["text"]["text"] == EN("button.bulk_retry", count=5)


def test_of_a_list_that_nobody_approved_no_row_is_counted() -> None:
    message = card.build(STATES["refused and counted"], EN)

    assert EN("status.cancelled") not in message.text
    assert EN("bulk.card.accepted", count=0) not in message.text


def test_no_list_is_said_to_be_delivered() -> None:
    said = [
        everything(card.build(state, WORDS[each])) for state in STATES.values() for each in WORDS
    ]

    assert not [each for each in said if re.search("deliver|entregad|entregue", each)]


@pytest.mark.parametrize(
    ("mapped", "titles", "words"),
    [
        # A file without a header: its first row is a customer's.
        (Mapped({"phone": 1}), ("Rosa Quispe", "50761234567", "x"), "B → Phone"),
        (Mapped(), ("Rosa", "50761234567", "x"), "B → Phone"),
        # One cell of it is called like a column: the others are somebody's.
        (Mapped(), ("Rosa", "Telefono", "x"), "B “Telefono” → Phone"),
        # Whoever corrects one column answers for all.
        (Mapped({"phone": 1}), ("Otra", "Telefono", "x"), "B “Telefono” → Phone"),
    ],
)
def test_a_first_row_of_values_is_not_told_to_a_channel(
    mapped: Mapped, titles: tuple[str, ...], words: str
) -> None:
    report = make_report(titles=titles, places={"phone": 1}, unknown=(0,))
    state = shown(report=report, mapped=mapped)

    alone = everything(card.build(dataclasses.replace(state, in_private=True), EN))
    said = everything(card.build(state, EN))
    assert words in said
    assert "Not used: A." in said
    assert f"“{titles[0]}”" in alone


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("clients.xlsx", "clients.xlsx"),
        ("María 6123-4567.xlsx", "María ••••.xlsx"),
        ("+507 6123 4567 turno 3.csv", "•••• turno 3.csv"),
        ("6123_45.67 y (61) 23 45 67.csv", "•••• y (••••.csv"),
        ("mayo 12.csv", "mayo 12.csv"),
        ("x" * 50 + " 6123-4567.csv", "x" * 50 + " ••••.csv"),
        ("x" * 57 + " 6123-4567.csv", "x" * 57 + " •…"),
        ("٦١٢٣٤٥٦٧.csv", "••••.csv"),
    ],
)
@pytest.mark.parametrize("state", ["reading", "checked", "runs", "done", "awaiting"])
def test_a_channel_reads_no_number_in_a_file_s_name(state: str, name: str, wanted: str) -> None:
    at = STATES[state]
    asked = dataclasses.replace(at.batch.request, file=ListFile("F0LISTA0001", name))
    state_of = dataclasses.replace(at, batch=dataclasses.replace(at.batch, request=asked))

    assert f"→ {wanted} ·" in card.build(state_of, EN).text
    alone = card.build(dataclasses.replace(state_of, in_private=True), EN)
    assert f"→ {name[:57]}" in alone.text


@pytest.mark.parametrize(
    "state",
    [
        shown(BatchStatus.ASKING, report=make_report(sheets=("Ana 6123-4567", "Junio"))),
        shown(
            BatchStatus.UNREADABLE,
            reason="bulk.file.no_such_sheet",
            values={"sheet": "Ana 6123-4567"},
        ),
    ],
    ids=["asked", "not there"],
)
def test_a_channel_reads_no_number_in_a_sheet_s_name(state: Shown) -> None:
    alone = dataclasses.replace(state, in_private=True)

    assert "Ana ••••" in everything(card.build(state, EN))
    assert "Ana 6123-4567" in everything(card.build(alone, EN))


def test_whole_messages_are_for_who_may_see_them() -> None:
    state = dataclasses.replace(STATES["checked"], in_private=True)

    said = everything(card.build(state, EN))
    assert said.count("Hola Rosa Quispe, su cita es el 3 de mayo") == 3


def test_a_channel_reads_the_message_without_its_values() -> None:
    said = everything(card.build(STATES["checked"], EN))

    assert "Hola ••••, su cita es el •••• en ••••." in said


@pytest.mark.parametrize(
    ("changes", "is_said"),
    [
        ({"approval": Approval.ALWAYS}, True),
        ({"approval": Approval.ALWAYS, "approval_free": ("U01",)}, False),
    ],
)
def test_who_else_must_approve_is_said_before(changes: dict[str, object], *, is_said: bool) -> None:
    state = shown(template=make_template(**changes))

    assert (EN("bulk.card.needs_approval") in everything(card.build(state, EN))) is is_said


def test_the_bar_is_full_only_when_all_is_over() -> None:
    state = shown(BatchStatus.RUNNING, progress=make_progress(queued=1, sent=999))

    assert "███████████████████░" in everything(card.build(state, EN))
