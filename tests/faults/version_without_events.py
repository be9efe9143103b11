"""What the version before this one writes: it names its sends by their form, and keeps no events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.demo.slack import seed
from tests.conftest import PHONE, TEMPLATE

REVISION = "0006"
DEAD = "5a921705a768449c94110658f1cef136"  # the process that wrote all this
GIVE_UP_AFTER = timedelta(hours=6)
MOMENTS = ("created", "updated", "give_up_at", "next_try", "ended")
NOTHING = {
    **dict.fromkeys(("claim", "reason", "card_channel", "card_ts", "told", "decided_by"), ""),
    **dict.fromkeys(("replaces", "question_channel", "question_ts"), ""),
    "tries": 0,
    "tell_tries": 0,
    "runner": DEAD,
    "runs": 1,
    "next_try": None,
    "ended": None,
}
# In these very words, since a process of that version may run beside this one.
TAKE = sa.text(
    "INSERT INTO sends (id, status, template, template_name, is_test, phone, country, client_name,"
    " group_name, assign, params, user_id, channel, thread_ts, response_url, replaces, created,"
    " updated, give_up_at, claim, reason, conversation, said, http_status, execution_id, trace,"
    " tries, next_try, card_channel, card_ts, question_channel, question_ts, told, tell_tries,"
    " noted, decided_by, runner, runs, ended)"
    " VALUES (:id, :status, :template, '', false, :phone, 'PA', '', '', false, :params, :user,"
    " :channel, '', '', :replaces, :created, :updated, :give_up_at, :claim, :reason, '', '', 0, '',"
    " '', :tries, :next_try, :card_channel, :card_ts, :question_channel, :question_ts, :told,"
    " :tell_tries, false, :decided_by, :runner, :runs, :ended)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
CLAIM = sa.text(
    "UPDATE sends SET status = 'sending', claim = :claim, next_try = NULL, updated = now()"
    " WHERE id = :id AND runner = :process AND status = 'queued' RETURNING id"
)
SETTLE = sa.text(
    "UPDATE sends SET status = :status, reason = :status, ended = now(), updated = now()"
    " WHERE id = :id AND claim = :claim AND status IN ('sending', 'unknown') RETURNING id"
)
TOLD = sa.text(
    "UPDATE sends SET told = :status, runner = '', updated = now()"
    " WHERE id = :id AND runner = :process RETURNING id"
)
WORKFLOW = (
    "INSERT INTO {schema}workflow_status (workflow_uuid, status, name, executor_id, created_at,"
    " updated_at, application_version, recovery_attempts, priority, serialization,"
    " application_name)"
    " VALUES (:id, :status, 'run.v2', :executor, :at, :at, '1', 1, 0, 'portable_json',"
    " 'whatsapp-template-bot')"
)
INPUT = "INSERT INTO {schema}workflow_input VALUES (:id, :inputs, :at)"


@dataclass(frozen=True, slots=True)
class Left:
    """One send as it was left, and how its run stood; none: its record is gone."""

    status: str
    record: str | None = "PENDING"
    columns: Mapping[str, Any] = field(default_factory=dict)
    ago: timedelta = timedelta()
    has_card: bool = True


def take(connection: sa.Connection, send_id: str, left: Left, **columns: object) -> bool:
    """Write a send down as that version did; say whether it was new."""
    at = datetime.now(UTC) - left.ago
    values: dict[str, Any] = {
        "id": send_id,
        "status": left.status,
        "template": TEMPLATE,
        "phone": PHONE.removeprefix("+"),
        "params": json.dumps([["code", send_id]]),
        "user": seed.ALICE,
        "channel": seed.SOPORTE,
        "created": at,
        "updated": at,
        "give_up_at": at + GIVE_UP_AFTER,
        **NOTHING,
        **left.columns,
        **columns,
    }
    if connection.dialect.name == "sqlite":
        # As SQLAlchemy writes a moment there.
        for name in MOMENTS:
            if values[name] is not None:
                values[name] = values[name].strftime("%Y-%m-%d %H:%M:%S.%f")
    is_new = connection.execute(TAKE, values).first() is not None
    if left.record is not None:
        _leave_run(connection, send_id, left.record, at)
    return is_new


def _leave_run(connection: sa.Connection, send_id: str, record: str, at: datetime) -> None:
    schema = "" if connection.dialect.name == "sqlite" else "dbos."
    values = {
        "id": f"{send_id}:1",
        "status": record,
        "executor": DEAD,
        "at": int(at.timestamp() * 1000),
        "inputs": json.dumps({"namedArgs": {}, "positionalArgs": [send_id, 1]}),
    }
    for statement in (WORKFLOW, INPUT):
        connection.execute(sa.text(statement.format(schema=schema)), values)
