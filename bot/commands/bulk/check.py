"""`bulk check`: from a file to a table of what is wrong with its rows, in the bot's language."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bulk import columns as list_columns
from bot.bulk import dry_run, locale_format
from bot.bulk.columns import PARAM, Columns
from bot.bulk.dry_run import CheckedRow, Counts
from bot.bulk.list_file import process
from bot.bulk.list_file.table import FILE_LIMIT, Table
from bot.commands import Wanting, WrongUse, output
from bot.commands.bulk import problems_file
from bot.commands.bulk.problems_file import Found
from bot.commands.database import in_database
from bot.commands.progress import Progress
from bot.config import Settings
from bot.errors import Refused
from bot.locales import Translator, load
from bot.send_draft import NumberRules
from bot.slack.platform.error_messages import sentence
from bot.store.templates import read_all
from bot.templates import Template, closest, find, names
from bot.typed_text import visible

SHOWN = 100  # problems on a terminal; what reads a pipe takes all of them


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    file: Path
    template: str
    sheet: str = ""
    hidden: str = ""  # include or skip; empty: it is asked
    columns: tuple[str, ...] = ()  # FIELD=COLUMN
    problems: Path | None = None


def run(wanted: Wanted, settings: Settings) -> bool:
    """Print how the list stands; say whether every row can be sent. Raises Wanting and WrongUse."""
    words = load(settings.language)
    raw = _bytes(wanted.file)
    template = _template(wanted.template, in_database(settings, read_all))
    locale = locale_format.of_language(template.language)
    with Progress() as progress:
        progress.say(f"{wanted.file} …")
        try:
            table = process.read(raw, wanted.file.name, locale, sheet=wanted.sheet)
        except Refused as error:
            raise Wanting(f"{wanted.file}: {words(error.key, **error.values)}") from error
    columns = list_columns.match(table.header, template, _chosen(wanted, table, template))
    _ask(wanted, table, columns, words)
    rules = NumberRules(settings.default_region, settings.countries)
    today = datetime.now(ZoneInfo(settings.time_zone)).date()
    skips = wanted.hidden == "skip"
    total = len(dry_run.shown(table, skips_hidden=skips))
    counts, found = Counts(), list[Found]()
    with Progress() as progress:
        rows = dry_run.check_rows(table, columns, template, rules, today, skips_hidden=skips)
        for row in progress.bar(rows, total):
            counts = counts.and_row(row)
            found += _told(row, columns, words)
    _report(wanted, table, columns, found, words)
    _sum_up(counts, words)
    return counts.good == total


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(FILE_LIMIT + 1)
    except OSError as error:
        raise WrongUse(f"{file} can't be read: {error.strerror}") from error


def _template(name: str, templates: tuple[Template, ...]) -> Template:
    found = find(templates, name)
    if found is None:
        near = ", ".join(f'"{visible(each.name)}"' for each in closest(name, templates))
        hint = f" Did you mean {near}?" if near else " See: python -m bot templates list"
        raise WrongUse(f'There is no template "{name}" in the catalogue.{hint}')
    if not found.active:
        raise Wanting(f'"{visible(found.name)}" is not active, so nobody can send it.')
    return found


def _chosen(wanted: Wanted, table: Table, template: Template) -> dict[str, int | None]:
    """Read what --column says. Raises WrongUse."""
    fields = {
        names.fold(each.removeprefix(PARAM)): each for each in list_columns.fields_of(template)
    }
    header = table.header.cells
    found: dict[str, int | None] = {}
    for each in wanted.columns:
        name, is_given, column = each.partition("=")
        field = fields.get(names.fold(name.removeprefix(PARAM)))
        if field is None or not is_given:
            known = ", ".join(fields.values()).replace(PARAM, "")
            raise WrongUse(f"--column {each}: must be FIELD=COLUMN with one of {known}")
        place = _place(column, header)
        if column.strip() and place is None:
            raise WrongUse(f"--column {each}: the file has no such column")
        found[field] = place
    return found


def _place(column: str, header: tuple[str, ...]) -> int | None:
    folded = names.fold(column)
    titled = [at for at, text in enumerate(header) if text and names.fold(text) == folded]
    lettered = [
        at for at in range(len(header)) if list_columns.letters(at) == column.strip().upper()
    ]
    # Of several with one header a letter says which.
    return next(iter(titled if len(titled) == 1 else lettered or titled), None)


def _ask(wanted: Wanted, table: Table, columns: Columns, words: Translator) -> None:
    """Raise WrongUse for what only a person can say, and Wanting for what the file lacks."""
    asked = []
    if len(table.sheets) > 1 and not wanted.sheet:
        asked.append(words("bulk.check.sheets", sheets=", ".join(table.sheets)))
    if table.hidden and not wanted.hidden:
        asked.append(words("bulk.check.hidden", count=len(table.hidden)))
    for each in columns.questions:
        shown = ", ".join(
            f"{list_columns.letters(at)} “{columns.titles[at]}”" for at in each.places
        )
        field = each.field.removeprefix(PARAM)
        asked.append(words("bulk.check.which_column", field=field, columns=shown))
    if asked:
        raise WrongUse("\n".join(map(visible, asked)))
    if columns.missing:
        fields = ", ".join(each.removeprefix(PARAM) for each in columns.missing)
        shown = ", ".join(columns.titles)
        raise Wanting(visible(words("bulk.check.missing", fields=fields, columns=shown)))


def _told(row: CheckedRow, columns: Columns, words: Translator) -> Iterator[Found]:
    """Say what is to be said of a row, by its columns."""
    for each in (*row.problems, *row.warnings):
        is_row = each.field == dry_run.ROW
        title = words("bulk.check.row") if is_row else columns.title(each.field)
        yield Found(row.line, title, sentence(each, words))
    if row.same_as:
        said = words("bulk.check.duplicate", line=str(row.same_as))
        yield Found(row.line, columns.title(list_columns.PHONE), said)


def _report(
    wanted: Wanted, table: Table, columns: Columns, found: list[Found], words: Translator
) -> None:
    understood = ", ".join(
        f"{columns.titles[at]} → {_bare(at, columns.places)}"
        for at in sorted({*columns.places.values()})
    )
    output.say(visible(words("bulk.check.columns", columns=understood)))
    if columns.unknown:
        unknown = ", ".join(columns.titles[at] for at in columns.unknown)
        output.say(visible(words("bulk.check.unknown_columns", columns=unknown)))
    if table.left_out_from:
        output.say(words("bulk.check.left_out", line=str(table.left_out_from)))
    heads = tuple(map(words, ("bulk.check.line", "bulk.check.column", "bulk.check.problem")))
    if wanted.problems:
        output.put(problems_file.write(heads, found), wanted.problems)
    shown = found[:SHOWN] if sys.stdout.isatty() else found
    if shown:
        lines = [tuple(map(problems_file.one_line, each.cells)) for each in shown]
        output.table([tuple(map(str.upper, heads)), *lines])
    if len(shown) < len(found) and not wanted.problems:
        output.say(words("bulk.check.more", count=len(found) - len(shown)))
    if wanted.problems:
        output.say(words("bulk.check.wrote", file=str(wanted.problems)))


def _bare(place: int, places: Mapping[str, int]) -> str:
    return " + ".join(name.removeprefix(PARAM) for name, at in places.items() if at == place)


def _sum_up(counts: Counts, words: Translator) -> None:
    output.say(
        words(
            "bulk.check.summary",
            rows=counts.good + counts.wrong + counts.duplicates,
            good=counts.good,
            wrong=counts.wrong,
            duplicates=counts.duplicates,
        )
    )
    if counts.unusual:
        output.say(words("bulk.check.unusual", count=counts.unusual))
    output.say(words("bulk.check.nothing_sent"))
