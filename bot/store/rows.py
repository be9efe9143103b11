"""A send as a row, and back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.events import Event, Kind, Source
from bot.phones.canonical import canonical
from bot.sends import (
    UNDO,
    Arrival,
    Due,
    Origin,
    Periods,
    Send,
    SendAt,
    SendId,
    SendRequest,
    Status,
)

STATUSES = frozenset(Status)  # a newer version that runs beside this one may write others


def to_row(request: SendRequest, *, now: datetime, periods: Periods) -> dict[str, Any]:
    """Write a request as a new row; it is tried for so long from when it is due."""
    status = first_status(request)
    send_at = request.send_at
    undone_until = now + periods.undo if periods.undo and status is Status.QUEUED else None
    return {
        "id": request.id,
        "request_key": request.key,
        "overrode": list(request.overrode) or None,
        "status": status,
        "reason": UNDO if undone_until else "",
        "next_try": undone_until,
        "send_at": send_at.instant if send_at else None,
        "send_at_wall": send_at.wall if send_at else None,
        "send_at_zone": send_at.zone if send_at else "",
        "send_at_rules": send_at.rules if send_at else "",
        "due_at": due_at(request, now, periods),
        "needs_approval": request.needs_approval,
        "approval_mark": request.approval_mark,
        "changed_from": request.changed_from or "",
        "corrects": request.corrects or "",
        "template": request.template,
        "template_name": request.template_name,
        "is_test": request.is_test,
        "phone": request.phone,
        "canonical": canonical(request.phone),
        "country": request.country,
        "client_name": request.client_name,
        "group_name": request.group,
        "assign": request.assign,
        "params": [list(param) for param in request.params],
        "user_id": request.user,
        "channel": request.origin.channel,
        "thread_ts": request.origin.thread_ts,
        "response_url": request.origin.response_url,
        "replaces": request.replaces or "",
        "created": now,
        "updated": now,
        "give_up_at": (send_at.instant if send_at else now) + periods.give_up_after,
    }


def first_status(request: SendRequest) -> Status:
    """Say where a send begins."""
    if request.needs_approval:
        return Status.AWAITING_APPROVAL
    return Status.SCHEDULED if request.send_at else Status.QUEUED


def due_at(request: SendRequest, now: datetime, periods: Periods) -> datetime | None:
    """Say when something is to happen to a new send that waits for its moment or for a person."""
    moment = request.send_at.instant if request.send_at else None
    if not request.needs_approval:
        return moment
    return approve_until(moment, now, periods)


def approve_until(moment: datetime | None, now: datetime, periods: Periods) -> datetime:
    """Say when the time to approve ends: soon after the moment at which it is to go out."""
    ends = now + periods.approval_expires
    return min(ends, moment + periods.late_after) if moment else ends


def due_of(row: Any, now: datetime) -> Due:  # noqa: ANN401 - a row of some columns
    """Read what is due, and since when."""
    status = Status(row.status)
    late = now - ((row.due_at if status.is_planned else row.next_try) or row.updated)
    return Due(SendId(row.id), status, row.runner, row.runs, late)


def send_of(row: sa.Row[Any]) -> Send:
    """Read a whole row."""
    request = SendRequest(
        id=SendId(row.id),
        key=row.request_key or row.id,
        template=row.template,
        phone=row.phone,
        country=row.country,
        client_name=row.client_name,
        group=row.group_name,
        assign=row.assign,
        params=tuple((name, value) for name, value in row.params),
        user=row.user_id,
        origin=Origin(row.channel, row.thread_ts, row.response_url),
        replaces=SendId(row.replaces) if row.replaces else None,
        template_name=row.template_name,
        is_test=row.is_test,
        overrode=tuple(row.overrode or ()),
        send_at=send_at_of(row),
        needs_approval=row.needs_approval,
        approval_mark=row.approval_mark,
        changed_from=SendId(row.changed_from) if row.changed_from else None,
        corrects=SendId(row.corrects) if row.corrects else None,
        batch=row.batch,
        batch_line=row.batch_line,
    )
    return Send(
        request=request,
        status=Status(row.status),
        created=row.created,
        updated=row.updated,
        give_up_at=row.give_up_at,
        reason=row.reason,
        conversation=row.conversation,
        vendor_message=row.said,
        claim=row.claim,
        tries=row.tries,
        next_try=row.next_try,
        due_at=row.due_at,
        approved_by=row.approved_by,
        note=row.note,
        card_channel=row.card_channel,
        card_ts=row.card_ts,
        question_channel=row.question_channel,
        question_ts=row.question_ts,
        announced_status=row.told,
        tell_tries=row.tell_tries,
        ended=row.ended,
        runner=row.runner,
        runs=row.runs,
        decided_by=row.decided_by,
        http_status=row.http_status,
        execution_id=row.execution_id,
        trace=row.trace,
        arrival=Arrival(row.arrival) if row.arrival else None,
        nudge_at=row.nudge_at,
        nudges=row.nudges,
        nudge_tries=row.nudge_tries,
    )


def send_at_of(row: sa.Row[Any]) -> SendAt | None:
    """Read when a send or a list is to go out."""
    if row.send_at is None:
        return None
    return SendAt(row.send_at, row.send_at_wall, row.send_at_zone, row.send_at_rules)


def event_of(row: sa.Row[Any]) -> Event:
    """Read an event."""
    return Event(
        at=row.at,
        kind=Kind(row.kind),
        actor=row.actor,
        source=Source(row.transport, row.process),
        send=None if row.send_id is None else SendId(row.send_id),
        template=row.template or "",
        before=row.before,
        after=row.after,
        why=row.why,
        fields=tuple(row.fields or ()),
    )
