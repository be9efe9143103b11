"""What the driver runs itself reads, fails and loses its connection as SQLAlchemy's own does."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.store.database import open_engine
from bot.store.prepared import Prepared
from bot.store.tables import events, sends
from tests.unit.store.scene import Scene, V

ID = sa.bindparam("b_id", type_=sa.Text)
FIND = sa.select(sends).where(sends.c.id == ID)
EVENT = sa.insert(events).values(
    at=sa.bindparam("b_at", type_=events.c.at.type), kind="taken", actor="U1"
)


async def test_a_row_is_read_as_sqlalchemy_reads_it(scene: Scene) -> None:
    await scene.take()

    with scene.engine.connect() as connection:
        found = Prepared(FIND).one(connection, {"b_id": V})
        expected = connection.execute(FIND, {"b_id": V}).one()

    assert found._asdict() == expected._asdict()
    assert [*map(type, found)] == [*map(type, expected)]


async def test_nothing_is_found_where_there_is_nothing(scene: Scene) -> None:
    with scene.engine.connect() as connection:
        assert Prepared(FIND).first(connection, {"b_id": "V404"}) is None


async def test_what_is_written_is_rolled_back_with_the_rest(scene: Scene) -> None:
    written = Prepared(EVENT.inline())

    with scene.engine.connect() as connection:
        written.all(connection, {"b_at": datetime.now(UTC)})
        inside = connection.scalar(sa.select(sa.func.count()).select_from(events))
        connection.rollback()
        after = connection.scalar(sa.select(sa.func.count()).select_from(events))

    assert (inside, after) == (1, 0)


async def test_what_fails_fails_as_an_error_of_sqlalchemy(scene: Scene) -> None:
    await scene.take()
    double = Prepared(sa.update(sends).values(id=None).where(sends.c.id == ID))

    with scene.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError) as failed:
        double.all(connection, {"b_id": V})

    assert failed.value.orig is not None
    assert not failed.value.connection_invalidated


def test_a_statement_with_a_default_of_the_column_is_refused(scene: Scene) -> None:
    left_out = Prepared(sa.insert(sends).values(id=ID))

    with scene.engine.connect() as connection, pytest.raises(TypeError, match="prepared"):
        left_out.all(connection, {"b_id": V})


def test_with_a_lost_connection_all_of_that_time_are_dropped(migrated_url: str) -> None:
    engine, other = open_engine(migrated_url), open_engine(migrated_url)
    find, pid = Prepared(FIND), sa.text("SELECT pg_backend_pid()")
    with engine.connect() as one, engine.connect() as two:
        pids = [one.scalar(pid), two.scalar(pid)]
    with other.connect() as connection:
        for each in pids:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": each})

    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as failed:
        find.all(connection, {"b_id": V})
    with engine.connect() as connection:
        found = find.all(connection, {"b_id": V})

    assert failed.value.connection_invalidated
    assert found == []
    engine.dispose()
    other.dispose()


def test_a_session_that_may_only_read_is_dropped(migrated_url: str) -> None:
    engine = open_engine(migrated_url)
    rename = Prepared(sa.update(sends).values(reason="x").where(sends.c.id == ID))
    with engine.connect() as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        connection.commit()

    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as failed:
        rename.all(connection, {"b_id": V})
    with engine.begin() as connection:
        rename.all(connection, {"b_id": V})

    assert failed.value.connection_invalidated
    engine.dispose()
