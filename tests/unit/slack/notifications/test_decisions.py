"""The card of a send that did not arrive follows its last try; its question is answered."""

import json

import pytest

from bot.demo.slack.blockkit import check_blocks
from bot.locales import LANGUAGES, load
from bot.sends import Send, SendId, Status
from bot.slack.notifications import cards, decisions
from tests.builders import CARLA, make_send
from tests.fakes import NOON

WORDS = {language: load(language) for language in LANGUAGES}
OLD = make_send(
    Status.FAILED,
    reason="not_arrived",
    decided_by=CARLA,
    ended=NOON,
    vendor_message="Error de 6123-4567",
)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def tries(number: int, status: Status) -> list[Send]:
    """Make so many tries, the last of which stands so."""
    between = [make_send(Status.FAILED, id=SendId(f"V{n}")) for n in range(2, number)]
    return [OLD, *between, make_send(status, id=SendId("V9999"))]


@pytest.mark.parametrize(
    ("number", "in_words"),
    [
        (2, {"en": "on the second try", "es": "segundo intento", "pt": "segunda tentativa"}),
        (3, {"en": "on the third try", "es": "tercer intento", "pt": "terceira tentativa"}),
        (4, {"en": "on try 4", "es": "intento 4", "pt": "tentativa 4"}),
        (12, {"en": "on try 12", "es": "intento 12", "pt": "tentativa 12"}),
    ],
)
@pytest.mark.parametrize("status", Status)
@EACH_LANGUAGE
def test_a_card_says_how_the_last_try_stands(
    status: Status, language: str, number: int, in_words: dict[str, str]
) -> None:
    translator = WORDS[language]

    message = decisions.card(OLD, tries(number, status), translator)

    said = {each for each in Status if f"{translator(f'status.{each}')} " in message.text}
    assert said == ({status} if status.is_final else set())
    assert (translator("status.again") in message.text) is not status.is_final
    assert in_words[language] in message.text
    assert translator("card.decided.not_arrived", user=f"<@{CARLA}>") in message.text
    assert message.metadata == {
        "event_type": "whatsapp_template",
        "event_payload": {"send_id": OLD.id, "status": "failed"},
    }
    assert check_blocks(message.arguments()["blocks"]) == []


@EACH_LANGUAGE
def test_without_another_try_a_card_is_its_own(language: str) -> None:
    assert decisions.card(OLD, [OLD], WORDS[language]) == cards.card(OLD, WORDS[language])


@pytest.mark.parametrize("reason", sorted(decisions.ANSWERS))
@EACH_LANGUAGE
def test_an_answered_question_says_who_what_and_when(reason: str, language: str) -> None:
    status = Status.UNKNOWN if reason == "left" else Status.FAILED
    send = make_send(
        status, reason=reason, decided_by=CARLA, ended=NOON, vendor_message="Error de 6123-4567"
    )

    message = decisions.answered(send, WORDS[language], {CARLA: "Carla"})

    assert "Carla" in message.text
    assert f"<@{CARLA}>" not in message.text
    assert f"<!date^{int(NOON.timestamp())}^" in message.text
    dump = json.dumps(message.arguments())
    assert '"actions"' not in dump
    assert "6123" not in dump
    # It is the outcome from now on.
    assert message.metadata == cards.metadata(send)
    assert check_blocks(message.arguments()["blocks"]) == []
