"""Forms that an app opens, and what it hears of them."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.demo.slack.person import Person
from bot.demo.slack.seed import ALICE, SOPORTE
from tests.demo.kinds import Json, Serve, World


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def box(*values: str, kind: str = "static_select", **more: Any) -> Json:
    return {"type": kind, "action_id": "pick", "options": [option(v) for v in values], **more}


async def opened(world: World, serve: Serve, view: Json) -> Person:
    slack, app = world
    serve(app, view)
    person = slack.person(ALICE)
    await person.command(SOPORTE, "/send")
    await slack.until(lambda: person.view)
    return person


def heard(app: AsyncApp, **answer: Any) -> list[Json]:
    """Let an app take submissions of the form, and give what it gets."""
    got: list[Json] = []

    @app.view("form")
    async def take(ack: Any, body: Json) -> None:
        got.append(body)
        await ack(**answer)

    return got


def value_of(body: Json, block_id: str) -> Json:
    (state,) = body["view"]["state"]["values"][block_id].values()
    assert isinstance(state, dict)
    return state
