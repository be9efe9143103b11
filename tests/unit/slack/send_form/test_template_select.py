"""Inside of the form: what is suggested, and in which order its drawings reach Slack."""

import asyncio
from dataclasses import replace

import pytest

from bot.errors import NotAllowed, TryLater
from bot.slack import send_form
from bot.slack.send_form import template_select
from bot.slack.send_form.template_select import REDRAW_TRIES, Throttle
from tests.builders import ALICE, CARLA, TEMPLATE, make_template
from tests.builders.people import FULL, slack_says
from tests.unit.slack.send_form.form_views import block
from tests.unit.slack.send_form.template_forms import (
    CITA,
    EMPTY,
    OF_CITA,
    PAGO,
    TODAY,
    submitted_body,
)
from tests.unit.slack.send_form.template_select_scene import (
    VENTAS,
    Scene,
    make_scene,
)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(template_select, "REDRAW_PAUSE", 0.0)
    return make_scene()


class TestSuggest:
    """What is offered while somebody types."""

    async def test_no_more_are_offered_than_slack_takes(self, scene: Scene) -> None:
        scene.catalogue.templates = tuple(
            make_template(name=f"Aviso {number:03}", id=f"{number:020}") for number in range(500)
        )
        scene.sends.recents = (f"{499:020}", "gone")

        offered = await scene.suggest()

        assert offered[:2] == ["Aviso 499", "Aviso 000"]
        assert len(offered) == 100

    async def test_what_is_typed_comes_escaped(self, scene: Scene) -> None:
        scene.catalogue.templates = (CITA, replace(PAGO, name="R&D <b>"))

        assert await scene.suggest("r&amp;d &lt;b&gt;") == ["R&D <b>"]

    async def test_the_channel_that_is_chosen_in_the_form_decides(self, scene: Scene) -> None:
        scene.catalogue.templates = (CITA, replace(PAGO, channels=(VENTAS,)))
        anywhere = replace(EMPTY, asks_channel=True)

        there = await scene.suggest(made=replace(anywhere, channel=VENTAS))
        elsewhere = await scene.suggest(made=replace(anywhere, channel="C0OTHER0001"))

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
        self, scene: Scene, user: str, typed: str, *, offered: bool
    ) -> None:
        found = await scene.suggest(typed, user=user)

        assert bool(found) is offered

    async def test_strangers_are_offered_nothing(self, scene: Scene) -> None:
        scene.slack.users["U0BRUNO0001"] = {**FULL, "id": "U0BRUNO0001"}

        with pytest.raises(NotAllowed):
            await scene.suggest(user="U0BRUNO0001")


class TestPreview:
    """The message, drawn anew while somebody types."""

    async def test_of_what_is_typed_while_it_is_drawn_only_the_newest_is_drawn(
        self, scene: Scene
    ) -> None:
        scene.slack.hold()
        await scene.fill("R")
        await scene.until_drawing()
        for typed in ("Ro", "Ros", "Rosa"):
            await scene.fill(typed)

        await scene.settled()

        assert [text.split(",")[0] for text in scene.slack.messages] == ["Hola R", "Hola Rosa"]

    async def test_whoever_types_does_not_wait_for_the_drawing(self, scene: Scene) -> None:
        scene.slack.hold()

        await scene.fill("Rosa")

        assert scene.slack.acks == [{}]
        assert scene.slack.drawn == []
        await scene.settled()

    async def test_it_goes_on_from_its_own_drawing_though_slack_has_not_shown_it_yet(
        self, scene: Scene
    ) -> None:
        scene.slack.hold()
        await scene.fill("R")
        await scene.until_drawing()
        await scene.fill("Ro")
        scene.slack.turns.release()
        await scene.until_drawing()
        await scene.fill("Ros", hash="h0")

        await scene.settled()

        assert scene.slack.hashes == ["h0", "h1", "h2"]
        assert len(scene.slack.drawn) == 3

    async def test_what_is_typed_is_drawn_whichever_of_our_drawings_it_was_typed_on(
        self, scene: Scene
    ) -> None:
        scene.slack.hold()
        await scene.fill("R")
        await scene.until_drawing()
        await scene.fill("Ro")
        scene.slack.turns.release()
        await scene.until_drawing()
        # Slack showed the first drawing, and not yet the second one.
        await scene.fill("Ros", hash="h1")

        await scene.settled()

        assert scene.slack.hashes == ["h0", "h1", "h2"]
        assert [text.split(",")[0] for text in scene.slack.messages] == [
            "Hola R",
            "Hola Ro",
            "Hola Ros",
        ]

    async def test_nothing_is_drawn_of_what_is_submitted_meanwhile(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waits, go = asyncio.Event(), asyncio.Event()

        async def take(turns: Throttle) -> None:
            waits.set()
            await go.wait()

        monkeypatch.setattr(Throttle, "take", take)
        await scene.fill("Rosa")
        await waits.wait()
        scene.mark_submitted("Rosa")
        go.set()

        await scene.settled()

        assert scene.slack.hashes == []

    async def test_what_was_typed_before_it_was_submitted_and_is_told_later_is_not_drawn(
        self, scene: Scene
    ) -> None:
        scene.mark_submitted("Rosa")

        await scene.fill("Rosa")
        await scene.settled()

        assert scene.slack.acks == [{}]
        assert scene.slack.hashes == []

    async def test_what_is_typed_after_a_form_came_back_is_drawn(self, scene: Scene) -> None:
        scene.mark_submitted("Rosa")

        await scene.fill("Rosa María")
        await scene.settled()

        assert [text.split(",")[0] for text in scene.slack.messages] == ["Hola Rosa María"]

    async def test_after_a_pause_it_goes_on_from_what_slack_shows(self, scene: Scene) -> None:
        await scene.fill("R")
        await scene.settled()

        await scene.fill("Ro", hash="h1")
        await scene.settled()

        assert scene.slack.hashes == ["h0", "h1"]

    async def test_each_form_is_drawn_for_itself(self, scene: Scene) -> None:
        scene.slack.hold()
        await scene.fill("Rosa")
        scene.slack.raises["V0001"] = [slack_says("not_found")]
        await scene.until_drawing()

        await scene.fill("Eva", id="V0002")
        await scene.settled()

        assert [text.split(",")[0] for text in scene.slack.messages] == ["Hola Eva"]

    async def test_a_message_is_never_drawn_over_another_template(self, scene: Scene) -> None:
        scene.slack.hold()
        await scene.fill("Rosa")
        await scene.until_drawing()
        chosen = asyncio.create_task(scene.choose(PAGO))
        await scene.until_drawing()
        # The choice was made later, and arrives first.
        scene.slack.hash = "h-of-the-choice"

        await scene.settled()
        await chosen

        assert scene.slack.hashes == ["h0", None]
        assert [text.split(",")[0] for text in scene.slack.messages] == ["Hola [CLIENT_NAME]"]

    async def test_the_choice_is_drawn_over_any_message(self, scene: Scene) -> None:
        await scene.fill("Rosa")
        await scene.settled()

        await scene.choose(PAGO)

        assert len(scene.slack.drawn) == 2
        assert block(scene.slack.drawn[-1], "template")["element"]["initial_option"]["value"] == (
            PAGO.id
        )

    async def test_what_is_typed_for_the_new_template_is_drawn_though_the_old_was_refused(
        self, scene: Scene
    ) -> None:
        scene.slack.hold()
        await scene.fill("Rosa")
        await scene.until_drawing()
        scene.slack.hash = "h-of-the-choice"
        body = submitted_body(EMPTY.choosing(PAGO, TODAY), {"param.CLIENT_NAME": "Eva"})
        view = {**body, "hash": "h-of-the-choice"}
        await scene.choosing.on_fill(
            ack=scene.slack.ack,  # type: ignore[arg-type]
            body={"user": {"id": ALICE}, "view": view},
        )

        await scene.settled()

        assert [text.split(",")[0] for text in scene.slack.messages] == ["Hola Eva"]

    @pytest.mark.parametrize("code", ["not_found", "hash_conflict", "view_too_large"])
    async def test_a_form_that_is_gone_is_let_go(self, scene: Scene, code: str) -> None:
        scene.slack.raises["V0001"] = [slack_says(code)]

        await scene.fill("Rosa")
        await scene.settled()

        assert scene.slack.drawn == []
        assert scene.choosing.latest == {}

    async def test_what_slack_did_not_take_for_now_is_drawn_after_a_pause(
        self, scene: Scene
    ) -> None:
        limited = slack_says("ratelimited", 429, **{"Retry-After": "0"})
        scene.slack.raises["V0001"] = [limited, limited]

        await scene.fill("Rosa")
        await scene.settled()

        assert scene.slack.hashes == ["h0", "h0", "h0"]
        assert [text.split(",")[0] for text in scene.slack.messages] == ["Hola Rosa"]

    async def test_the_pause_that_slack_asks_for_is_kept(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        monkeypatch.setattr("asyncio.sleep", sleep)
        limited = slack_says("ratelimited", 429, **{"Retry-After": "30"})
        scene.slack.raises["V0001"] = [limited]

        await scene.fill("Rosa")
        await scene.settled()

        assert [seconds for seconds in slept if seconds] == [30.0]

    async def test_it_is_not_tried_for_ever(self, scene: Scene) -> None:
        limited = slack_says("ratelimited", 429, **{"Retry-After": "0"})
        scene.slack.raises["V0001"] = [limited] * 9

        await scene.fill("Rosa")
        await scene.settled()

        assert len(scene.slack.hashes) == REDRAW_TRIES
        assert scene.choosing.latest == {}

    async def test_a_catalogue_out_of_reach_is_asked_again(self, scene: Scene) -> None:
        scene.catalogue.raises = [TryLater("database.unreachable")]

        await scene.fill("Rosa")
        await scene.settled()

        assert len(scene.slack.drawn) == 1

    async def test_a_form_without_a_template_has_no_message(self, scene: Scene) -> None:
        scene.catalogue.templates = ()

        await scene.fill("Rosa")
        await scene.settled()

        assert scene.slack.hashes == []

    async def test_somebody_else_s_form_is_not_drawn(self, scene: Scene) -> None:
        await scene.fill("Rosa", made=replace(OF_CITA, user=CARLA))
        await scene.settled()

        assert scene.slack.hashes == []

    async def test_who_may_not_send_any_more_draws_nothing(self, scene: Scene) -> None:
        scene.slack.users[ALICE]["deleted"] = True

        with pytest.raises(NotAllowed):
            await scene.fill("Rosa")

        assert scene.choosing.latest == {}


class TestThrottle:
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
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waits, go = asyncio.Event(), asyncio.Event()

        async def take(turns: Throttle) -> None:
            waits.set()
            await go.wait()

        monkeypatch.setattr(Throttle, "take", take)
        await scene.fill("R")
        await waits.wait()
        await scene.fill("Rosa")
        go.set()

        await scene.settled()

        assert [text.split(",")[0] for text in scene.slack.messages] == ["Hola Rosa"]


class TestChoose:
    """The fields, drawn for a template."""

    async def test_somebody_else_s_form_is_refused(self, scene: Scene) -> None:
        with pytest.raises(NotAllowed, match=r"refused\.not_yours"):
            await scene.choose(PAGO, made=replace(OF_CITA, user=CARLA))

        assert scene.slack.drawn == []

    async def test_a_template_that_is_gone_leaves_the_form_with_the_reason(
        self, scene: Scene
    ) -> None:
        scene.catalogue.templates = (CITA,)

        await scene.choose(PAGO)

        (view,) = scene.slack.drawn
        assert view["blocks"][0]["type"] == "section"
        assert send_form.drawn(view) == ""

    async def test_slack_out_of_reach_is_no_choice(self, scene: Scene) -> None:
        scene.slack.raises["V0001"] = [slack_says("fatal_error", 500)]

        with pytest.raises(TryLater):
            await scene.choose(PAGO)

        assert scene.slack.acks == []

    async def test_a_form_whose_template_left_the_catalogue_can_still_choose(
        self, scene: Scene
    ) -> None:
        scene.catalogue.templates = (PAGO,)

        await scene.choose(PAGO, made=replace(OF_CITA, values=(("client_name", "Rosa"),)))

        assert scene.slack.messages[0].startswith("Hola Rosa")

    async def test_the_template_is_the_catalogue_s_as_it_is_now(self, scene: Scene) -> None:
        scene.catalogue.templates = (replace(CITA, footer="Nuevo"),)

        await scene.choose(CITA)

        assert send_form.drawn(scene.slack.drawn[0]) == TEMPLATE
        assert scene.slack.messages[0].endswith("\nNuevo")
