"""Both transports, the probes, and the commands beside a running bot."""

import json
from pathlib import Path

import aiohttp
import pytest

from bot.demo.slack import seed
from bot.locales import load
from bot.slack.send_form.listeners import GLOBAL
from tests.conftest import TEMPLATE
from tests.journeys.conftest import COMMAND, Journey, open_world


async def test_socket_mode_does_the_same_job(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db", socket=True) as world:
        bot = await world.start("socket")
        journey = Journey(world)

        send_id = await journey.send(f"{TEMPLATE} +50761234567 note=payload")
        await journey.outcome(send_id, "pending")
        refused = await journey.person(seed.GUEST).command(seed.SOPORTE, COMMAND, "")

        assert load("en")("refused.guest") in refused.shown
        assert await bot.stop() == 0


async def test_a_bad_field_is_named_over_socket_mode_too(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db", socket=True) as world:
        await world.start("socket")
        person = await Journey(world).open(f"{TEMPLATE} +50761234567 note=")

        result = await person.submit()

        assert "note" in result.errors["params"]


class TestWithARunningBot:
    """The commands and probes of one bot."""

    pytestmark = pytest.mark.asyncio(loop_scope="module")

    async def test_the_probes_answer(self, journey: Journey) -> None:
        base = f"http://127.0.0.1:{journey.world.port}"
        async with aiohttp.ClientSession() as session:
            answers = {}
            for path in ("/healthz", "/readyz", "/metrics"):
                async with session.get(base + path) as answer:
                    answers[path] = (answer.status, await answer.text())

        assert answers["/healthz"] == (200, "alive\n")
        assert answers["/readyz"] == (200, "ready\n")
        assert 'whatsapp_template_sends{status="unknown"}' in answers["/metrics"][1]

    async def test_doctor_finds_all_well(self, journey: Journey) -> None:
        code, printed = await journey.world.run("doctor")

        assert code == 0, printed
        assert "BAD" not in printed
        assert "probes: /metrics is read on this machine only; set METRICS_TOKEN" in printed
        assert journey.world.atom.calls == []

    async def test_doctor_says_what_to_do(self, journey: Journey) -> None:
        code, printed = await journey.world.run(
            "doctor", SLACK_BOT_TOKEN="xoxb-wrong", SENDERS="", ADMINS=""
        )

        assert code == 1
        assert "BAD  rights: nobody may send: set SENDERS or ADMINS" in printed
        assert "BAD  slack token: Slack says invalid_auth" in printed
        assert "xoxb-wrong" not in printed

    async def test_doctor_names_an_unreadable_group_and_an_unreachable_atom(
        self, journey: Journey
    ) -> None:
        code, printed = await journey.world.run(
            "doctor", SENDERS="S0NOBODY001", ATOM_URL="http://127.0.0.1:9/templates"
        )

        assert code == 1
        assert "BAD  user group S0NOBODY001" in printed
        assert "BAD  atom: ATOM_URL can't be reached" in printed

    async def test_migrate_may_run_again(self, journey: Journey) -> None:
        code, printed = await journey.world.run("migrate")

        assert (code, printed) == (0, "The database is up to date.\n")

    async def test_history_as_csv_has_a_line_for_each_send(self, journey: Journey) -> None:
        send_id = await journey.send()
        await journey.outcome(send_id, "pending")

        code, printed = await journey.world.run("history", "--format", "csv", "--since", "1h")

        assert code == 0
        assert sum(line.startswith(f"{send_id},pending") for line in printed.splitlines()) == 1

    async def test_a_wrong_since_is_told(self, journey: Journey) -> None:
        code, printed = await journey.world.run("history", "--since", "yesterday")

        assert code == 2
        assert "write 2h, 7d or 2026-05-03" in printed


async def test_the_manifest_needs_a_transport(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        code, printed = await world.run("manifest", "--url", "https://bot.example.com/")
        without, _ = await world.run("manifest")
        plain, _ = await world.run("manifest", "--url", "http://bot.example.com")

    assert (code, without, plain) == (0, 2, 2)
    url = json.loads(printed)["settings"]["interactivity"]["request_url"]
    assert url == "https://bot.example.com/slack/events"


async def test_a_wrong_bot_token_ends_the_start_with_the_way_out(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        code, printed = await world.run("serve", SLACK_BOT_TOKEN="xoxb-wrong")

    assert code == 2
    assert "SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)" in printed


async def test_who_came_too_late_is_told_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_world(tmp_path, url, trigger_life=-1.0) as world:
        await world.start()
        person = world.person(seed.ALICE)
        typed = await person.command(seed.SOPORTE, COMMAND, "")
        await person.global_shortcut(GLOBAL)
        direct = await world.slack.until(
            lambda: next(
                (
                    one
                    for one in world.slack.workspace.messages
                    if "Tardó demasiado" in one.text and one.channel.startswith("D")
                ),
                None,
            )
        )

    assert "Tardó demasiado; escribe el comando de nuevo." in typed.shown
    assert direct is not None
    assert direct.text.startswith("Tardó demasiado; inténtalo de nuevo o escribe el comando.")


@pytest.mark.parametrize("probes", [(), ("--probes",)])
async def test_a_worker_on_sqlite_says_what_it_needs(
    tmp_path: Path, probes: tuple[str, ...]
) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/none.db") as world:
        code, printed = await world.run("worker", *probes)

    assert code == 2
    assert "worker needs PostgreSQL" in printed
    assert not (tmp_path / "none.db").exists()


async def test_history_and_doctor_make_no_database(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/none.db") as world:
        code, printed = await world.run("history")
        well, checked = await world.run("doctor")

    assert code == 1
    assert "There is no database yet" in printed
    assert well == 0
    assert "database: will be made at the start" in checked
    assert not (tmp_path / "none.db").exists()
