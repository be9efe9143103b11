"""The log: one event a line, as text for eyes or JSON for machines, without what is private."""

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from typing_extensions import override

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# The last line of defence: what looks like a token or a phone number never gets out.
_PRIVATE = re.compile(
    r"(?:xox[a-z]|xapp)[-.][\w.-]+|Bearer\s+\S+"
    # Whoever has a response_url or a socket's address may use it.
    r"|https?://hooks\.slack[\w.-]*/\S+|wss?://\S+"
    # With whatever a person puts between digits, but for the colon of times and addresses.
    r"|\+?\d(?:(?:[^\w:]|_){0,4}\d){7,}"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Whose errors' own words are safe and useful; anybody else's may hold what a person typed.
_TELLING = ("aiohttp", "alembic", "dbos", "psycopg", "sqlalchemy")

AGAIN_SECONDS = 60.0
SAME = 24  # characters by which two warnings are the same one
KEPT = 1000


def set_up(form: Literal["text", "json"] | None) -> None:
    """Send every log line to standard error; by default text on a terminal, JSON elsewhere."""
    chosen = form or ("text" if sys.stderr.isatty() else "json")
    handler = logging.StreamHandler()
    handler.setFormatter(TextLines() if chosen == "text" else JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for talkative in ("aiohttp", "alembic", "slack_sdk"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    # It warns that SLACK_BOT_TOKEN is in the environment, where it belongs.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    # It prints on its own unless it finds a handler, and speaks of its makers' service.
    engine = logging.getLogger("dbos")
    engine.addHandler(logging.NullHandler())
    engine.setLevel(logging.WARNING)
    # What looks again each second says each second that the database is away.
    for name in ("dbos", "bot.workflow"):
        logger = logging.getLogger(name)
        for old in [each for each in logger.filters if isinstance(each, Seldom)]:
            logger.removeFilter(old)
        logger.addFilter(Seldom())


class Seldom(logging.Filter):
    """Lets the same warning, of the same send if it is of one, through once a minute."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._said: dict[tuple[str, str], float] = {}

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno > logging.WARNING:
            return True
        # What follows is often an error's own words, with an address or a moment in them.
        key = (record.getMessage()[:SAME], str(vars(record).get("send", "")))
        now = self._now()
        if now - self._said.get(key, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        if len(self._said) >= KEPT:
            self._said.clear()
        self._said[key] = now
        return True


class TextLines(logging.Formatter):
    """`12:00:00 INFO bot.web ready port=3000`."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {name}={value}" for name, value in _facts(record).items())
        moment = datetime.fromtimestamp(record.created).astimezone()
        line = f"{moment:%H:%M:%S} {record.levelname} {record.name} {_message(record)}{facts}"
        return _UNPRINTABLE.sub(" ", line)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        head = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _message(record),
        }
        facts = {f"{name}_" if name in head else name: v for name, v in _facts(record).items()}
        return json.dumps({**head, **facts})


def _message(record: logging.LogRecord) -> str:
    return redact(record.getMessage())


def _facts(record: logging.LogRecord) -> dict[str, str]:
    facts = {
        name: redact(str(value)) if name != "send" else str(value)
        for name, value in vars(record).items()
        if name not in _STANDARD
    }
    if record.exc_info and record.exc_info[1] is not None:
        facts["error"] = describe(record.exc_info[1])
    return facts


def redact(text: str) -> str:
    """Hide what looks like a token or a phone number."""
    return _PRIVATE.sub("[hidden]", text)


def describe(error: BaseException) -> str:
    """Say what was raised and where; its own words only if it comes from a library we know."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    is_telling = isinstance(error, OSError) or type(error).__module__.startswith(_TELLING)
    # A database's further lines hold the row that it refused.
    first_line = next(iter(str(error).splitlines()), "")
    words = f": {redact(first_line)[:300]}" if is_telling else ""
    return f"{type(error).__name__}{words} at {where}"
