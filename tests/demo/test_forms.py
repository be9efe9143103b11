"""Modals as a person meets them: filling, submitting, closing, and what Slack's client refuses."""

import datetime
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.errors import Impossible, Refusal
from bot.demo.slack.person import Person
from bot.demo.slack.person.modal import named_errors
from bot.demo.slack.seed import ALICE, BRUNO, SHARED, SOPORTE, VENTAS
from bot.demo.slack.server import SlackStandIn

Json = dict[str, Any]
World = tuple[SlackStandIn, AsyncApp]
Build = Callable[..., Json]
Serve = Callable[[AsyncApp, Json], None]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def box(*values: str, kind: str = "static_select", **more: Any) -> Json:
    return {"type": kind, "action_id": "pick", "options": [option(v) for v in values], **more}


async def opened(world: World, serve: Serve, view: Json) -> Person:
    slack, app = world
    serve(app, view)
    person = slack.person(ALICE)
    await person.command(SOPORTE, "/send")
    await slack.until(lambda: person.view)
    return person


def heard(app: AsyncApp, **answer: Any) -> list[Json]:
    """Let an app take submissions of the form, and give what it gets."""
    got: list[Json] = []

    @app.view("form")
    async def take(ack: Any, body: Json) -> None:
        got.append(body)
        await ack(**answer)

    return got


def value_of(body: Json, block_id: str) -> Json:
    (state,) = body["view"]["state"]["values"][block_id].values()
    assert isinstance(state, dict)
    return state


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


async def test_untouched_inputs_have_the_values_of_the_samples(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    kinds: dict[str, Json] = {
        "external_select": {"selected_option": None},
        "users_select": {"selected_user": None},
        "multi_users_select": {"selected_users": []},
        "datetimepicker": {"selected_date_time": None},
        "file_input": {"files": []},
        "rich_text_input": {"rich_text_value": None},
    }
    blocks = [field(kind, {"type": kind, "action_id": "x"}, optional=True) for kind in kinds]
    got = heard(world[1])
    person = await opened(world, serve_form, modal(*blocks))

    await person.submit()

    told = {name: value_of(got[0], name) for name in kinds}
    assert told == {kind: {"type": kind, **empty} for kind, empty in kinds.items()}


@pytest.mark.parametrize(
    ("element", "value", "key", "told"),
    [
        ({"type": "plain_text_input"}, "a <b> & c", "value", "a <b> & c"),
        ({"type": "number_input", "is_decimal_allowed": True}, 2.5, "value", "2.5"),
        ({"type": "email_text_input"}, "a@b.example", "value", "a@b.example"),
        ({"type": "url_text_input"}, "https://a.example", "value", "https://a.example"),
        ({"type": "datepicker"}, datetime.date(2026, 5, 3), "selected_date", "2026-05-03"),
        ({"type": "timepicker"}, datetime.time(9, 30), "selected_time", "09:30"),
        (
            {"type": "datetimepicker"},
            datetime.datetime(2026, 9, 24, 8, tzinfo=datetime.UTC),
            "selected_date_time",
            1790236800,
        ),
        ({"type": "users_select"}, BRUNO, "selected_user", BRUNO),
        ({"type": "multi_users_select"}, [BRUNO, ALICE], "selected_users", [BRUNO, ALICE]),
        ({"type": "conversations_select"}, VENTAS, "selected_conversation", VENTAS),
    ],
)
async def test_what_is_typed_arrives_as_slack_writes_it(  # noqa: PLR0913, PLR0917 - fixtures
    world: World,
    serve_form: Serve,
    modal: Build,
    field: Build,
    element: Json,
    value: object,
    key: str,
    told: object,
) -> None:
    got = heard(world[1])
    person = await opened(world, serve_form, modal(field("a", {"action_id": "x", **element})))
    await person.fill("a", value)

    await person.submit()

    assert value_of(got[0], "a")[key] == told


async def test_inputs_begin_with_what_the_view_says(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    here = {"default_to_current_conversation": True, "response_url_enabled": True}
    chosen = {"type": "section", "block_id": "aside", "text": plain("x")}
    view = modal(
        field("text", {"type": "plain_text_input", "initial_value": "start"}),
        field("option", box("red", "blue", initial_option=option("blue"))),
        field("time", {"type": "timepicker", "initial_time": "09:30", "timezone": "UTC"}),
        field("here", {"type": "conversations_select", **here}),
        field("none", {"type": "channels_select", "response_url_enabled": True}, optional=True),
        field("note", {"type": "rich_text_input", "action_id": "note"}),
        {**chosen, "accessory": box("a", kind="checkboxes")},
    )
    got = heard(world[1])
    person = await opened(world, serve_form, view)
    await person.fill("note", "bold")

    await person.submit()

    assert value_of(got[0], "text")["value"] == "start"
    assert value_of(got[0], "option")["selected_option"]["value"] == "blue"
    time = {"type": "timepicker", "selected_time": "09:30", "timezone": "UTC"}
    assert value_of(got[0], "time") == time
    assert value_of(got[0], "here")["selected_conversation"] == SOPORTE
    assert value_of(got[0], "aside") == {"type": "checkboxes", "selected_options": []}
    words = value_of(got[0], "note")["rich_text_value"]["elements"][0]["elements"]
    assert words == [{"type": "text", "text": "bold"}]
    assert [one["channel_id"] for one in got[0]["response_urls"]] == [SOPORTE]


async def test_choices_are_named_by_text_value_or_whole(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    groups = [{"label": plain("G"), "options": [option("one"), option("two")]}]
    grouped = {"type": "static_select", "action_id": "pick", "option_groups": groups}
    view = modal(
        field("single", box("red", "blue")),
        field("grouped", grouped),
        field("boxes", box("yes", "no", kind="checkboxes")),
        field("all", box("a", "b", kind="checkboxes")),
        field("radio", box("x", "y", kind="radio_buttons")),
    )
    person = await opened(world, serve_form, view)
    await person.fill("single", "Red")
    await person.fill("grouped", "two")
    await person.fill("boxes", ["no"])
    await person.fill("all", True)  # noqa: FBT003 - a tick
    await person.fill("radio", {"text": plain("X") | {"emoji": True}, "value": "x"})
    got = heard(world[1])

    await person.submit()

    assert value_of(got[0], "single")["selected_option"]["value"] == "red"
    assert value_of(got[0], "grouped")["selected_option"]["value"] == "two"
    assert [one["value"] for one in value_of(got[0], "boxes")["selected_options"]] == ["no"]
    assert len(value_of(got[0], "all")["selected_options"]) == 2
    assert value_of(got[0], "radio")["selected_option"]["value"] == "x"


async def test_what_the_form_does_not_offer_cannot_be_filled_in(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    rules = {"include": ["public"], "exclude_external_shared_channels": True}
    place = {"type": "conversations_select", "action_id": "x", "filter": rules}
    who = {"type": "users_select", "action_id": "x"}
    view = modal(field("pick", box("red")), field("place", place), field("who", who))
    person = await opened(world, serve_form, view)

    for block_id, value in [
        ("pick", "green"),
        ("place", SHARED),
        ("place", "C0NOWHERE01"),
        ("who", "U0NOBODY001"),
        ("nothing", "x"),
    ]:
        with pytest.raises(Impossible):
            await person.fill(block_id, value)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input"}, ""),
        ({"type": "plain_text_input", "min_length": 3}, "ab"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd"),
        ({"type": "number_input", "is_decimal_allowed": False}, "2.5"),
        ({"type": "number_input", "is_decimal_allowed": True}, "two"),
        ({"type": "number_input", "is_decimal_allowed": False, "min_value": "3"}, "2"),
        ({"type": "number_input", "is_decimal_allowed": False, "max_value": "3"}, "4"),
        ({"type": "email_text_input"}, "nobody"),
        ({"type": "url_text_input"}, "example"),
        ({"type": "checkboxes", "options": [option("yes")]}, []),
        ({"type": "multi_users_select", "max_selected_items": 1}, [ALICE, BRUNO]),
    ],
)
async def test_the_client_refuses_before_the_bot_hears(
    world: World, serve_form: Serve, modal: Build, field: Build, element: Json, value: object
) -> None:
    got = heard(world[1])
    person = await opened(world, serve_form, modal(field("a", {"action_id": "x", **element})))
    await person.fill("a", value)

    result = await person.submit()

    assert list(result.errors) == ["a"]
    assert not result.reached_bot
    assert not got
    assert person.view is not None
    assert person.view.errors == result.errors


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


async def test_an_input_that_dispatches_tells_the_bot_at_once(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    _, app = world
    got: list[Json] = []

    @app.action("pick")
    async def picked(ack: Any, body: Json) -> None:
        got.append(body)
        await ack()

    view = modal(field("template", box("a", "b"), dispatch_action=True), field("phone"))
    person = await opened(world, serve_form, view)
    quiet = await person.fill("phone", "1")

    result = await person.fill("template", "b")

    assert quiet is None
    assert result is not None
    assert result.status == 200
    assert got[0]["actions"][0]["selected_option"]["value"] == "b"
    assert got[0]["view"]["state"]["values"]["phone"]["value"]["value"] == "1"
    assert "channel" not in got[0]
    assert "response_url" not in got[0]


async def test_an_external_select_asks_the_bot(
    either: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    _, app = either
    asked: list[str] = []

    @app.options("template")
    async def offer(ack: Any, body: Json) -> None:
        asked.append(body["value"])
        await ack(options=[option("cita"), option("pago")])

    search = {"type": "external_select", "action_id": "template", "min_query_length": 0}
    patient = {"type": "external_select", "action_id": "template"}
    several = {"type": "multi_external_select", "action_id": "template", "min_query_length": 1}
    view = modal(field("now", search), field("later", patient), field("several", several))
    person = await opened(either, serve_form, view)

    await person.fill("now", "Cita")
    assert await person.suggest("later", "ci") == []
    await person.fill("later", "pago")
    await person.fill("several", ["cita", option("pago")])

    assert asked == ["", "pago", "cita"]
    assert person.view is not None
    values = person.view.values
    assert values["now"]["template"]["selected_option"]["value"] == "cita"
    assert len(values["several"]["template"]["selected_options"]) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [{"text": plain("x" * 76), "value": "a"}]},
        {"option_groups": []},
        {"options": [option(str(i)) for i in range(101)]},
    ],
)
async def test_options_that_slack_would_not_show(
    world: World, serve_form: Serve, modal: Build, field: Build, answer: Json
) -> None:
    _, app = world

    @app.options("template")
    async def offer(ack: Any) -> None:
        await ack(**answer)

    search = {"type": "external_select", "action_id": "template", "min_query_length": 0}
    person = await opened(world, serve_form, modal(field("template", search), field("phone")))

    with pytest.raises(Impossible, match="Slack shows no options"):
        await person.suggest("template")
    with pytest.raises(Impossible, match="does not ask"):
        await person.suggest("phone")


async def test_an_app_that_answers_nothing_offers_nothing(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    search = {"type": "external_select", "action_id": "template", "min_query_length": 0}
    person = await opened(world, serve_form, modal(field("template", search)))

    with pytest.raises(Impossible, match="dispatch_failed"):
        await person.suggest("template")


async def test_grouped_options_are_suggested_as_one_list(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    _, app = world

    @app.options("template")
    async def offer(ack: Any) -> None:
        await ack(option_groups=[{"label": plain("G"), "options": [option("a"), option("b")]}])

    search = {"type": "external_select", "action_id": "template", "min_query_length": 0}
    person = await opened(world, serve_form, modal(field("template", search)))

    assert [one["value"] for one in await person.suggest("template")] == ["a", "b"]


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


async def test_a_chosen_conversation_brings_its_response_url(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    slack, app = world
    place = {
        "type": "conversations_select",
        "action_id": "x",
        "response_url_enabled": True,
        "default_to_current_conversation": True,
    }

    @app.view("form")
    async def take(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Here I am", response_type="in_channel")

    person = await opened(world, serve_form, modal(field("place", place)))

    await person.submit()

    await slack.until(lambda: person.messages(SOPORTE))
    assert person.messages(SOPORTE)[0].text == "Here I am"


async def test_files_are_uploaded_and_fetched_with_the_token(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    _slack, app = world
    got = heard(app)
    upload = {"type": "file_input", "action_id": "x", "max_files": 1}
    person = await opened(world, serve_form, modal(field("csv", upload)))
    await person.fill("csv", ("people.csv", b"phone\n50761234567\n"))
    assert person.view is not None
    (uploaded,) = person.view.values["csv"]["x"]["files"]
    await person.fill("csv", [uploaded])
    await person.submit()
    told = value_of(got[0], "csv")["files"][0]

    bearer = {"Authorization": "Bearer xoxb-stand-in"}
    async with aiohttp.ClientSession() as http:
        async with http.get(told["url_private_download"], headers=bearer) as good:
            content = await good.read()
        async with http.get(told["url_private"]) as bad:
            page, status = await bad.text(), bad.status
    info = await app.client.files_info(file=told["id"])

    assert content == b"phone\n50761234567\n"
    assert status == 200
    assert page.startswith("<!DOCTYPE html>")
    assert info["file"]["name"] == "people.csv"
    with pytest.raises(SlackApiError, match="file_not_found"):
        await app.client.files_info(file="F0NOTHING")


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
