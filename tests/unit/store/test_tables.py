"""The tables: what the migrations make is what the code knows."""

import stat
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.store.database import exists, is_current, migrate, migrated_workflows, open_engine
from bot.store.tables import Moment, metadata, rate_limit
from tests.fakes import NOON


@pytest.mark.parametrize("hours", [-5, 0, 5.5])
def test_a_moment_is_kept_whatever_its_time_zone(migrated: sa.Engine, hours: float) -> None:
    written = NOON.astimezone(timezone(timedelta(hours=hours)))
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", Moment))

    with migrated.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(at=written))
        read = connection.scalar(sa.select(table.c.at))
        table.drop(connection)

    assert read is not None
    assert (read, read.tzinfo) == (NOON, UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def ours(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database that has our tables alone, just made."""
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/bot.db" if on_sqlite else request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    migrate(engine)
    yield engine
    engine.dispose()


# The indexes over expressions are written in ways that SQLAlchemy's tables can't be; that they are
# there and used is looked at where sends are found by them.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrations_make_the_tables_that_the_code_knows(ours: sa.Engine) -> None:
    options = {
        "compare_server_default": True,
        "include_name": lambda name, kind, _: name not in {"sends_last_digits", "sends_by_request"},
    }
    with ours.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata)

    assert differences == []
    assert is_current(ours)


def test_to_migrate_twice_is_to_migrate_once(ours: sa.Engine) -> None:
    migrate(ours)

    assert is_current(ours)


def test_the_workflows_tables_are_current_for_the_version_they_were_made_for(
    ours: sa.Engine,
) -> None:
    before = is_current(ours, workflows_version="3.4.1")

    migrated_workflows(ours, "3.10.0")

    assert not before
    assert is_current(ours, workflows_version="3.4.1")
    assert is_current(ours, workflows_version="3.10.0")
    assert not is_current(ours, workflows_version="3.10.1")


def test_a_new_database_is_not_current(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")

    assert not is_current(engine)
    engine.dispose()


def test_a_sqlite_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "bot.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)

    # While it is in use there are files beside it.
    with engine.begin() as connection:
        connection.execute(sa.update(rate_limit).values(next_at=1.0))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    engine.dispose()

    assert modes == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm"), 0o600)


def test_whether_a_sqlite_file_is_there_can_be_asked_without_making_it(tmp_path: Path) -> None:
    assert not exists(f"sqlite:///{tmp_path}/bot.db")
    assert list(tmp_path.iterdir()) == []
