"""`bulk check`: from a file to a table of what is wrong with its rows, in the bot's language."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bulk import columns as list_columns
from bot.bulk import judge, list_check
from bot.bulk.batches import Hidden, Mapped, Report, RowKind
from bot.bulk.columns import PARAM
from bot.bulk.dry_run import LookedFor
from bot.bulk.judge import Plan
from bot.bulk.list_check import Checked, CheckRequest
from bot.bulk.list_file.table import FILE_LIMIT
from bot.commands import Wanting, WrongUse, output
from bot.commands.bulk import printed
from bot.commands.database import in_database
from bot.commands.progress import Progress
from bot.config import Settings
from bot.errors import Refused
from bot.locales import Translator, load
from bot.policy.limits import Limits
from bot.send_draft import NumberRules
from bot.store import batch_facts
from bot.store.templates import read_all
from bot.templates import Template, closest, find, names
from bot.typed_text import visible


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
    rules = NumberRules(settings.default_region, settings.countries)
    now = datetime.now(ZoneInfo(settings.time_zone))
    request = CheckRequest(
        LookedFor(template, rules, now.date()),
        Mapped(sheet=wanted.sheet, hidden=Hidden(wanted.hidden)),
        settings.bulk_limit,
    )
    try:
        checked = _checked(wanted, raw, request)
    except Refused as error:
        raise Wanting(f"{wanted.file}: {words(error.key, **error.values)}") from error
    _ask(wanted, checked.report, words)
    checked = _judged(checked, template, settings, now)
    printed.problems(checked, words, wanted.problems)
    printed.summary(checked.report, words)
    printed.plan(checked.report, template, words, settings, now)
    output.say(words("bulk.check.nothing_sent"))
    return checked.report.count(RowKind.GOOD) == checked.report.rows


def _judged(checked: Checked, template: Template, settings: Settings, now: datetime) -> Checked:
    """Look up what is known of the numbers, as if it began now."""
    limits = Limits(settings.duplicate_window, settings.quiet_hours, settings.quiet_for)
    plan = Plan(template, now, settings.atom_rate, limits, settings.whatsapp_daily_limit)
    numbers = judge.numbers_of(checked.rows)
    with Progress() as progress:
        progress.say(f"{len(numbers):,} …")
        facts = in_database(settings, lambda c: batch_facts.look_up(c, numbers, plan))
        return judge.judge(checked, facts, plan)


def _checked(wanted: Wanted, raw: bytes, request: CheckRequest) -> Checked:
    """Look at the file; a second time if only its header can say what --column means."""
    with Progress() as progress:
        progress.say(f"{wanted.file} …")
        checked = list_check.check(raw, wanted.file.name, request, watch=progress.bar)
        if not wanted.columns:
            return checked
        columns = _chosen(wanted, checked.report.titles, request.looked_for.template)
        mapped = dataclasses.replace(request.mapped, columns=columns)
        request = dataclasses.replace(request, mapped=mapped)
        return list_check.check(raw, wanted.file.name, request, watch=progress.bar)


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


def _chosen(wanted: Wanted, titles: tuple[str, ...], template: Template) -> dict[str, int | None]:
    """Read what --column says. Raises WrongUse."""
    fields = {
        names.fold(each.removeprefix(PARAM)): each for each in list_columns.fields_of(template)
    }
    found: dict[str, int | None] = {}
    for each in wanted.columns:
        name, is_given, column = each.partition("=")
        field = fields.get(names.fold(name.removeprefix(PARAM)))
        if field is None or not is_given:
            known = ", ".join(fields.values()).replace(PARAM, "")
            raise WrongUse(f"--column {each}: must be FIELD=COLUMN with one of {known}")
        place = _place(column, titles)
        if column.strip() and place is None:
            raise WrongUse(f"--column {each}: the file has no such column")
        found[field] = place
    return found


def _place(column: str, titles: tuple[str, ...]) -> int | None:
    folded = names.fold(column)
    titled = [at for at, text in enumerate(titles) if names.fold(text) == folded]
    lettered = [
        at for at in range(len(titles)) if list_columns.letters(at) == column.strip().upper()
    ]
    # Of several with one header a letter says which.
    return next(iter(titled if len(titled) == 1 else lettered or titled), None)


def _ask(wanted: Wanted, report: Report, words: Translator) -> None:
    """Raise WrongUse for what only a person can say, and Wanting for what the file lacks."""
    asked = []
    if len(report.sheets) > 1 and not wanted.sheet:
        asked.append(words("bulk.check.sheets", sheets=", ".join(report.sheets)))
    if report.hidden and not wanted.hidden:
        asked.append(words("bulk.check.hidden", count=report.hidden))
    for each in report.questions:
        shown = ", ".join(f"{list_columns.letters(at)} “{report.titles[at]}”" for at in each.places)
        field = each.field.removeprefix(PARAM)
        asked.append(words("bulk.check.which_column", field=field, columns=shown))
    if asked:
        raise WrongUse("\n".join(map(visible, asked)))
    if report.missing:
        fields = ", ".join(each.removeprefix(PARAM) for each in report.missing)
        shown = ", ".join(report.titles)
        raise Wanting(visible(words("bulk.check.missing", fields=fields, columns=shown)))
