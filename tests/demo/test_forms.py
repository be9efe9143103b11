"""Modals as a person meets them: opened, submitted, pushed, closed."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.errors import Impossible, Refusal
from bot.demo.slack.person.modal import named_errors
from bot.demo.slack.seed import ALICE, BRUNO, SOPORTE
from tests.demo.forms import box, heard, opened, option, plain, value_of
from tests.demo.kinds import Build, Json, Serve, World


async def test_a_form_is_opened_filled_and_taken(
    either: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    got = heard(either[1])
    person = await opened(either, serve_form, modal(field("phone"), private_metadata="here"))
    await person.fill("phone", "+50761234567")

    result = await person.submit()

    assert result.closed
    assert result.reached_bot
    assert person.view is None
    assert value_of(got[0], "phone") == {"type": "plain_text_input", "value": "+50761234567"}
    assert got[0]["view"]["private_metadata"] == "here"


async def test_a_view_shows_what_a_person_reads(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    person = await opened(world, serve_form, modal(field("phone", hint=plain("Digits"))))

    view = person.view

    assert view is not None
    assert (view.title, view.submit, view.callback_id) == ("Title", "Send", "form")
    assert "Digits" in view.text
    assert view.values == {"phone": {"value": {"type": "plain_text_input", "value": None}}}


async def test_the_bots_errors_stand_under_their_inputs(
    either: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    heard(either[1], response_action="errors", errors={"phone": "Not a number"})
    person = await opened(either, serve_form, modal(field("phone")))
    await person.fill("phone", "abc")

    result = await person.submit()

    assert result.errors == {"phone": "Not a number"}
    assert not result.closed
    assert result.trouble == ""


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"note": "not an input"}},
        {"response_action": "errors", "errors": {"phone": ""}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
        {"response_action": "dance"},
        {"text": "thanks"},
    ],
)
async def test_a_wrong_answer_to_a_submission_is_trouble(
    world: World, serve_form: Serve, modal: Build, field: Build, answer: Json
) -> None:
    note = {"type": "section", "block_id": "note", "text": plain("Note")}
    heard(world[1], **answer)
    person = await opened(world, serve_form, modal(note, field("phone", optional=True)))

    result = await person.submit()

    assert result.trouble.startswith("We had some trouble connecting")
    assert not result.closed
    assert person.view is not None
    assert person.view.trouble == result.trouble


@pytest.mark.parametrize("errors", [{}, None, ["phone"]])
def test_errors_must_be_an_object(errors: object) -> None:
    with pytest.raises(Refusal):
        named_errors([], errors)


async def test_an_answer_can_update_push_and_clear(
    world: World, serve_form: Serve, modal: Build
) -> None:
    _slack, app = world
    answers: list[Json] = [
        {"response_action": "update", "view": modal(title=plain("Second"))},
        {"response_action": "push", "view": modal(title=plain("Third"))},
        {"response_action": "push", "view": modal(title=plain("Fourth"))},
        {"response_action": "push", "view": modal(title=plain("Too many"))},
        {"response_action": "clear"},
    ]

    @app.view("form")
    async def take(ack: Any) -> None:
        await ack(**answers.pop(0))

    person = await opened(world, serve_form, modal())
    titles = []
    for _ in range(5):
        result = await person.submit()
        titles.append(result.view.title if result.view else "")

    assert titles == ["Second", "Third", "Fourth", "Fourth", ""]
    assert person.views == []


async def test_four_presses_at_once_are_four_deliveries_of_one_view(
    world: World, serve_form: Serve, modal: Build
) -> None:
    got = heard(world[1])
    person = await opened(world, serve_form, modal())

    results = await person.submit(times=4)

    assert len(results) == len(got) == 4
    assert len({(one["view"]["id"], one["view"]["hash"]) for one in got}) == 1
    assert all(one.closed for one in results)


async def test_an_update_keeps_what_was_typed_where_the_ids_stay(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    _, app = world
    colours = box("red", "blue")
    person = await opened(
        world, serve_form, modal(field("stays"), field("goes"), field("colour", colours))
    )
    await person.fill("stays", "one")
    await person.fill("goes", "two")
    await person.fill("colour", "blue")
    view = person.view
    assert view is not None

    new = modal(field("stays"), field("came"), field("colour", box("red")))
    await app.client.views_update(view_id=view.id, hash=view.hash, view=new)

    now = person.view
    assert now is not None
    assert now.hash != view.hash
    assert now.values["stays"]["value"]["value"] == "one"
    assert now.values["came"]["value"]["value"] is None
    assert now.values["colour"]["pick"]["selected_option"] is None


async def test_views_are_addressed_by_hash_and_external_id(
    world: World, serve_form: Serve, modal: Build
) -> None:
    slack, app = world
    person = await opened(world, serve_form, modal(external_id="mine"))
    view = person.view
    assert view is not None
    await app.client.views_update(external_id="mine", view=modal(external_id="mine"))

    with pytest.raises(SlackApiError, match="hash_conflict"):
        await app.client.views_update(view_id=view.id, hash=view.hash, view=modal())
    with pytest.raises(SlackApiError, match="not_found"):
        await app.client.views_update(view_id="V0NOTHING", view=modal())
    trigger = slack.workspace.views.trigger(BRUNO)
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await app.client.views_open(trigger_id=trigger, view=modal(external_id="mine"))


async def test_a_view_of_more_than_250_kilobytes_is_too_large(world: World, modal: Build) -> None:
    slack, app = world
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    trigger = slack.workspace.views.trigger(ALICE)

    with pytest.raises(SlackApiError, match="view_too_large"):
        await app.client.views_open(trigger_id=trigger, view=modal(*[section] * 90))


async def test_pushed_views_stack_up_to_three(
    world: World, serve_form: Serve, modal: Build
) -> None:
    slack, app = world
    more = {"type": "button", "action_id": "more", "text": plain("More")}
    view = modal({"type": "actions", "elements": [more]})
    errors: list[str] = []

    @app.action("more")
    async def push(ack: Any, body: Json, client: AsyncWebClient) -> None:
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            errors.append(error.response["error"])
        await ack()

    person = await opened(world, serve_form, view)
    for _ in range(3):
        await person.click_in_view("more")

    assert len(person.views) == 3
    assert errors == ["push_limit_reached"]
    assert person.views[2].previous == person.views[1].id
    assert person.views[2].root == person.views[0].id
    trigger = slack.workspace.views.trigger(ALICE)
    with pytest.raises(SlackApiError, match="not_found"):
        await app.client.views_push(trigger_id=trigger, view=view)


async def test_cancel_and_the_cross_tell_the_bot_if_it_asked(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    _, app = world
    got: list[Json] = []

    @app.view_closed("form")
    async def gone(ack: Any, body: Json) -> None:
        got.append(body)
        await ack()

    person = await opened(world, serve_form, modal(field("a"), notify_on_close=True))
    await person.fill("a", "typed")
    await person.close()
    await person.command(SOPORTE, "/send")
    await world[0].until(lambda: person.view)
    await person.close(everything=True)

    assert [one["is_cleared"] for one in got] == [False, True]
    assert got[0]["view"]["state"]["values"] == {}
    assert person.view is None


async def test_a_view_closes_in_silence_if_the_bot_did_not_ask(
    world: World, serve_form: Serve, modal: Build
) -> None:
    person = await opened(world, serve_form, modal())

    result = await person.close()

    assert result.closed
    assert not result.reached_bot
    with pytest.raises(Impossible):
        await person.close()
    with pytest.raises(Impossible):
        await person.submit()
    with pytest.raises(Impossible):
        await person.fill("a", "b")


async def test_a_confirm_dialog_can_be_declined(
    world: World, serve_form: Serve, modal: Build
) -> None:
    _slack, app = world
    dialog = {name: plain(name) for name in ("title", "text", "confirm", "deny")}
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "confirm": dialog}
    menu = {"type": "overflow", "action_id": "menu", "options": [option("edit")]}
    got: list[Json] = []

    @app.action("go")
    @app.action("menu")
    async def clicked(ack: Any, body: Json) -> None:
        got.append(body["actions"][0])
        await ack()

    person = await opened(
        world, serve_form, modal({"type": "actions", "block_id": "b", "elements": [button, menu]})
    )

    declined = await person.click_in_view("go", confirm=False)
    await person.click_in_view("go", "b")
    await person.click_in_view("menu", value="edit")

    assert not declined.reached_bot
    assert [one["action_id"] for one in got] == ["go", "menu"]
    assert got[1]["selected_option"]["value"] == "edit"
    with pytest.raises(Impossible):
        await person.click_in_view("gone")


async def test_without_interactivity_nothing_reaches_the_bot(
    start: Callable[..., Any], manifest: Json, serve_form: Serve, modal: Build, field: Build
) -> None:
    del manifest["settings"]["interactivity"]
    world = await start()
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    person = await opened(world, serve_form, modal({"type": "actions", "elements": [button]}))

    clicked = await person.click_in_view("go")
    submitted = await person.submit()

    for result in (clicked, submitted):
        assert not result.reached_bot
        assert "not configured" in result.trouble
