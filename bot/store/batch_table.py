"""A list and its rows as they are written down, and back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.bulk.batches import (
    Batch,
    BatchId,
    BatchRequest,
    BatchStatus,
    ListFile,
    ListRow,
    RowKind,
    row_key,
)
from bot.bulk.report_json import (
    mapped_from_json,
    mapped_to_json,
    problems_from_json,
    problems_to_json,
    report_from_json,
)
from bot.events import BOT, Kind, Source
from bot.send_ids import new_id
from bot.sends import Origin, SendRequest
from bot.store.rows import send_at_of
from bot.store.tables import batches, events

STATUSES = frozenset(BatchStatus)


def values_of(request: BatchRequest, now: datetime) -> dict[str, Any]:
    """Write what was asked for as a new row."""
    send_at, file = request.send_at, request.file
    return {
        "id": request.id,
        "request_key": request.key,
        "user_id": request.user,
        "channel": request.origin.channel,
        "thread_ts": request.origin.thread_ts,
        "response_url": request.origin.response_url,
        "template": request.template,
        "template_name": request.template_name,
        "file_id": file.id if file else "",
        "file_name": file.name if file else "",
        "group_name": request.group,
        "assign": request.assign,
        "send_at": send_at.instant if send_at else None,
        "send_at_wall": send_at.wall if send_at else None,
        "send_at_zone": send_at.zone if send_at else "",
        "send_at_rules": send_at.rules if send_at else "",
        "mapped": mapped_to_json(request.mapped),
        "prepared_by": list(request.prepared_by),
        "retries": request.retries or "",
        "status": BatchStatus.READING,
        "reason_values": {},
        "report": {},
        "created": now,
        "updated": now,
    }


def batch_of(row: Any) -> Batch:  # noqa: ANN401 - a row of the lists
    """Read a list."""
    request = BatchRequest(
        BatchId(row.id),
        row.request_key,
        row.user_id,
        Origin(row.channel, row.thread_ts, row.response_url),
        row.template,
        row.template_name,
        ListFile(row.file_id, row.file_name) if row.file_id else None,
        row.group_name,
        row.assign,
        send_at_of(row),
        mapped_from_json(row.mapped),
        BatchId(row.retries) if row.retries else None,
        tuple(row.prepared_by),
    )
    return Batch(
        request,
        BatchStatus(row.status),
        row.created,
        row.updated,
        reason=row.reason,
        values=row.reason_values,
        report=report_from_json(row.report),
        checked=row.checked,
        with_recent=row.with_recent,
        started_by=row.started_by,
        started=row.started,
        going_since=row.going_since,
        approved_by=row.approved_by,
        approve_until=row.approve_until,
        decided_by=row.decided_by,
        note=row.note,
        ended=row.ended,
        card_channel=row.card_channel,
        card_ts=row.card_ts,
        announced_status=row.told,
        tell_tries=row.tell_tries,
        runner=row.runner,
        runs=row.runs,
        next_try=row.next_try,
    )


def row_values(batch: BatchId, row: ListRow) -> dict[str, Any]:
    """Write a row of a list."""
    return {
        "batch": batch,
        "line": row.line,
        "kind": row.kind,
        "phone": row.phone,
        "country": row.country,
        "client_name": row.client_name,
        "group_name": row.group,
        "assign": row.assign,
        "params": [list(each) for each in row.params],
        "cells": list(row.cells),
        "problems": problems_to_json(row.problems),
        "same_as": row.same_as,
    }


def row_of(found: Any) -> ListRow:  # noqa: ANN401 - a row of the rows
    """Read a row of a list."""
    return ListRow(
        found.line,
        tuple(found.cells),
        RowKind(found.kind),
        problems_from_json(found.problems),
        found.same_as,
        found.phone,
        found.country,
        found.client_name,
        found.group_name,
        found.assign,
        tuple((name, value) for name, value in found.params),
    )


def request_of(batch: Batch, row: ListRow) -> SendRequest:
    """Make the request of a row's send, just as it was read."""
    asked = batch.request
    return SendRequest(
        id=new_id(),
        key=row_key(batch.id, row.line),
        template=asked.template,
        phone=row.phone,
        country=row.country,
        client_name=row.client_name,
        group=row.group,
        assign=row.assign,
        params=row.params,
        user=asked.user,
        origin=Origin(asked.origin.channel, asked.origin.thread_ts),
        template_name=asked.template_name,
        # What Start said of it: it goes out though the number had the same lately.
        overrode=("duplicate.sent",) if row.kind is RowKind.RECENT else (),
        approval_mark=batch.report.mark,
        batch=batch.id,
        batch_line=row.line,
    )


def find(connection: sa.Connection, batch_id: BatchId) -> Batch | None:
    """Read one list; None if there is none."""
    row = connection.execute(sa.select(batches).where(batches.c.id == batch_id)).one_or_none()
    return None if row is None else batch_of(row)


def step(  # noqa: PLR0913 - a change and its event, which stand in one commit
    connection: sa.Connection,
    batch_id: BatchId,
    before: Collection[BatchStatus],
    after: BatchStatus,
    *which: sa.ColumnElement[bool],
    source: Source,
    now: datetime,
    actor: str = BOT,
    kind: Kind = Kind.CHANGED,
    values: Mapping[str, Any] | None = None,
) -> Batch | None:
    """Let a list come to stand elsewhere, if it stands where it must; None if it does not.

    It is the only writer of a list's status.
    """
    for each in before:
        if not each.may_become(after):
            raise ValueError(f"a list that is {each} never becomes {after}")
    for each in before:
        row = connection.execute(
            sa.update(batches)
            .where(batches.c.id == batch_id, batches.c.status == each, *which)
            .values(
                {
                    "status": after,
                    "updated": now,
                    "told": "",
                    "tell_tries": 0,
                    "next_try": None,
                    **(values or {}),
                }
            )
            .returning(batches)
        ).one_or_none()
        if row is not None:
            why = str((values or {}).get("reason", ""))
            write_event(
                connection,
                batch_id,
                source=source,
                now=now,
                actor=actor,
                kind=kind,
                change=(each, after),
                why=why,
            )
            return batch_of(row)
    return None


def write_event(  # noqa: PLR0913 - the columns of an event
    connection: sa.Connection,
    batch_id: BatchId,
    *,
    source: Source,
    now: datetime,
    actor: str = BOT,
    kind: Kind,
    change: tuple[str, str] = ("", ""),
    why: str = "",
) -> None:
    """Write down what happened to a list."""
    connection.execute(
        sa.insert(events).values(
            at=now,
            kind=kind,
            actor=actor,
            batch=batch_id,
            before=change[0],
            after=change[1],
            why=why,
            transport=source.transport,
            process=source.process,
        )
    )
