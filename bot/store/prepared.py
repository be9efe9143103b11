"""Statements that are made ready once, and run by the driver itself.

SQLAlchemy takes several times as long for a statement as the driver does, though it keeps what it
compiled. What each send needs is run this way; all else is not worth it.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.dml import UpdateBase

Statement = sa.Select[Any] | sa.CompoundSelect[Any] | UpdateBase
_Reads = list[tuple[int, Callable[[Any], Any]]]
FAILED = "failed"


class Prepared:
    """One statement, compiled once for each kind of database."""

    def __init__(self, statement: Statement) -> None:
        """Nothing may be left to SQLAlchemy, such as a column's default or a list of values."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def all(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run it; return its rows as named tuples. Raises what SQLAlchemy raises."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        if not connection.in_transaction():
            connection.begin()
        try:
            return compiled.run(connection.connection, values)
        except dialect.loaded_dbapi.Error as error:
            connection.exec_driver_sql("", execution_options={FAILED: error})
            raise

    def first(self, connection: sa.Connection, values: Mapping[str, Any]) -> Any | None:  # noqa: ANN401 - a row of the statement's columns
        """Run it; return its first row, None if there is none."""
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def one(self, connection: sa.Connection, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a row of the statement's columns
        """Run it; return its only row."""
        (row,) = self.all(connection, values)
        return row


def hand_over_errors(engine: sa.Engine) -> None:
    """Let SQLAlchemy see to what fails: its own errors, and what it does with a lost connection."""
    sa.event.listen(engine, "do_execute", _fail)


def _fail(_cursor: object, _statement: str, _values: object, context: sa.ExecutionContext) -> None:
    if error := context.execution_options.get(FAILED):
        raise error


def _numbered() -> sa.Dialect:
    return PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class _Compiled:
    def __init__(self, statement: Statement, dialect: sa.Dialect) -> None:
        self._on_postgres = dialect.name == "postgresql"
        # With the server's own places for values, the driver need not look for any in the text.
        written = _numbered() if self._on_postgres else dialect
        compiled = statement.compile(dialect=written)
        if compiled.prefetch:
            raise TypeError(f"can't be prepared: {statement}")
        self._dialect = dialect
        self._sql = str(compiled)
        self._positions: Sequence[str] = compiled.positiontup or ()
        self._constants: dict[str, Any] = {}
        self._given: list[tuple[str, Callable[[Any], Any] | None]] = []
        for name, bind in compiled.binds.items():
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._given.append((name, process))
            else:
                value = bind.effective_value
                self._constants[name] = process(value) if process else value
        self._columns = [*statement.exported_columns]
        row: Any = namedtuple("_row", [each.name for each in self._columns])  # type: ignore[misc]
        self._row = row._make
        # How each column is read, once the driver has said what it brings.
        self._reads: _Reads | None = None

    def run(self, connection: Any, values: Mapping[str, Any]) -> list[Any]:  # noqa: ANN401 - the driver's
        given = dict(self._constants)
        for name, process in self._given:
            value = values[name]
            given[name] = process(value) if process else value
        cursor = self._cursor(connection)
        try:
            cursor.execute(self._sql, [given[name] for name in self._positions])
            if not self._columns:
                return []
            if self._reads is None:
                self._reads = self._find_reads(cursor.description)
            rows = cursor.fetchall()
        finally:
            cursor.close()
        return [self._read(row, self._reads) for row in rows]

    def _cursor(self, connection: Any) -> Any:  # noqa: ANN401 - the driver's
        if self._on_postgres:
            return psycopg.RawCursor(connection.driver_connection)
        return connection.cursor()

    def _read(self, row: tuple[Any, ...], reads: _Reads) -> Any:  # noqa: ANN401 - the statement's own class
        values = list(row)
        for place, read in reads:
            values[place] = read(values[place])
        return self._row(values)

    def _find_reads(self, description: Sequence[Sequence[Any]]) -> _Reads:
        types = [each.type.dialect_impl(self._dialect) for each in self._columns]
        reads = [
            column.result_processor(self._dialect, found[1])
            for column, found in zip(types, description, strict=True)
        ]
        return [(place, read) for place, read in enumerate(reads) if read]
