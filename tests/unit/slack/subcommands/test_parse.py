"""Which texts are subcommands, and which fill the form."""

import asyncio
import re
from typing import Any, cast

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from typing_extensions import override

from bot.demo.slack.blockkit import check_blocks
from bot.send_draft import NumberRules
from bot.slack.send_form.listeners import COMMAND
from bot.slack.subcommands import Contacts, Reply, Subcommands, replies
from bot.slack.subcommands.parse import WORDS as QUESTIONS
from bot.slack.subcommands.parse import Topic, read
from bot.templates import Template, names
from tests.builders import ALICE, TEMPLATE, make_template
from tests.fakes.clock import NOON
from tests.fakes.repositories import FakeCatalogue
from tests.unit.slack.subcommands.scene import (
    EACH_LANGUAGE,
    EN,
    SHORTCUT,
    SOPORTE,
    WORDS,
    Scene,
    shown,
)

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
    ("stop", Topic.STOP),
    ("Stop +507 6123-4567 lo pidió", Topic.STOP),
    ("parar 61234567", Topic.STOP),
    ("DETENER <tel:+50761234567|61234567>", Topic.STOP),
    ("allow 61234567", Topic.ALLOW),
    ("Permitir +507 6123-4567", Topic.ALLOW),
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
def test_a_subcommand_is_known_in_any_language_and_case(text: str, topic: Topic) -> None:
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
def test_help_names_subcommands_that_are_ones(language: str) -> None:
    typed = re.findall(rf"^• `{COMMAND} ([^`]+)`", WORDS[language]("help.questions"), re.MULTILINE)

    assert [read(text).topic for text in typed if read(text)] == [  # type: ignore[union-attr]
        Topic.RECENT,
        Topic.LIST,
        Topic.STATUS,
        Topic.REFRESH,
        Topic.STOP,
        Topic.ALLOW,
        Topic.HELP,
    ]


@EACH_LANGUAGE
def test_help_names_examples_that_fill_the_form(language: str) -> None:
    typed = re.findall(
        rf"^• `{COMMAND} ([^`]+)`", WORDS[language]("help.text", shortcut=SHORTCUT), re.MULTILINE
    )

    assert len(typed) == 3
    assert [read(text) for text in typed] == [None] * 3


@EACH_LANGUAGE
def test_help_fits_and_names_the_command_as_it_is(language: str) -> None:
    answer = replies.help_(WORDS[language], SHORTCUT)

    assert check_blocks(answer.blocks) == []
    assert re.search(rf"{COMMAND} {TEMPLATE} \+\d", shown(answer))
    assert f"⋮ → *{SHORTCUT}*" in shown(answer)
    assert len(answer.text) < 4000


@EACH_LANGUAGE
def test_the_sentences_name_the_command_as_it_is(language: str) -> None:
    sentences = [each for forms in WORDS[language].sentences.values() for each in forms]

    assert {found for each in sentences for found in re.findall(r"/whats[a-z-]*", each)} == {
        COMMAND
    }


class OnlyCatalogue(FakeCatalogue):
    """A catalogue that is asked what it has, and nothing else."""

    def __init__(self, *names_: str) -> None:
        self._templates = tuple(make_template(name=name) for name in names_)

    @override
    async def all(self) -> tuple[Template, ...]:
        return self._templates


def answer_with(text: str, *names_: str) -> Reply | None:
    """Ask where only the catalogue may be looked at: who asks more has taken it for a question."""
    nobody = cast(Any, None)
    contacts = Contacts(nobody, nobody, NumberRules("PA"), lambda: NOON)
    asked = Subcommands(nobody, nobody, nobody, OnlyCatalogue(*names_), SHORTCUT, contacts)
    return asyncio.run(asked.answer(text, user=ALICE, channel=SOPORTE, translator=EN))


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


async def test_a_number_after_a_word_that_no_template_has_is_a_subcommand(scene: Scene) -> None:
    await scene.stock(make_template(name="Recordatorio"))

    assert await scene.ask("estado 61234567") is not None


async def test_a_template_that_may_not_be_sent_any_more_takes_no_subcommand(scene: Scene) -> None:
    await scene.stock(make_template(name="Estado 4567", active=False))

    assert await scene.ask("estado 4567") is not None


async def test_four_digits_are_a_subcommand_whatever_the_templates_are_called(scene: Scene) -> None:
    await scene.stock(make_template(name="Estado de cuenta"))

    assert await scene.ask("estado 4567") is not None


async def test_a_template_with_a_subcommand_for_a_name_is_sent_in_quotes(scene: Scene) -> None:
    await scene.stock(make_template(name="Lista"))

    assert await scene.ask("Lista") is not None
    assert await scene.ask('"Lista"') is None
