"""The database as a command finds it: there and up to date, or said what to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa

from bot.commands import Wanting
from bot.config import Settings
from bot.store.database import exists, is_current, open_engine

T = TypeVar("T")


@contextmanager
def opened(settings: Settings) -> Iterator[sa.Engine]:
    """Open it; it is never made here. Raises Wanting."""
    if not exists(settings.database_url):
        raise Wanting("There is no database yet: `templates import`, `serve` or `socket` makes it.")
    engine = open_engine(settings.database_url)
    try:
        if not is_current(engine):
            raise Wanting("The database is not up to date. Run: python -m bot migrate")
        yield engine
    finally:
        engine.dispose()


def in_database(settings: Settings, work: Callable[[sa.Connection], T]) -> T:
    """Return what `work` does in a transaction. Raises Wanting."""
    with opened(settings) as engine, engine.begin() as connection:
        return work(connection)
