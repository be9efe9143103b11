"""The workflows' engine looks seldom for what it is never given, and nothing else waits for that."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.database import open_engine
from bot.workflow import slow_poll_pool
from bot.workflow.slow_poll_pool import SlowPollPool

SOON = 60.0  # seconds


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/bot.db", poolclass=SlowPollPool)
    yield engine
    engine.dispose()


def look(engine: sa.Engine) -> None:
    with contextlib.suppress(sa.exc.TimeoutError), engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))


def looking(engine: sa.Engine) -> threading.Thread:
    """Look as the workflows' engine does by itself."""
    thread = threading.Thread(target=look, args=(engine,), daemon=True)
    thread.start()
    return thread


def test_who_looks_again_and_again_waits_and_who_writes_of_a_run_does_not(
    engine: sa.Engine,
) -> None:
    thread = looking(engine)

    with ThreadPoolExecutor(1) as executor:
        executor.submit(look, engine).result(SOON)
    look(engine)
    thread.join(0.2)

    assert thread.is_alive()
    assert isinstance(engine.pool, SlowPollPool)
    engine.pool.stop()
    thread.join(SOON)


def test_nobody_who_waits_keeps_a_connection(engine: sa.Engine) -> None:
    threads = [looking(engine) for _ in range(30)]

    time.sleep(0.1)

    assert isinstance(engine.pool, SlowPollPool)
    assert engine.pool.checkedout() == 0
    engine.pool.stop()
    for thread in threads:
        thread.join(SOON)
    assert not any(thread.is_alive() for thread in threads)


def test_the_pause_ends_by_itself(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_poll_pool, "PAUSE", 0.05)

    thread = looking(engine)
    thread.join(SOON)

    assert not thread.is_alive()


def test_at_a_stop_nobody_looks_once_more(engine: sa.Engine) -> None:
    looked: list[object] = []
    sa.event.listen(engine, "checkout", lambda *about: looked.append(about))
    thread = looking(engine)
    assert isinstance(engine.pool, SlowPollPool)

    engine.pool.stop()
    thread.join(SOON)

    assert not thread.is_alive()
    assert looked == []
