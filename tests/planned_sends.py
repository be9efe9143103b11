"""Sends for a later moment, written down as another process of the bot would."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import time_zones
from bot.demo.slack import seed
from bot.errors import TryLater
from bot.send_ids import new_id
from bot.sends import Origin, Periods, SendAt, SendRequest
from bot.store.database import Database, open_engine
from bot.store.rate_limit import StoredRateLimit
from bot.store.sends import SendStore
from tests.builders import make_send_request
from tests.conftest import START_SECONDS, TEMPLATE, World

ZONE = "America/Panama"


async def is_taken(store: SendStore, request: SendRequest) -> bool:
    """Try to take it within the time in which a form must be answered."""
    try:
        await store.take(request)
    except TryLater:
        return False
    return True


async def plan(world: World, after: timedelta, **changes: Any) -> str:
    """Take one that goes out so much later; return its id."""
    zone = time_zones.find(ZONE)
    assert zone
    moment = datetime.now(UTC).replace(microsecond=0) + after
    wall = moment.astimezone(zone).replace(tzinfo=None)
    send_id = new_id()
    given: dict[str, Any] = {
        "id": send_id,
        "key": send_id,
        "template": TEMPLATE,
        "user": seed.ALICE,
        "origin": Origin(seed.SOPORTE),
        "send_at": SendAt(moment, wall, ZONE, time_zones.version()),
    }
    engine = open_engine(world.database_url)
    database = Database(engine)
    try:
        store = SendStore(
            database,
            rate_limit=StoredRateLimit(database, rate=10.0),
            periods=Periods(timedelta(hours=6)),
        )
        request = make_send_request(**(given | changes))
        async with asyncio.timeout(START_SECONDS):
            # Whoever takes it for a form has less time than a busy machine needs; taken twice it
            # is taken once.
            while not await is_taken(store, request):
                pass
    finally:
        database.close()
        engine.dispose()
    return send_id
