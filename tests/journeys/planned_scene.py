"""A send for a later moment: planned in the form, and its row and buttons while it waits."""

import time

import sqlalchemy as sa

from bot.demo.slack import seed
from bot.store.database import open_engine
from bot.store.tables import sends
from tests.conftest import TEMPLATE
from tests.journeys.conftest import Journey

PHONE = "+507 6123-4567"
FILLED = f"{TEMPLATE} {PHONE}"


def row(journey: Journey, send_id: str) -> sa.Row[tuple[object, ...]]:
    engine = open_engine(journey.world.database_url)
    with engine.connect() as connection:
        found = connection.execute(sa.select(sends).where(sends.c.id == send_id)).one()
    engine.dispose()
    return found


def change_row(journey: Journey, send_id: str, **values: object) -> None:
    engine = open_engine(journey.world.database_url)
    with engine.begin() as connection:
        connection.execute(sa.update(sends).where(sends.c.id == send_id).values(**values))
    engine.dispose()


async def plan(
    journey: Journey, *, moment: float = 0.0, user: str = seed.ALICE, channel: str = seed.SOPORTE
) -> str:
    """Fill in the form for a moment, or for an hour from now, and press Schedule."""
    person = await journey.open(FILLED, user, channel)
    await person.click_in_view("show_more")
    await person.fill("send_at", int(moment or time.time() + 3600))
    return await journey.press_send(person)
