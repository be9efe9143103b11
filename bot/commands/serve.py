"""`serve`, `socket` and `worker`: the bot itself, until it is told to stop."""

import argparse
import asyncio
import contextlib
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from bot.commands import DONE, Commands, add_command

if TYPE_CHECKING:
    from bot.config import Settings

# The usual 1,024 open files are fewer than the calls that may be under way while Atom is slow, and
# SQLite that gets no handle loses a write. macOS allows no more than this.
OPEN_FILES = 10_240


def add_parser(commands: Commands) -> None:
    """Say what the three take."""
    for name, run, words, example in (
        ("serve", run_serve, "take Slack's requests over HTTP", "serve"),
        ("socket", run_socket, "take Slack's requests over Socket Mode", "socket --probes"),
    ):
        command = add_command(commands, name, run, words, example)
        command.add_argument(
            "--no-deliveries", action="store_true", help="leave them to `worker` (PostgreSQL)"
        )
        if name == "socket":
            _add_probes(command)
    words = "carry out deliveries only (PostgreSQL)"
    _add_probes(add_command(commands, "worker", run_worker, words, "worker --probes"))


def _add_probes(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--probes", action="store_true", help="answer /healthz, /readyz and /metrics on HOST:PORT"
    )


def run_serve(given: argparse.Namespace) -> int:
    """Serve over HTTP."""
    from bot import transports  # noqa: PLC0415 - late, here and below: slow to import

    settings = _load("slack_bot_token", "slack_signing_secret", "atom_token")
    return _run(transports.serve(settings, deliveries=_deliveries(given, settings)))


def run_socket(given: argparse.Namespace) -> int:
    """Serve over Socket Mode."""
    from bot import transports  # noqa: PLC0415

    settings = _load("slack_bot_token", "slack_app_token", "atom_token")
    return _run(
        transports.socket(settings, deliveries=_deliveries(given, settings), probes=given.probes)
    )


def run_worker(given: argparse.Namespace) -> int:
    """Carry out deliveries."""
    from bot import transports  # noqa: PLC0415
    from bot.errors import CannotStart  # noqa: PLC0415

    settings = _load("slack_bot_token", "atom_token")
    if settings.on_sqlite:
        raise CannotStart(
            "worker needs PostgreSQL (DATABASE_URL): on SQLite one process, `serve` or `socket`, "
            "does all."
        )
    return _run(transports.work(settings, probes=given.probes))


def _load(*needed: str) -> "Settings":
    from bot import logs  # noqa: PLC0415
    from bot.config import load  # noqa: PLC0415

    settings = load(*needed)
    logs.set_up(settings.log_format)
    return settings


def _deliveries(given: argparse.Namespace, settings: "Settings") -> bool:
    from bot.errors import CannotStart  # noqa: PLC0415

    if given.no_deliveries and settings.on_sqlite:
        raise CannotStart(
            "--no-deliveries needs a PostgreSQL database and a worker: on SQLite one process "
            "does all."
        )
    return not given.no_deliveries


def _run(command: Coroutine[Any, Any, None]) -> int:
    _allow_open_files()
    try:
        import uvloop  # noqa: PLC0415 - not there on Windows
    except ImportError:
        asyncio.run(command)
    else:
        uvloop.run(command)
    return DONE


def _allow_open_files() -> None:
    """Raise our own limit of open files, as far as the system lets us; it is never lowered."""
    import resource  # noqa: PLC0415 - not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # Fewer are no reason not to start.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
