"""Sends and their requests, ordinary but for what a test says."""

import dataclasses
from datetime import timedelta
from typing import Any

from bot.sends import Origin, Send, SendId, SendRequest, Status
from tests.fakes.clock import NOON

TEMPLATE = "AbCdEfGhIjKlMnOpQrSt"
ALICE, CARLA = "U0ALICE0001", "U0CARLA0001"


def make_send_request(**changes: Any) -> SendRequest:
    """Make a request; what a test says nothing about is ordinary."""
    request = SendRequest(
        id=SendId("V0001"),
        key=changes.get("id", "V0001"),
        template=TEMPLATE,
        phone="50761234567",
        country="PA",
        client_name="Rosa",
        group="Citas",
        assign=False,
        params=(("client_name", "Rosa"),),
        user=ALICE,
        origin=Origin(channel="C0SOPORTE01"),
    )
    return dataclasses.replace(request, **changes)


def make_send(status: Status = Status.QUEUED, **changes: Any) -> Send:
    """Make a send; fields of its request may be given, too."""
    names = {field.name for field in dataclasses.fields(SendRequest)}
    ordered = {name: changes.pop(name) for name in tuple(changes) if name in names}
    send = Send(
        request=make_send_request(**ordered),
        status=status,
        created=NOON,
        updated=NOON,
        give_up_at=NOON + timedelta(hours=6),
    )
    return dataclasses.replace(send, **changes)
