"""`python -m benchmarks`: runs the parts that are asked for, and writes their tables down."""

import argparse
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import uvloop

from benchmarks.parts import form, growth, idle, lists, sends, start, submit, typing
from benchmarks.processes import ROOT, CannotRun
from benchmarks.report import Table, put
from benchmarks.stage import TINY, Size, Stage, open_stage
from benchmarks.traffic import WrongAnswer

PAGE = ROOT / "docs" / "performance.md"
PARTS: Mapping[str, Callable[[Stage], Awaitable[Table]]] = {
    "form": form.measure,
    "typing": typing.measure,
    "submit": submit.measure,
    "sends": sends.measure,
    "lists": lists.measure,
    "idle": idle.measure,
    "start": start.measure,
    "growth": growth.measure,
}


def main() -> int:
    """Run what is asked for."""
    given = _parser().parse_args()
    if sys.platform != "linux":
        sys.exit("The benchmarks read the CPU of other processes as Linux counts it.")
    names = given.only or list(PARTS)
    return min(1, uvloop.run(run(names, TINY if given.tiny else Size(), given.page)))


async def run(names: list[str], size: Size, page: Path | None) -> int:
    """Run these parts, one after the other; return how many failed."""
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {words}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        async with open_stage(Path(folder), size, say) as stage:
            failed = [name for name in names if not await _measured(name, stage, page)]
    say(f"done; failed: {', '.join(failed)}" if failed else "done")
    return len(failed)


async def _measured(name: str, stage: Stage, page: Path | None) -> bool:
    """Measure one part; the others go on if it fails, and its old table stays."""
    stage.say(name)
    try:
        table = await PARTS[name](stage)
    except (CannotRun, WrongAnswer, TimeoutError) as error:
        stage.say(f"{name} failed: {error.__class__.__name__} {error}")
        return False
    print(f"\n{table.markdown()}\n", flush=True)
    if page is not None:
        put(page, table)
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", type=_names, metavar="PART,…", help=", ".join(PARTS))
    parser.add_argument(
        "--tiny", action="store_true", help="the smallest round of each, to see that it works"
    )
    parser.add_argument("--page", type=Path, help=f"write the tables there, e.g. {PAGE.name}")
    return parser


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(
            f"{', '.join(sorted(unknown))}: there are {', '.join(PARTS)}"
        )
    return names


if __name__ == "__main__":
    sys.exit(main())
