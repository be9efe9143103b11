"""What was understood of a list's columns, in words, and what a person has to say of them. Pure.

In a channel a file without a header must not tell what is in its first row: a column has its title
there only if it was told apart by that, so that it says no more than the template does.
"""

import functools
from collections.abc import Iterable, Iterator

from bot.bulk.batches import Hidden
from bot.bulk.columns import ASSIGN, CLIENT_NAME, GROUP, PARAM, PHONE, letters, match
from bot.bulk.list_file.table import Row
from bot.locales import Translator
from bot.slack.bulk.names import named
from bot.slack.bulk.shown import Shown
from bot.slack.notifications import cards
from bot.slack.platform.error_messages import short
from bot.templates import Template, find_param

TITLE_LIMIT = 40  # characters of a column's title
MOST_NAMED = 30  # columns
TEXT_LIMIT = 1500  # characters of one sentence


def understood(shown: Shown, translator: Translator) -> str:
    """Say which column is what; empty if none is anything."""
    report = shown.batch.report
    pairs = sorted((place, name) for name, place in report.places.items())
    columns = [
        f"{title(shown, place)} → {field(name, shown.template, translator)}"
        for place, name in pairs
    ]
    return translator("bulk.card.columns", columns=_listed(columns)) if columns else ""


def unknown(shown: Shown, translator: Translator) -> str:
    """Name the columns that are nothing of the template's; empty if there are none."""
    columns = [title(shown, place) for place in shown.batch.report.unknown]
    return translator("bulk.card.columns.unknown", columns=_listed(columns)) if columns else ""


def asked(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say what only a person can: sheets, hidden rows, columns."""
    report, mapped = shown.batch.report, shown.batch.request.mapped
    if len(report.sheets) > 1 and not mapped.sheet:
        sheets = [
            named(each, in_private=shown.in_private, limit=TITLE_LIMIT) for each in report.sheets
        ]
        yield translator("bulk.card.ask.sheets", sheets=_listed(sheets))
    if report.hidden and mapped.hidden is Hidden.ASK:
        yield translator("bulk.card.ask.hidden", count=report.hidden)
    for question in report.questions:
        what = field(question.field, shown.template, translator)
        places = [title(shown, place) for place in question.places]
        yield translator("bulk.card.ask.column", field=what, columns=_listed(places))
    if report.missing:
        fields = [field(each, shown.template, translator) for each in report.missing]
        yield translator("bulk.card.ask.missing", fields=_listed(fields))


def left_out(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say which rows of the file are not in the list, or are though nobody sees them there."""
    report, hidden = shown.batch.report, shown.batch.request.mapped.hidden
    if report.hidden and hidden is not Hidden.ASK:
        yield translator(f"bulk.card.hidden.{hidden}", count=report.hidden)
    if report.left_out_from:
        yield translator("bulk.card.left_out", line=str(report.left_out_from))


def title(shown: Shown, place: int) -> str:
    """Name a column by its letter, and by its title where that may be read."""
    written, letter = shown.batch.report.titles[place], letters(place)
    if written == letter or not (shown.in_private or _may_be_read(shown, place)):
        return letter
    return f"{letter} “{cards.unmarked(short(written, TITLE_LIMIT))}”"


def title_of(shown: Shown, written: str) -> str:
    """Name a column by the title that a row's problem has; empty: the whole row.

    What has no column is called as the template calls it.
    """
    titles = shown.batch.report.titles
    if written in titles:
        return title(shown, titles.index(written))
    return cards.unmarked(short(written, TITLE_LIMIT))


def field(name: str, template: Template | None, translator: Translator) -> str:
    """Say what a column may be."""
    if name in {PHONE, CLIENT_NAME, GROUP, ASSIGN}:
        return translator(f"columns_form.{name}.label")
    bare = name.removeprefix(PARAM)
    param = find_param(template, bare) if template else None
    return cards.unmarked(short(param.title if param else bare, TITLE_LIMIT))


def _may_be_read(shown: Shown, place: int) -> bool:
    """Whether a column can be told apart by its title, which says no more than that."""
    # Whoever corrects one column answers for all of them, also for those that their titles told.
    titles, template = shown.batch.report.titles, shown.template
    return template is not None and place in _told(titles, template)


# Asked for each problem of a list.
@functools.lru_cache(maxsize=16)
def _told(titles: tuple[str, ...], template: Template) -> frozenset[int]:
    found = match(Row(1, titles), template)
    asked = (place for each in found.questions for place in each.places)
    return frozenset({*found.places.values(), *asked})


def _listed(texts: Iterable[str]) -> str:
    every = [*texts]
    text = ", ".join(every[:MOST_NAMED])
    return short(text + (" …" if len(every) > MOST_NAMED else ""), TEXT_LIMIT)
