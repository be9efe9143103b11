"""The commands: `python -m bot …`, also installed as `whatsapp-template-bot`."""

import argparse
import asyncio
import contextlib
import ipaddress
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.store import sqlite_version

if TYPE_CHECKING:
    from bot.config import Settings

DONE, WANTING, WRONG_USE = 0, 1, 2
MAX_PORT = 65_535
# The usual 1,024 open files are fewer than the calls that may be under way while Atom is slow, and
# SQLite that gets no handle loses a write. macOS allows no more than this.
OPEN_FILES = 10_240


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 found wanting, 2 wrong use or settings."""
    given = _parser().parse_args(arguments)
    if lacking := _lacking(given):
        _complain(lacking)
        return WRONG_USE
    try:
        # The demo's own process loads nothing of the bot: that takes as long as the bot's start.
        code: int = _demo(given) if given.run is _demo else _complaining(given)
    except KeyboardInterrupt:
        return WANTING
    except BrokenPipeError:
        # Whoever read us has seen enough, e.g. `history | head`.
        sys.stderr.close()
        return DONE
    return code


def _lacking(given: argparse.Namespace) -> str:
    """Say why a command can't run on this Python, before it loads much; nothing if it can."""
    words = sqlite_version.problem()
    if not words or given.run is _demo or sqlite_version.missing():
        return words
    from bot.config import BadSettings, load  # noqa: PLC0415

    try:
        return words if given.run is not _manifest and load().on_sqlite else ""
    except BadSettings:
        # The command itself says all that is wrong with them.
        return ""


def _complaining(given: argparse.Namespace) -> int:
    """Run a command; say what is wrong with the settings or the database, or why it can't start."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # noqa: PLC0415

    from bot.config import BadSettings  # noqa: PLC0415 - late, here and below: slow to import
    from bot.errors import CannotStart  # noqa: PLC0415
    from bot.logs import redact  # noqa: PLC0415

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
    except SQLAlchemyError as error:
        # Its further lines may hold what was to be written.
        words = redact(str(error.orig if isinstance(error, DBAPIError) else error))
        _complain(f"DATABASE_URL: the database can't be used ({words.partition(chr(10))[0]}).")
        return WANTING
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

    _add_processes(add)
    command = add("demo", _demo, "use the bot in the browser, with stand-ins for Slack and Atom")
    command.add_argument("--port", type=_port, default=3333, help="the page's port (3333)")
    command.add_argument("--host", type=_loopback, default="127.0.0.1", help="a loopback address")
    command.add_argument("--no-browser", action="store_true", help="open no browser")
    command.add_argument("--socket", action="store_true", help="over Socket Mode, not HTTP")
    command.add_argument("--script", action="store_true", help="a conversation in the terminal")
    add("doctor", _doctor, "check settings, tokens, scopes, Atom and the database; send nothing")
    command = add("manifest", _manifest, "print the app's manifest for Slack")
    transport = command.add_mutually_exclusive_group()
    transport.add_argument("--url", help="the bot's address, e.g. https://bot.example.com")
    transport.add_argument("--socket", action="store_true", help="for Socket Mode")
    command.add_argument(
        "--language", choices=("en", "es", "pt"), default="en", help="of its names, as in LANGUAGE"
    )
    command = add("history", _history, "print the sends")
    command.add_argument("--format", choices=("table", "jsonl", "csv"), default="table")
    command.add_argument("--since", help="e.g. 2h, 7d or 2026-05-03", type=_since)
    _add_templates(add("templates", _templates, "import, export, list or probe the catalogue"))
    add("migrate", _migrate, "bring the database up to date")
    return parser


def _add_processes(add: Callable[..., Any]) -> None:
    for name, run, words in (
        ("serve", _serve, "take Slack's requests over HTTP"),
        ("socket", _socket, "take Slack's requests over Socket Mode"),
    ):
        command = add(name, run, words)
        command.add_argument(
            "--no-deliveries", action="store_true", help="leave them to `worker` (PostgreSQL)"
        )
        if name == "socket":
            _add_probes(command)
    _add_probes(add("worker", _worker, "carry out deliveries only (PostgreSQL)"))


def _add_probes(parser: Any) -> None:  # noqa: ANN401 - as above
    parser.add_argument(
        "--probes", action="store_true", help="answer /healthz, /readyz and /metrics on HOST:PORT"
    )


def _add_templates(parser: Any) -> None:  # noqa: ANN401 - as above
    parts = parser.add_subparsers(required=True, metavar="WHAT", dest="what")
    command = parts.add_parser("import", help="make a TOML file the catalogue")
    command.add_argument("file", metavar="FILE", type=Path)
    command.add_argument("--yes", action="store_true", help="change it without asking")
    command = parts.add_parser("export", help="write the catalogue as a TOML file")
    command.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: print it")
    parts.add_parser("list", help="print the templates")
    parts.add_parser("probe", help="show the shape of what Atom's own list of templates answers")


def _serve(given: argparse.Namespace) -> int:
    from bot import app  # noqa: PLC0415

    settings = _load("slack_bot_token", "slack_signing_secret", "atom_token")
    return _run(app.serve(settings, deliveries=_deliveries(given, settings)))


def _socket(given: argparse.Namespace) -> int:
    from bot import app  # noqa: PLC0415

    settings = _load("slack_bot_token", "slack_app_token", "atom_token")
    return _run(app.socket(settings, deliveries=_deliveries(given, settings), probes=given.probes))


def _worker(given: argparse.Namespace) -> int:
    from bot import app  # noqa: PLC0415
    from bot.errors import CannotStart  # noqa: PLC0415

    settings = _load("slack_bot_token", "atom_token")
    if settings.on_sqlite:
        raise CannotStart(
            "worker needs PostgreSQL (DATABASE_URL): on SQLite one process, `serve` or `socket`, "
            "does all."
        )
    return _run(app.work(settings, probes=given.probes))


def _doctor(_given: argparse.Namespace) -> int:
    from bot.commands import doctor  # noqa: PLC0415

    return DONE if asyncio.run(doctor.show(_read("slack_bot_token", "atom_token"))) else WANTING


def _manifest(given: argparse.Namespace) -> int:
    from bot.slack import manifest  # noqa: PLC0415

    if not given.url and not given.socket:
        _complain("Say which transport: manifest --url https://… or manifest --socket")
        return WRONG_USE
    if given.url and not given.url.startswith("https://"):
        _complain("--url: Slack takes only addresses that start with https://")
        return WRONG_USE
    url = given.url.rstrip("/").removesuffix("/slack/events") + "/slack/events" if given.url else ""
    made = manifest.build(url, given.language)
    sys.stdout.write(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    return DONE


def _history(given: argparse.Namespace) -> int:
    from bot.commands import history  # noqa: PLC0415
    from bot.store.database import exists, is_current, open_engine  # noqa: PLC0415

    url = _read().database_url
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
    _bring_up_to_date(_read())
    sys.stdout.write("The database is up to date.\n")
    return DONE


def _bring_up_to_date(settings: "Settings") -> None:
    from bot.migrate import bring_up_to_date  # noqa: PLC0415
    from bot.store.database import open_engine  # noqa: PLC0415

    bring_up_to_date(open_engine(settings.database_url), settings)


def _templates(given: argparse.Namespace) -> int:
    from bot.commands import templates  # noqa: PLC0415

    if given.what == "probe":
        return _probe()
    settings = _read()
    try:
        match given.what:
            case "import":
                templates.bring_in(
                    given.file,
                    settings,
                    is_sure=given.yes,
                    make_database=lambda: _bring_up_to_date(settings),
                )
            case "export":
                templates.send_out(given.file, settings)
            case _:
                templates.show(settings)
    except templates.Wanting as error:
        _complain(str(error))
        return WANTING
    except templates.WrongUse as error:
        _complain(str(error))
        return WRONG_USE
    return DONE


def _probe() -> int:
    from bot.commands import probe  # noqa: PLC0415

    return DONE if asyncio.run(probe.show(_read("atom_token"))) else WANTING


def _demo(given: argparse.Namespace) -> int:
    if given.script:
        from bot.demo import script  # noqa: PLC0415

        return (
            DONE if asyncio.run(script.play(_make_manifest, over_socket=given.socket)) else WANTING
        )
    from bot.demo.page import run  # noqa: PLC0415

    asked = run.Given(given.host, given.port, given.socket, not given.no_browser)
    return asyncio.run(run.play(_make_manifest, asked))


def _make_manifest(url: str) -> dict[str, Any]:
    from bot.slack import manifest  # noqa: PLC0415

    return manifest.build(url)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text}: not a port; write a number up to {MAX_PORT}")
    return int(text)


def _loopback(text: str) -> str:
    host = "127.0.0.1" if text == "localhost" else text
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise argparse.ArgumentTypeError(
            f"{text}: the demo has no locks, so it is served on this machine only (127.0.0.1)"
        )
    return host


def _read(*needed: str) -> "Settings":
    from bot.config import load  # noqa: PLC0415

    return load(*needed)


def _load(*needed: str) -> "Settings":
    from bot import logs  # noqa: PLC0415

    settings = _read(*needed)
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


def _since(text: str) -> datetime:
    from bot.commands.history import since  # noqa: PLC0415

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
