"""What a channel sees: nothing of it comes alive, and nothing of it is private."""

import dataclasses
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_blocks
from bot.sends import (
    DECLINED,
    EXPIRED,
    PLANNED,
    Send,
    SendId,
    Status,
)
from bot.slack.notifications import cards
from tests.builders import ALICE, CARLA, make_send
from tests.unit.slack.notifications.card_scene import (
    EACH_END,
    EACH_LANGUAGE,
    EN,
    ENDS,
    OURS,
    PHONE,
    WAITS,
    WORDS,
    buttons,
    messages,
    telling,
    texts,
    typed,
    waiting,
)


@EACH_LANGUAGE
@EACH_END
def test_slack_takes_every_message(send: Send, language: str) -> None:
    for message in messages(send, language):
        arguments = message.arguments()

        assert check_blocks(arguments["blocks"]) == []
        assert 0 < len(message.text) < 4000


@EACH_LANGUAGE
@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_card(status: Status, language: str) -> None:
    message = cards.card(make_send(status), WORDS[language])

    assert WORDS[language](f"status.{status}") in message.text
    assert cards.EMOJI[status] in message.text


@EACH_LANGUAGE
@EACH_END
def test_a_neutral_card_says_nothing_that_may_turn_untrue(send: Send, language: str) -> None:
    translator = WORDS[language]
    begun = make_send(replaces=SendId("V0000"))

    message = cards.neutral(dataclasses.replace(send, request=begun.request), translator)

    assert message == cards.neutral(begun, translator)
    assert begun.masked_phone in message.text
    assert f"<@{ALICE}>" in message.text
    assert not any(translator(f"status.{status}") in message.text for status in Status)
    assert "metadata" not in message.arguments()
    assert buttons(message) == {}


@pytest.mark.parametrize("status", Status)
def test_what_may_still_change_is_what_goes_on_or_waits_for_a_person(status: Status) -> None:
    open_ones = {*PLANNED, Status.QUEUED, Status.SENDING, Status.UNKNOWN}

    assert cards.may_change(make_send(status)) == (status in open_ones)


@EACH_LANGUAGE
@pytest.mark.parametrize("reason", WAITS)
def test_a_card_that_waits_says_why_and_can_be_stopped(reason: str, language: str) -> None:
    message = cards.card(waiting(reason), WORDS[language])

    assert WORDS[language](f"waiting.{reason}") in message.text
    assert check_blocks(message.arguments()["blocks"]) == []
    assert buttons(message)["cancel"]["value"] == "V0001"


def test_a_card_of_a_send_on_hold_has_one_sentence() -> None:
    message = cards.card(waiting("atom.held"), EN)

    assert message.text.endswith(EN("waiting.atom.held"))
    assert "ATOM_TOKEN" not in message.text


def test_a_card_that_does_not_wait_has_no_button() -> None:
    assert buttons(cards.card(make_send(), EN)) == {}


@EACH_LANGUAGE
@EACH_END
def test_the_text_says_all_that_the_blocks_show(send: Send, language: str) -> None:
    for message in messages(send, language):
        blocks = message.arguments()["blocks"]

        shown = [text for text in texts(blocks) if "confirm" not in text]
        hidden = {WORDS[language]("confirm.retry.text", phone=send.masked_phone)}
        parts = [part for text in shown if text not in hidden for part in text.split(" · ")]
        assert [part for part in parts if part not in message.text] == []
        assert all(cards.escape(said) in message.text for said in _quoted(blocks))


def _quoted(blocks: Any) -> list[str]:
    return [
        part["text"]
        for block in blocks
        if block["type"] == "rich_text"
        for quote in block["elements"]
        for part in quote["elements"]
    ]


@settings(max_examples=60)
@given(
    st.sampled_from(ENDS),
    st.fixed_dictionaries(
        dict.fromkeys(("conversation", "template", "client_name", "group", "replaces"), typed)
    ),
    st.fixed_dictionaries({"vendor_message": typed, "execution_id": typed, "trace": typed}),
    st.sampled_from([PHONE, "+507 6123-4567", "6123.4567"]),
)
def test_nothing_that_others_wrote_comes_alive(
    end: tuple[Status, str, dict[str, Any]],
    typed_: dict[str, Any],
    answered: dict[str, Any],
    number: str,
) -> None:
    status, reason, more = end
    said = f"{answered['vendor_message']} {number}"
    spiteful = {**typed_, **answered, "vendor_message": said, "params": ((said, said),)}
    tame = {name: "x" if value else value for name, value in spiteful.items()} | {"params": ()}
    tame["vendor_message"] = number  # which is hidden in both

    made = messages(make_send(status, reason=reason, **{**more, **spiteful}))
    plain = messages(make_send(status, reason=reason, **{**more, **tame}))

    for message, example in zip(made, plain, strict=True):
        arguments = message.arguments()
        for text in (message.text, *texts(arguments["blocks"])):
            assert not set("<>") & set(OURS.sub("", text))
        assert len(message.text.splitlines()) == len(example.text.splitlines())
        assert not re.search(r"6123[\s.-]?4567", json.dumps(arguments))
        assert arguments["parse"] == "none"
        assert arguments["link_names"] is False
        assert arguments["unfurl_links"] is arguments["unfurl_media"] is False


@given(st.text())
def test_escaped_text_is_one_line_without_markup(text: str) -> None:
    escaped = cards.escape(text)

    assert not set("<>") & set(escaped)
    assert len(escaped.splitlines()) <= 1
    assert re.sub("&(amp|lt|gt);", "", escaped).count("&") == 0


@pytest.mark.parametrize(
    "number",
    [
        "50761234567",
        "+50761234567",
        "+507 6123-4567",
        "507 6123 4567",
        "6123-4567",
        "(507) 6123.4567",
    ],
)
def test_a_number_that_atom_repeats_is_masked(number: str) -> None:
    send = make_send(Status.REJECTED, reason="rejected", vendor_message=f"Número {number} inválido")

    message = cards.outcome(send, EN)

    assert "Número •••• 4567 inválido" in message.text
    assert _quoted(message.arguments()["blocks"]) == ["Número •••• 4567 inválido"]


def test_other_numbers_in_atom_s_words_stay() -> None:
    send = make_send(
        Status.REJECTED, reason="rejected", vendor_message="Error 50012345678, línea 12"
    )

    assert "Error 50012345678, línea 12" in cards.outcome(send, EN).text


@EACH_END
def test_nothing_private_is_in_a_message(send: Send) -> None:
    for message in messages(send):
        dump = json.dumps(message.arguments(), ensure_ascii=False)

        assert PHONE not in dump
        assert "Rosa" not in dump
        assert "Citas" not in dump


@EACH_END
def test_metadata_holds_the_send_and_its_status_and_no_more(send: Send) -> None:
    for message in telling(send):
        assert message.metadata == {
            "event_type": "whatsapp_template",
            "event_payload": {"send_id": "V0001", "status": send.status.value},
        }


@EACH_END
def test_the_sender_is_called_only_when_something_is_theirs_to_do(send: Send) -> None:
    is_open = send.status in {Status.REJECTED, Status.FAILED, Status.UNKNOWN}
    # Who asked for an approval is to read that it was not given.
    calls = (is_open and not send.decided_by) or send.reason in {DECLINED, EXPIRED}

    assert cards.outcome(send, EN).text.startswith(f"<@{ALICE}> ") is calls


@EACH_END
def test_what_can_be_pressed_goes_by_the_status(send: Send) -> None:
    found = set(buttons(cards.outcome(send, EN)))

    assert found == {
        (Status.UNKNOWN, ""): {"resolve_sent", "retry", "resolve_not_sent", "open_panel"},
        (Status.PENDING, ""): {"open_panel"},
        (Status.REJECTED, ""): {"correct"},
        (Status.FAILED, ""): {"correct"},
        (Status.CANCELLED, ""): {"ask_again"} if send.reason == EXPIRED else set(),
    }.get((send.status, send.decided_by), set())
    assert set(buttons(cards.card(send, EN))) == found - {"open_panel"}


def test_to_send_again_is_asked_back_with_the_masked_number() -> None:
    message = cards.outcome(make_send(Status.UNKNOWN, reason="no_answer"), EN)

    retry = buttons(message)["retry"]
    assert retry["value"] == "V0001"
    assert "•••• 4567" in retry["confirm"]["text"]["text"]


def test_a_send_in_place_of_another_names_it() -> None:
    message = cards.card(make_send(replaces=SendId("V0000")), EN)

    assert "Sent again instead of V0000" in message.text


@pytest.mark.parametrize("reason", ["arrived", "not_arrived", "cancelled", "left"])
@EACH_LANGUAGE
def test_who_decided_stands_on_the_card(reason: str, language: str) -> None:
    status = Status.UNKNOWN if reason == "left" else Status.SENT
    send = make_send(status, reason=reason, decided_by=CARLA)

    message = cards.card(send, WORDS[language])

    assert WORDS[language](f"card.decided.{reason}", user=f"<@{CARLA}>") in message.text


def test_a_failure_can_be_looked_up() -> None:
    send = make_send(Status.UNKNOWN, reason="server_error", http_status=502, execution_id="a<b")

    message = cards.outcome(send, EN, in_private=True)

    assert "Reference V0001 · for Atom's support: a&lt;b" in message.text


@EACH_LANGUAGE
@EACH_END
def test_every_card_has_two_lines_and_its_details(send: Send, language: str) -> None:
    for message in (cards.neutral(send, WORDS[language]), cards.card(send, WORDS[language])):
        first, second, *more = message.blocks

        assert (first["type"], second["type"]) == ("section", "context")
        assert (first["accessory"]["action_id"], first["accessory"]["value"]) == (
            "details",
            send.id,
        )
        assert all(block["type"] == "actions" for block in more)


@EACH_LANGUAGE
@EACH_END
def test_nobody_is_called_whose_name_is_known(send: Send, language: str) -> None:
    translator, names = WORDS[language], {ALICE: "Alice", CARLA: "Carla <!here>"}

    card, outcome = cards.card(send, translator, names), cards.outcome(send, translator, names)

    assert "<@" not in card.text
    assert "Alice" in card.text
    assert "<@" not in outcome.text.removeprefix(f"<@{ALICE}> ")
    assert "<!here>" not in card.text + outcome.text


@pytest.mark.parametrize("title", ["a*b*", "_cita_", "~x~", "`y`", "*", "_"])
def test_marks_in_a_template_s_name_stay_what_they_are(title: str) -> None:
    first = cards.card(make_send(template_name=title), EN).text.split(" → ")[0]

    inner = first.removeprefix(":hourglass_flowing_sand: *").removesuffix("*")
    assert len(inner) == len(title)
    assert not set("*_~`") & set(inner)


def test_the_conversation_is_small_and_leads_to_atom_s_panel() -> None:
    send = make_send(Status.SENT, reason="sent", conversation="d771f70755a1")

    (_, second) = cards.card(send, EN).blocks

    shown = second["elements"][0]["text"]
    assert "<https://app.atomchat.io/|conversation d771f70755a1>" in shown


@pytest.mark.parametrize("status", Status)
def test_a_message_with_buttons_may_not_vanish(status: Status) -> None:
    send = make_send(status, reason="no_answer" if status is Status.UNKNOWN else "sent")

    # To correct is in Details, too, and in what Home shows.
    drawn = cards.card(send, EN) if status.is_planned else cards.outcome(send, EN)
    pressed = set(buttons(drawn)) - {"open_panel", "correct", "details"}
    pressed = pressed if status.is_final or status.is_planned else set()
    assert cards.needs_buttons(send) is bool(pressed)


def test_a_send_that_waits_needs_its_button() -> None:
    assert cards.needs_buttons(waiting("atom.unreachable"))
