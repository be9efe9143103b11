"""What `--help` says: each command has an example, and each example is a command."""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.__main__ import make_parser
from bot.commands import PROGRAM
from tests.paths import ROOT

NAMES = {
    *(
        "serve",
        "socket",
        "worker",
        "demo",
        "doctor",
        "manifest",
        "history",
        "migrate",
        "completion",
    ),
    *("templates import", "templates export", "templates list", "templates probe"),
    "bulk check",
}


def commands(parser: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, str]]:
    """Walk through all commands that run; give the name of each, and its help."""
    for action in parser._actions:  # noqa: SLF001 - argparse tells of none otherwise
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for part, inner in action.choices.items():
                yield from commands(inner, f"{name} {part}".strip())
            return
    yield name, parser.format_help()


HELP = dict(commands(make_parser()))


def test_every_command_is_here() -> None:
    assert set(HELP) >= NAMES


@pytest.mark.parametrize("name", HELP)
def test_each_has_an_example_that_parses_as_itself(name: str) -> None:
    lines = HELP[name].splitlines()
    examples = [line.removeprefix("example: ") for line in lines if line.startswith("example: ")]

    assert len(examples) == 1
    arguments = shlex.split(examples[0].removeprefix(PROGRAM))
    assert examples[0].startswith(f"{PROGRAM} {name}")
    assert make_parser().parse_args(arguments).example == shlex.join(arguments)


@pytest.mark.process
def test_what_the_command_line_is_read_with_loads_nothing_heavy() -> None:
    program = "import sys, bot.__main__ as main; main.make_parser(); print(*sorted(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    heavy = {
        "aiohttp",
        "bot.app",
        "bot.transports",
        "bot.config",
        "bot.slack",
        "pydantic",
        "sqlalchemy",
    }
    heavy |= {"bot.bulk", "openpyxl", "bot.demo", "dbos", "phonenumbers", "slack_sdk", "shtab"}
    assert heavy & set(done.stdout.split()) == set()
