"""What is wrong with a list's rows, as a table and as text. Pure.

Source: <https://docs.slack.dev/reference/block-kit/blocks/data-table-block>.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.bulk.batches import RowKind, RowProblem
from bot.locales import Translator
from bot.privacy import MASK
from bot.slack.bulk import columns_text
from bot.slack.bulk.shown import Shown
from bot.slack.notifications import cards
from bot.slack.platform import blocks
from bot.slack.platform.blocks import Block, context, section
from bot.slack.platform.error_messages import sentence, short
from bot.typed_text import visible

MOST_ROWS = 99  # and the one with the heads
PAGE_SIZE = 20
CELL_LIMIT = 300  # characters
TABLE_LIMIT = 9000  # characters of all cells: Slack takes some 13,000 in a message
TEXT_ROWS = 20
# The texts that a sentence may have in a channel, beside numbers of its own: whatever else there is
# may be somebody's number, name or value.
SAFE = frozenset(
    {
        *("allowed", "choices", "country", "first", "id", "last", "line", "name", "since"),
        "template",
        # Of another send: who, how it stands, where its card is; and of quiet hours.
        *("by", "card", "status", "local", "until", "zone"),
    }
)
Cells = tuple[int, str, str]  # the line, the column, what is wrong


def found(shown: Shown, translator: Translator) -> Iterator[Cells]:
    """Say of each problem that is kept with the list where it is, and what is wrong."""
    for each in shown.batch.report.problems:
        column = columns_text.title_of(shown, each.column) or translator("bulk.check.row")
        yield each.line, column, short(said(each, translator, shown=shown), CELL_LIMIT)


def said(problem: RowProblem, translator: Translator, *, shown: Shown) -> str:
    """Say what is wrong; in a channel without what stands in the file."""
    values = problem.problem.values
    if not shown.in_private:
        values = {
            name: value if name in SAFE or isinstance(value, int) else MASK
            for name, value in values.items()
        }
    return sentence(replace(problem.problem, values=values), translator)


def table(shown: Shown, translator: Translator) -> cards.Message:
    """Draw them as Slack's table, as many as it takes."""
    heads = [translator(f"bulk.check.{each}") for each in ("line", "column", "problem")]
    rows: list[list[dict[str, Any]]] = []
    left = TABLE_LIMIT
    for line, column, words in found(shown, translator):
        left -= len(column) + len(words) + len(str(line))
        if len(rows) == MOST_ROWS or left < 0:
            break
        number = {"type": "raw_number", "value": line, "text": str(line)}
        rows.append([number, _text(column), _text(words)])
    head, more = _head(shown, translator), _more(shown, len(rows), translator)
    drawn = Block(
        {
            "type": "data_table",
            "caption": translator("bulk.problems.caption"),
            "rows": [[_text(each) for each in heads], *rows],
            "page_size": PAGE_SIZE,
        }
    )
    under: list[Block] = [context(more)] if more else []
    # For what reads no table, such as a screen reader or an older app.
    return cards.Message(_whole(shown, translator), [section(head), drawn, *under], None)


def text(shown: Shown, translator: Translator) -> cards.Message:
    """Write the first ones as lines, where Slack takes no table."""
    lines = [*_lines(shown, translator)]
    body = blocks.section(short("\n".join(lines), 3000))
    head, more = _head(shown, translator), _more(shown, len(lines), translator)
    under: list[Block] = [context(more)] if more else []
    return cards.Message(_whole(shown, translator), [section(head), body, *under], None)


def _whole(shown: Shown, translator: Translator) -> str:
    lines = [*_lines(shown, translator)]
    whole = [_head(shown, translator), *lines, _more(shown, len(lines), translator)]
    return short("\n".join(filter(None, whole)), 3900)


def _lines(shown: Shown, translator: Translator) -> Iterator[str]:
    for line, column, words in [*found(shown, translator)][:TEXT_ROWS]:
        # A sentence may name a column or a choice of the template's.
        yield f"• {translator('bulk.check.line')} {line} · {column}: {cards.escape(words)}"


def _head(shown: Shown, translator: Translator) -> str:
    return translator("bulk.problems.head", count=_rows(shown))


def _rows(shown: Shown) -> int:
    """Count the rows of which something is to be said: those left out, and unusual ones."""
    report = shown.batch.report
    known = report.count(RowKind.WRONG) + report.count(RowKind.DUPLICATE) + report.unusual
    return max(known, len({each.line for each in report.problems}))


def _more(shown: Shown, listed: int, translator: Translator) -> str:
    """Say that these are not all."""
    # A row may have several problems; how many there are in all is known of rows alone.
    lines = {each.line for each in shown.batch.report.problems[:listed]}
    more = _rows(shown) - len(lines)
    return translator("bulk.problems.more", count=more) if more > 0 else ""


def _text(words: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": visible(words) or "-"}
