"""What an older version leaves in a database: its tables, its sends, its engine's records.

That version queued a workflow for each send, in the transaction that wrote it.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from slack_sdk.web.async_client import AsyncWebClient

from bot import workflow
from bot.demo.slack import seed
from bot.store import database
from bot.store.sqlite_functions import added_everywhere
from tests.conftest import PHONE, TEMPLATE

REVISION = "0003"
DEAD = "5a921705a768449c94110658f1cef136"  # the process that wrote all this
GIVE_UP_AFTER = timedelta(hours=6)

SEND = sa.text(
    "INSERT INTO sends (id, status, template, template_name, is_test, phone, country, client_name,"
    " group_name, assign, params, user_id, channel, thread_ts, response_url, replaces, created,"
    " updated, give_up_at, claim, reason, conversation, said, http_status, execution_id, trace,"
    " tries, next_try, card_channel, card_ts, told, noted, decided_by)"
    " VALUES (:id, :status, :template, '', false, :phone, 'PA', '', '', false, :params, :user,"
    " :channel, '', '', '', :created, :updated, :give_up_at, :claim, :reason, '', '', 0, '', '',"
    " :tries, :next_try, :card_channel, :card_ts, :told, true, :decided_by)"
)
WORKFLOW = (
    "INSERT INTO {schema}workflow_status (workflow_uuid, status, name, executor_id, created_at,"
    " updated_at, application_version, recovery_attempts, queue_name, priority, serialization,"
    " application_name)"
    " VALUES (:id, :status, :name, :executor, :at, :at, :version, :attempts, 'deliveries', 0,"
    " 'portable_json', 'whatsapp-template-bot')"
)
INPUT = "INSERT INTO {schema}workflow_input VALUES (:id, :inputs, :at)"
STEP = (
    "INSERT INTO {schema}operation_outputs (workflow_uuid, function_id, function_name, output,"
    " serialization) VALUES (:id, 1, 'attempt', '1.0', 'portable_json')"
)


@dataclass(frozen=True, slots=True)
class Left:
    """One send as it was left, and how its workflow stood; none: its record is gone."""

    status: str
    record: str | None = "PENDING"
    announces: bool = False  # what was decided, or known late, had a workflow of its own
    columns: dict[str, Any] = field(default_factory=dict)
    ago: timedelta = timedelta()
    has_card: bool = True


def make(url: str, revision: str = REVISION) -> sa.Engine:
    """Bring an empty database to where an older version had it."""
    engine = database.open_engine(url)
    config = Config()
    folder = database.__file__.removesuffix("database.py")
    config.set_main_option("script_location", f"{folder}migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with added_everywhere():
        workflow.migrate(url)
    return engine


async def post_card(slack: AsyncWebClient, send_id: str, says: str) -> tuple[str, str]:
    payload = {"send_id": send_id, "status": says}
    answer = await slack.chat_postMessage(
        channel=seed.SOPORTE,
        text=says,
        metadata={"event_type": "whatsapp_template", "event_payload": payload},
    )
    return str(answer["channel"]), str(answer["ts"])


def leave(connection: sa.Connection, send_id: str, left: Left, *, card: tuple[str, str]) -> None:
    """Write a send and its workflow down as that version did."""
    at = datetime.now(UTC) - left.ago
    moments = {"created": at, "updated": at, "next_try": None, "give_up_at": at + GIVE_UP_AFTER}
    values: dict[str, Any] = {
        "id": send_id,
        "status": left.status,
        "template": TEMPLATE,
        "phone": PHONE.removeprefix("+"),
        "params": json.dumps([["code", send_id]]),
        "user": seed.ALICE,
        "channel": seed.SOPORTE,
        "claim": "",
        "reason": "",
        "tries": 0,
        "card_channel": card[0],
        "card_ts": card[1],
        "told": "",
        "decided_by": "",
        **moments,
        **left.columns,
    }
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # As SQLAlchemy writes a moment there.
        for name in moments:
            if values[name] is not None:
                values[name] = values[name].strftime("%Y-%m-%d %H:%M:%S.%f")
    connection.execute(SEND, values)
    if left.record is not None:
        _leave_workflow(connection, send_id, left, "" if on_sqlite else "dbos.", at)


def _leave_workflow(
    connection: sa.Connection, send_id: str, left: Left, schema: str, at: datetime
) -> None:
    has_begun = left.record != "ENQUEUED"
    values = {
        "id": f"{send_id}:announce" if left.announces else send_id,
        "status": left.record,
        "name": "announce.v1" if left.announces else "deliver.v1",
        "executor": DEAD if has_begun else None,
        "version": "1" if has_begun else None,
        "attempts": int(has_begun),
        "at": int(at.timestamp() * 1000),
        "inputs": json.dumps({"namedArgs": {}, "positionalArgs": [send_id]}),
    }
    statements = [WORKFLOW, INPUT]
    if left.columns.get("tries"):
        statements.append(STEP)
    for statement in statements:
        connection.execute(sa.text(statement.format(schema=schema)), values)
