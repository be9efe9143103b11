"""Sending once more: the form opens with what was sent, whatever its template proposes by now."""

import threading
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.demo.slack.blockkit import check_view
from bot.errors import Refused
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.people import Policy
from bot.repositories import NOT_ASKED, Told
from bot.send_draft import NumberRules
from bot.sends import Send, SendId, SendRequest, Taken, TakenSend
from bot.slack import send_form
from bot.slack.platform.action_ids import SEND_AGAIN
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.directory import SlackDirectory
from bot.slack.send_form import prefill
from bot.slack.send_form.listeners import SendForm
from bot.slack.send_form.template_select import TemplateSelect
from bot.slack.subcommands import Subcommands
from bot.submission import Submission
from bot.templates import Template
from tests.builders import ALICE, CARLA, TEMPLATE, make_send
from tests.builders.people import FULL, HERE
from tests.fakes import NOON, FakeSlack
from tests.fakes.numbers import FakeNumbers
from tests.fakes.repositories import FakeSends
from tests.unit.slack.send_form.form_views import block
from tests.unit.slack.send_form.template_forms import CITA, EMPTY, PAGO, TODAY, submitted_body
from tests.unit.slack.send_form.template_select_scene import Catalogue

PROPOSES = replace(CITA, group="Citas", assign=True)
FILLED = {
    "phone": "6123-4567",
    "param.client_name": "Rosa",
    "param.Fecha de cita": "2026-05-03",
}


class DoorSlack(FakeSlack):
    """Slack with room for one form."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[dict[str, Any]] = []
        self.acks: list[dict[str, Any]] = []

    async def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> None:
        assert check_view(view, kind="modal") == []
        self.opened.append(view)

    async def ack(self, **answer: Any) -> None:
        self.acks.append(answer)


@dataclass
class Drawer(FakeSends):
    """Sends that were made, and those that are taken."""

    sends: tuple[Send, ...] = ()
    taken: list[SendRequest] = field(default_factory=list)

    @override
    async def take(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend:
        self.taken.append(request)
        return TakenSend(make_send(id=request.id), Taken.NEW)

    @override
    async def find(self, send_id: SendId) -> Send | None:
        return next((each for each in self.sends if each.id == send_id), None)


class NoQuestions:
    """Takes no words for a question."""

    async def answer(self, *_: object, **__: object) -> None:
        return None


@dataclass
class Scene:
    """The button, and what it opens."""

    slack: DoorSlack
    catalogue: Catalogue
    drawer: Drawer
    sending: SendForm
    numbers: FakeNumbers

    async def again(self, send: Send, user: str = ALICE) -> dict[str, Any]:
        """Press the button under a send; return the form."""
        self.drawer.sends = (send,)
        body = {
            "user": {"id": user},
            "trigger_id": "1.2.3",
            "actions": [{"action_id": SEND_AGAIN, "value": send.id}],
        }
        await self.sending.on_button(ack=self.slack.ack, body=body)  # type: ignore[arg-type]
        return self.slack.opened[-1]

    async def submit(self, view: dict[str, Any]) -> dict[str, Any]:
        """Hand a form in; return the answer to it."""
        body = {"user": {"id": ALICE}, "view": view}
        await self.sending.on_submit(ack=self.slack.ack, body=body)  # type: ignore[arg-type]
        return self.slack.acks[-1]


@pytest.fixture
def scene() -> Scene:
    slack, catalogue, drawer = DoorSlack(), Catalogue((PROPOSES, PAGO)), Drawer()
    for user in (ALICE, CARLA, "U0BRUNO0001"):
        slack.users[user] = {**FULL, "id": user}
    client = cast(AsyncWebClient, slack)
    policy = Policy(frozenset({ALICE, "U0BRUNO0001"}), frozenset({CARLA}))
    directory, translations = SlackDirectory(client, HERE, policy), Translations("en")
    access = Access(directory, catalogue)
    choosing = TemplateSelect(client, directory, translations, access, drawer, BackgroundTasks())
    # No question is asked here.
    questions = cast(Subcommands, None)
    rules, numbers = NumberRules("PA"), FakeNumbers()
    door = Submission(SendChecks(access, lambda: NOON, numbers), drawer, rules)
    sending = SendForm(
        client, directory, translations, rules, drawer, access, door, choosing, questions
    )
    return Scene(slack, catalogue, drawer, sending, numbers)


def shown(view: dict[str, Any]) -> tuple[str, bool]:
    """Return the group and whether the conversation is assigned."""
    group = block(view, "group")["element"].get("initial_value", "")
    return group, "initial_options" in block(view, "assign")["element"]


@pytest.mark.parametrize(("group", "assign"), [("", False), ("Otro", False), ("Otro", True)])
async def test_the_group_and_the_assignment_are_those_of_the_old_send(
    scene: Scene, group: str, *, assign: bool
) -> None:
    view = await scene.again(make_send(group=group, assign=assign))

    assert send_form.drawn(view) == TEMPLATE
    assert shown(view) == (group, assign)


async def test_values_are_those_of_the_old_send(scene: Scene) -> None:
    sent = (("client_name", "Rosa"), ("Fecha de cita", "3 de mayo de 2026"), ("Sede", "Centro"))

    view = await scene.again(make_send(params=sent))

    assert block(view, "param.client_name")["element"]["initial_value"] == "Rosa"
    assert block(view, "param.Fecha de cita")["element"]["initial_date"] == "2026-05-03"


async def test_a_default_that_was_taken_out_of_the_old_send_stays_out(scene: Scene) -> None:
    view = await scene.again(make_send(params=(("client_name", "Rosa"),)))

    assert "initial_option" not in block(view, "param.Sede")["element"]


@pytest.mark.parametrize("catalogue", [(PAGO,), (replace(PROPOSES, active=False),)])
async def test_a_template_that_is_gone_leaves_all_else_in_the_form(
    scene: Scene, catalogue: tuple[Template, ...]
) -> None:
    scene.catalogue.templates = catalogue

    view = await scene.again(make_send(group="Otro", assign=True))

    assert send_form.drawn(view) == ""
    assert shown(view) == ("Otro", True)
    assert send_form.read(view).values == (("client_name", "Rosa"),)


async def test_an_admin_may_send_what_somebody_else_sent(scene: Scene) -> None:
    assert send_form.drawn(await scene.again(make_send(), user=CARLA)) == TEMPLATE


async def test_nobody_else_may(scene: Scene) -> None:
    with pytest.raises(Refused):
        await scene.again(make_send(), user="U0BRUNO0001")


async def test_what_is_submitted_is_taken_with_its_values(scene: Scene) -> None:
    answer = await scene.submit(submitted_body(EMPTY.choosing(PROPOSES, TODAY), FILLED))

    assert answer == {}
    assert [dict(request.params)["client_name"] for request in scene.drawer.taken] == ["Rosa"]


async def test_nothing_goes_without_its_values_because_the_catalogue_was_away_for_a_moment(
    scene: Scene,
) -> None:
    scene.catalogue.times_empty = 1

    answer = await scene.submit(submitted_body(EMPTY.choosing(PROPOSES, TODAY), FILLED))

    assert scene.drawer.taken == []
    assert answer["response_action"] == "update"
    shown = answer["view"]
    assert send_form.drawn(shown) == TEMPLATE
    assert block(shown, "param.client_name")["element"]["initial_value"] == "Rosa"


async def test_what_is_submitted_is_not_drawn_any_more(scene: Scene) -> None:
    view = submitted_body(EMPTY.choosing(PROPOSES, TODAY), FILLED)
    await scene.submit(view)

    body = {"user": {"id": ALICE}, "view": view}
    await scene.sending.choosing.on_fill(ack=scene.slack.ack, body=body)  # type: ignore[arg-type]

    assert scene.sending.choosing.latest == {}


@pytest.mark.parametrize(
    ("count", "text", "is_apart"),
    [
        (1, "recordatoro 0 Rosa", False),
        (200, "recordatoro 0 Rosa", True),
        (200, "RECORDATORIO 150 61234567", False),  # a whole name is found without comparing
        (200, "61234567 recordatorio 150", True),
    ],
)
async def test_words_are_compared_with_many_names_apart_from_the_loop(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, count: int, text: str, *, is_apart: bool
) -> None:
    threads: list[threading.Thread] = []
    read = prefill.typed

    def watched(*given: Any) -> send_form.Form:
        threads.append(threading.current_thread())
        return read(*given)

    monkeypatch.setattr(prefill, "typed", watched)
    scene.catalogue.templates = tuple(
        replace(CITA, name=f"Recordatorio {number}", id=f"{number:020}") for number in range(count)
    )
    body = {"command": "/whatsapp-template", "user_id": ALICE, "text": text}

    sending = replace(scene.sending, questions=cast(Subcommands, NoQuestions()))

    await sending.on_command(ack=scene.slack.ack, body=body)  # type: ignore[arg-type]

    assert [each is not threading.main_thread() for each in threads] == [is_apart]
    assert "Recordatorio " in str(scene.slack.opened[-1])
