"""The database before the start: who waits for it in vain is told so."""

import asyncio

import pytest

from bot.errors import CannotStart
from bot.migrate import wait_for_database


@pytest.mark.slow
async def test_a_database_that_stays_away_is_said_without_its_password(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.migrate.WAIT_SECONDS", 3.0)

    with pytest.raises(CannotStart, match="DATABASE_URL") as raised:
        await wait_for_database("postgresql://bot:hunter2@127.0.0.1:1/bot", asyncio.Event())

    assert {one.message for one in caplog.records} == {"waiting for the database"}
    assert "hunter2" not in str(raised.value) + str([vars(one) for one in caplog.records])
