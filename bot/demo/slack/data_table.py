"""The rules of a `data_table`: a header and up to a hundred rows, all of one width."""

from collections.abc import Iterator, Mapping

from bot.demo.slack.blocks import visible_text
from bot.demo.slack.errors import Json
from bot.demo.slack.schema import (
    Check,
    Found,
    Problem,
    anything,
    by_type,
    integer,
    items,
    number,
    record,
    string,
)

COLUMNS, ROWS, CHARACTERS = 20, 100, 10_000
TEXT = string(CHARACTERS, 1)
CELLS: dict[str, Check] = {
    "raw_text": record({"type": string(255), "text": TEXT}, {}),
    "raw_number": record({"type": string(255), "value": number, "text": TEXT}, {}),
    "rich_text": record(
        {"type": string(255), "elements": items(anything, 1, 1000)}, {"block_id": string(255)}
    ),
}
CELL = by_type(CELLS)
HEADER = by_type(CELLS, frozenset(CELLS) - {"rich_text"})


def rows(value: object, at: str, found: Found) -> None:
    """Check every cell by its kind; the first row is the header."""
    items(anything, 2, ROWS + 1)(value, at, found)
    for i, row in enumerate(value if isinstance(value, list) else ()):
        items(CELL if i else HEADER, 1, COLUMNS)(row, f"{at}/{i}", found)


def rule(common: Mapping[str, Check]) -> Check:
    """Build the rule of the block; `common` is what every block may have."""
    return record(
        {"type": string(255), "caption": string(CHARACTERS, 1), "rows": rows},
        {**common, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    )


def together(block: Json) -> Iterator[str]:
    """Say what no single cell shows: rows of different widths, a header column that is not there."""
    found = block.get("rows")
    widths = [len(row) for row in found if isinstance(row, list)] if isinstance(found, list) else []
    if len(set(widths)) > 1:
        yield "all rows must have the same number of cells"
    index = block.get("row_header_column_index")
    if isinstance(index, int) and widths and index >= min(widths):
        yield "`row_header_column_index` must be that of a column"


def problem_of_size(blocks: list[Json], at: str) -> Iterator[Problem]:
    """Refuse tables whose cells have too many characters, all of a message's together."""
    cells = [{"rows": one.get("rows")} for one in blocks]
    if len(visible_text(cells).replace("\n", "")) > CHARACTERS:
        yield Problem(f"no more than {CHARACTERS} characters allowed in all cells", at)
