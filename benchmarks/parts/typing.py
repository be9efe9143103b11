"""Inside of the form: options while somebody types, the choice, and how long the loop stands still."""

import asyncio
import contextlib
from functools import partial

from benchmarks.bot_process import Gaps
from benchmarks.catalogue import FEW, LONG, MANY, MEDIUM, SHORT, name
from benchmarks.processes import LIFTED_BOT, Running
from benchmarks.recording import Recording
from benchmarks.report import MILLISECONDS, Row, Table, ratio_of, spread
from benchmarks.stage import Stage, in_turn
from benchmarks.traffic import Gesture, WrongAnswer

NAME = name(SHORT).lower()
MISTYPED = NAME.replace("arr", "ar")
LONGEST = 20.0  # seconds for the rounds of one figure
TYPED = {
    "options, nothing typed": "",
    "options, two letters": "re",
    "options, a name": NAME,
    "options, a mistyped name": MISTYPED,
}
KEYS = (*(NAME[:end] for end in range(len(NAME) + 1)), MISTYPED)


async def measure(stage: Stage) -> Table:
    """Type and choose again and again."""
    many, rows = stage.size.catalogue, []
    gaps = Gaps(stage.folder / "gaps")
    async with contextlib.AsyncExitStack() as stack:
        bots = await _bots(stage, stack)
        for count, running in tuple(bots.items()):
            first = await stage.sender.first(running.port, stage.recording.typed(""))
            if not first.is_open:
                rows.append(Row(f"{count:,} templates", f"did not open, {first.refused} times"))
                del bots[count]
        for what, gesture in _work(stage.recording).items():
            stage.say(what)
            rows += await _rows(stage, bots, what, gesture)
        if many in bots:
            stage.say("how long the loop stands still")
            rows.append(await _held(stage, bots[many], gaps))
    return Table(
        "typing",
        "Inside of the form",
        "Time until the answer, one request after the other, beside the same with an empty "
        "catalogue. The loop is held for the longest time in which it ran nothing else, in each "
        "request; beside it stands what the machine does to a loop that has nothing to do.",
        rows,
    )


async def _bots(stage: Stage, stack: contextlib.AsyncExitStack) -> dict[int, Running]:
    """Run a bot for each size of the catalogue; the largest one's loop is watched."""
    bots = {
        count: await stack.enter_async_context(
            stage.bot(await stage.sqlite(f"typing-{count}", count=count))
        )
        for count in (0, MEDIUM)
    }
    many = stage.size.catalogue
    watched = stage.bot(
        await stage.sqlite("typing-many", count=many),
        command=LIFTED_BOT,
        BENCHMARK_GAPS=str(stage.folder / "gaps"),
    )
    return bots | {many: await stack.enter_async_context(watched)}


def _work(recording: Recording) -> dict[str, Gesture]:
    return {what: recording.suggested(text) for what, text in TYPED.items()} | {
        f"choose a template with {FEW} parameters": recording.choices[SHORT],
        f"choose a template with {MANY} parameters": recording.choices[LONG],
    }


async def _rows(stage: Stage, bots: dict[int, Running], what: str, gesture: Gesture) -> list[Row]:
    async def times(running: Running) -> list[float]:
        return [await _answered(stage, running, gesture) for _ in range(stage.size.requests)]

    turns = {str(count): partial(times, running) for count, running in bots.items()}
    for running in bots.values():
        await _answered(stage, running, gesture)
    found = await in_turn(turns, max(1, stage.size.rounds // 3), seconds=LONGEST)
    flat = {count: [each for some in found[str(count)] for each in some] for count in bots}
    aim = "≤ 50 ms" if what.startswith("options") else "≤ 300 ms"
    return [
        Row(
            f"{what}, {count:,} templates",
            spread(flat[count], MILLISECONDS),
            "no templates",
            spread(flat[0], MILLISECONDS),
            ratio_of(flat[count], flat[0]),
            aim,
        )
        for count in list(bots)[1:]
    ]


async def _answered(stage: Stage, running: Running, gesture: Gesture) -> float:
    """Return the seconds until options, or until the form was drawn anew."""
    answered = await stage.sender.send(running.port, gesture)
    if answered.text and '"options"' not in answered.text:
        raise WrongAnswer(answered.text[:500])
    return answered.seconds


async def _held(stage: Stage, running: Running, gaps: Gaps) -> Row:
    """Type letter by letter; each request, and each rest after it, has its own longest gap."""
    typing, resting = [], []
    for text in KEYS * (1 if stage.size.rounds == 1 else 3):
        gaps.reset()
        seconds = await _answered(stage, running, stage.recording.suggested(text))
        typing.append(gaps.longest)
        gaps.reset()
        await asyncio.sleep(max(seconds, 0.005))
        resting.append(gaps.longest)
    return Row(
        f"the loop is held, {stage.size.catalogue:,} templates",
        spread(typing, MILLISECONDS),
        "nothing typed",
        spread(resting, MILLISECONDS),
        "",
        "≤ 20 ms",
    )
