"""What is typed and chosen in a form arrives as Slack writes it."""

import datetime
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack.errors import Impossible
from bot.demo.slack.seed import ALICE, BRUNO, SHARED, SOPORTE, VENTAS
from tests.demo.forms import box, heard, opened, option, plain, value_of
from tests.demo.kinds import Build, Json, Serve, World


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
