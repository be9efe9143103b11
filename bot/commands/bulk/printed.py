"""What `bulk check` prints of a list, in the bot's language."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.bulk import problems_file
from bot.bulk.batches import ListRow, Report, RowKind
from bot.bulk.columns import PARAM
from bot.bulk.list_check import Checked
from bot.bulk.list_writer import format_like
from bot.commands import WrongUse, output
from bot.config import Settings
from bot.locales import Translator
from bot.problem_words import sentence
from bot.templates import Approval, Template
from bot.typed_text import visible

SHOWN = 100  # problems on a terminal; what reads a pipe takes all of them
STEPS = (250, 2_000, 10_000, 100_000)  # of Meta's, people in 24 hours


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong, and where."""

    line: int
    column: str
    words: str

    @property
    def cells(self) -> tuple[str, str, str]:
        return str(self.line), self.column, self.words


def problems(checked: Checked, words: Translator, file: Path | None) -> None:
    """Print what each column was taken for, and what is wrong with which row."""
    report = checked.report
    found = [each for row in checked.rows for each in _told(row, words)]
    understood = ", ".join(
        f"{report.titles[at]} → {_bare(at, report.places)}"
        for at in sorted({*report.places.values()})
    )
    output.say(visible(words("bulk.check.columns", columns=understood)))
    if report.unknown:
        unknown = ", ".join(report.titles[at] for at in report.unknown)
        output.say(visible(words("bulk.check.unknown_columns", columns=unknown)))
    if report.left_out_from:
        output.say(words("bulk.check.left_out", line=str(report.left_out_from)))
    heads = tuple(map(words, ("bulk.check.line", "bulk.check.column", "bulk.check.problem")))
    if file:
        _write(checked, file, words)
    shown = found[:SHOWN] if sys.stdout.isatty() else found
    if shown:
        lines = [tuple(map(one_line, each.cells)) for each in shown]
        output.table([tuple(map(str.upper, heads)), *lines])
    if len(shown) < len(found) and not file:
        output.say(words("bulk.check.more", count=len(found) - len(shown)))
    if file:
        output.say(words("bulk.check.wrote", file=str(file)))


def _write(checked: Checked, file: Path, words: Translator) -> None:
    try:
        file.write_bytes(b"")
        wanted = format_like(file.name)
        problems_file.write(checked.rows, checked.report, file, wanted, words)
    except OSError as error:
        raise WrongUse(f"{file} can't be written: {error.strerror}") from error


def _bare(place: int, places: Mapping[str, int]) -> str:
    return " + ".join(name.removeprefix(PARAM) for name, at in places.items() if at == place)


def summary(report: Report, words: Translator) -> None:
    """Print how many rows are what."""
    counts = {kind.value: report.count(kind) for kind in RowKind}
    output.say(words("bulk.check.summary", count=report.rows, **counts))
    if report.unusual:
        output.say(words("bulk.check.unusual", count=report.unusual))


def plan(
    report: Report, template: Template, words: Translator, settings: Settings, now: datetime
) -> None:
    """Print how it would go if it began now, and the first messages."""
    good = report.count(RowKind.GOOD)
    if not good:
        return
    if report.quiet:
        held = sorted(report.quiet.items(), key=lambda each: (-each[1], each[0]))
        named = ", ".join(f"{words.country(code)} {count}" for code, count in held)
        output.say(words("bulk.card.quiet", count=sum(report.quiet.values()), countries=named))
    seconds = report.seconds(with_recent=False)
    end = now + timedelta(seconds=seconds)
    clock = f"{words.time(end, weekday=end.date() != now.date())} ({settings.time_zone})"
    rate, lasts = words.decimal(report.rate), words.duration(seconds)
    output.say(words("bulk.card.lasts", rate=rate, time=lasts, end=clock))
    if report.daily_limit:
        output.say(_daily(report, words))
    if template.approval is Approval.ALWAYS:
        output.say(words("bulk.card.needs_approval"))
    elif 0 < settings.bulk_approval < good:
        output.say(words("bulk.card.approval_over", limit=settings.bulk_approval))
    output.say("\n" + words("bulk.card.messages") + ":")
    for message in report.messages:
        output.say("")
        for line in message.splitlines():
            output.say(f"  {one_line(line)}".rstrip())
    output.say("")


def _daily(report: Report, words: Translator) -> str:
    after, limit = report.reached_after, report.daily_limit
    values = {"count": after, "limit": limit, "today": report.reached_today}
    if after <= limit:
        return words("bulk.card.daily", **values)
    steps = ", ".join(words.decimal(each) for each in STEPS)
    # An emoji is for Slack.
    return words("bulk.card.daily_over", steps=steps, **values).partition(": ")[2]


def _told(row: ListRow, words: Translator) -> Iterator[Found]:
    """Say what is to be said of a row, by its columns."""
    for each in row.problems:
        yield Found(row.line, each.column or words("bulk.check.row"), sentence(each.problem, words))


def one_line(text: str) -> str:
    """Write what somebody else wrote so that a terminal shows it as it is."""
    return "".join(char if char.isprintable() else " " for char in visible(text))
