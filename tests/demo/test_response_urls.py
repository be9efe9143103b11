"""A response_url: how often, how long, and where it answers."""

from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.demo.slack.seed import (
    ALICE,
    SOPORTE,
    VENTAS,
)
from tests.demo.kinds import World


async def command_hook(world: World, channel: str = SOPORTE) -> AsyncWebhookClient:
    """Let Alice use a command and give its response_url."""
    slack, app = world

    @app.command("/send")
    async def take(ack: Any) -> None:
        await ack()

    await slack.person(ALICE).command(channel, "/send")
    return AsyncWebhookClient(slack.calls("slash_commands")[-1].payload["response_url"])


async def test_a_response_url_answers_five_times(world: World) -> None:
    slack, _ = world
    hook = await command_hook(world)
    answers = [await hook.send(text=str(i)) for i in range(6)]

    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert answers[0].body == "ok"
    assert "used_url" in answers[5].body
    assert len(slack.person(ALICE).ephemerals(SOPORTE)) == 5


async def test_a_response_url_lives_for_thirty_minutes(world: World) -> None:
    slack, _ = world
    hook = await command_hook(world)
    slack.clock.forward(30 * 60 + 1)

    answer = await hook.send(text="late")

    assert answer.status_code == 404
    assert "expired_url" in answer.body


async def test_a_response_url_speaks_in_the_channel_and_in_a_thread(world: World) -> None:
    slack, _ = world
    alice = slack.person(ALICE)
    root = await alice.say(VENTAS, "root")
    hook = await command_hook(world, VENTAS)

    await hook.send_dict({"text": "all", "response_type": "in_channel"})
    more = {"text": "reply", "response_type": "in_channel", "thread_ts": root}
    await hook.send_dict(more)
    nothing_to_delete = await hook.send_dict({"delete_original": True})
    empty = await hook.send_dict({})
    number = await hook.send_dict({"text": 5})
    nowhere = await AsyncWebhookClient(f"{slack.workspace.base_url}/commands/T/1/x").send(text="x")

    assert [one.text for one in alice.messages(VENTAS)] == ["root", "all"]
    assert [one.text for one in alice.thread(VENTAS, root)] == ["root", "reply"]
    assert nothing_to_delete.status_code == 200
    assert (empty.body, number.status_code) == ('{"ok": false, "error": "no_text"}', 400)
    assert (empty.status_code, nowhere.status_code) == (400, 404)


async def test_a_click_can_replace_or_delete_its_message(world: World) -> None:
    slack, app = world
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button]}]
    alice = slack.person(ALICE)

    @app.action("go")
    async def clicked(ack: Any, respond: Any) -> None:
        await ack()
        if alice.messages(SOPORTE)[0].edited:
            await respond(delete_original=True)
        else:
            await respond("Changed", blocks=blocks, replace_original=True)

    posted = await app.client.chat_postMessage(channel=SOPORTE, text="x", blocks=blocks)
    await alice.click(SOPORTE, posted["ts"], "go")
    await slack.until(lambda: alice.messages(SOPORTE)[0].text == "Changed")
    await alice.click(SOPORTE, posted["ts"], "go")

    await slack.until(lambda: not alice.messages(SOPORTE))
