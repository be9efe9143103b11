"""The form by name with 500 templates against an empty catalogue: `make benchmark`.

What is timed is the bot's own work, from the payload to the answer: the database is a real one on
disk, Slack answers at once. The figures of one run compare; those of two machines don't.
"""

import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.locales import Dictionary
from bot.permissions import Policy, Workspace
from bot.sends import NumberRules, Order, Place, SendId
from bot.slack import Dispatch, Installation, Parts, form, make_app, make_dispatch
from bot.slack.people import People
from bot.store.catalogue import CatalogueStore, replace_all
from bot.store.database import Database, migrate, open_engine
from bot.store.sends import SendStore
from bot.templates import Category, Template
from bot.templates.params import Kind, Param

TEAM, USER = "T0BENCHMARK", "U0BENCHMARK"
ROUNDS = 200
SIZES = (0, 500)
PARAMS = (3, 30)


class Client(AsyncWebClient):
    """Slack, which answers at once, and knows one full member."""

    @override
    async def api_call(self, api_method: str, **_: Any) -> Any:
        if api_method == "users.info":
            flags = dict.fromkeys(
                ("deleted", "is_bot", "is_restricted", "is_ultra_restricted"), False
            )
            return {"ok": True, "user": {"id": USER, "team_id": TEAM, "locale": "es-LA", **flags}}
        return {"ok": True, "view": {"hash": "1.new"}}


def template(number: int, params: int) -> Template:
    """Make a template; names begin alike, as they do in a real catalogue."""
    names = [f"dato {each}" for each in range(params)]
    kinds = (Kind.TEXT, Kind.NUMBER, Kind.DATE)
    return Template(
        name=f"Recordatorio {number:03} de la sucursal {number % 17}",
        id=f"{number:020}",
        language="es",
        category=Category.UTILITY,
        body="Estimado cliente: "
        + ", ".join(f"{{{{{each}}}}} ok" for each in names)
        + ". Gracias.",
        group=f"Grupo {number % 9}",
        params=tuple(Param(each, kind=kinds[at % 3]) for at, each in enumerate(names)),
    )


async def open_bot(folder: Path, templates: Sequence[Template]) -> Dispatch:
    """Put the surface on a real database with this catalogue and a history of sends."""
    engine = open_engine(f"sqlite:///{folder}/{len(templates)}.db")
    migrate(engine)
    with engine.begin() as connection:
        replace_all(connection, templates, expected=())
    database = Database(engine)
    sends = SendStore(database, enqueue=lambda *_: None, give_up_after=timedelta(hours=6))
    for number in range(100):
        place = Place("C0BENCHMARK")
        chosen = templates[number % len(templates)].id if templates else "A" * 20
        order = Order(
            id=SendId(f"V{number:04}"),
            template=chosen,
            phone="50761234567",
            country="PA",
            client_name="",
            group="",
            assign=False,
            params=(),
            user=USER,
            place=place,
        )
        await sends.take(order)
    workspace = Workspace(TEAM)
    client = Client("xoxb-benchmark")
    everybody = Policy(frozenset({"*"}), frozenset({"*"}))
    people = People(client, workspace, everybody)
    parts = Parts(people, Dictionary("es"), NumberRules(), sends, CatalogueStore(database))
    return make_dispatch(make_app(client, Installation(workspace, "U0BOT", "B0BOT"), parts))


def payload(kind: str, **more: Any) -> dict[str, Any]:
    """Write what Slack sends from inside of the empty form."""
    opened = form.Form(user=USER, place=Place("C0BENCHMARK"), has_catalogue=True)
    view = form.build(opened, Dictionary("es").shared)
    return {
        "type": kind,
        "user": {"id": USER, "team_id": TEAM},
        "team": {"id": TEAM},
        "view": {**view, "id": "V0001", "hash": "1.old", "state": {"values": {}}},
        **more,
    }


def loads(text: str) -> dict[str, Any]:
    """Ask for the options while this is typed."""
    return payload("block_suggestion", action_id=form.CHOOSE, block_id="template", value=text)


def choice(template_id: str) -> dict[str, Any]:
    """Choose this template."""
    option = {"text": {"type": "plain_text", "text": "x"}, "value": template_id}
    action = {"type": "external_select", "action_id": form.CHOOSE, "selected_option": option}
    return payload("block_actions", actions=[{**action, "block_id": "template"}], trigger_id="1")


async def measure(dispatch: Dispatch, body: dict[str, Any], rounds: int) -> list[float]:
    """Return the milliseconds that each round took, sorted; the first one fills the caches."""
    found = []
    for _ in range(rounds + 1):
        copy = json.loads(json.dumps(body))
        started = time.perf_counter()
        status, _, _ = await dispatch(copy)
        found.append((time.perf_counter() - started) * 1000)
        if status != 200:  # noqa: PLR2004 - HTTP's
            raise RuntimeError(status)
    return sorted(found[1:])


async def compare(folder: Path, params: int, rounds: int) -> None:
    """Print a line for each thing that is done in the form."""
    bots = {
        size: await open_bot(folder, [template(number, params) for number in range(size)])
        for size in SIZES
    }
    work = {
        "options, nothing typed": loads(""),
        "options, two letters": loads("re"),
        "options, one name": loads("recordatorio 250"),
        "choose a template": choice(f"{250:020}"),
    }
    for name, body in work.items():
        empty, full = [await measure(bots[size], body, rounds) for size in SIZES]
        ratio = statistics.median(full) / statistics.median(empty)
        sys.stdout.write(f"{params:>6}  {name:<24}{_shown(empty)}{_shown(full)}{ratio:>9.1f}\n")


def _shown(times: list[float]) -> str:
    return f"{statistics.median(times):>12.1f}{times[int(len(times) * 0.99)]:>8.1f}"


async def main(rounds: int) -> None:
    """Compare catalogues of short and of long templates."""
    # What it says of its token is no news here.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    sys.stdout.write(
        f"Milliseconds, {rounds} rounds each; asked for: options within 50, a choice within 300\n"
        f"params  {'':<24}{'empty: p50':>12}{'p99':>8}{'500: p50':>12}{'p99':>8}{'ratio':>9}\n"
    )
    for params in PARAMS:
        with tempfile.TemporaryDirectory() as folder:
            await compare(Path(folder), params, rounds)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
