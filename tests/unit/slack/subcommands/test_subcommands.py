"""The questions of the command: what is one, and what each is answered with."""

import asyncio
import dataclasses
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from hypothesis import assume, example, given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import Claimed
from bot.demo.slack.blockkit import check_blocks
from bot.demo.slack.blocks import visible_text
from bot.errors import NotAllowed, TryLater
from bot.locales import LANGUAGES, load
from bot.policy.access import Access, Allowed
from bot.policy.people import Policy, Workspace
from bot.sends import Outcome, Send, SendId, Status
from bot.slack.notifications.summary import send_line
from bot.slack.platform.directory import SlackDirectory
from bot.slack.send_form.listeners import COMMAND
from bot.slack.subcommands import Pause, Reply, Subcommands, replies
from bot.slack.subcommands.parse import WORDS as QUESTIONS
from bot.slack.subcommands.parse import Topic, read
from bot.store.clock import Clock
from bot.store.database import Database, migrate, open_engine
from bot.store.rate_limit import StoredRateLimit
from bot.store.sends import SendStore
from bot.store.tables import templates
from bot.store.templates import TemplateStore, replace_all
from bot.templates import Template, names
from tests.fakes import (
    ALICE,
    CARLA,
    NOON,
    TEMPLATE,
    FakeClock,
    FakeSlack,
    make_order,
    make_send,
    make_template,
)
from tests.unit.slack.notifications.test_cards import ENDS, WAITS, texts, waiting

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
BRUNO, SUPPORT, SOPORTE = "U0BRUNO0001", "S0SUPPORT01", "C0SOPORTE01"
TEAM = "T0ACME00001"
PHONE = "50761234567"
HOSTILE = "<!channel> *a* `b` <@U0ALICE0001> & <https://e.com|x>"
# Slack refuses more of what a message shows.
MESSAGE_LIMIT = 13_200
# All that may come alive in our answers: people, channels, and moments in the reader's time zone.
OURS = re.compile(
    r"<@[UW][A-Z0-9]+>|<#C[A-Z0-9]+>"
    r"|<!date\^\d+\^\{[a-z_]+\}(?: \{time\})?\|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC>"
)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
# One send of each kind that there can be.
SENDS = [
    *(make_send(status, reason=reason, **more) for status, reason, more in ENDS),
    *(waiting(reason) for reason in WAITS),
    make_send(),
    make_send(Status.SENDING),
    make_send(Status.UNKNOWN, reason="no_answer", card_channel=SOPORTE, card_ts="1.2"),
    make_send(Status.UNKNOWN, reason="no_answer", card_channel="D0ALICE0001", card_ts="1.2"),
]
EACH_SEND = pytest.mark.parametrize(
    "send", SENDS, ids=[f"{n}-{send.status}-{send.reason}" for n, send in enumerate(SENDS)]
)
ALONE = replies.Viewer(ALICE, is_admin=False)
ADMIN = replies.Viewer(CARLA, is_admin=True)


@dataclass
class Room:
    """Everything that the questions ask, real but for Slack."""

    slack: FakeSlack
    sends: SendStore
    catalogue: TemplateStore
    database: Database
    clock: FakeClock
    questions: Subcommands
    counter: Iterator[int] = field(default_factory=itertools.count)

    async def ask(self, text: str, *, user: str = ALICE, channel: str = SOPORTE) -> Reply | None:
        return await self.questions.answer(text, user=user, channel=channel, words=EN)

    async def told(self, text: str, *, user: str = ALICE, channel: str = SOPORTE) -> str:
        answer = await self.ask(text, user=user, channel=channel)
        assert answer is not None
        assert check_blocks(answer.blocks) == []
        return answer.text

    async def take(self, phone: str = PHONE, **changes: Any) -> SendId:
        """Take a send, a minute after the one before it."""
        self.clock.pass_by(60)
        send_id = changes.pop("id", SendId(f"V0ABC{next(self.counter)}"))
        await self.sends.take(make_order(id=send_id, phone=phone, **changes))
        return SendId(send_id)

    async def settle(self, send_id: SendId, outcome: Outcome) -> None:
        claimed = await self.sends.claim(send_id)
        assert isinstance(claimed, Claimed)
        await self.sends.settle(claimed.send, outcome, claim=claimed.send.claim)

    async def stock(self, *templates: Template) -> None:
        await self.database.write(lambda c: replace_all(c, templates, expected=()))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    engine = open_engine(f"sqlite:///{tmp_path}/bot.db")
    migrate(engine)
    database, clock, slack = Database(engine), FakeClock(), FakeSlack()
    for user in (ALICE, BRUNO, CARLA):
        facts = dict.fromkeys(("deleted", "is_bot", "is_restricted"), False)
        slack.users[user] = {"id": user, "team_id": TEAM, **facts}
    slack.groups[SUPPORT] = [ALICE, BRUNO]
    policy = Policy(frozenset({SUPPORT}), frozenset({CARLA}))
    directory = SlackDirectory(cast(AsyncWebClient, slack), Workspace(TEAM), policy)
    catalogue = TemplateStore(database)
    sends = SendStore(
        database,
        rate_limit=StoredRateLimit(database, rate=1000.0),
        give_up_after=timedelta(hours=6),
        clock=Clock(clock.now),
    )
    pause = Pause(10.0, now=clock.seconds)
    questions = Subcommands(directory, Access(directory, catalogue), sends, catalogue, pause)
    yield Room(slack, sends, catalogue, database, clock, questions)
    engine.dispose()


def shown(answer: Reply) -> str:
    """Give what a person reads in the blocks."""
    return visible_text(answer.blocks or [])


def buttons(answer: Reply) -> list[dict[str, Any]]:
    return [block["accessory"] for block in answer.blocks or [] if "accessory" in block]


def many(count: int, name: str = "Recordatorio de cita número {number:03}") -> list[Template]:
    return [
        make_template(name=name.format(number=number), id=f"{number:020}")
        for number in range(count)
    ]


TAKEN = [
    ("help", Topic.HELP),
    ("Ayuda", Topic.HELP),
    ("AJUDA", Topic.HELP),
    (" ? ", Topic.HELP),
    ("recent", Topic.RECENT),
    ("Recientes", Topic.RECENT),
    ("recentes", Topic.RECENT),
    ("list", Topic.LIST),
    ("Lista", Topic.LIST),
    ("status", Topic.STATUS),
    ("estado", Topic.STATUS),
    ("status 4567", Topic.STATUS),
    ("ESTADO   50761234567", Topic.STATUS),
    ("estado 6123-4567", Topic.STATUS),
    ("status +50761234567", Topic.STATUS),
    ("status +507 6123-4567", Topic.STATUS),
    ("estado 6123 4567", Topic.STATUS),
    ("status <tel:+50761234567|61234567>", Topic.STATUS),
    ("status V0A1B2C3D4E", Topic.STATUS),
    ("status v0a1b2c3d4e-again-1", Topic.STATUS),
    ("status K7R2-M9T5W", Topic.STATUS),
    ("estado k7r2m9t5w", Topic.STATUS),
    ("status k7r2 m9t5w", Topic.STATUS),
    ("refresh", Topic.REFRESH),
    ("actualizar", Topic.REFRESH),
    ("Atualizar", Topic.REFRESH),
]
LEFT = [
    "",
    "   ",
    TEMPLATE,
    f"{TEMPLATE} +507 6123-4567",
    "help me",
    "Lista de espera",
    "lista +50761234567",
    "list 4567",
    '"lista"',
    "listas",
    "recent 10",
    "refresh all",
    "Estado de cuenta",
    "estado de cuenta 6123-4567",
    "estado cuenta",
    "estado 456",
    "estado 1234567890123456",
    "estado nombre=4567",
    "estado VENTAS",
    "status V0",
    "status V0A1B2C3D4E-again-0",
    "status V0A1B2C3D4E-again-",
    "status K7R2-M9T5",
    "status K0R2-M9T5W",
    "status U0ALICE0001",
    "phone=4567",
    "4567",
]


@pytest.mark.parametrize(("text", "topic"), TAKEN)
def test_a_question_is_known_in_any_language_and_case(text: str, topic: Topic) -> None:
    asked = read(text)

    assert asked is not None
    assert asked.topic is topic


@pytest.mark.parametrize("text", LEFT)
def test_everything_else_fills_the_form(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [("status 4567", "4567"), ("status +507(6123)4567", "50761234567"), ("status V0123", "")],
)
def test_the_digits_of_a_number_are_found(text: str, digits: str) -> None:
    asked = read(text)

    assert asked is not None
    assert asked.digits == digits


def test_an_id_is_read_as_slack_writes_it() -> None:
    asked = read("status v0a1b2-Again-12")

    assert asked is not None
    assert asked.send == "V0A1B2-again-12"


@EACH_LANGUAGE
def test_help_names_questions_that_are_ones(language: str) -> None:
    typed = re.findall(rf"^• `{COMMAND} ([^`]+)`", WORDS[language]("help.questions"), re.MULTILINE)

    assert [read(text).topic for text in typed if read(text)] == [  # type: ignore[union-attr]
        Topic.RECENT,
        Topic.LIST,
        Topic.STATUS,
        Topic.REFRESH,
        Topic.HELP,
    ]


@EACH_LANGUAGE
def test_help_names_orders_that_fill_the_form(language: str) -> None:
    typed = re.findall(rf"^• `{COMMAND} ([^`]+)`", WORDS[language]("help.text"), re.MULTILINE)

    assert len(typed) == 3
    assert [read(text) for text in typed] == [None] * 3


@EACH_LANGUAGE
def test_help_fits_and_names_the_command_as_it_is(language: str) -> None:
    answer = replies.help_(WORDS[language])

    assert check_blocks(answer.blocks) == []
    assert f"{COMMAND} {TEMPLATE} +507 6123-4567" in shown(answer)
    assert len(answer.text) < 4000


@EACH_LANGUAGE
def test_the_sentences_name_the_command_as_it_is(language: str) -> None:
    sentences = [each for forms in WORDS[language].sentences.values() for each in forms]

    assert {found for each in sentences for found in re.findall(r"/whats[a-z-]*", each)} == {
        COMMAND
    }


class OnlyCatalogue:
    """A catalogue that is asked what it has, and nothing else."""

    def __init__(self, *names_: str) -> None:
        self._templates = tuple(make_template(name=name) for name in names_)

    async def all(self) -> tuple[Template, ...]:
        return self._templates

    def forget(self) -> None:
        raise AssertionError


def answer_with(text: str, *names_: str) -> Reply | None:
    """Ask where only the catalogue may be looked at: who asks more has taken it for a question."""
    nobody = cast(Any, None)
    asked = Subcommands(nobody, nobody, nobody, OnlyCatalogue(*names_))
    return asyncio.run(asked.answer(text, user=ALICE, channel=SOPORTE, words=EN))


question_words = st.sampled_from(sorted(QUESTIONS)).flatmap(
    lambda word: st.sampled_from([word, word.upper(), word.capitalize()])
)
more_words = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12),
    st.sampled_from(["de cuenta", "2026", "4567", "V0ABC1", "61234567", "número 1234", "help"]),
)


@given(question_words, more_words, st.sampled_from(["", " +507 6123-4567", " 6123-4567", ' a="b"']))
@example("Estado", "2026", "")
@example("Status", "V0ABC1", "")
def test_what_names_a_template_with_more_words_is_never_taken(
    word: str, more: str, after: str
) -> None:
    name = " ".join(f"{word} {more}".split())
    assume(len(names.fold(name).split()) > 1)

    assert answer_with(name + after, name) is None


@pytest.mark.parametrize("number", ["61234567", "6123-4567", "+50761234567"])
def test_a_number_after_the_first_word_of_a_template_is_where_it_goes(number: str) -> None:
    assert answer_with(f"estado {number}", "Estado de cuenta") is None


async def test_a_number_after_a_word_that_no_template_has_is_a_question(room: Room) -> None:
    await room.stock(make_template(name="Recordatorio"))

    assert await room.ask("estado 61234567") is not None


async def test_a_template_that_may_not_be_sent_any_more_takes_no_question(room: Room) -> None:
    await room.stock(make_template(name="Estado 4567", active=False))

    assert await room.ask("estado 4567") is not None


async def test_four_digits_are_a_question_whatever_the_templates_are_called(room: Room) -> None:
    await room.stock(make_template(name="Estado de cuenta"))

    assert await room.ask("estado 4567") is not None


async def test_a_template_with_a_question_for_a_name_is_sent_in_quotes(room: Room) -> None:
    await room.stock(make_template(name="Lista"))

    assert await room.ask("Lista") is not None
    assert await room.ask('"Lista"') is None


async def test_recent_shows_the_last_ten_newest_first_each_with_a_button(room: Room) -> None:
    ids = [await room.take(template_name=f"Cita {number}") for number in range(12)]
    await room.take(user=BRUNO, id=SendId("V0OTHER1"))

    answer = await room.ask("recent")

    assert answer is not None
    assert check_blocks(answer.blocks) == []
    assert [each["value"] for each in buttons(answer)] == ids[:1:-1]
    assert {each["action_id"] for each in buttons(answer)} == {"send_again"}
    assert "Cita 11" in shown(answer)
    assert "+507 6123-4567" in shown(answer)


async def test_recent_without_a_send_says_how_to_begin(room: Room) -> None:
    assert COMMAND in await room.told("recent")


@EACH_LANGUAGE
@EACH_SEND
def test_a_line_of_a_send_says_all_of_it(send: Send, language: str) -> None:
    line = send_line(send, WORDS[language])

    assert check_blocks([line]) == []
    text = line["text"]["text"]
    assert WORDS[language](f"status.{send.status}") in text
    assert f"<!date^{int(NOON.timestamp())}^" in text
    assert f"`{TEMPLATE}`" in text
    assert line["text"]["verbatim"] is True


@EACH_SEND
def test_to_send_again_is_asked_back_while_the_outcome_is_open(send: Send) -> None:
    button = send_line(send, EN)["accessory"]

    is_open = send.status in {Status.UNKNOWN, Status.QUEUED, Status.SENDING}
    assert ("confirm" in button) is is_open
    assert not is_open or "twice" in button["confirm"]["text"]["text"]


async def test_list_names_by_name_what_may_be_sent_from_here(room: Room) -> None:
    await room.stock(
        make_template(name="zeta", id="1" * 20),
        make_template(name="Ánimo", id="2" * 20, body="Hola.", params=()),
        make_template(name="Otro canal", id="3" * 20, channels=("C0VENTAS001",)),
        make_template(name="De otros", id="4" * 20, allowed=(BRUNO,)),
        make_template(name="Apagada", id="5" * 20, active=False),
        make_template(name="beta", id="6" * 20, allowed=(SUPPORT,), channels=(SOPORTE,)),
    )

    told = await room.told("list")

    assert re.findall("`(.+)` · (.+)", told) == [
        ("Ánimo", "no values"),
        ("beta", "3 values"),
        ("zeta", "3 values"),
    ]
    assert "You may send 3 templates from here" in told


async def test_list_without_a_catalogue_says_so(room: Room) -> None:
    assert "no catalogue" in await room.told("lista")


async def test_list_with_nothing_for_this_person_says_who_decides(room: Room) -> None:
    await room.stock(make_template(allowed=(BRUNO,)))

    assert "admins" in await room.told("lista")


@EACH_LANGUAGE
@pytest.mark.parametrize(
    "name", ["Cita {number:03}", "n{number:03}" + "&" * 71, HOSTILE[:70] + "{number:03}"]
)
@pytest.mark.parametrize("count", [1, 60, 500])
def test_the_list_fits_however_many_there_are(count: int, name: str, language: str) -> None:
    offer = Allowed(tuple(many(count, name)))

    answer = replies.templates(offer, WORDS[language])

    assert check_blocks(answer.blocks) == []
    assert len(answer.text) < MESSAGE_LIMIT
    named = answer.text.count("• `")
    assert named == count or WORDS[language]("answer.list.more", count=count - named) in answer.text
    assert named >= min(count, 25)


async def test_status_says_what_is_known_of_a_send(room: Room) -> None:
    send_id = await room.take(template_name="Recordatorio de cita")
    await room.settle(send_id, Outcome(Status.REJECTED, "rejected", said="No hay datos"))

    told = await room.told(f"status {send_id.lower()}")

    assert "`Recordatorio de cita` · +507 6123-4567 · <!date^" in told
    assert "nothing went out" in told
    assert "No hay datos" in told
    assert f"Reference {send_id}" in told


@pytest.mark.parametrize("digits", ["4567", "234567", "50761234567", "6123-4567"])
async def test_status_finds_by_the_last_digits_of_the_number(room: Room, digits: str) -> None:
    found = await room.take()
    await room.take(phone="50761234568")

    told = await room.told(f"status {digits}")

    assert re.findall(r"Reference (\w+)", told) == [found]


async def test_status_shows_the_five_newest_and_says_that_there_are_more(room: Room) -> None:
    ids = [await room.take() for _ in range(6)]

    told = await room.told("status 4567")

    assert re.findall(r"Reference (\w+)", told) == ids[:0:-1]
    assert "there are older ones" in told


async def test_status_of_exactly_five_promises_no_more(room: Room) -> None:
    for _ in range(5):
        await room.take()

    assert "older" not in await room.told("status 4567")


async def test_a_person_finds_only_their_own_sends(room: Room) -> None:
    send_id = await room.take(user=BRUNO)
    nothing = await room.told("status V0NOTHING1")

    assert await room.told(f"status {send_id}") == nothing.replace("V0NOTHING1", send_id)
    assert await room.told("status 4567") == nothing.replace("V0NOTHING1", "4567")


@pytest.mark.parametrize("asked", ["V0ABC0", "4567"])
async def test_an_admin_sees_everybody_s_sends_with_the_number_masked(
    room: Room, asked: str
) -> None:
    await room.take(user=BRUNO)

    told = await room.told(f"status {asked}", user=CARLA)

    assert "•••• 4567" in told
    assert "6123" not in told
    assert f"Requested by <@{BRUNO}>" in told


@pytest.mark.parametrize("user", [BRUNO, CARLA])
async def test_atom_s_words_are_whole_for_the_sender_and_admins(room: Room, user: str) -> None:
    send_id = await room.take(user=BRUNO)
    said = "+507 6123-4567 falla: *Rosa* _no_ `es`"
    await room.settle(send_id, Outcome(Status.REJECTED, "rejected", said=said))

    assert said in await room.told("status 4567", user=user)


async def test_the_marks_in_atom_s_words_stay_what_they_are(room: Room) -> None:
    send_id = await room.take()
    said = "*a* _b_ ~c~ `d` <!channel> :tada:"
    await room.settle(send_id, Outcome(Status.REJECTED, "rejected", said=said))

    answer = await room.ask("status 4567")

    assert answer is not None
    assert answer.blocks is not None
    (quote,) = (each for each in answer.blocks if each["type"] == "rich_text")
    assert quote["elements"][0]["elements"] == [{"type": "text", "text": said}]
    assert not any("*a*" in str(each) for each in answer.blocks if each is not quote)


async def test_an_admin_sees_the_whole_number_of_their_own_sends(room: Room) -> None:
    await room.take(user=CARLA)

    assert "+507 6123-4567" in await room.told("status 4567", user=CARLA)


async def test_an_admin_is_told_that_there_is_no_such_send(room: Room) -> None:
    assert "There is no send" in await room.told("status 9999", user=CARLA)


async def test_an_unknown_send_is_decided_in_its_thread(room: Room) -> None:
    send_id = await room.take()
    await room.settle(send_id, Outcome(Status.UNKNOWN, "no_answer"))
    await room.sends.card_posted(send_id, SOPORTE, "1.2")

    told = await room.told("status 4567")

    assert f"the buttons in its thread in <#{SOPORTE}>" in told
    assert "say here" not in told


async def test_what_repeats_a_send_is_found_by_its_own_id(room: Room) -> None:
    send_id = await room.take(id=SendId("V0ABC1-again-1"))

    assert f"Reference {send_id}" in await room.told("status v0abc1-AGAIN-1")


@pytest.mark.parametrize("typed", ["K7R2-M9T5W", "k7r2-m9t5w", "K7R2M9T5W", "k7r2 m9t5w"])
async def test_a_send_is_found_however_its_id_is_typed(room: Room, typed: str) -> None:
    await room.take(id=SendId("K7R2-M9T5W"))

    assert "Reference K7R2-M9T5W" in await room.told(f"status {typed}")


async def test_the_bare_word_says_how_to_ask(room: Room) -> None:
    assert f"{COMMAND} status 4567" in await room.told("estado")


@EACH_LANGUAGE
@EACH_SEND
@pytest.mark.parametrize("viewer", [ALONE, ADMIN], ids=["sender", "admin"])
def test_slack_takes_what_is_said_of_any_send(
    send: Send, language: str, viewer: replies.Viewer
) -> None:
    five = [send] * 5

    answer = replies.status(five, WORDS[language], viewer=viewer, has_older=True)

    assert check_blocks(answer.blocks) == []
    assert len(shown(answer)) < MESSAGE_LIMIT
    assert "  " not in answer.text
    assert ("6123" in json.dumps(answer.blocks)) is (viewer is ALONE)


async def test_refresh_asks_anew_and_says_what_it_found(room: Room) -> None:
    assert "no catalogue" in await room.told("refresh")
    await room.stock(make_template())
    room.slack.asked.clear()
    room.clock.pass_by(10)

    told = await room.told("refresh")

    assert room.slack.asked == [SUPPORT, ALICE]
    assert "You may send 1 template in all. You are not an admin" in told


async def test_an_admin_is_told_so_by_refresh(room: Room) -> None:
    assert "You are an admin" in await room.told("refresh", user=CARLA)


async def test_refresh_notices_who_came_into_a_group(room: Room) -> None:
    room.slack.groups["S0VENTAS001"] = []
    await room.stock(make_template(allowed=("S0VENTAS001",)))
    assert "may send 0 templates" in await room.told("refresh")
    room.slack.groups["S0VENTAS001"] = [ALICE]
    room.clock.pass_by(10)

    assert "may send 1 template in all." in await room.told("refresh")


async def test_refresh_reads_a_catalogue_that_was_changed_by_hand(room: Room) -> None:
    await room.stock(make_template())
    await room.told("list")
    await room.database.write(lambda c: c.execute(sa.update(templates).values(active=False)))

    assert "may send 0 templates" in await room.told("refresh")


async def test_refresh_notices_who_may_send_no_more(room: Room) -> None:
    await room.told("refresh")
    room.slack.groups[SUPPORT] = []
    room.clock.pass_by(10)

    with pytest.raises(NotAllowed):
        await room.ask("refresh")


@pytest.mark.parametrize("user", [ALICE, BRUNO])
async def test_refresh_just_after_another_asks_slack_nothing_anew(room: Room, user: str) -> None:
    await room.told("refresh", user=BRUNO)
    await room.told("refresh", user=ALICE)
    room.slack.asked.clear()
    room.clock.pass_by(9)

    told = await room.told("refresh", user=user)

    assert "just now" in told
    assert room.slack.asked == []


async def test_a_refresh_that_slack_refuses_is_told_and_leaves_nothing_old(room: Room) -> None:
    room.slack.raises[SUPPORT] = [TryLater("slack.limited")]

    with pytest.raises(TryLater):
        await room.ask("refresh")
    assert "just now" in await room.told("refresh")


class NoAnswer:
    """A port that can't be reached."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise TryLater("database.unreachable")

        return fail


@pytest.mark.parametrize("text", ["recent", "list", "status 4567", "status V0ABC1"])
async def test_what_can_t_be_asked_now_is_for_later(text: str) -> None:
    away = cast(Any, NoAnswer())
    asked = Subcommands(away, away, away, away)

    with pytest.raises(TryLater):
        await asked.answer(text, user=ALICE, channel=SOPORTE, words=EN)


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(SENDS),
    st.text(min_size=1, max_size=75) | st.just(HOSTILE),
    st.text(max_size=100) | st.just(HOSTILE),
)
def test_nothing_that_others_wrote_comes_alive(
    language: str, send: Send, title: str, said: str
) -> None:
    words = WORDS[language]
    request = dataclasses.replace(send.request, template_name=title)
    spiteful = dataclasses.replace(send, request=request, said=said, conversation=title)

    made = (
        replies.recent([spiteful], words),
        replies.templates(Allowed((make_template(name=title),)), words),
        replies.status([spiteful], words, viewer=ADMIN),
        replies.not_found(title, words, is_admin=False),
    )

    for answer in made:
        for text in (answer.text, *texts(answer.blocks)):
            assert not set("<>") & set(OURS.sub("", text))
        assert check_blocks(answer.blocks) == []
