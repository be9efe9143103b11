"""Payloads of another shape than Slack's: refused or answered, and nothing is done."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.people import Policy, Workspace
from bot.send_draft import NumberRules
from bot.sends import Checked, Send, SendId
from bot.slack import Dispatch, Installation, Parts, make_app, make_dispatch, send_form
from bot.slack.home.watch import HomeWatch
from bot.slack.notifications import buttons
from bot.slack.platform import payload_shape, payloads
from bot.slack.platform.directory import SlackDirectory
from bot.slack.send_form import listeners
from bot.slack.send_form.ids import PHONE
from bot.submission import Submission
from bot.templates import Template
from tests.fakes.clock import NOON
from tests.fakes.numbers import FakeNumbers
from tests.fakes.repositories import FakeCatalogue, FewSends
from tests.fakes.slack import FakeSlack
from tests.paths import PAYLOADS

SAMPLES = sorted(PAYLOADS.glob("*.json"))
ODD: tuple[Any, ...] = ("", [], {}, 5, [5], "x", [None], None, {"id": 5})
GONE = object()
TEAM = "T0ACME00001"


class NoSends(FewSends):
    """No send is there, and none may be taken."""

    @override
    async def find(self, send_id: SendId) -> Send | None:
        return None

    @override
    async def ending_in(self, digits: str, *, user: str, limit: int) -> tuple[Send, ...]:
        return ()

    @override
    async def check_now(self) -> Checked:
        return Checked.NOT_HELD


class NoCatalogue(FakeCatalogue):
    """A catalogue without a template."""

    @override
    async def all(self) -> tuple[Template, ...]:
        return ()

    @override
    async def get(self, template_id: str) -> Template | None:
        return None

    @override
    async def set_active(self, template_id: str, *, active: bool, actor: str) -> bool:
        return False

    @override
    def forget(self) -> None:
        pass


class AwayClient(AsyncWebClient):
    """Slack can't be reached, which is known at once."""

    @override
    async def api_call(self, *_: Any, **__: Any) -> Any:
        raise TimeoutError


class AnySlack(FakeSlack):
    """Everybody may send, so that every listener is reached."""

    @override
    async def users_info(self, *, user: str, include_locale: bool) -> dict[str, Any]:
        flags = dict.fromkeys(("deleted", "is_bot", "is_restricted", "is_ultra_restricted"), False)
        return {"ok": True, "user": {"id": user, "team_id": TEAM, "locale": "en-US", **flags}}


@pytest.fixture
def dispatch() -> Dispatch:
    client = AwayClient("xoxb-test")
    workspace = Workspace(TEAM)
    everybody = Policy(frozenset({"*"}), frozenset({"*"}))
    directory = SlackDirectory(cast(AsyncWebClient, AnySlack()), workspace, everybody)
    access = Access(directory, NoCatalogue())
    parts = Parts(
        directory=directory,
        translations=Translations("en"),
        rules=NumberRules(),
        sends=NoSends(),
        templates=NoCatalogue(),
        access=access,
        submission=Submission(
            SendChecks(access, lambda: NOON, FakeNumbers()), NoSends(), NumberRules()
        ),
        homes=HomeWatch(NoSends()),
        contacts=cast(Any, NoSends()),
        questions=cast(Any, NoSends()),
        now=lambda: NOON,
    )
    app = make_app(client, Installation(workspace, "U0BOT000001", "B0BOT000001"), parts)
    return make_dispatch(app)


def sample(path: Path) -> dict[str, Any]:
    """Read one of Slack's samples, as if our own command, form or button were meant."""
    body: dict[str, Any] = json.loads(path.read_text())
    if "command" in body:
        body["command"] = listeners.COMMAND
    if "callback_id" in body:
        is_message = body["type"] == "message_action"
        body["callback_id"] = listeners.FROM_MESSAGE if is_message else listeners.GLOBAL
    if "view" in body:
        note = json.dumps({"user": body["user"]["id"]})
        body["view"] |= {"callback_id": send_form.CALLBACK_ID, "private_metadata": note}
    if "actions" in body:
        body["actions"][0]["action_id"] = buttons.CANCEL
    return body


def shape(part: object) -> object:
    return (part.get("type"), *sorted(part)) if isinstance(part, dict) else type(part)


def places(value: object, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every part; of a list's parts with the same names and type, the first."""
    named = value if isinstance(value, dict) else {}
    listed = value if isinstance(value, list) else []
    first = {shape(part): index for index, part in reversed([*enumerate(listed)])}
    for name, part in [*named.items(), *((index, listed[index]) for index in first.values())]:
        yield (*above, name)
        if len(above) < 3:
            yield from places(part, (*above, name))


def changed(body: dict[str, Any], place: tuple[Any, ...], value: object) -> dict[str, Any]:
    body = copy.deepcopy(body)
    part: Any = body
    for name in place[:-1]:
        part = part[name]
    if value is GONE:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    return body


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
async def test_no_part_that_is_odd_or_wanting_is_an_error_of_ours(
    dispatch: Dispatch, path: Path
) -> None:
    body = sample(path)

    async def status(place: tuple[Any, ...], value: object) -> int:
        return (await dispatch(changed(body, place, value)))[0]

    for place in places(body):
        for value in (GONE, *ODD):
            assert await status(place, value) in {200, 400, 404}, (place, value)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_slack_itself_sends_is_taken(path: Path) -> None:
    body = sample(path)

    assert payload_shape.checked(body) == body


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "block_actions", "user": {"id": "U1"}, "actions": []},
        {"type": "block_actions", "user": {"id": "U1"}},
        {"type": "block_actions", "actions": [{"action_id": "cancel"}]},
        {"type": "view_submission", "user": {"id": "U1"}},
        {"type": "view_submission", "view": {"type": "modal", "callback_id": "send"}},
        {"type": "event_callback"},
    ],
)
async def test_a_payload_without_what_its_type_needs_is_refused(
    dispatch: Dispatch, odd: dict[str, Any]
) -> None:
    status, *_ = await dispatch(odd)

    assert status == 400


async def test_a_form_without_its_state_is_an_empty_form(dispatch: Dispatch) -> None:
    (path,) = (each for each in SAMPLES if each.stem == "view_submission_all_inputs")
    body = sample(path)
    del body["view"]["state"]

    status, text, _ = await dispatch(body)

    assert status == 200
    assert set(json.loads(text)["errors"]) == {send_form.TEMPLATE, PHONE}


def event(**parts: object) -> dict[str, object]:
    return {"type": "event_callback", "team_id": TEAM, "api_app_id": "A0", "event": parts}


UNKNOWN = [
    event(type="message", channel="C0SOPORTE01", user="U0ALICE0001", text="hola"),
    event(type="message", subtype="message_changed", message={"user": "U0ALICE0001"}),
    event(type="team_join", user={"id": "U0NEW000001"}),
    event(type="channel_rename", channel={"id": "C0SOPORTE01", "name": "x"}),
    event(type="reaction_added", item={"type": "message", "channel": "C0SOPORTE01"}),
    event(type="an_event_invented_tomorrow"),
    event(type="user_typing", bot_id="B0BOT000001"),
    {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1518467820},
    {"type": "a_notice_invented_tomorrow", "team_id": TEAM},
]


@pytest.mark.parametrize("body", UNKNOWN, ids=str)
async def test_an_event_that_nobody_listens_to_is_acknowledged(
    dispatch: Dispatch, body: dict[str, object]
) -> None:
    """Refused often enough, Slack stops sending events to the app."""
    status, text, _ = await dispatch(body)

    assert (status, text) == (200, "")


@pytest.mark.parametrize(
    "body",
    [
        {"command": "/other", "user_id": "U0ALICE0001"},
        {"type": "shortcut", "callback_id": "other", "user": {"id": "U0ALICE0001"}},
        {"type": "block_actions", "user": {"id": "U"}, "actions": [{"action_id": "other"}]},
    ],
    ids=str,
)
async def test_whoever_waits_for_an_answer_is_not_told_that_all_is_well(
    dispatch: Dispatch, body: dict[str, object]
) -> None:
    status, *_ = await dispatch(body)

    assert status == 404


# Where a listener looks for an object there may be anything: it is then as if nothing were there.
@pytest.mark.parametrize("odd", [*ODD, "null", 0, True, [[]], [{"a": []}], {"a": [1]}])
def test_whatever_stands_where_an_object_should_is_nothing(odd: Any) -> None:
    assert payloads.context({"user": odd, "channel": odd, "container": odd}).trigger_id == ""
    assert payloads.state({"state": odd}) == {}
    assert all(each == {} for each in payloads.state({"state": {"values": odd}}).values())
    assert payloads.state({"state": {"values": {"a": {"b": odd}}}}) in ({"a": {}}, {"a": odd})
    assert payloads.chosen({"selected_option": odd}) == ""
    assert isinstance(payloads.action({"actions": odd}), dict)
    assert isinstance(payloads.action({"actions": [odd]}), dict)
    assert payloads.note_of({"private_metadata": odd}) == {}
    assert all(isinstance(each, dict) for each in payloads.objects({"blocks": odd}, "blocks"))


def of_every_kind() -> Iterator[dict[str, Any]]:
    """Give each of Slack's samples as each listener of ours would get it."""
    for path in SAMPLES:
        body = sample(path)
        yield body
        if "actions" in body:
            for name in (
                *buttons.ACTIONS,
                "details",
                "correct",
                "home.page",
                "send_again",
                "template_menu",
                "add_template",
            ):
                changed_body = copy.deepcopy(body)
                changed_body["actions"][0]["action_id"] = name
                yield changed_body
        if "view" in body:
            for name in ("template", "param"):
                changed_body = copy.deepcopy(body)
                changed_body["view"]["callback_id"] = name
                yield changed_body


@pytest.mark.slow
@pytest.mark.slow
async def test_no_odd_part_is_an_attribute_error(
    dispatch: Dispatch, caplog: pytest.LogCaptureFixture
) -> None:
    for body in of_every_kind():
        for place in places(body):
            for value in (GONE, "x", [5], {"id": 5}):
                await dispatch(changed(body, place, value))

    unexpected = {
        (each.reason, each.where.partition(" < ")[0])  # type: ignore[attr-defined]
        for each in caplog.records
        if each.getMessage() == "unexpected"
    }
    assert unexpected == set()
