"""From the start of the process to its first answer, and the memory that it then holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.peers import node
from benchmarks.processes import BARE, BOLT_PYTHON, BOT, run
from benchmarks.report import MEGABYTES, SECONDS, Row, Table, compared
from benchmarks.stage import Stage, in_turn

BARE_NAME, PYTHON, SCRIPT = "bare", "Bolt for Python", "Bolt for JavaScript"


@dataclass(frozen=True, slots=True)
class Started:
    """What a start took."""

    seconds: float
    cpu: float  # seconds
    memory: float  # bytes


async def measure(stage: Stage) -> Table:
    """Start each of them some times, on a database that is there already."""
    settings = stage.settings(await stage.sqlite("start"))
    views = stage.folder / "no-views.json"
    views.write_text("{}")
    more = stage.settings(await stage.sqlite("start-bare")) | {"VIEWS": str(views)}
    turns = {
        "bot": partial(_start, stage, BOT, settings),
        BARE_NAME: partial(_start, stage, BARE, more),
        PYTHON: partial(_start, stage, BOLT_PYTHON, more),
    }
    command = await node.install()
    missing = ""
    if isinstance(command, node.Missing):
        missing = f" {SCRIPT} is missing: {command.why}."
    else:
        turns[SCRIPT] = partial(_start, stage, command, more | node.environment())
    return Table(
        "start",
        "Start and memory",
        "From the start of the process until it answers Slack's challenge, on a SQLite database "
        f"that is up to date.{missing}",
        _rows(await in_turn(turns, stage.size.starts)),
    )


def _rows(found: Mapping[str, Sequence[Started]]) -> list[Row]:
    times = {name: [one.seconds for one in each] for name, each in found.items()}
    cpu = {name: [one.cpu for one in each] for name, each in found.items()}
    memory = {name: [one.memory for one in each] for name, each in found.items()}
    return [
        compared(what, figures["bot"], name, figures[name], unit)
        for what, figures, unit in (
            ("start → first answer", times, SECONDS),
            ("CPU until then", cpu, SECONDS),
            ("memory after the start", memory, MEGABYTES),
        )
        for name in found
        if name != "bot"
    ]


async def _start(stage: Stage, command: tuple[str, ...], environment: dict[str, str]) -> Started:
    async with run(command, environment, stage.sender, stage.folder) as running:
        return Started(running.started_in, running.cpu, running.memory)
