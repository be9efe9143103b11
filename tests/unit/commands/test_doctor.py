"""`doctor`: every check whatever is missing, everybody by name, and a line to copy."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commands.doctor.slack import USES
from bot.config import Settings
from bot.demo.atom.server import AtomStandIn
from bot.demo.slack import seed
from bot.demo.slack.server import SlackStandIn
from bot.slack import manifest

# A library is looked for, which asks the system.
pytestmark = pytest.mark.process

TOKENS = {
    "SLACK_BOT_TOKEN": "xoxb-stand-in",
    "SLACK_APP_TOKEN": "xapp-stand-in",
    "ATOM_TOKEN": "atom-stand-in",
}
PLACES = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions → Bot User OAuth Token",
    "SLACK_SIGNING_SECRET": "Basic Information → App Credentials → Signing Secret",
    "SLACK_APP_TOKEN": "Basic Information → App-Level Tokens",
    "ATOM_TOKEN": "Configuración → Mi Empresa → Configuraciones → Seguridad",
}
# One line of each check.
CHECKS = ("transport: ", "probes: ", "rights: ", "sqlite: ", "database: ", "slack", "atom: ")

Doctor = Callable[..., Awaitable[tuple[int, list[str]]]]


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace in which the app is installed as its manifest wants it."""
    started = await SlackStandIn.start(
        manifest=manifest.build(""),
        signing_secret="x",
        bot_token=TOKENS["SLACK_BOT_TOKEN"],
        app_token=TOKENS["SLACK_APP_TOKEN"],
    )
    yield started
    await started.close()


@pytest.fixture
async def doctor(
    slack: SlackStandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Doctor]:
    """Run `doctor` between stand-ins; by default nothing is wanting."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    atom = await AtomStandIn.start(token=TOKENS["ATOM_TOKEN"])

    async def look(**changes: str) -> tuple[int, list[str]]:
        settings = {
            **TOKENS,
            "SLACK_API_URL": slack.api_url,
            "ATOM_URL": atom.url,
            "SENDERS": f"{seed.SUPPORT},{seed.DIEGO}",
            "ADMINS": seed.CARLA,
            "DEFAULT_REGION": "PA",
            **changes,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = await asyncio.to_thread(main, ["doctor"])
        return code, capsys.readouterr().out.splitlines()

    yield look
    assert atom.calls == []
    await atom.close()


async def test_everybody_is_looked_at_by_name(doctor: Doctor) -> None:
    code, lines = await doctor(APPROVERS=seed.CARLA)

    assert code == 0, lines
    assert [line for line in lines if line[5:].startswith(("person ", "user group "))] == [
        f"ok   user group {seed.SUPPORT}: s0support01 (@s0support01), 3 members, in SENDERS",
        f"ok   person {seed.CARLA}: carla, in ADMINS, APPROVERS",
        f"ok   person {seed.DIEGO}: diego, in SENDERS",
    ]


async def test_when_all_is_well_the_next_command_can_be_copied(doctor: Doctor) -> None:
    code, lines = await doctor()

    assert code == 0
    assert lines[-2:] == ["All is well. Start the bot:", "python -m bot socket"]


@pytest.mark.parametrize("scope", manifest.SCOPES)
async def test_a_missing_scope_is_named_with_what_does_not_work_without_it(
    doctor: Doctor, slack: SlackStandIn, scope: str
) -> None:
    older = manifest.build("")
    older["oauth_config"]["scopes"]["bot"].remove(scope)
    slack.install(older)

    code, lines = await doctor()

    (told,) = [line for line in lines if line[5:].startswith("slack scopes: ")]
    assert code == 1
    assert told.startswith(f"BAD  slack scopes: missing {scope} (for {USES[scope]}): update")
    assert lines[lines.index(told) + 1] == "python -m bot manifest --socket"


@pytest.mark.parametrize("missing", ["SLACK_BOT_TOKEN", "ATOM_TOKEN"])
async def test_whatever_is_missing_all_the_rest_is_looked_at(doctor: Doctor, missing: str) -> None:
    code, lines = await doctor(**{missing: ""})

    told = next(line for line in lines if line.startswith(f"BAD  {missing}: is missing"))
    assert code == 1
    assert PLACES[missing] in told
    assert lines[lines.index(told) + 1].startswith(f"{missing}=")
    for check in CHECKS:
        assert any(line[5:].startswith(check) for line in lines), (check, lines)


async def test_with_no_setting_at_all_each_token_s_place_is_named(doctor: Doctor) -> None:
    names = ("SENDERS", "ADMINS", "DEFAULT_REGION", "SLACK_API_URL")
    code, lines = await doctor(**dict.fromkeys((*TOKENS, *names), ""))

    assert code == 1
    for place in PLACES.values():
        assert any(place in line for line in lines), place
    assert "SENDERS=*" in lines
    assert "ok   database: will be made at the start" in lines
    assert any(line.startswith("ok   atom: answers") for line in lines)
    assert lines[-2:][1] == "python -m bot doctor"


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("SLACK_BOT_TOKEN", "xapp-the-wrong-one", "slack token, scopes and people"),
        ("SENDERS", "@alice", "slack token"),
        ("DATABASE_URL", "mysql://bot:secret@host/bot", "database"),
        ("ATOM_URL", "ftp://atom", "atom"),
        ("SLACK_API_URL", "ftp://slack", "slack"),
        ("HTTPS_PROXY", "socks5://bot:secret@127.0.0.1:9", "atom"),
    ],
)
async def test_a_setting_that_can_t_be_used_stops_no_other_check(
    doctor: Doctor, name: str, value: str, check: str
) -> None:
    code, lines = await doctor(**{name: value})

    marks = {line[5:].partition(":")[0]: line[:3] for line in lines}
    assert code == 1
    assert marks[name] == "BAD"
    assert marks[check] == ("ok " if name == "SENDERS" else "-- ")
    assert marks["sqlite"] == "ok "
    assert "secret" not in "".join(lines)
    assert "the-wrong-one" not in "".join(lines)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (seed.GUEST, "gabi is a guest and never may send"),
        (seed.GONE, "gonzalo is deactivated and never may send"),
        (seed.HELPER, "helper is a bot and never may send"),
        (seed.EXTERNAL, "eva is of another workspace and never may send"),
        ("U0NOBODY001", "can't be read (user_not_found)"),
    ],
)
async def test_who_never_may_send_is_named_and_the_list_without_them_can_be_copied(
    doctor: Doctor, who: str, words: str
) -> None:
    code, lines = await doctor(SENDERS=f"{who},{seed.ALICE}")

    at = next(at for at, line in enumerate(lines) if line.startswith(f"BAD  person {who}"))
    assert code == 1
    assert words in lines[at]
    assert lines[at + 1] == f"SENDERS={seed.ALICE}"


async def test_a_group_that_there_is_not_is_bad(doctor: Doctor) -> None:
    code, lines = await doctor(SENDERS=f"S0NOBODY001,{seed.ALICE}")

    at = next(at for at, line in enumerate(lines) if line.startswith("BAD  user group S0NOBODY001"))
    assert code == 1
    assert "can't be read (no_such_subteam)" in lines[at]
    assert lines[at + 1] == f"SENDERS={seed.ALICE}"


async def test_a_refused_bot_token_does_not_keep_the_app_token_from_being_tried(
    doctor: Doctor,
) -> None:
    code, lines = await doctor(SLACK_BOT_TOKEN="xoxb-another")

    assert code == 1
    assert any(
        line.startswith("BAD  slack token: Slack says invalid_auth: copy SLACK_BOT_TOKEN from")
        for line in lines
    )
    assert "ok   slack app token: Socket Mode can be opened" in lines


async def test_a_database_that_can_t_be_used_is_said_in_one_sentence(
    doctor: Doctor, tmp_path: Path
) -> None:
    (tmp_path / "bot.db").write_text("not a database, and long enough to be taken for one" * 10)

    code, lines = await doctor()

    line = next(line for line in lines if line[5:].startswith("database"))
    assert code == 1
    assert line == (
        "BAD  database: DATABASE_URL: the database can't be used (file is not a database)."
    )


async def test_no_colour_and_no_progress_are_in_a_pipe(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)

    _, lines = await doctor()

    assert said.getvalue() == ""
    assert "\x1b" not in "".join(lines)
