"""Ends a bot at the n-th point of a send's life, as a power cut would.

A point lies before and after each commit that writes and each request to Atom or Slack. They count
only while the file that is named in the environment is there: it holds n.
"""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.dml import UpdateBase

from bot.store.prepared import Prepared

FILE = "KILL_AT"
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")


def passed(file: Path) -> Path:
    """Name the file in which a bot lists the points it came to."""
    return file.with_suffix(".passed")


def install() -> None:
    """Put the points into this process, if its environment names the file."""
    if file := os.environ.get(FILE):
        points = Points(Path(file))
        Commits(points).listen()
        listen_to_requests(points)


class Points:
    """Counts the points, of all threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._count = 0

    def come_to(self, name: str) -> None:
        try:
            last = int(self._file.read_text())
        except FileNotFoundError:
            self._count = 0
            return
        with self._lock, passed(self._file).open("a") as listed:
            self._count += 1
            listed.write(f"{name}\n")
            listed.flush()
            if self._count == last:
                os.kill(os.getpid(), signal.SIGKILL)


class Commits:
    """The points before and after the commits of what was written."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._wrote: dict[int, str] = {}
        """The first words of what a connection wrote last since its last commit."""

    def listen(self) -> None:
        sa.event.listen(sa.Engine, "before_cursor_execute", self.before_execute)
        sa.event.listen(sa.Engine, "after_cursor_execute", self.after_execute)
        commit = DefaultDialect.do_commit

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            wrote = self.before_commit(connection)
            commit(dialect, connection)
            self.after_commit(wrote)

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
        run = Prepared.all

        def noticed(prepared: Prepared, on: sa.Connection, values: Any) -> list[Any]:
            # The driver runs it, so that SQLAlchemy tells of nothing.
            statement = prepared._statement  # noqa: SLF001 - nobody else asks
            if isinstance(statement, UpdateBase):
                self._wrote[_raw(on.connection)] = f"{statement.__visit_name__} {statement.table}"
            elif getattr(statement, "_independent_ctes", ()):
                self._wrote[_raw(on.connection)] = "with its event"
            return run(prepared, on, values)

        Prepared.all = noticed  # type: ignore[assignment,method-assign]

    def before_execute(self, on: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        words = statement.split()
        if words[0].upper() in WRITES:
            self._wrote[_raw(on.connection)] = " ".join(words[:3])
        elif words[0].upper() == "COMMIT":
            on.info["wrote"] = self.before_commit(on.connection)

    def after_execute(self, on: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(maxsplit=1)[0].upper() == "COMMIT":
            self.after_commit(on.info.pop("wrote", ""))

    def before_commit(self, connection: Any) -> str:
        if wrote := self._wrote.pop(_raw(connection), ""):
            self._points.come_to(f"before commit: {wrote}")
        return wrote

    def after_commit(self, wrote: str) -> None:
        if wrote:
            self._points.come_to(f"after commit: {wrote}")


def _raw(connection: Any) -> int:
    """Tell a connection from the others, as it is and as the pool wraps it."""
    return id(getattr(connection, "dbapi_connection", connection))


def listen_to_requests(points: Points) -> None:
    """Put the points before and after the requests to Slack and to Atom."""
    # Both clients end here.
    session: Any = aiohttp.ClientSession
    request = session._request  # noqa: SLF001 - all public ways lead here

    async def noticed(self: aiohttp.ClientSession, method: str, url: Any, **options: Any) -> Any:
        path = str(url).rpartition("/")[2]
        points.come_to(f"before request: {path}")
        response = await request(self, method, url, **options)
        # The answer's head is there, and the other side has done what it does.
        points.come_to(f"after request: {path}")
        return response

    session._request = noticed  # noqa: SLF001
