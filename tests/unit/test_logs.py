"""The log: one event a line, and nothing private in it."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import JsonLines, Seldom, TextLines, describe, redact, set_up

PHONES = ["+50761234567", "522221234567", "5491123456789", "+55 11 96123-4567", "(57) 321.123.4567"]
CHANGED = ("aiohttp", "alembic", "bot.workflow", "dbos", "slack_bolt", "slack_sdk")
TOKENS = [
    "xoxb-1234-abc_DEF",
    "xoxe.xoxb-1-abc",
    "xapp-1-A0-1-abc",
    "Bearer abc.def-123",
    "https://hooks.slack.com/commands/T0/1/abcDEF",
    "wss://wss-primary.slack.com/link/?ticket=abc",
]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Leave no logger as `set_up` made it: other tests ask what is said."""
    changed = [logging.getLogger(name) for name in (None, *CHANGED)]
    before = [(each.level, list(each.handlers), list(each.filters)) for each in changed]
    yield
    for logger, (level, handlers, filters) in zip(changed, before, strict=True):
        logger.handlers[:] = handlers
        logger.filters[:] = filters
        logger.setLevel(level)


def record(message: str = "ready", *, error: BaseException | None = None, **facts: Any) -> Any:
    trouble = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("bot.web", logging.INFO, "web.py", 1, message, (), trouble)
    vars(made).update(facts)
    return made


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_line_is_an_event_and_its_facts() -> None:
    line = TextLines().format(record(transport="http", port=3000))

    assert line.endswith(" INFO bot.web ready transport=http port=3000")


def test_a_line_of_json_can_be_read_back() -> None:
    line = json.loads(JsonLines().format(record(transport="http", port=3000)))

    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "bot.web",
        "event": "ready",
        "transport": "http",
        "port": "3000",
    }


def test_a_fact_does_not_take_the_place_of_the_event() -> None:
    line = json.loads(JsonLines().format(record("slack access lost", event="tokens_revoked")))

    assert line["event"] == "slack access lost"
    assert line["event_"] == "tokens_revoked"


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()])
@pytest.mark.parametrize("secret", PHONES + TOKENS)
def test_what_looks_private_is_hidden_wherever_it_stands(
    lines: logging.Formatter, secret: str
) -> None:
    error = raised(aiohttp.ClientConnectionError(f"no way to {secret}"))

    line = lines.format(record(f"call {secret}", about=secret, error=error))

    assert secret not in line
    assert "[hidden]" in line


@pytest.mark.parametrize(
    "number",
    [
        "6123/4567",
        "6123 - 4567",
        "6123\u20134567",
        "6123\u20114567",
        "6123\u200b4567",
        "6123__4567",
        "\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
        "\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
        "507612345679",
        "50761234567.00",
        "507 \u2013 6123 \u2013 4567",
        "%2B507%206123%204567",
        "(6123)(4567)",
    ],
)
def test_a_number_is_hidden_however_it_is_written(number: str) -> None:
    assert "[hidden]" in redact(f"no {number} here")
    assert "4567" not in redact(f"no {number} here")
    assert "\uff14" not in redact(number)


@given(st.text(), st.sampled_from(PHONES + TOKENS), st.text())
def test_what_stands_around_does_not_bring_it_to_light(
    before: str, secret: str, after: str
) -> None:
    assert secret not in redact(f"{before} {secret} {after}")


@pytest.mark.parametrize(
    "harmless", ["U0ALICE0001", "port 3000", "1234567", "V0001", "127.0.0.1:54321", "12:30:45.123"]
)
def test_what_is_needed_to_follow_a_trail_stays(harmless: str) -> None:
    assert redact(harmless) == harmless


def test_the_id_of_a_send_stays_whatever_it_looks_like() -> None:
    assert " send=V012345678901" in TextLines().format(record(send="V012345678901"))


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()])
@given(text=st.text())
def test_a_line_is_one_line(lines: logging.Formatter, text: str) -> None:
    line = lines.format(record("event", fact=text))

    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_an_unexpected_error_keeps_what_somebody_typed_to_itself() -> None:
    said = describe(raised(ValueError("Rosa, 3 de mayo")))

    assert said.startswith("ValueError at ")
    assert "test_logs.py:" in said


def test_an_error_of_a_library_says_what_is_the_matter() -> None:
    assert describe(raised(aiohttp.ClientConnectionError("no route"))).startswith(
        "ClientConnectionError: no route at "
    )
    assert describe(raised(OSError(28, "No space left"))).startswith("OSError: [Errno 28] No space")


def test_an_error_of_the_database_does_not_show_the_row() -> None:
    engine = sa.create_engine("sqlite://", hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (a TEXT NOT NULL)"))
        with pytest.raises(sa.exc.IntegrityError) as caught:
            connection.execute(sa.text("INSERT INTO t VALUES (:a)"), {"a": None})
    engine.dispose()
    error = sa.exc.IntegrityError(
        "INSERT", {}, Exception("null value\nDETAIL:  Failing row contains (Rosa).")
    )

    assert "NOT NULL" in describe(caught.value)
    assert "Rosa" not in describe(raised(error))


@pytest.mark.parametrize(("form", "kind"), [("text", TextLines), ("json", JsonLines)])
def test_the_form_of_the_lines_can_be_chosen(form: Any, kind: type[logging.Formatter]) -> None:
    set_up(form)

    assert isinstance(logging.getLogger().handlers[0].formatter, kind)


class Terminal(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.isatty = lambda: is_terminal  # type: ignore[method-assign]


@pytest.mark.parametrize(("is_terminal", "kind"), [(True, TextLines), (False, JsonLines)])
def test_by_default_people_get_text_and_machines_json(
    monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool, kind: type[logging.Formatter]
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal(is_terminal=is_terminal))

    set_up(None)

    assert isinstance(logging.getLogger().handlers[0].formatter, kind)


def test_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("json")
    logging.getLogger("bot.test").info("ready", extra={"port": 1})

    printed = capsys.readouterr()
    assert printed.out == ""
    assert json.loads(printed.err)["event"] == "ready"


def said(seldom: Seldom, message: str, *, level: int = logging.WARNING, **facts: Any) -> bool:
    made = record(message, **facts)
    made.levelno = level
    return bool(seldom.filter(made))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("process lock lost", "process lock lost"),
        ("sweep postponed", "sweep postponed"),
        ("Exception polling schedules: at 0x7f01", "Exception polling schedules: at 0x7f02"),
        ("Exception listing queues: (a)", "Exception listing queues: (b)"),
        ("Notification listener error: port 1", "Notification listener error: port 2"),
        ("Exception encountered in queue x: 1", "Exception encountered in queue x: 2"),
    ],
)
def test_what_is_warned_of_each_second_is_said_once_a_minute(first: str, second: str) -> None:
    now = 100.0
    seldom = Seldom(lambda: now)

    assert [said(seldom, first), *(said(seldom, second) for _ in range(59))] == [True] + 59 * [
        False
    ]
    now += 60.0
    assert said(seldom, second)


def test_other_warnings_and_other_sends_and_errors_are_said() -> None:
    seldom = Seldom(lambda: 0.0)
    assert said(seldom, "run not written down", send="V1")

    assert said(seldom, "run not written down", send="V2")
    assert not said(seldom, "run not written down", send="V1")
    assert said(seldom, "sweep postponed")
    assert all(said(seldom, "run failed", level=logging.ERROR, send="V1") for _ in range(3))


def test_what_was_said_takes_no_room_for_ever() -> None:
    seldom = Seldom(lambda: 0.0)

    assert all(said(seldom, "run not written down", send=f"V{number}") for number in range(5000))
    assert len(vars(seldom)["_said"]) <= 1000


def test_an_outage_fills_no_log(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dbos", "bot.workflow"):
        # As in a new process: an engine that ran in this one has changed its own.
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
        logging.getLogger(name).setLevel(logging.NOTSET)
    for _ in range(2):  # whoever sets it up twice
        set_up("json")
    for name in ("dbos", "bot.workflow"):
        for attempt in range(100):
            logging.getLogger(name).warning("away, says the database: %d", attempt)
            logging.getLogger(name).error("an error")

    lines = [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines()]

    assert lines.count("an error") == 200
    assert len(lines) == 202
