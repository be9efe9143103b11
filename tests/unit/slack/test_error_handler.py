"""Errors become words in one place: in private, with who can help and a reference."""

import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.blockkit import check_view
from bot.errors import FixTheForm, NotAllowed, Problem, Refused, TryLater, Unchecked
from bot.locales import Translations, load
from bot.logs import redact
from bot.policy.people import Policy, Workspace
from bot.slack.error_handler import ErrorHandler, new_reference
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.client import SlackRefused, open_slack
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.error_messages import MOST_HELPERS
from tests.builders import ALICE, CARLA
from tests.fakes import FakeSlack

EN, ES = load("en"), load("es")
TYPED = "Rosa, 3 de mayo"
COMMAND = {"command": "/whatsapp-template", "user_id": ALICE, "text": TYPED}
SUBMIT: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": ALICE},
    "view": {"blocks": [{"type": "section"}, {"type": "input", "block_id": "template"}]},
}


@dataclass
class Scene:
    """The handler, and what Slack was told."""

    failures: ErrorHandler
    slack: FakeSlack
    url: str
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)  # the beginning of a method: its error

    async def answer(self, error: Exception, body: dict[str, Any]) -> dict[str, Any]:
        # The listener has asked who it is, before it failed.
        await self.failures.directory.locale(ALICE)
        response = await self.failures.on_error(error, body)
        await self.failures.background.settled()
        assert response.status == 200
        answer: dict[str, Any] = json.loads(response.body) if response.body else {}
        return answer


@pytest.fixture
def admins() -> frozenset[str]:
    return frozenset({CARLA, "S0SUPPORT01"})


@pytest.fixture
async def scene(admins: frozenset[str]) -> AsyncIterator[Scene]:
    told: list[tuple[str, dict[str, Any]]] = []

    refuses: dict[str, str] = {}

    async def handle(request: web.Request) -> web.Response:
        told.append((request.path, await request.json()))
        for method, error in refuses.items():
            if f"/api/{method}" in request.path:
                return web.json_response({"ok": False, "error": error})
        return web.json_response({"ok": True})

    slack = FakeSlack()
    slack.users[ALICE] = {"id": ALICE, "locale": "en-US"}
    policy = Policy(frozenset(), frozenset(admins))
    directory = SlackDirectory(cast(AsyncWebClient, slack), Workspace("T0ACME00001"), policy)
    application = web.Application()
    application.router.add_post("/{tail:.*}", handle)
    async with TestServer(application) as server:
        url = str(server.make_url("/"))
        async with open_slack("xoxb-test", f"{url}api/") as client:
            failures = ErrorHandler(client, directory, Translations("en"), BackgroundTasks())
            yield Scene(failures, slack, url, told, refuses)


async def test_who_may_not_is_told_so_and_who_can_help(scene: Scene) -> None:
    answer = await scene.answer(NotAllowed("refused.not_listed"), COMMAND)

    assert answer["response_type"] == "ephemeral"
    assert answer["text"].startswith(EN("refused.not_listed"))
    assert f"<!subteam^S0SUPPORT01>, <@{CARLA}>" in answer["text"]


UNCHECKED = Unchecked("slack.unchecked", code="missing_scope")


async def test_who_could_not_be_checked_is_told_so_and_who_can_help_and_the_log_has_it(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await scene.answer(UNCHECKED, COMMAND)

    assert answer["text"].startswith(EN("slack.unchecked", code="missing_scope"))
    assert f"<@{CARLA}>" in answer["text"]
    (record,) = caplog.records
    assert vars(record)["reference"] in answer["text"]
    assert vars(record)["slack_error"] == "missing_scope"


async def test_a_form_keeps_what_was_typed_while_nobody_can_be_checked(scene: Scene) -> None:
    answer = await scene.answer(UNCHECKED, SUBMIT)

    (told,) = answer["errors"].values()
    assert told.startswith(EN("slack.unchecked", code="missing_scope"))
    # Slack shows no mentions there.
    assert "<" not in told


@pytest.mark.parametrize(
    "reason",
    [
        *("refused.guest", "refused.external", "refused.bot", "refused.deactivated"),
        *("refused.not_yours", "refused.not_your_form"),
    ],
)
@pytest.mark.parametrize("body", [COMMAND, SUBMIT])
async def test_whom_no_admin_can_help_is_told_why_and_to_ask_nobody(
    scene: Scene, reason: str, body: dict[str, Any]
) -> None:
    answer = await scene.answer(NotAllowed(reason), body)

    told = json.dumps(answer)
    assert EN(reason) in told
    assert f"<@{CARLA}>" not in told
    assert EN("refused.ask_owner") not in told


@pytest.mark.parametrize(
    "error", [ValueError(TYPED), UNCHECKED, Refused("slack.refused", code="x")]
)
@pytest.mark.parametrize("body", [COMMAND, SUBMIT])
@pytest.mark.parametrize(
    "admins", [frozenset({ALICE, CARLA}), frozenset({"*"}), frozenset({"S0SUPPORT01"})]
)
async def test_an_admin_is_sent_to_the_log_and_to_nobody(
    scene: Scene, error: Exception, body: dict[str, Any]
) -> None:
    scene.slack.groups["S0SUPPORT01"] = [ALICE]
    await scene.failures.directory.is_among(ALICE, {"S0SUPPORT01"})

    told = json.dumps(await scene.answer(error, body))

    assert EN("error.look") in told
    assert not re.search("<@|<!subteam|whoever|an admin", told)


@pytest.mark.parametrize(
    "error", [ValueError(TYPED), UNCHECKED, Refused("slack.refused", code="x")]
)
@pytest.mark.parametrize(
    ("admins", "body", "whom"),
    [
        ({CARLA}, COMMAND, EN("error.tell", people=f"<@{CARLA}>")),
        ({CARLA}, SUBMIT, EN("error.tell_admin")),
        ((), COMMAND, EN("error.tell_owner")),
        ((), SUBMIT, EN("error.tell_owner")),
    ],
)
async def test_who_is_no_admin_is_told_whom_to_tell_if_it_goes_on(
    scene: Scene, error: Exception, body: dict[str, Any], whom: str
) -> None:
    assert whom in str(await scene.answer(error, body))


@pytest.mark.parametrize("admins", [frozenset(), frozenset({"*"})])
async def test_where_no_admin_is_named_the_owner_can_help(scene: Scene) -> None:
    answer = await scene.answer(NotAllowed("refused.not_listed"), COMMAND)

    assert EN("refused.ask_owner") in answer["text"]


@pytest.mark.parametrize("admins", [frozenset(f"U{number:010}" for number in range(500))])
async def test_not_everybody_who_could_help_is_named(scene: Scene) -> None:
    answer = await scene.answer(NotAllowed("refused.not_listed"), SUBMIT)

    assert json.dumps(answer).count("<@U") == MOST_HELPERS
    assert check_view(answer["view"], kind="modal") == []


@pytest.mark.parametrize("code", ["expired_trigger_id", "trigger_expired"])
@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en-US", "That took too long; type the command again."),
        ("es-LA", "Tardó demasiado; escribe el comando de nuevo."),
        ("pt-BR", "Demorou demais; digite o comando de novo."),
    ],
)
async def test_a_command_that_took_too_long_says_so(
    scene: Scene, code: str, locale: str, sentence: str
) -> None:
    scene.slack.users[ALICE]["locale"] = locale

    answer = await scene.answer(SlackRefused(code), COMMAND)

    assert answer["text"].startswith(sentence)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "shortcut", "user": {"id": ALICE}, "trigger_id": "1.2.3"},
        {"type": "block_actions", "user": {"id": ALICE}, "view": {"type": "home"}},
        {"type": "block_actions", "user": {"id": ALICE}, "view": {"type": "modal"}},
    ],
)
async def test_where_no_view_can_be_shown_any_more_a_message_is(
    scene: Scene, body: dict[str, Any]
) -> None:
    scene.refuses["views."] = "expired_trigger_id"

    await scene.answer(SlackRefused("expired_trigger_id"), body)

    path, told = scene.told[-1]
    assert (path, told["channel"]) == ("/api/chat.postMessage", ALICE)
    assert told["text"].startswith(EN("slack.too_late_to_open"))


@pytest.mark.parametrize("code", ["exchanged_trigger_id", "trigger_exchanged"])
@pytest.mark.parametrize(
    "body", [COMMAND, {"type": "shortcut", "user": {"id": ALICE}, "trigger_id": "1.2.3"}]
)
async def test_what_stands_open_already_is_no_error(
    scene: Scene, code: str, body: dict[str, Any]
) -> None:
    assert await scene.answer(SlackRefused(code), body) == {}
    assert scene.told == []


async def test_a_person_is_told_in_their_language(scene: Scene) -> None:
    scene.slack.users[ALICE]["locale"] = "es-LA"

    answer = await scene.answer(NotAllowed("refused.guest"), COMMAND)

    assert answer["text"].startswith(ES("refused.guest"))


async def test_a_person_whom_slack_does_not_tell_about_is_told_all_the_same(scene: Scene) -> None:
    scene.slack.raises[ALICE] = [TimeoutError()]

    answer = await scene.answer(TryLater("slack.unreachable"), COMMAND)

    assert answer["text"].startswith(EN("slack.unreachable"))


async def test_fields_to_correct_are_named_in_the_form(scene: Scene) -> None:
    error = FixTheForm(Problem("phone", "phone.empty"), Problem("template", "template.empty"))

    answer = await scene.answer(error, SUBMIT)

    assert answer == {
        "response_action": "errors",
        "errors": {"phone": EN("phone.empty"), "template": EN("template.empty")},
    }


async def test_a_form_that_may_not_be_sent_says_so_in_its_place(scene: Scene) -> None:
    answer = await scene.answer(NotAllowed("refused.not_yours"), SUBMIT)

    assert answer["response_action"] == "update"
    assert check_view(answer["view"], kind="modal") == []
    assert EN("refused.not_yours") in answer["view"]["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    "error", [TryLater("database.unreachable"), Refused("form.taken"), ValueError(TYPED)]
)
async def test_a_form_keeps_what_was_typed_when_it_cannot_be_taken(
    scene: Scene, error: Exception
) -> None:
    answer = await scene.answer(error, SUBMIT)

    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == ["template"]


async def test_a_button_is_answered_through_its_response_url(scene: Scene) -> None:
    body = {
        "type": "block_actions",
        "user": {"id": ALICE},
        "response_url": f"{scene.url}actions/x",
    }

    await scene.answer(Refused("button.decided"), body)

    ((path, told),) = scene.told
    assert path == "/actions/x"
    assert told["response_type"] == "ephemeral"
    assert told["replace_original"] is False
    assert told["text"].startswith(EN("button.decided"))


async def test_a_shortcut_without_a_response_url_is_answered_in_a_view(scene: Scene) -> None:
    body = {"type": "shortcut", "user": {"id": ALICE}, "trigger_id": "1.2.3"}

    await scene.answer(NotAllowed("refused.guest"), body)

    ((path, told),) = scene.told
    assert path == "/api/views.open"
    assert told["trigger_id"] == "1.2.3"
    assert check_view(told["view"], kind="modal") == []


async def test_an_event_is_answered_by_nothing(scene: Scene) -> None:
    assert await scene.answer(ValueError(), {"type": "event_callback"}) == {}
    assert scene.told == []


async def test_options_that_cannot_be_had_are_none(scene: Scene) -> None:
    body = {"type": "block_suggestion", "user": {"id": ALICE}}

    assert await scene.answer(TryLater("slack.limited"), body) == {"options": []}


async def test_somebody_who_cannot_be_told_is_no_further_error(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    body = {
        "type": "block_actions",
        "user": {"id": ALICE},
        "response_url": "http://127.0.0.1:9/",
    }
    with caplog.at_level(logging.WARNING):
        assert await scene.answer(Refused("button.decided"), body) == {}

    assert "could not tell" in caplog.messages


async def test_a_reference_leads_from_the_person_to_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await scene.answer(ValueError(TYPED), COMMAND)

    (record,) = caplog.records
    reference = vars(record)["reference"]
    assert re.fullmatch(r"[0-9a-f]{8}", reference)
    assert reference in answer["text"]
    assert vars(record)["reason"] == "ValueError"


def test_the_log_hides_no_reference() -> None:
    made = [new_reference() for _ in range(2000)]

    assert [each for each in made if redact(each) != each] == []
    assert all(re.fullmatch(r"[0-9a-f]{8}", each) for each in made)


@pytest.mark.parametrize(
    "error",
    [ValueError(TYPED), Refused("slack.refused", code="x"), TryLater("slack.limited", after=1)],
)
async def test_neither_the_log_nor_the_answer_repeats_what_was_typed(
    scene: Scene, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await scene.answer(error, COMMAND)

    assert "Rosa" not in json.dumps(answer)
    assert "Rosa" not in "".join(str(vars(record)) for record in caplog.records)


async def test_a_submitted_question_without_a_field_becomes_the_sentence(scene: Scene) -> None:
    asked = {**SUBMIT, "view": {"blocks": [{"type": "section"}]}}

    answer = await scene.answer(Refused("template_delete.changed"), asked)

    assert answer["response_action"] == "update"
    assert EN("template_delete.changed") in json.dumps(answer["view"])
