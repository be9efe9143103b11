"""What the bot says to the process that looks at a list, and how it reads the answer."""

from collections.abc import Iterator
from typing import IO, Any

from bot.bulk.batches import ListRow, Report
from bot.bulk.list_check import wire
from bot.bulk.list_check.look import CheckRequest
from bot.bulk.list_file.table import TEXT_LIMIT, Table
from bot.errors import Refused

TOO_MUCH = "bulk.file.too_much"
ANSWER_LIMIT = 4 * TEXT_LIMIT  # bytes: a row comes back as it was given and as it is sent


def give(out: IO[bytes], source: bytes | Table, name: str, request: CheckRequest) -> None:
    """Say what to look at, and with what."""
    is_file = isinstance(source, bytes)
    language = request.looked_for.template.language
    asked = {"name": name if is_file else None, "language": language}
    out.write(wire.dumps(asked | {"request": wire.request_out(request)}))
    if isinstance(source, bytes):
        out.write(source)
    else:
        out.writelines(map(wire.dumps, wire.table_out(source)))


class Answer:
    """What the process says, line by line: every row is there once."""

    def __init__(self, given: IO[bytes]) -> None:
        """Wait for how many rows there are. Raises Refused."""
        self._lines = _lines(given)
        self.report = Report()
        self.total = self._next()

    def rows(self) -> Iterator[ListRow]:
        """Give them; then the report is there, too. Raises Refused."""
        while isinstance(found := self._next(), list):
            yield wire.row_in(found)
        self.report = wire.report_in(found)

    def _next(self) -> Any:  # noqa: ANN401 - JSON
        line = next(self._lines, b"")
        if not line:
            # The system ended it, for its time or its memory.
            raise Refused(TOO_MUCH)
        found = wire.loads(line)
        if isinstance(found, dict) and (refused := wire.refusal_in(found)):
            raise refused
        return found


def _lines(answer: IO[bytes]) -> Iterator[bytes]:
    left = ANSWER_LIMIT
    while line := answer.readline(left):
        if not line.endswith(b"\n"):
            return
        left -= len(line)
        yield line
