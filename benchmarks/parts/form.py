"""The form: what a request for it costs, beside a bare check and two Bolts with the same view."""

import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.catalogue import MEDIUM, SHORT, name
from benchmarks.measure import median
from benchmarks.peers import node
from benchmarks.processes import BOLT_PYTHON, Running, run
from benchmarks.report import MICROSECONDS, MILLISECONDS, Row, Table, compared
from benchmarks.stage import Stage, in_turn
from benchmarks.traffic import First, Gesture

WARM_UP = 100  # requests: Node compiles what it runs often
BY_NAME = f"{name(SHORT).lower()} 6123-4567"
PEERS = {
    "bare": "a bare check of the signature",
    "python": "Bolt for Python",
    "js": "Bolt for JavaScript",
}
AIMS = {"python": "≤ 1.25", "js": "< 1"}


@dataclass(frozen=True, slots=True)
class Case:
    """What is typed, and how many templates there are."""

    what: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request in one round."""

    cpu: float
    wall: float


async def measure(stage: Stage) -> Table:
    """Open the form again and again."""
    cases = _cases(stage.size.catalogue)
    async with contextlib.AsyncExitStack() as stack:
        bots = {
            count: await stack.enter_async_context(
                stage.bot(await stage.sqlite(f"form-{count}", count=count))
            )
            for count in dict.fromkeys(case.count for case in cases)
        }
        firsts = {
            count: await stage.sender.first(bot.port, stage.recording.typed(""))
            for count, bot in bots.items()
        }
        cases = [case for case in cases if firsts[case.count].is_open]
        views = {case.what: await _view(stage, bots[case.count], case.text) for case in cases}
        peers, missing = await _peers(stage, stack, views)
        rows = []
        for case in cases:
            stage.say(case.what)
            gesture = stage.recording.typed(case.text)
            same = stage.recording.typed(case.what)
            turns = {"bot": partial(_cost, stage, bots[case.count], gesture)}
            turns |= {who: partial(_cost, stage, peer, same) for who, peer in peers.items()}
            rows += await _rows(stage, case, turns)
    notes = (
        "CPU of the process and time until the answer, for one request after the other. All peers "
        f"open the view that the bot opened. {missing}"
    )
    return Table("form", "The form", notes.strip(), [*rows, *_firsts(firsts)])


def _cases(many: int) -> list[Case]:
    return [
        Case("form, empty catalogue", "", 0),
        Case("form, 500 templates", "", MEDIUM),
        Case("form by name, 500 templates", BY_NAME, MEDIUM),
        Case(f"form by name, {many:,} templates", BY_NAME, many),
    ]


def _firsts(firsts: Mapping[int, First]) -> list[Row]:
    """Say how long the form took that was opened first: templates are read, people asked for."""
    rows = []
    for count, first in firsts.items():
        words = MILLISECONDS.write(first.seconds) if first.is_open else "did not open"
        if first.refused:
            words += f", refused {first.refused} times"
        rows.append(Row(f"first form after the start, {count:,} templates", words))
    return rows


async def _view(stage: Stage, bot: Running, text: str) -> dict[str, Any]:
    await stage.sender.acknowledged(bot.port, stage.recording.typed(text))
    view = stage.slack.view
    if text and "param." not in json.dumps(view):
        raise RuntimeError("no template was found by its name")
    return view


async def _peers(
    stage: Stage, stack: contextlib.AsyncExitStack, views: dict[str, Any]
) -> tuple[dict[str, Running], str]:
    """Start the peers; say which one is missing."""
    file = stage.folder / "views.json"
    file.write_text(json.dumps(views))
    url = await stage.sqlite("form-bare")
    more = stage.settings(url) | {"VIEWS": str(file)}
    peers = {
        "bare": await stack.enter_async_context(stage.bare(url)),
        "python": await stack.enter_async_context(
            run(BOLT_PYTHON, more, stage.sender, stage.folder)
        ),
    }
    command = await node.install()
    if isinstance(command, node.Missing):
        return peers, f"Bolt for JavaScript is missing: {command.why}."
    environment = more | node.environment()
    peers["js"] = await stack.enter_async_context(
        run(command, environment, stage.sender, stage.folder)
    )
    return peers, ""


async def _cost(stage: Stage, running: Running, gesture: Gesture) -> Cost:
    """Ask for the form some times."""
    before = running.cpu
    walls = [
        await stage.sender.acknowledged(running.port, gesture) for _ in range(stage.size.requests)
    ]
    return Cost((running.cpu - before) / stage.size.requests, median(walls))


async def _rows(
    stage: Stage, case: Case, turns: Mapping[str, Callable[[], Awaitable[Cost]]]
) -> list[Row]:
    if stage.size.rounds > 1:
        await in_turn(turns, WARM_UP // stage.size.requests)
    found = await in_turn(turns, stage.size.rounds)
    cpu = {who: [each.cpu for each in costs] for who, costs in found.items()}
    wall = {who: [each.wall for each in costs] for who, costs in found.items()}
    rows = [
        compared(
            f"{case.what}: CPU",
            cpu["bot"],
            PEERS[peer],
            cpu[peer],
            MICROSECONDS,
            AIMS.get(peer, ""),
        )
        for peer in cpu
        if peer in PEERS
    ]
    peer = "python"
    wait = compared(f"{case.what}: time", wall["bot"], PEERS[peer], wall[peer], MILLISECONDS)
    return [*rows, wait]
