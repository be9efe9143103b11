"""A second pair of eyes where people, settings and templates change, and with two processes."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.locales import load
from bot.slack.approvals import REASON
from bot.slack.notifications import buttons
from tests.conftest import World
from tests.journeys.approval_scene import APPROVERS, ASKS, EN, TYPED, Scene
from tests.journeys.conftest import Journey, open_world

ES = load("es")
SETTINGS = {"APPROVERS": APPROVERS, "SENDERS": f"{seed.ALICE},{seed.SUPPORT}"}


async def restarted(world: World, **changes: str) -> None:
    """Start the bot anew with other settings."""
    await world.bots[-1].stop()
    await world.start(**changes)


@asynccontextmanager
async def asked_in(folder: Path) -> AsyncIterator[tuple[World, Scene, str, Message]]:
    """Let Alice ask in a world of its own; give the send's id, and the question in its thread."""
    url = f"sqlite:///{folder}/bot.db"
    async with open_world(folder, url, settings=SETTINGS) as world:
        await world.keep(ASKS)
        await world.start()
        scene = Scene(Journey(world))
        send_id = await scene.ask()
        (question,) = scene.asked(send_id)
        yield world, scene, send_id, question


async def test_who_lost_the_right_decides_nothing(tmp_path: Path) -> None:
    async with asked_in(tmp_path) as (world, scene, send_id, question):
        await scene.press(seed.DIEGO, question, buttons.REFUSE)
        await restarted(world, APPROVERS=seed.BRUNO)

        diego = world.person(seed.DIEGO)
        await diego.fill(REASON, "No")
        said = await diego.submit()
        for action in (buttons.APPROVE, buttons.REFUSE):
            await scene.press(seed.DIEGO, question, action)
        words = EN("refused.not_approver", people=f"<@{seed.BRUNO}>")
        await scene.told(seed.DIEGO, seed.SOPORTE, words)

        assert said.view is not None
        assert words in said.view.text
        assert scene.calls() == 0
        assert scene.asked(send_id) == [question]


async def test_an_approval_for_another_text_lets_nothing_out(tmp_path: Path) -> None:
    async with asked_in(tmp_path) as (world, scene, send_id, question):
        await world.keep(dataclasses.replace(ASKS, body="Hola {{client_name}}, adiós."))

        await scene.press(seed.BRUNO, question, buttons.APPROVE)

        await scene.told(seed.BRUNO, seed.SOPORTE, load("pt")("approval.text_is_other"))
        assert scene.asked(send_id) == [question]
        assert scene.calls() == 0


async def test_what_is_approved_while_atom_is_away_is_judged_again_before_the_call(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_world(tmp_path, url, settings=SETTINGS) as world:
        await world.keep(ASKS)
        world.atom.behave("down")
        await world.start()
        scene = Scene(Journey(world))
        send_id = await scene.ask()
        (question,) = scene.asked(send_id)
        await scene.press(seed.BRUNO, question, buttons.APPROVE)
        await scene.journey.card_says(send_id, "next try")
        await scene.says(send_id, "approval.answered.approved", user="bruno")
        await world.bots[-1].stop()
        world.atom.behave("answers")
        world.atom.calls.clear()

        await world.start(APPROVERS=seed.DIEGO)

        outcome = await scene.journey.outcome(send_id, "failed")
        assert EN("approval.approver_gone") in outcome.text
        assert scene.calls() == 0


async def test_the_form_refuses_what_nobody_could_approve(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_world(tmp_path, url, settings=SETTINGS) as world:
        await world.keep(ASKS)
        await world.start(APPROVERS=seed.ALICE)  # who asks
        person = await Journey(world).open(TYPED)

        result = await person.submit()

        assert result.view is not None
        assert ES("approval.nobody") in result.view.text
        assert f"<@{seed.CARLA}>" in result.view.text
        assert world.atom.calls == []


@pytest.mark.parametrize("second", [buttons.APPROVE, buttons.REFUSE])
async def test_two_processes_over_socket_mode_make_one_decision(
    tmp_path: Path, migrated_url: str, second: str
) -> None:
    async with open_world(tmp_path, migrated_url, socket=True, settings=SETTINGS) as world:
        await world.keep(ASKS)
        for _ in range(2):
            await world.start("socket")
        await world.slack.until(lambda: world.logs().count('"ready"') == 2)
        scene = Scene(Journey(world))
        send_id = await scene.ask()
        (question,) = scene.asked(send_id)
        diego = world.person(seed.DIEGO)
        if second == buttons.REFUSE:
            await scene.press(seed.DIEGO, question, buttons.REFUSE)
        decides = (
            diego.submit()
            if second == buttons.REFUSE
            else scene.press(seed.DIEGO, question, buttons.APPROVE)
        )

        await asyncio.gather(scene.press(seed.BRUNO, question, buttons.APPROVE), decides)

        await world.slack.until(lambda: scene.journey.outcomes(send_id))
        await scene.asked_no_more(send_id)
        row = next(each for each in await world.history() if each["id"] == send_id)
        is_approved = bool(row["approved_by"])
        assert scene.calls() == int(is_approved)
        assert row["status"] == ("pending" if is_approved else "cancelled")
        assert bool(row["decided_by"]) != is_approved
        assert len(scene.journey.outcomes(send_id)) == 1
