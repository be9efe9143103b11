"""The words: every key in every language, none unused, none missing, none too long for Slack."""

import ast
import functools
import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import bot
from bot.bulk.batches import BatchStatus, Hidden, PauseReason, RowKind
from bot.bulk.problems_file import BAD
from bot.bulk.result_file import HEADS
from bot.bulk.run_repository import SAME_SENT
from bot.locales import LANGUAGES, Translator, load
from bot.policy.approvals import NEEDED
from bot.policy.do_not_contact import Scope
from bot.policy.gate import TO_ADMINS
from bot.sends import DECLINED, EXPIRED, Arrival, Status
from bot.slack.bulk.columns_view import OWN
from bot.slack.home.template_rows import LISTS, MENU
from bot.slack.notifications import buttons
from bot.slack.template_form.ids import PARAM_FIELDS, TEMPLATE_FIELDS
from bot.templates import Category
from bot.templates.params import Kind

FOLDER = Path(bot.__file__).parent
CODE = sorted(
    path
    for path in FOLDER.rglob("*.py")
    if not {"demo", "locales", "migrations"} & set(path.relative_to(FOLDER).parts)
)
KEYS = frozenset(load("en").sentences)
FAMILIES = frozenset(key.partition(".")[0] for key in KEYS)
APP = "WhatsApp templates"  # its name, in every language
# A table in the catalogue's file; what a send is for or why it ended, which has other sentences; a
# host.
NOT_KEYS = frozenset({"template.param", NEEDED, DECLINED, EXPIRED, "slack.com"})
# What becomes of the question whether a send is approved.
ANSWERS = ("approved", "refused", "expired", "cancelled", "changed")
# What the form's fields are called in `form.<field>.label` and so on.
FIELDS = ("template", "phone", "client_name", "group", "params")
# What is said of a list's files.
FILES = ("file_given", "file_comment")
# Counts of which a language may speak each in its own way.
COUNTS = (0, 1, 2, 21, 1_000_000)
EACH = pytest.mark.parametrize("language", LANGUAGES)


@functools.cache
def trees() -> tuple[tuple[Path, tuple[ast.AST, ...]], ...]:
    """Give every file of the program with all nodes of its syntax."""
    return tuple((path, tuple(ast.walk(ast.parse(path.read_text())))) for path in CODE)


def text(node: ast.expr | None) -> Iterator[str]:
    """Give the text that an expression is, or either of the two that it may be."""
    match node:
        case ast.Constant(value=str(value)):
            yield value
        case ast.IfExp(body=body, orelse=orelse):
            yield from text(body)
            yield from text(orelse)


def calls(name: str, place: int) -> set[str]:
    """Collect the texts that are handed to a function or class of this name."""
    return {
        found
        for _, nodes in trees()
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) == name
        for found in text(node.args[place] if len(node.args) > place else None)
    }


def judged() -> set[str]:
    """Collect the reasons that go with a status: in Atom's answers, and in outcomes."""
    pairs = {
        found
        for path, nodes in trees()
        if path.name == "atom_answers.py"
        for node in nodes
        if isinstance(node, ast.Tuple) and "Status." in ast.unparse(node)
        for found in text(node.elts[-1])
    }
    return pairs | calls("Outcome", 1) | calls("Unclear", 0) | {Status.SENT, Status.PENDING}


def decided() -> set[str]:
    """Collect the reasons that people give."""
    return {
        found
        for path, nodes in trees()
        if path.parent.name == "store"
        for node in nodes
        if isinstance(node, ast.keyword) and node.arg == "reason"
        for found in text(node.value)
    }


def waited_for() -> set[str]:
    # Of the database it is never said: whoever would write that down is away.
    return (calls("TryLater", 0) | calls("Unchecked", 0)) - {"database.unreachable"}


def written() -> set[str]:
    """Collect the keys that stand in the code as they are."""
    constants = {
        node.value
        for _, nodes in trees()
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {
        each
        for each in constants
        if each not in NOT_KEYS
        and each.partition(".")[0] in FAMILIES
        and "." in each
        and not each.endswith(".")
        and set(each) <= set(string.ascii_lowercase + "_.")
    }


def lists() -> set[str]:
    """Name what is said of lists by their state."""
    return {
        *(f"bulk.status.{status}" for status in BatchStatus),
        *(f"bulk.stands.{status}" for status in BatchStatus),
        *(
            f"bulk.stands.{status}.by"
            for status in (
                BatchStatus.AWAITING_APPROVAL,
                BatchStatus.RUNNING,
                BatchStatus.PAUSED,
                BatchStatus.STOPPED,
            )
        ),
        *(f"bulk.paused.{reason}" for reason in PauseReason),
        *(f"bulk.card.{kind}" for kind in RowKind),
        *(f"bulk.card.hidden.{hidden}" for hidden in (Hidden.INCLUDE, Hidden.SKIP)),
        *(f"bulk.{said}.{kind}" for said in FILES for kind in ("problems", "outcomes")),
        *(f"bulk.result.{each}" for each in (*Status, "arrived", "not_arrived", "waits")),
        *(f"bulk.result.head.{each}" for each in HEADS),
        *(f"bulk.result.left_out.{kind}" for kind in BAD),
        *(f"bulk.result.why.{reason}" for reason in ("gave_up", "token", SAME_SENT, *TO_ADMINS)),
        *(f"confirm.bulk_unknown.{each}" for each in ("arrived", "not_arrived")),
    }


def computed() -> set[str]:
    return {
        *(f"status.{status}" for status in Status),
        *(f"outcome.{reason}" for reason in judged() | decided()),
        *(f"outcome.{reason}" for reason in TO_ADMINS),
        *(f"card.decided.{reason}" for reason in decided()),
        *(f"answered.{reason}" for reason in decided() - {"cancelled"}),
        *(f"{family}.{buttons.LEFT}" for family in ("outcome", "card.decided", "answered")),
        *(
            f"details.decided.{why}"
            for why in decided() - {"cancelled"} | {buttons.LEFT, "try_now"}
        ),
        *(f"details.{kind}" for kind in ("taken", "overrode", "told", "not_told", "moved")),
        *(f"details.{kind}" for kind in ("approved", "refused")),
        *(f"details.changed.{why}" for why in ("due", "approval.expired")),
        *(f"approval.{family}.{each}" for family in ("answered", "decided") for each in ANSWERS),
        *(f"outcome.{reason}" for reason in (DECLINED, EXPIRED)),
        f"card.decided.{DECLINED}",
        *lists(),
        *(f"{family}.changed" for family in ("details.decided", "card.decided", "outcome")),
        *(f"details.decided.{why}" for why in ("did_not_arrive", "remind")),
        *(f"nudge.said.{arrival}" for arrival in Arrival),
        "details.nudged",
        "details.not_told.nudge",
        "details.postponed.late",
        "outcome.late",
        *(f"waiting.{reason}" for reason in waited_for()),
        *(f"form.{field}.label" for field in FIELDS),
        *(f"form.{field}.placeholder" for field in FIELDS),
        *(f"home.menu.{verb}" for verb in (*MENU, *LISTS)),
        *(f"bulk_form.column.{field}" for field in OWN),
        *(f"columns_form.{field}.label" for field in OWN),
        *(f"columns_form.hidden.{each}.option" for each in (Hidden.INCLUDE, Hidden.SKIP)),
        *(f"home.contacts.{scope}" for scope in Scope),
        *(f"category.{category}" for category in Category),
        *(f"kind.{kind}" for kind in Kind),
        *(f"template_form.{field}.label" for field in TEMPLATE_FIELDS),
        *(f"param_form.{field}.label" for field in PARAM_FIELDS),
    }


def optional() -> set[str]:
    return {
        *(f"form.{field}.hint" for field in FIELDS),
        *(f"template_form.{field}.hint" for field in TEMPLATE_FIELDS),
        *(f"param_form.{field}.hint" for field in PARAM_FIELDS),
    }


def forms(language: str) -> Iterator[tuple[str, str]]:
    """Give every sentence in each of its forms, with its key."""
    for key, several in load(language).sentences.items():
        yield from ((key, form) for form in several)


def file_of(language: str) -> Path:
    return FOLDER / "locales" / f"{language}.po"


def catalogue_of(language: str) -> Catalog:
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.slow
def test_the_code_is_read_as_it_is_meant() -> None:
    assert {"rejected", "token", "server_error", "odd_answer", "odd_status"} <= judged()
    assert {"gave_up", "interrupted", "no_answer"} <= judged()
    assert decided() == {"arrived", "not_arrived", "cancelled"}
    assert {"atom.unreachable", "atom.too_many", "slack.limited"} <= waited_for()
    assert {"form.title", "phone.empty", "refused.guest"} <= written()


@pytest.mark.slow
def test_no_key_is_missing() -> None:
    assert (written() | computed()) - KEYS == set()


def test_no_key_is_unused() -> None:
    assert KEYS - written() - computed() - optional() == set()


@EACH
def test_every_key_is_in_every_language(language: str) -> None:
    assert set(load(language).sentences) == KEYS
    assert [key for key, form in forms(language) if not form.strip()] == []


@EACH
def test_no_sentence_is_marked_as_a_guess(language: str) -> None:
    catalogue = catalogue_of(language)

    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@EACH
def test_the_placeholders_are_the_same_in_every_language(language: str) -> None:
    # Every form has them all: Portuguese says 0 in the form for one, so even that names the number.
    english = dict(forms("en"))

    assert {key for key, form in forms(language) if places(form) != places(english[key])} == set()


def counted(language: str) -> dict[str, int]:
    """Give the keys with more than one form, with how many they have."""
    return {key: len(each) for key, each in load(language).sentences.items() if len(each) > 1}


@EACH
def test_what_is_counted_has_a_form_for_one_and_one_for_many(language: str) -> None:
    keys = set(counted("en"))

    assert counted(language) == dict.fromkeys(keys, 2)
    assert keys <= {key for key, form in forms(language) if "count" in places(form)}


@EACH
def test_a_catalogue_states_the_rule_by_which_a_form_is_chosen(language: str) -> None:
    translator = Translator(language, {"index": ("0", "1")})

    catalogue = catalogue_of(language)

    rule = gettext.c2py(catalogue.plural_expr)
    assert '"Plural-Forms: ' in file_of(language).read_text()
    assert catalogue.num_plurals == 2
    assert [str(rule(count)) for count in COUNTS] == [translator("index", count=n) for n in COUNTS]


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_sentences_are_translated(language: str) -> None:
    english, other = load("en").sentences, load(language).sentences

    shared = {form for key in KEYS for form in {*english[key]} & {*other[key]}}
    same = {form for form in shared if len(form.split()) > 3}
    # Nothing in it but places and what is typed.
    assert {form for form in same if any(c.isalpha() for c in _words_only(form))} == set()


@EACH
def test_the_numbers_in_examples_are_of_a_country_that_speaks_the_language(language: str) -> None:
    country = {"pt": "+55 "}.get(language, "+507 ")

    found = {code for _, form in forms(language) for code in re.findall(r"\+\d+ ", form)}

    assert found == {country}


def _words_only(sentence: str) -> str:
    return "".join(literal for literal, *_ in string.Formatter().parse(sentence))


FORMS = ("form", "param_page")

# Read by a whole channel, which is told who must act; in private it is said to no admin.
POINT_AT_THE_OPERATOR = {
    *("outcome.odd_status", "outcome.token", "waiting.atom.untrusted", "waiting.slack.untrusted"),
    "bulk.file.over_limit",  # which nobody else can raise
    *("error.tell_owner", "home.ask_owner", "refused.ask_owner", "slack.no_scope_owner"),
}


@EACH
def test_few_sentences_point_at_who_runs_the_bot(language: str) -> None:
    says = {"en": "whoever runs", "es": "quien está a cargo", "pt": "quem cuida"}[language]

    found = {key for key, form in forms(language) if says in form.casefold()}

    assert found == POINT_AT_THE_OPERATOR


LIMITS = {
    **dict.fromkeys(("manifest.shortcut", "manifest.bulk"), 24),
    **dict.fromkeys(("manifest.on_message", "manifest.bulk_on_message", "manifest.anywhere"), 150),
    "manifest.description": 140,
    "form.title": 24,
    "form.submit": 24,
    "form.submit_anyway": 24,
    "form.close": 24,
    "form.assign.option": 75,
    "confirm.retry.title": 100,
    "confirm.retry.text": 300 - len("•••• 4567"),
    "confirm.retry.yes": 30,
    "confirm.no": 30,
    **dict.fromkeys(
        ("button.cancel", "button.open_panel", "button.resolve_sent", "button.retry"), 75
    ),
    **dict.fromkeys(
        (key for key in KEYS if ".menu." in key or key.endswith((".option", "_now"))), 75
    ),
    # Titles of views, and the words of the buttons below them.
    **dict.fromkeys(
        (key for key in KEYS if ".title" in key and key.partition(".")[0].endswith(FORMS)), 24
    ),
    **dict.fromkeys(("param_page.close", "template_form.save"), 24),
    **dict.fromkeys(
        (key for key in KEYS if key.endswith((".label", ".hint", ".placeholder"))), 150
    ),
    **{key: 150 for key in KEYS if key.startswith("form.") and key.endswith((".label", ".hint"))},
    **{key: 150 for key in KEYS if key.startswith("form.") and key.endswith(".placeholder")},
}


@EACH
def test_no_label_is_too_long_for_slack(language: str) -> None:
    assert set(LIMITS) <= KEYS
    assert [form for key, form in forms(language) if len(form) > LIMITS.get(key, len(form))] == []


@EACH
def test_a_sentence_leaves_room_for_what_is_put_into_it(language: str) -> None:
    assert {key for key, form in forms(language) if len(form) > 1500} == set()


# Quotes and apostrophes of other languages, of which a sentence has none outside of code.
FOREIGN = {
    "en": "«»„\N{RIGHT SINGLE QUOTATION MARK}",
    "es": "“”„\"'\N{RIGHT SINGLE QUOTATION MARK}",
    "pt": "«»„\"'\N{RIGHT SINGLE QUOTATION MARK}",
}


@EACH
def test_quotes_and_apostrophes_are_the_language_s_own(language: str) -> None:
    code = re.compile(r"`[^`]*`|\S+=\S+")

    odd = {key for key, form in forms(language) if set(code.sub("", form)) & set(FOREIGN[language])}

    assert odd == set()
    assert [key for key, form in forms(language) if form.count("«") != form.count("»")] == []
    assert [key for key, form in forms(language) if form.count("“") != form.count("”")] == []
    # What is typed into a shell or Slack takes plain quotes.
    assert [key for key, form in forms(language) if re.search(r"`[^`]*[“”«»][^`]*`", form)] == []


def said_in_slack() -> Iterator[str]:
    """Give the texts under bot/slack that read like sentences, but for docstrings and the log."""
    for path, nodes in trees():
        place = path.relative_to(FOLDER)
        if place.parts[0] != "slack":
            continue
        silent = {
            id(inner)
            for node in nodes
            if (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."))
            for inner in ast.walk(node)
        }
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = [word for word in node.value.split() if word.isalpha() and len(word) > 1]
                if len(words) > 1 and id(node) not in silent and node.value != APP:
                    yield f"{place}:{node.lineno} {node.value}"


def test_no_sentence_for_people_stands_outside_the_catalogue() -> None:
    assert list(said_in_slack()) == []
