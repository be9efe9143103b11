"""`history`: for eyes, for spreadsheets, for machines."""

import asyncio
import csv
import dataclasses
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
import sqlalchemy as sa

from bot.__main__ import main
from bot.commands.history import since
from bot.commands.history.formats import COLUMNS, FORMS, Format, row
from bot.csv_cells import inert
from bot.delivery.ports import Claimed
from bot.demo.slack.server import SlackStandIn
from bot.sends import (
    Outcome,
    Periods,
    Send,
    SendAt,
    SendId,
    Status,
)
from bot.slack import manifest
from bot.store.clock import Clock
from bot.store.database import Database, open_engine
from bot.store.rate_limit import StoredRateLimit
from bot.store.reports import Which, history
from bot.store.sends import SendStore
from tests.builders import ALICE, CARLA, make_send, make_send_request
from tests.fakes import NOON, FakeClock


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[sa.Engine]:
    """Four sends, a minute apart; Atom gave a spiteful conversation to the first."""
    made = open_engine(sqlite_url)
    clock = FakeClock()
    database = Database(made)
    store = SendStore(
        database,
        rate_limit=StoredRateLimit(database, rate=10.0),
        periods=Periods(timedelta(hours=6)),
        clock=Clock(clock.now),
    )
    for number in range(3):
        await store.take(make_send_request(id=SendId(f"V{number}")))
        clock.pass_by(60)
    claimed = await store.claim(SendId("V0"))
    assert isinstance(claimed, Claimed)
    sent = Outcome(Status.SENT, "sent", conversation='=1+1,"ñ"')
    await store.settle(claimed.send, sent, claim=claimed.send.claim)
    request = make_send_request(
        id=SendId("V3"), user=CARLA, template="PaGoPeNdIeNtE2026aBc", template_name="Pago pendiente"
    )
    await store.take(dataclasses.replace(request, is_test=True))
    yield made
    database.close()
    made.dispose()


def printed(engine: sa.Engine, form: Format, start: datetime | None = None) -> str:
    out = io.StringIO()
    with engine.connect() as connection:
        FORMS[form](history(connection, Which(start)), out, {})
    return out.getvalue()


def test_json_lines_have_what_was_promised(engine: sa.Engine) -> None:
    lines = [json.loads(line) for line in printed(engine, "jsonl").splitlines()]

    assert [line["id"] for line in lines] == ["V0", "V1", "V2", "V3"]
    assert lines[0] | {"updated": ""} == {
        "id": "V0",
        "status": "sent",
        "template": "AbCdEfGhIjKlMnOpQrSt",
        "template_name": "",
        "is_test": False,
        "phone": "50761234567",
        "user": ALICE,
        "channel": "C0SOPORTE01",
        "created": "2026-05-03T12:00:00.000+00:00",
        "updated": "",
        "conversation": '=1+1,"ñ"',
        "reason": "sent",
        "replaces": "",
        "decided_by": "",
        "scheduled_for": "",
        "approved_by": "",
        "overrode": "",
        "arrival": "",
        "batch": "",
    }


def test_a_spreadsheet_reads_the_same(engine: sa.Engine) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(engine, "csv"))))

    assert [each["id"] for each in rows] == ["V0", "V1", "V2", "V3"]
    assert tuple(rows[0]) == COLUMNS


def test_a_spreadsheet_calculates_nothing(engine: sa.Engine) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(engine, "csv"))))

    assert rows[0]["conversation"] == '\'=1+1,"ñ"'


def test_a_table_has_a_line_for_each_send(engine: sa.Engine) -> None:
    head, *lines = printed(engine, "table").splitlines()

    own = ["CREATED", "STATUS", "PHONE", "TEMPLATE", "USER"]
    assert head.split() == [*own, "SCHEDULED_FOR", "APPROVED_BY", "OVERRODE", "ID"]
    assert [line.split()[1:3] for line in lines] == [
        ["sent", "50761234567"],
        ["queued", "50761234567"],
        ["queued", "50761234567"],
        ["queued", "50761234567"],
    ]
    assert {line.index("50761234567") for line in lines} == {head.index("PHONE")}


@pytest.mark.parametrize("form", get_args(Format))
def test_it_may_begin_late(engine: sa.Engine, form: Format) -> None:
    text = printed(engine, form, NOON + timedelta(seconds=60))

    assert "V0" not in text
    assert "V1" in text


@pytest.mark.parametrize("form", get_args(Format))
def test_without_sends_there_is_nothing_but_a_head(sqlite_url: str, form: Format) -> None:
    empty = open_engine(sqlite_url)

    text = printed(empty, form)
    empty.dispose()

    assert len(text.splitlines()) == (0 if form == "jsonl" else 1)


def test_a_row_tells_who_decided_and_what_was_replaced() -> None:
    send = make_send(Status.FAILED, replaces=SendId("V0000"), reason="not_arrived")
    told = row(dataclasses.replace(send, decided_by=ALICE))

    assert (told["replaces"], told["decided_by"], told["reason"]) == ("V0000", ALICE, "not_arrived")


def planned() -> Send:
    """Make one for a moment of its own, which somebody approved and somebody was warned of."""
    moment = NOON.astimezone(timezone(timedelta(hours=-5))) + timedelta(days=1)
    at = SendAt(moment, moment.replace(tzinfo=None), "America/Panama", "2026a")
    overrode = ("duplicate.sent", "quiet.now")
    return make_send(Status.SCHEDULED, send_at=at, approved_by=CARLA, overrode=overrode)


def test_a_row_tells_for_when_it_was_planned_who_approved_and_what_was_overridden() -> None:
    told = row(planned())

    assert told["scheduled_for"] == "2026-05-04T12:00:00.000+00:00"
    assert told["approved_by"] == CARLA
    assert told["overrode"] == "duplicate.sent, quiet.now"


@pytest.mark.parametrize(
    ("form", "approver"), [("jsonl", CARLA), ("csv", CARLA), ("table", "Carla")]
)
def test_each_format_has_what_was_planned(form: Format, approver: str) -> None:
    out = io.StringIO()

    FORMS[form]([planned()], out, {CARLA: "Carla"})

    assert "2026-05-04T12:00:00.000+00:00" in out.getvalue()
    assert approver in out.getvalue()
    assert "duplicate.sent, q" in out.getvalue()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", NOON - timedelta(minutes=30)),
        ("2h", NOON - timedelta(hours=2)),
        ("7d", NOON - timedelta(days=7)),
        ("1w", NOON - timedelta(weeks=1)),
        ("2026-05-03T07:00:00-05:00", NOON),
        ("2026-05-03T12:00:00Z", NOON),
    ],
)
def test_a_beginning_is_an_age_or_a_moment(text: str, moment: datetime) -> None:
    assert since(text, NOON) == moment


def test_a_bare_day_begins_here() -> None:
    assert since("2026-05-03", NOON) == datetime(2026, 5, 3).astimezone()


@pytest.mark.parametrize(
    "text", ["", "h", "2", "2y", "yesterday", "2026-13-01", "-2h", "999999w", "9999999d"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        since(text, datetime.now(UTC))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("Rosa;=1+1", "Rosa;'=1+1"),
        ("Rosa\t@SUM(A1)", "Rosa\t'@SUM(A1)"),
        ("a; =1;+2;-3", "a;' =1;'+2;'-3"),
        ('a";"=1', 'a";\'"=1'),
        ("\t=1", "'\t'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a\r\n-1", "a\r\n'-1"),
        ("50761234567", "50761234567"),
        ("a-b; c=d", "a-b; c=d"),
        ("2026-05-03T12:00:00.000+00:00", "2026-05-03T12:00:00.000+00:00"),
        ("", ""),
    ],
)
def test_no_cell_begins_a_formula_in_any_spreadsheet(value: str, shown: str) -> None:
    assert inert(value) == shown


def ids(printed: str) -> list[str]:
    return [json.loads(line)["id"] for line in printed.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--user", CARLA], ["V3"]),
        (["--user", ALICE], ["V0", "V1", "V2"]),
        (["--template", "PaGoPeNdIeNtE2026aBc"], ["V3"]),
        (["--template", "pago PENDIENTE"], ["V3"]),
        (["--template", "Promoción"], []),
        (["--status", "sent"], ["V0"]),
        (["--status", "QUEUED", "--user", ALICE], ["V1", "V2"]),
        ([], ["V0", "V1", "V2", "V3"]),
    ],
)
async def test_it_shows_only_what_was_asked_for(
    engine: sa.Engine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    found: list[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(engine.url))

    code = main(["history", "--format", "jsonl", *arguments])

    printed = capsys.readouterr()
    assert (code, ids(printed.out), printed.err) == (0, found, "")


async def test_a_status_that_is_none_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["history", "--status", "lost"])

    assert code == 2
    assert "--status lost: must be one of scheduled" in capsys.readouterr().err


async def test_a_truth_is_one_for_machines_and_a_word_for_spreadsheets(engine: sa.Engine) -> None:
    lines = [json.loads(line)["is_test"] for line in printed(engine, "jsonl").splitlines()]
    rows = [each["is_test"] for each in csv.DictReader(io.StringIO(printed(engine, "csv")))]

    assert lines == [False, False, False, True]
    assert rows == ["", "", "", "yes"]


@pytest.fixture
async def _slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Slack's stand-in answers; it takes `xoxb-stand-in`."""
    slack = await SlackStandIn.start(
        manifest=manifest.build(""), signing_secret="x", bot_token="xoxb-stand-in"
    )
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    yield
    await slack.close()


@pytest.mark.usefixtures("_slack")
@pytest.mark.parametrize(
    ("token", "more", "users"),
    [
        ("xoxb-stand-in", [], ["alice", "carla"]),
        ("xoxb-stand-in", ["--no-names"], [ALICE, CARLA]),
        ("xoxb-another", [], [ALICE, CARLA]),
        ("", [], [ALICE, CARLA]),
    ],
)
async def test_a_table_names_people_where_slack_can_be_asked(
    engine: sa.Engine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    token: str,
    more: list[str],
    users: list[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(engine.url))
    monkeypatch.setenv("SLACK_BOT_TOKEN", token)

    code = await asyncio.to_thread(main, ["history", *more])

    head, *lines = capsys.readouterr().out.splitlines()
    at = head.index("USER")
    assert code == 0
    assert [lines[0][at:].split()[0], lines[3][at:].split()[0]] == users
    assert "Pago pendiente" in lines[3]


@pytest.mark.parametrize(
    ("arguments", "words"), [([], "No sends yet."), (["--since", "1h"], "No sends like these.")]
)
def test_a_table_of_nothing_says_so(
    sqlite_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)

    code = main(["history", *arguments])

    assert code == 0
    assert capsys.readouterr().out.splitlines()[1:] == [words]
