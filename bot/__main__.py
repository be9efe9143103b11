"""The commands: `python -m bot …`, also installed as `whatsapp-template-bot`."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from bot.config import BadSettings, Settings, load

DONE, WANTING, WRONG_USE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 found wanting, 2 wrong use or settings."""
    from bot.app import CannotStart  # noqa: PLC0415 - --help needs none of it

    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given)
    except BadSettings as error:
        _complain("These settings can't be used:")
        for name, problem in error.problems.items():
            _complain(f"  {name}: {problem}")
        return WRONG_USE
    except CannotStart as error:
        _complain(str(error))
        return WRONG_USE
    except KeyboardInterrupt:
        return WANTING
    except BrokenPipeError:
        # Whoever read us has seen enough, e.g. `history | head`.
        sys.stderr.close()
        return DONE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Send WhatsApp template messages from Slack."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], words: str) -> Any:  # noqa: ANN401 - argparse names its type privately
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        return command

    for name, run, words in (
        ("serve", _serve, "take Slack's requests over HTTP"),
        ("socket", _socket, "take Slack's requests over Socket Mode"),
    ):
        command = add(name, run, words)
        command.add_argument(
            "--no-deliveries", action="store_true", help="leave them to `worker` (PostgreSQL)"
        )
    add("worker", _worker, "carry out deliveries only (PostgreSQL)")
    add("demo", _demo, "watch the bot at work, with stand-ins for Slack and Atom")
    add("doctor", _doctor, "check settings, tokens, scopes, Atom and the database; send nothing")
    command = add("manifest", _manifest, "print the app's manifest for Slack")
    transport = command.add_mutually_exclusive_group()
    transport.add_argument("--url", help="the bot's address, e.g. https://bot.example.com")
    transport.add_argument("--socket", action="store_true", help="for Socket Mode")
    command = add("history", _history, "print the sends")
    command.add_argument("--format", choices=("table", "jsonl", "csv"), default="table")
    command.add_argument("--since", help="e.g. 2h, 7d or 2026-05-03", type=_since)
    add("migrate", _migrate, "bring the database up to date")
    return parser


def _serve(given: argparse.Namespace) -> int:
    from bot import app  # noqa: PLC0415 - late, here and below: it is slow to import

    settings = _load("slack_bot_token", "slack_signing_secret", "atom_token")
    return _run(app.serve(settings, deliveries=_deliveries(given, settings)))


def _socket(given: argparse.Namespace) -> int:
    from bot import app  # noqa: PLC0415

    settings = _load("slack_bot_token", "slack_app_token", "atom_token")
    return _run(app.socket(settings, deliveries=_deliveries(given, settings)))


def _worker(_given: argparse.Namespace) -> int:
    from bot import app  # noqa: PLC0415

    return _run(app.work(_load("slack_bot_token", "atom_token")))


def _doctor(_given: argparse.Namespace) -> int:
    from bot import doctor  # noqa: PLC0415

    return DONE if asyncio.run(doctor.show(load("slack_bot_token", "atom_token"))) else WANTING


def _manifest(given: argparse.Namespace) -> int:
    from bot.slack import manifest  # noqa: PLC0415

    if not given.url and not given.socket:
        _complain("Say which transport: manifest --url https://… or manifest --socket")
        return WRONG_USE
    if given.url and not given.url.startswith("https://"):
        _complain("--url: Slack takes only addresses that start with https://")
        return WRONG_USE
    url = given.url.rstrip("/").removesuffix("/slack/events") + "/slack/events" if given.url else ""
    sys.stdout.write(json.dumps(manifest.build(url), indent=2) + "\n")
    return DONE


def _history(given: argparse.Namespace) -> int:
    from bot import history  # noqa: PLC0415
    from bot.store.database import exists, is_current, open_engine  # noqa: PLC0415

    url = load().database_url
    if not exists(url):
        _complain(f"There is no database at {url} yet: `serve` or `socket` makes it.")
        return WANTING
    engine = open_engine(url)
    if not is_current(engine):
        _complain("The database is not up to date. Run: python -m bot migrate")
        return WANTING
    history.show(engine, given.format, given.since)
    return DONE


def _migrate(_given: argparse.Namespace) -> int:
    from bot.app import bring_up_to_date  # noqa: PLC0415
    from bot.store.database import open_engine  # noqa: PLC0415

    settings = load()
    bring_up_to_date(open_engine(settings.database_url), settings)
    sys.stdout.write("The database is up to date.\n")
    return DONE


def _demo(_given: argparse.Namespace) -> int:
    from bot.demo import script  # noqa: PLC0415
    from bot.slack import manifest  # noqa: PLC0415

    return DONE if asyncio.run(script.play(manifest.build)) else WANTING


def _load(*needed: str) -> Settings:
    from bot import logs  # noqa: PLC0415

    settings = load(*needed)
    logs.set_up(settings.log_format)
    return settings


def _deliveries(given: argparse.Namespace, settings: Settings) -> bool:
    from bot.app import CannotStart  # noqa: PLC0415

    if given.no_deliveries and settings.on_sqlite:
        raise CannotStart(
            "--no-deliveries needs a PostgreSQL database and a worker: on SQLite one process "
            "does all."
        )
    return not given.no_deliveries


def _run(command: Coroutine[Any, Any, None]) -> int:
    try:
        import uvloop  # noqa: PLC0415 - not there on Windows
    except ImportError:
        asyncio.run(command)
    else:
        uvloop.run(command)
    return DONE


def _since(text: str) -> datetime:
    from bot.history import since  # noqa: PLC0415

    try:
        return since(text, datetime.now(UTC))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text}: not a time; write 2h, 7d or 2026-05-03"
        ) from error


def _complain(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
