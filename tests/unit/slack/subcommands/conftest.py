"""Subcommands over a SQLite file."""

from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.policy.access import Access
from bot.policy.people import Policy, Workspace
from bot.send_draft import NumberRules
from bot.sends import Periods
from bot.slack.platform.directory import SlackDirectory
from bot.slack.subcommands import Contacts, Pause, Subcommands
from bot.store.clock import Clock
from bot.store.contacts import ContactStore
from bot.store.database import Database, open_engine
from bot.store.rate_limit import StoredRateLimit
from bot.store.sends import SendStore
from bot.store.templates import TemplateStore
from tests.builders import ALICE, CARLA
from tests.fakes import FakeClock, FakeSlack
from tests.unit.slack.subcommands.scene import BRUNO, SHORTCUT, SUPPORT, TEAM, Scene


@pytest.fixture
def scene(sqlite_url: str) -> Iterator[Scene]:
    engine = open_engine(sqlite_url)
    database, clock, slack = Database(engine), FakeClock(), FakeSlack()
    for user in (ALICE, BRUNO, CARLA):
        facts = dict.fromkeys(("deleted", "is_bot", "is_restricted"), False)
        slack.users[user] = {"id": user, "team_id": TEAM, **facts}
    slack.groups[SUPPORT] = [ALICE, BRUNO]
    policy = Policy(frozenset({SUPPORT}), frozenset({CARLA}))
    directory = SlackDirectory(cast(AsyncWebClient, slack), Workspace(TEAM), policy)
    catalogue = TemplateStore(database)
    sends = SendStore(
        database,
        rate_limit=StoredRateLimit(database, rate=1000.0),
        periods=Periods(timedelta(hours=6)),
        clock=Clock(clock.now),
    )
    pause = Pause(10.0, now=clock.seconds)
    contacts = Contacts(directory, ContactStore(database), NumberRules("PA"), clock.now)
    access = Access(directory, catalogue)
    questions = Subcommands(directory, access, sends, catalogue, SHORTCUT, contacts, pause)
    yield Scene(slack, sends, catalogue, database, clock, questions)
    engine.dispose()
