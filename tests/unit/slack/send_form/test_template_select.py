"""Inside of the form: what is suggested, and in which order its drawings reach Slack."""

import asyncio
from dataclasses import replace
from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotAllowed, TryLater
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.people import Policy
from bot.slack import send_form
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.directory import SlackDirectory
from bot.slack.send_form import template_select
from bot.slack.send_form.template_select import REDRAW_TRIES, TemplateSelect, Throttle
from tests.builders import ALICE, CARLA, TEMPLATE, make_template
from tests.builders.people import FULL, HERE, slack_says
from tests.unit.slack.send_form.form_views import block
from tests.unit.slack.send_form.template_forms import CITA, EMPTY, OF_CITA, PAGO, TODAY, handed_in
from tests.unit.slack.send_form.template_select_scene import VENTAS, Catalogue, Desk, FormSlack


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(template_select, "REDRAW_PAUSE", 0.0)
    slack, catalogue = FormSlack(), Catalogue()
    for user in (ALICE, CARLA):
        slack.users[user] = {**FULL, "id": user}
    client = cast(AsyncWebClient, slack)
    directory = SlackDirectory(client, HERE, Policy(frozenset({ALICE}), frozenset({CARLA})))
    access = Access(directory, catalogue)
    background, at_once = BackgroundTasks(), Throttle(0.0)
    made = TemplateSelect(
        client, directory, Translations("en"), access, catalogue, background, turns=at_once
    )
    return Desk(slack, catalogue, made)


class TestSuggest:
    """What is offered while somebody types."""

    async def test_no_more_are_offered_than_slack_takes(self, desk: Desk) -> None:
        desk.catalogue.templates = tuple(
            make_template(name=f"Aviso {number:03}", id=f"{number:020}") for number in range(500)
        )
        desk.catalogue.recents = (f"{499:020}", "gone")

        offered = await desk.suggest()

        assert offered[:2] == ["Aviso 499", "Aviso 000"]
        assert len(offered) == 100

    async def test_what_is_typed_comes_escaped(self, desk: Desk) -> None:
        desk.catalogue.templates = (CITA, replace(PAGO, name="R&D <b>"))

        assert await desk.suggest("r&amp;d &lt;b&gt;") == ["R&D <b>"]

    async def test_the_channel_that_is_chosen_in_the_form_decides(self, desk: Desk) -> None:
        desk.catalogue.templates = (CITA, replace(PAGO, channels=(VENTAS,)))
        anywhere = replace(EMPTY, asks_channel=True)

        there = await desk.suggest(made=replace(anywhere, channel=VENTAS))
        elsewhere = await desk.suggest(made=replace(anywhere, channel="C0OTHER0001"))

        assert there == [CITA.name, PAGO.name]
        assert elsewhere == [CITA.name]

    @pytest.mark.parametrize(
        ("user", "typed", "offered"),
        [
            (CARLA, "Z" * 20, True),
            (CARLA, f" {'Z' * 20} ", True),
            (CARLA, "Z" * 19, False),
            (CARLA, "Á" * 20, False),
            (ALICE, "Z" * 20, False),
        ],
    )
    async def test_an_id_outside_of_the_catalogue_is_offered_to_admins(
        self, desk: Desk, user: str, typed: str, *, offered: bool
    ) -> None:
        found = await desk.suggest(typed, user=user)

        assert bool(found) is offered

    async def test_strangers_are_offered_nothing(self, desk: Desk) -> None:
        desk.slack.users["U0BRUNO0001"] = {**FULL, "id": "U0BRUNO0001"}

        with pytest.raises(NotAllowed):
            await desk.suggest(user="U0BRUNO0001")


class TestPreview:
    """The message, drawn anew while somebody types."""

    async def test_of_what_is_typed_while_it_is_drawn_only_the_newest_is_drawn(
        self, desk: Desk
    ) -> None:
        desk.slack.hold()
        await desk.fill("R")
        await desk.until_drawing()
        for typed in ("Ro", "Ros", "Rosa"):
            await desk.fill(typed)

        await desk.settled()

        assert [text.split(",")[0] for text in desk.slack.messages] == ["Hola R", "Hola Rosa"]

    async def test_whoever_types_does_not_wait_for_the_drawing(self, desk: Desk) -> None:
        desk.slack.hold()

        await desk.fill("Rosa")

        assert desk.slack.acks == [{}]
        assert desk.slack.drawn == []
        await desk.settled()

    async def test_it_goes_on_from_its_own_drawing_though_slack_has_not_shown_it_yet(
        self, desk: Desk
    ) -> None:
        desk.slack.hold()
        await desk.fill("R")
        await desk.until_drawing()
        await desk.fill("Ro")
        desk.slack.turns.release()
        await desk.until_drawing()
        await desk.fill("Ros", hash="h0")

        await desk.settled()

        assert desk.slack.hashes == ["h0", "h1", "h2"]
        assert len(desk.slack.drawn) == 3

    async def test_what_is_typed_is_drawn_whichever_of_our_drawings_it_was_typed_on(
        self, desk: Desk
    ) -> None:
        desk.slack.hold()
        await desk.fill("R")
        await desk.until_drawing()
        await desk.fill("Ro")
        desk.slack.turns.release()
        await desk.until_drawing()
        # Slack showed the first drawing, and not yet the second one.
        await desk.fill("Ros", hash="h1")

        await desk.settled()

        assert desk.slack.hashes == ["h0", "h1", "h2"]
        assert [text.split(",")[0] for text in desk.slack.messages] == [
            "Hola R",
            "Hola Ro",
            "Hola Ros",
        ]

    async def test_nothing_is_drawn_of_what_is_handed_in_meanwhile(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waits, go = asyncio.Event(), asyncio.Event()

        async def take(turns: Throttle) -> None:
            waits.set()
            await go.wait()

        monkeypatch.setattr(Throttle, "take", take)
        await desk.fill("Rosa")
        await waits.wait()
        desk.mark_submitted("Rosa")
        go.set()

        await desk.settled()

        assert desk.slack.hashes == []

    async def test_what_was_typed_before_it_was_handed_in_and_is_told_later_is_not_drawn(
        self, desk: Desk
    ) -> None:
        desk.mark_submitted("Rosa")

        await desk.fill("Rosa")
        await desk.settled()

        assert desk.slack.acks == [{}]
        assert desk.slack.hashes == []

    async def test_what_is_typed_after_a_form_came_back_is_drawn(self, desk: Desk) -> None:
        desk.mark_submitted("Rosa")

        await desk.fill("Rosa María")
        await desk.settled()

        assert [text.split(",")[0] for text in desk.slack.messages] == ["Hola Rosa María"]

    async def test_after_a_pause_it_goes_on_from_what_slack_shows(self, desk: Desk) -> None:
        await desk.fill("R")
        await desk.settled()

        await desk.fill("Ro", hash="h1")
        await desk.settled()

        assert desk.slack.hashes == ["h0", "h1"]

    async def test_each_form_is_drawn_for_itself(self, desk: Desk) -> None:
        desk.slack.hold()
        await desk.fill("Rosa")
        desk.slack.raises["V0001"] = [slack_says("not_found")]
        await desk.until_drawing()

        await desk.fill("Eva", id="V0002")
        await desk.settled()

        assert [text.split(",")[0] for text in desk.slack.messages] == ["Hola Eva"]

    async def test_a_message_is_never_drawn_over_another_template(self, desk: Desk) -> None:
        desk.slack.hold()
        await desk.fill("Rosa")
        await desk.until_drawing()
        chosen = asyncio.create_task(desk.choose(PAGO))
        await desk.until_drawing()
        # The choice was made later, and arrives first.
        desk.slack.hash = "h-of-the-choice"

        await desk.settled()
        await chosen

        assert desk.slack.hashes == ["h0", None]
        assert [text.split(",")[0] for text in desk.slack.messages] == ["Hola [CLIENT_NAME]"]

    async def test_the_choice_is_drawn_over_any_message(self, desk: Desk) -> None:
        await desk.fill("Rosa")
        await desk.settled()

        await desk.choose(PAGO)

        assert len(desk.slack.drawn) == 2
        assert block(desk.slack.drawn[-1], "template")["element"]["initial_option"]["value"] == (
            PAGO.id
        )

    async def test_what_is_typed_for_the_new_template_is_drawn_though_the_old_was_refused(
        self, desk: Desk
    ) -> None:
        desk.slack.hold()
        await desk.fill("Rosa")
        await desk.until_drawing()
        desk.slack.hash = "h-of-the-choice"
        body = handed_in(EMPTY.choosing(PAGO, TODAY), {"param.CLIENT_NAME": "Eva"})
        view = {**body, "hash": "h-of-the-choice"}
        await desk.choosing.on_fill(
            ack=desk.slack.ack,  # type: ignore[arg-type]
            body={"user": {"id": ALICE}, "view": view},
        )

        await desk.settled()

        assert [text.split(",")[0] for text in desk.slack.messages] == ["Hola Eva"]

    @pytest.mark.parametrize("code", ["not_found", "hash_conflict", "view_too_large"])
    async def test_a_form_that_is_gone_is_let_go(self, desk: Desk, code: str) -> None:
        desk.slack.raises["V0001"] = [slack_says(code)]

        await desk.fill("Rosa")
        await desk.settled()

        assert desk.slack.drawn == []
        assert desk.choosing.latest == {}

    async def test_what_slack_did_not_take_for_now_is_drawn_after_a_pause(self, desk: Desk) -> None:
        limited = slack_says("ratelimited", 429, **{"Retry-After": "0"})
        desk.slack.raises["V0001"] = [limited, limited]

        await desk.fill("Rosa")
        await desk.settled()

        assert desk.slack.hashes == ["h0", "h0", "h0"]
        assert [text.split(",")[0] for text in desk.slack.messages] == ["Hola Rosa"]

    async def test_the_pause_that_slack_asks_for_is_kept(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        monkeypatch.setattr("asyncio.sleep", sleep)
        limited = slack_says("ratelimited", 429, **{"Retry-After": "30"})
        desk.slack.raises["V0001"] = [limited]

        await desk.fill("Rosa")
        await desk.settled()

        assert [seconds for seconds in slept if seconds] == [30.0]

    async def test_it_is_not_tried_for_ever(self, desk: Desk) -> None:
        limited = slack_says("ratelimited", 429, **{"Retry-After": "0"})
        desk.slack.raises["V0001"] = [limited] * 9

        await desk.fill("Rosa")
        await desk.settled()

        assert len(desk.slack.hashes) == REDRAW_TRIES
        assert desk.choosing.latest == {}

    async def test_a_catalogue_out_of_reach_is_asked_again(self, desk: Desk) -> None:
        desk.catalogue.raises = [TryLater("database.unreachable")]

        await desk.fill("Rosa")
        await desk.settled()

        assert len(desk.slack.drawn) == 1

    async def test_a_form_without_a_template_has_no_message(self, desk: Desk) -> None:
        desk.catalogue.templates = ()

        await desk.fill("Rosa")
        await desk.settled()

        assert desk.slack.hashes == []

    async def test_somebody_else_s_form_is_not_drawn(self, desk: Desk) -> None:
        await desk.fill("Rosa", made=replace(OF_CITA, user=CARLA))
        await desk.settled()

        assert desk.slack.hashes == []

    async def test_who_may_not_send_any_more_draws_nothing(self, desk: Desk) -> None:
        desk.slack.users[ALICE]["deleted"] = True

        with pytest.raises(NotAllowed):
            await desk.fill("Rosa")

        assert desk.choosing.latest == {}


class TestTurns:
    """What all forms together may draw."""

    async def test_the_first_goes_at_once_and_each_other_after_a_gap(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        monkeypatch.setattr("asyncio.sleep", sleep)
        turns = Throttle(100.0)

        for _ in range(3):
            await turns.take()

        assert slept == pytest.approx([0.0, 100.0, 200.0], abs=5.0)

    async def test_of_what_is_typed_while_a_form_waits_for_its_turn_the_newest_is_drawn(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waits, go = asyncio.Event(), asyncio.Event()

        async def take(turns: Throttle) -> None:
            waits.set()
            await go.wait()

        monkeypatch.setattr(Throttle, "take", take)
        await desk.fill("R")
        await waits.wait()
        await desk.fill("Rosa")
        go.set()

        await desk.settled()

        assert [text.split(",")[0] for text in desk.slack.messages] == ["Hola Rosa"]


class TestChoose:
    """The fields, drawn for a template."""

    async def test_somebody_else_s_form_is_refused(self, desk: Desk) -> None:
        with pytest.raises(NotAllowed, match=r"refused\.not_yours"):
            await desk.choose(PAGO, made=replace(OF_CITA, user=CARLA))

        assert desk.slack.drawn == []

    async def test_a_template_that_is_gone_leaves_the_form_with_the_reason(
        self, desk: Desk
    ) -> None:
        desk.catalogue.templates = (CITA,)

        await desk.choose(PAGO)

        (view,) = desk.slack.drawn
        assert view["blocks"][0]["type"] == "section"
        assert send_form.drawn(view) == ""

    async def test_slack_out_of_reach_is_no_choice(self, desk: Desk) -> None:
        desk.slack.raises["V0001"] = [slack_says("fatal_error", 500)]

        with pytest.raises(TryLater):
            await desk.choose(PAGO)

        assert desk.slack.acks == []

    async def test_a_form_whose_template_left_the_catalogue_can_still_choose(
        self, desk: Desk
    ) -> None:
        desk.catalogue.templates = (PAGO,)

        await desk.choose(PAGO, made=replace(OF_CITA, values=(("client_name", "Rosa"),)))

        assert desk.slack.messages[0].startswith("Hola Rosa")

    async def test_the_template_is_the_catalogue_s_as_it_is_now(self, desk: Desk) -> None:
        desk.catalogue.templates = (replace(CITA, footer="Nuevo"),)

        await desk.choose(CITA)

        assert send_form.drawn(desk.slack.drawn[0]) == TEMPLATE
        assert desk.slack.messages[0].endswith("\nNuevo")
