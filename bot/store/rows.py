"""A send as a row, and back."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.sends import Due, Order, Place, Send, SendId, Status


def to_row(order: Order, *, now: datetime, give_up_after: timedelta) -> dict[str, Any]:
    """Write an order as a new row."""
    return {
        "id": order.id,
        "status": Status.QUEUED,
        "template": order.template,
        "template_name": order.template_name,
        "is_test": order.is_test,
        "phone": order.phone,
        "country": order.country,
        "client_name": order.client_name,
        "group_name": order.group,
        "assign": order.assign,
        "params": [list(param) for param in order.params],
        "user_id": order.user,
        "channel": order.place.channel,
        "thread_ts": order.place.thread_ts,
        "response_url": order.place.response_url,
        "replaces": order.replaces or "",
        "created": now,
        "updated": now,
        "give_up_at": now + give_up_after,
    }


def due_of(row: Any, now: datetime) -> Due:  # noqa: ANN401 - a row of some columns
    """Read what is due, and since when."""
    late = now - (row.next_try or row.updated)
    return Due(SendId(row.id), Status(row.status), row.runner, row.runs, late)


def send_of(row: sa.Row[Any]) -> Send:
    """Read a whole row."""
    order = Order(
        id=SendId(row.id),
        template=row.template,
        phone=row.phone,
        country=row.country,
        client_name=row.client_name,
        group=row.group_name,
        assign=row.assign,
        params=tuple((name, value) for name, value in row.params),
        user=row.user_id,
        place=Place(row.channel, row.thread_ts, row.response_url),
        replaces=SendId(row.replaces) if row.replaces else None,
        template_name=row.template_name,
        is_test=row.is_test,
    )
    return Send(
        order=order,
        status=Status(row.status),
        created=row.created,
        updated=row.updated,
        give_up_at=row.give_up_at,
        reason=row.reason,
        conversation=row.conversation,
        said=row.said,
        claim=row.claim,
        tries=row.tries,
        next_try=row.next_try,
        card_channel=row.card_channel,
        card_ts=row.card_ts,
        question_channel=row.question_channel,
        question_ts=row.question_ts,
        told=row.told,
        tell_tries=row.tell_tries,
        ended=row.ended,
        runner=row.runner,
        runs=row.runs,
        decided_by=row.decided_by,
        http_status=row.http_status,
        execution_id=row.execution_id,
        trace=row.trace,
    )
