"""What each subcommand is answered with."""

import dataclasses
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_blocks
from bot.locales import LANGUAGES
from bot.policy.access import Allowed
from bot.sends import Outcome, Send, SendId, Status
from bot.slack.notifications.summary import send_line
from bot.slack.send_form.listeners import COMMAND
from bot.slack.subcommands import replies
from tests.builders import CARLA, TEMPLATE, make_send, make_template
from tests.fakes import NOON
from tests.unit.slack.notifications.card_scene import texts
from tests.unit.slack.subcommands.scene import (
    ADMIN,
    ALONE,
    BRUNO,
    EACH_LANGUAGE,
    EACH_SEND,
    EN,
    HOSTILE,
    MESSAGE_LIMIT,
    OURS,
    SENDS,
    SOPORTE,
    SUPPORT,
    WORDS,
    Scene,
    buttons,
    many,
    shown,
)


async def test_recent_shows_the_last_ten_newest_first_each_with_a_button(scene: Scene) -> None:
    ids = [await scene.take(template_name=f"Cita {number}") for number in range(12)]
    await scene.take(user=BRUNO, id=SendId("V0OTHER1"))

    answer = await scene.ask("recent")

    assert answer is not None
    assert check_blocks(answer.blocks) == []
    assert [each["value"] for each in buttons(answer)] == ids[:1:-1]
    assert {each["action_id"] for each in buttons(answer)} == {"send_again"}
    assert "Cita 11" in shown(answer)
    assert "+507 6123-4567" in shown(answer)


async def test_recent_without_a_send_says_how_to_begin(scene: Scene) -> None:
    assert COMMAND in await scene.told("recent")


@EACH_LANGUAGE
def test_a_line_of_a_send_says_all_of_it(language: str) -> None:
    for send in SENDS:
        line = send_line(send, WORDS[language])

        assert check_blocks([line]) == [], send
        text = line["text"]["text"]
        assert WORDS[language](f"status.{send.status}") in text
        assert f"<!date^{int(NOON.timestamp())}^" in text
        assert f"`{TEMPLATE}`" in text
        assert send.request.client_name in text
        assert line["text"]["verbatim"] is True


@EACH_SEND
def test_to_send_again_is_asked_back_while_the_outcome_is_open(send: Send) -> None:
    button = send_line(send, EN)["accessory"]

    is_open = send.status in {Status.UNKNOWN, Status.QUEUED, Status.SENDING}
    assert ("confirm" in button) is is_open
    assert not is_open or "twice" in button["confirm"]["text"]["text"]


async def test_list_names_by_name_what_may_be_sent_from_here(scene: Scene) -> None:
    await scene.stock(
        make_template(name="zeta", id="1" * 20),
        make_template(name="Ánimo", id="2" * 20, body="Hola.", params=()),
        make_template(name="Otro canal", id="3" * 20, channels=("C0VENTAS001",)),
        make_template(name="De otros", id="4" * 20, allowed=(BRUNO,)),
        make_template(name="Apagada", id="5" * 20, active=False),
        make_template(name="beta", id="6" * 20, allowed=(SUPPORT,), channels=(SOPORTE,)),
    )

    told = await scene.told("list")

    assert re.findall("`(.+)` · (.+)", told) == [
        ("Ánimo", "no values"),
        ("beta", "3 values"),
        ("zeta", "3 values"),
    ]
    assert "You can send 3 templates from here" in told


async def test_list_without_a_catalogue_says_so(scene: Scene) -> None:
    assert "no catalogue" in await scene.told("lista")


async def test_list_with_nothing_for_this_person_says_who_decides(scene: Scene) -> None:
    await scene.stock(make_template(allowed=(BRUNO,)))

    assert "admins" in await scene.told("lista")


@EACH_LANGUAGE
@pytest.mark.parametrize(
    "name", ["Cita {number:03}", "n{number:03}" + "&" * 71, HOSTILE[:70] + "{number:03}"]
)
@pytest.mark.parametrize("count", [1, 60, 500])
def test_the_list_fits_however_many_there_are(count: int, name: str, language: str) -> None:
    allowed = Allowed(tuple(many(count, name)))

    answer = replies.templates(allowed, WORDS[language])

    assert check_blocks(answer.blocks) == []
    assert len(answer.text) < MESSAGE_LIMIT
    named = answer.text.count("• `")
    assert named == count or WORDS[language]("answer.list.more", count=count - named) in answer.text
    assert named >= min(count, 25)


async def test_status_says_what_is_known_of_a_send(scene: Scene) -> None:
    send_id = await scene.take(template_name="Recordatorio de cita")
    await scene.settle(send_id, Outcome(Status.REJECTED, "rejected", vendor_message="No hay datos"))

    told = await scene.told(f"status {send_id.lower()}")

    assert "`Recordatorio de cita` · +507 6123-4567 · <!date^" in told
    assert "nothing went out" in told
    assert "No hay datos" in told
    assert f"Reference {send_id}" in told


@pytest.mark.parametrize("digits", ["4567", "234567", "50761234567", "6123-4567"])
async def test_status_finds_by_the_last_digits_of_the_number(scene: Scene, digits: str) -> None:
    found = await scene.take()
    await scene.take(phone="50761234568")

    told = await scene.told(f"status {digits}")

    assert re.findall(r"Reference (\w+)", told) == [found]


async def test_status_shows_the_five_newest_and_says_that_there_are_more(scene: Scene) -> None:
    ids = [await scene.take() for _ in range(6)]

    told = await scene.told("status 4567")

    assert re.findall(r"Reference (\w+)", told) == ids[:0:-1]
    assert "there are older ones" in told


async def test_status_of_exactly_five_promises_no_more(scene: Scene) -> None:
    for _ in range(5):
        await scene.take()

    assert "older" not in await scene.told("status 4567")


async def test_a_person_finds_only_their_own_sends(scene: Scene) -> None:
    send_id = await scene.take(user=BRUNO)
    nothing = await scene.told("status V0NOTHING1")

    assert await scene.told(f"status {send_id}") == nothing.replace("V0NOTHING1", send_id)
    assert await scene.told("status 4567") == nothing.replace("V0NOTHING1", "4567")


@pytest.mark.parametrize("asked", ["V0ABC0", "4567"])
async def test_an_admin_sees_everybody_s_sends_with_the_number_masked(
    scene: Scene, asked: str
) -> None:
    await scene.take(user=BRUNO)

    told = await scene.told(f"status {asked}", user=CARLA)

    assert "•••• 4567" in told
    assert "6123" not in told
    assert f"Requested by <@{BRUNO}>" in told


@pytest.mark.parametrize("user", [BRUNO, CARLA])
async def test_atom_s_words_are_whole_for_the_sender_and_admins(scene: Scene, user: str) -> None:
    send_id = await scene.take(user=BRUNO)
    said = "+507 6123-4567 falla: *Rosa* _no_ `es`"
    await scene.settle(send_id, Outcome(Status.REJECTED, "rejected", vendor_message=said))

    assert said in await scene.told("status 4567", user=user)


async def test_the_marks_in_atom_s_words_stay_what_they_are(scene: Scene) -> None:
    send_id = await scene.take()
    said = "*a* _b_ ~c~ `d` <!channel> :tada:"
    await scene.settle(send_id, Outcome(Status.REJECTED, "rejected", vendor_message=said))

    answer = await scene.ask("status 4567")

    assert answer is not None
    assert answer.blocks is not None
    (quote,) = (each for each in answer.blocks if each["type"] == "rich_text")
    assert quote["elements"][0]["elements"] == [{"type": "text", "text": said}]
    assert not any("*a*" in str(each) for each in answer.blocks if each is not quote)


async def test_an_admin_sees_the_whole_number_of_their_own_sends(scene: Scene) -> None:
    await scene.take(user=CARLA)

    assert "+507 6123-4567" in await scene.told("status 4567", user=CARLA)


async def test_an_admin_is_told_that_there_is_no_such_send(scene: Scene) -> None:
    assert "No send matches" in await scene.told("status 9999", user=CARLA)


async def test_an_unknown_send_is_decided_in_its_thread(scene: Scene) -> None:
    send_id = await scene.take()
    await scene.settle(send_id, Outcome(Status.UNKNOWN, "no_answer"))
    await scene.sends.card_posted(send_id, SOPORTE, "1.2")

    told = await scene.told("status 4567")

    assert f"the right button in its thread in <#{SOPORTE}>" in told
    assert "I will not send it again" not in told


@pytest.mark.parametrize("typed", ["K7R2-M9T5W", "k7r2-m9t5w", "K7R2M9T5W", "k7r2 m9t5w"])
async def test_a_send_is_found_however_its_id_is_typed(scene: Scene, typed: str) -> None:
    await scene.take(id=SendId("K7R2-M9T5W"))

    assert "Reference K7R2-M9T5W" in await scene.told(f"status {typed}")


async def test_what_repeats_a_send_is_found_by_its_own_id(scene: Scene) -> None:
    send_id = await scene.take(id=SendId("V0ABC1-again-1"))

    assert f"Reference {send_id}" in await scene.told("status v0abc1-AGAIN-1")


async def test_the_bare_word_says_how_to_ask(scene: Scene) -> None:
    assert f"{COMMAND} status 4567" in await scene.told("estado")


@EACH_LANGUAGE
@pytest.mark.parametrize("viewer", [ALONE, ADMIN], ids=["sender", "admin"])
def test_slack_takes_what_is_said_of_any_send(language: str, viewer: replies.Viewer) -> None:
    for send in SENDS:
        five = [send] * 5

        answer = replies.status(five, WORDS[language], viewer=viewer, has_older=True)

        assert check_blocks(answer.blocks) == [], send
        assert len(shown(answer)) < MESSAGE_LIMIT, send
        assert "  " not in answer.text, send
        assert ("6123" in json.dumps(answer.blocks)) is (viewer is ALONE), send


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(SENDS),
    st.text(min_size=1, max_size=75) | st.just(HOSTILE),
    st.text(max_size=100) | st.just(HOSTILE),
)
def test_nothing_that_others_wrote_comes_alive(
    language: str, send: Send, title: str, said: str
) -> None:
    translator = WORDS[language]
    request = dataclasses.replace(send.request, template_name=title)
    spiteful = dataclasses.replace(send, request=request, vendor_message=said, conversation=title)

    made = (
        replies.recent([spiteful], translator),
        replies.templates(Allowed((make_template(name=title),)), translator),
        replies.status([spiteful], translator, viewer=ADMIN),
        replies.not_found(title, translator, is_admin=False),
    )

    for answer in made:
        for text in (answer.text, *texts(answer.blocks)):
            assert not set("<>") & set(OURS.sub("", text))
        assert check_blocks(answer.blocks) == []


@pytest.mark.parametrize("batch", ["", "K7R2-M9T5W"])
def test_the_status_of_a_row_says_of_which_list_it_is(batch: str) -> None:
    send = make_send(Status.SENT, reason="sent", batch=batch, batch_line=7)

    answer = replies.status([send], WORDS["en"], viewer=ADMIN)

    assert ("Line 7 of list K7R2-M9T5W" in answer.text) is bool(batch)
