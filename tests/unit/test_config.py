"""The settings: what each one takes, and that every problem is named without its secrets."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.config import BadSettings, Settings, load
from bot.policy.quiet_hours import CO, QuietFor, parse
from tests.paths import ROOT

SECRETS = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "ATOM_TOKEN",
    "METRICS_TOKEN",
    "HTTPS_PROXY",
    "HTTP_PROXY",
)

Load = Callable[..., Settings]


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be where no `.env` is, in an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load the settings from such an environment."""

    def load_with(*needed: str, **values: str) -> Settings:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return load(*needed)

    return load_with


def problems(settings: Load, *needed: str, **values: str) -> dict[str, str]:
    with pytest.raises(BadSettings) as raised:
        settings(*needed, **values)
    return dict(raised.value.problems)


DEFAULTS = {
    "slack_api_url": "https://slack.com/api/",
    "atom_url": "https://us-central1-atomchat-io.cloudfunctions.net/templates",
    "atom_timeout": 15.0,
    "atom_rate": 10.0,
    "give_up_after": timedelta(hours=6),
    "duplicate_window": timedelta(hours=24),
    "undo_seconds": 0,
    "late_after": timedelta(hours=1),
    "approval_expires": timedelta(hours=8),
    "pending_nudge": timedelta(0),
    "bulk_limit": 1000,
    "bulk_approval": 50,
    "whatsapp_daily_limit": 0,
    "senders": frozenset(),
    "approvers": frozenset(),
    "admins": frozenset(),
    "default_region": None,
    "countries": frozenset(),
    "database_url": "sqlite:///bot.db",
    "quiet_hours": None,
    "quiet_for": "marketing",
    "time_zone": "UTC",
    "language": "en",
    "host": "127.0.0.1",
    "port": 3000,
    "no_proxy": None,
    "log_format": None,
}


def test_without_any_setting_there_are_the_defaults(settings: Load) -> None:
    made = settings().model_dump()

    secrets = {made.pop(name.lower()).get_secret_value() for name in SECRETS}
    assert made == DEFAULTS
    assert secrets == {""}


def test_an_empty_setting_is_none(settings: Load) -> None:
    empty = {name.upper(): "" for name in Settings.model_fields}

    assert settings(**empty).model_dump() == settings().model_dump()


GOOD: list[tuple[str, str, object]] = [
    ("SLACK_BOT_TOKEN", "xoxb-1-a", SecretStr("xoxb-1-a")),
    ("SLACK_BOT_TOKEN", " xoxb-1-a\n", SecretStr("xoxb-1-a")),
    ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-a", SecretStr("xoxe.xoxb-1-a")),
    ("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd", SecretStr("8f742231b10e8888abcd")),
    ("SLACK_APP_TOKEN", "xapp-1-a", SecretStr("xapp-1-a")),
    ("SLACK_API_URL", "http://127.0.0.1:9/api", "http://127.0.0.1:9/api/"),
    ("SLACK_API_URL", "https://slack.example/api/", "https://slack.example/api/"),
    ("ATOM_TOKEN", "abc.DEF-123", SecretStr("abc.DEF-123")),
    ("METRICS_TOKEN", "abc.DEF-123", SecretStr("abc.DEF-123")),
    ("ATOM_URL", "https://atom.example/templates", "https://atom.example/templates"),
    ("ATOM_URL", " https://atom.example/templates ", "https://atom.example/templates"),
    ("ATOM_URL", "http://localhost:9/templates", "http://localhost:9/templates"),
    ("ATOM_URL", "http://[::1]:9/templates", "http://[::1]:9/templates"),
    ("ATOM_TIMEOUT", "2", 2.0),
    ("ATOM_TIMEOUT", "0.5", 0.5),
    ("ATOM_RATE", "80", 80.0),
    ("ATOM_RATE", "0.1", 0.1),
    ("GIVE_UP_AFTER", "90s", timedelta(seconds=90)),
    ("GIVE_UP_AFTER", "30m", timedelta(minutes=30)),
    ("GIVE_UP_AFTER", " 1.5 h ", timedelta(minutes=90)),
    ("GIVE_UP_AFTER", "1d", timedelta(days=1)),
    ("DUPLICATE_WINDOW", "0", timedelta(0)),
    ("DUPLICATE_WINDOW", "0s", timedelta(0)),
    ("DUPLICATE_WINDOW", "90d", timedelta(days=90)),
    ("UNDO_SECONDS", "0", 0),
    ("UNDO_SECONDS", "30", 30),
    ("LATE_AFTER", "15m", timedelta(minutes=15)),
    ("APPROVAL_EXPIRES", "2d", timedelta(days=2)),
    ("PENDING_NUDGE", "0", timedelta(0)),
    ("PENDING_NUDGE", "24h", timedelta(days=1)),
    ("BULK_LIMIT", "1", 1),
    ("BULK_LIMIT", "20000", 20000),
    ("BULK_APPROVAL", "0", 0),
    ("WHATSAPP_DAILY_LIMIT", "100000", 100_000),
    ("SENDERS", "*", frozenset({"*"})),
    (
        "SENDERS",
        "U0ALICE0001, W0BRUNO0001 ,S0SUPPORT01",
        frozenset({"U0ALICE0001", "W0BRUNO0001", "S0SUPPORT01"}),
    ),
    ("SENDERS", " , ,", frozenset()),
    ("APPROVERS", "S0SUPPORT01", frozenset({"S0SUPPORT01"})),
    ("ADMINS", "U0CARLA0001", frozenset({"U0CARLA0001"})),
    ("DEFAULT_REGION", "PA", "PA"),
    ("DEFAULT_REGION", " pa ", "PA"),
    ("COUNTRIES", "PA,mx, CO", frozenset({"PA", "MX", "CO"})),
    ("DATABASE_URL", "sqlite:////var/lib/bot.db", "sqlite:////var/lib/bot.db"),
    ("DATABASE_URL", "postgresql://u:p@h:5432/bot", "postgresql://u:p@h:5432/bot"),
    (
        "DATABASE_URL",
        "postgresql://u:p@h/bot?sslmode=require",
        "postgresql://u:p@h/bot?sslmode=require",
    ),
    ("DATABASE_URL", "postgres://u:p@h/bot", "postgresql://u:p@h/bot"),
    ("QUIET_HOURS", "CO", CO),
    ("QUIET_HOURS", "off", None),
    ("QUIET_HOURS", " 20:00-08:00 ", parse("20:00-08:00")),
    ("QUIET_FOR", "all", QuietFor.ALL),
    ("TIME_ZONE", " America/Panama ", "America/Panama"),
    ("TIME_ZONE", "America/Buenos_Aires", "America/Buenos_Aires"),
    ("LANGUAGE", "es", "es"),
    ("LANGUAGE", "pt", "pt"),
    ("HOST", "0.0.0.0", "0.0.0.0"),
    ("PORT", "8080", 8080),
    ("PORT", "0", 0),
    ("LOG_FORMAT", "json", "json"),
    ("LOG_FORMAT", "text", "text"),
    ("HTTPS_PROXY", "http://proxy.example:3128", SecretStr("http://proxy.example:3128")),
    ("HTTPS_PROXY", "https://u:p@proxy.example", SecretStr("https://u:p@proxy.example")),
    ("HTTP_PROXY", "proxy.example:3128", SecretStr("http://proxy.example:3128")),
    ("NO_PROXY", "*", "*"),
]


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_good_setting_is_taken(settings: Load, name: str, text: str, value: object) -> None:
    assert getattr(settings(**{name: text}), name.lower()) == value


BAD = [
    ("SLACK_BOT_TOKEN", "xapp-1-a"),
    ("SLACK_BOT_TOKEN", "xoxb-1 a"),
    ("SLACK_BOT_TOKEN", "xoxb-ñ"),
    ("SLACK_SIGNING_SECRET", "two words"),
    ("SLACK_APP_TOKEN", "xoxb-1-a"),
    ("SLACK_API_URL", "slack.com"),
    ("SLACK_API_URL", "http://slack.com/api/"),
    ("ATOM_TOKEN", "two\nlines"),
    ("ATOM_TOKEN", "Bearer abc"),
    ("ATOM_URL", "http://atom.example/templates"),
    ("ATOM_URL", "ftp://atom.example/templates"),
    ("ATOM_URL", "https://"),
    ("ATOM_URL", "https://[::1/templates"),
    ("ATOM_URL", "https://atom.example:99999/templates"),
    ("ATOM_URL", "https://user:secret@atom.example/templates"),
    ("ATOM_URL", "https://atom..example/templates"),
    ("ATOM_URL", f"https://{'x' * 64}.example/templates"),
    ("SLACK_API_URL", "https://user@slack.example/api/"),
    ("HTTPS_PROXY", "http://proxy..example:3128"),
    ("ATOM_URL", "https://atom.example/tem plates"),
    ("ATOM_URL", "https://atóm.example/templates"),
    ("ATOM_TIMEOUT", "0"),
    ("ATOM_TIMEOUT", "121"),
    ("ATOM_TIMEOUT", "nan"),
    ("ATOM_TIMEOUT", "inf"),
    ("ATOM_TIMEOUT", "15s"),
    ("ATOM_RATE", "0"),
    ("ATOM_RATE", "-1"),
    ("ATOM_RATE", "81"),
    ("ATOM_RATE", "nan"),
    ("GIVE_UP_AFTER", "6"),
    ("GIVE_UP_AFTER", "h"),
    ("GIVE_UP_AFTER", "0s"),
    ("GIVE_UP_AFTER", "-1h"),
    ("GIVE_UP_AFTER", "31d"),
    ("DUPLICATE_WINDOW", "91d"),
    ("DUPLICATE_WINDOW", "24"),
    ("DUPLICATE_WINDOW", "-1h"),
    ("UNDO_SECONDS", "31"),
    ("UNDO_SECONDS", "-1"),
    ("UNDO_SECONDS", "5s"),
    ("LATE_AFTER", "0"),
    ("LATE_AFTER", "60"),
    ("APPROVAL_EXPIRES", "0s"),
    ("APPROVAL_EXPIRES", "8"),
    ("PENDING_NUDGE", "24"),
    ("PENDING_NUDGE", "-1h"),
    ("BULK_LIMIT", "0"),
    ("BULK_LIMIT", "20001"),
    ("BULK_LIMIT", "1e3"),
    ("BULK_APPROVAL", "-1"),
    ("WHATSAPP_DAILY_LIMIT", "-250"),
    ("WHATSAPP_DAILY_LIMIT", "2k"),
    ("GIVE_UP_AFTER", "9" * 400 + "d"),
    ("SENDERS", "@alice"),
    ("SENDERS", "alice, U0ALICE0001"),
    ("SENDERS", "C0SOPORTE01"),
    ("SENDERS", "u0alice0001"),
    ("APPROVERS", "everybody"),
    ("ADMINS", "carla@example.com"),
    ("DEFAULT_REGION", "PAN"),
    ("DEFAULT_REGION", "XX"),
    ("COUNTRIES", "PA,XX"),
    ("COUNTRIES", "+507"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "mysql://u:p@h/bot"),
    ("DATABASE_URL", "postgresql://u:p@h"),
    ("DATABASE_URL", "postgresql://u:p@h:port/bot"),
    ("DATABASE_URL", "bot.db"),
    ("QUIET_HOURS", "20-8"),
    ("QUIET_HOURS", "PA"),
    ("QUIET_HOURS", "25:00-08:00"),
    ("QUIET_HOURS", "08:00-08:00"),
    ("QUIET_FOR", "everybody"),
    ("QUIET_FOR", "ALL"),
    ("TIME_ZONE", "Panama City"),
    ("TIME_ZONE", "america/panama"),
    ("TIME_ZONE", "-05:00"),
    ("TIME_ZONE", "../../etc/passwd"),
    ("LANGUAGE", "fr"),
    ("LANGUAGE", "ES"),
    ("PORT", "-1"),
    ("PORT", "65536"),
    ("PORT", "http"),
    ("METRICS_TOKEN", "two words"),
    ("LOG_FORMAT", "xml"),
    ("HTTPS_PROXY", "socks5://127.0.0.1:1080"),
    ("HTTPS_PROXY", "http://"),
    ("HTTPS_PROXY", "http://proxy.example:port"),
    ("HTTP_PROXY", "two words"),
]


@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_bad_setting_is_refused_by_its_name(settings: Load, name: str, text: str) -> None:
    found = problems(settings, **{name: text})

    assert list(found) == [name]
    assert "must" in found[name]


def test_a_time_zone_is_offered_for_one_that_was_mistyped(settings: Load) -> None:
    found = problems(settings, TIME_ZONE="america/bogota")

    assert "did you mean America/Bogota?" in found["TIME_ZONE"]


def test_every_setting_is_tried() -> None:
    names = {name.upper() for name in Settings.model_fields}

    assert {name for name, *_ in GOOD} == names
    # Anything may be the name of a host.
    assert {name for name, _ in BAD} == names - {"HOST", "NO_PROXY"}


def test_what_a_command_needs_is_missing_until_it_is_set(settings: Load) -> None:
    names = [name.lower() for name in SECRETS]

    found = problems(settings, *names, SLACK_BOT_TOKEN="", ATOM_TOKEN="  ")

    assert found == dict.fromkeys(SECRETS, "is missing")


def test_what_a_command_does_not_need_may_be_missing(settings: Load) -> None:
    made = settings("atom_token", ATOM_TOKEN="abc")

    assert made.atom_token.get_secret_value() == "abc"


def test_all_problems_are_named_at_once(settings: Load) -> None:
    first_of_each = dict(reversed(BAD))

    found = problems(settings, "slack_bot_token", **first_of_each)

    assert sorted(found) == sorted(first_of_each)


def test_a_missing_setting_does_not_hide_a_bad_one(settings: Load) -> None:
    found = problems(settings, "atom_token", PORT="http")

    assert sorted(found) == ["ATOM_TOKEN", "PORT"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SLACK_BOT_TOKEN", "hunter2-hunter2"),
        ("SLACK_APP_TOKEN", "hunter2-hunter2"),
        ("SLACK_SIGNING_SECRET", "hunter2 hunter2"),
        ("ATOM_TOKEN", "hunter2 hunter2"),
        ("ATOM_URL", "http://me:hunter2@atom.example/"),
        ("ATOM_URL", "https://me:hunter2@atóm.example/"),
        ("DATABASE_URL", "mysql://me:hunter2@host/bot"),
        ("DATABASE_URL", "postgresql://me:hunter2/x@host/bot"),
        ("DATABASE_URL", "postgresql://me@host:hunter2/bot"),
        ("PORT", "hunter2"),
        ("LANGUAGE", "hunter2"),
        ("LOG_FORMAT", "hunter2"),
        ("ATOM_RATE", "hunter2"),
        ("GIVE_UP_AFTER", "hunter2"),
        ("SENDERS", "xoxb-1234567890-hunter2"),
        ("COUNTRIES", "xoxb-1234567890-hunter2"),
        ("DEFAULT_REGION", "hunter2"),
    ],
)
def test_no_message_holds_a_secret(settings: Load, name: str, text: str) -> None:
    try:
        made = settings("atom_token", **{"ATOM_TOKEN": "abc", name: text})
    except BadSettings as error:
        said = f"{error} {error!r} {error.problems} {error.__cause__}"
    else:
        said = f"{made.atom_url}" if name == "ATOM_URL" else ""

    assert "hunter2" not in said


def test_secrets_are_not_printed(settings: Load) -> None:
    made = settings(ATOM_TOKEN="hunter2", SLACK_BOT_TOKEN="xoxb-hunter2")

    assert "hunter2" not in f"{made} {made!r} {made.model_dump()}"


def test_settings_may_stand_in_a_file(settings: Load, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text('LANGUAGE=pt\nSENDERS="U0ALICE0001,*"\nOTHER=x\n')

    made = settings()

    assert (made.language, made.senders) == ("pt", frozenset({"U0ALICE0001", "*"}))


def test_the_environment_goes_before_the_file(settings: Load, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("LANGUAGE=pt\n")

    assert settings(LANGUAGE="es").language == "es"


@pytest.mark.parametrize(
    ("url", "on_sqlite"), [("sqlite:///bot.db", True), ("postgresql://u:p@h/bot", False)]
)
def test_a_database_is_a_file_or_a_server(settings: Load, url: str, *, on_sqlite: bool) -> None:
    assert settings(DATABASE_URL=url).on_sqlite is on_sqlite


def _readme() -> dict[str, str]:
    """Read the README's table of settings: the names of each row, and its default."""
    text = ROOT.joinpath("README.md").read_text()
    table = re.search(
        r"^\|\s*setting\s*\|\s*default\s*\|.*\n\|[-| :]+\|\n((?:\|.*\n?)+)", text, re.MULTILINE
    )
    assert table, "README.md has no table that begins with | setting | default | meaning |"
    found = {}
    for row in table[1].splitlines():
        names, default = row.split("|")[1:3]
        values = re.findall(r"`([^`]+)`", default)
        for place, name in enumerate(re.findall(r"`([A-Z_]+)`", names)):
            found[name] = values[place] if place < len(values) else ""
    return found


def test_the_readme_names_every_setting_and_no_other() -> None:
    assert sorted(_readme()) == sorted(name.upper() for name in Settings.model_fields)


def _default(name: str) -> Any:
    default = Settings.model_fields[name].default
    return None if default is PydanticUndefined else default


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_readme_s_default_is_the_program_s(settings: Load, name: str) -> None:
    written = _readme()[name.upper()]
    # A choice by the circumstances or of nobody stands in words.
    said = "" if name == "log_format" else written

    made = settings(**{name.upper(): said})

    assert getattr(made, name) == _default(name)
    assert bool(said) == (_default(name) not in {None, frozenset(), SecretStr("")})
