"""What was wrong with a field stays said under it until the field changes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.demo.slack import input_values
from bot.demo.slack.blockkit import check_view
from bot.errors import Problem
from bot.slack.platform import payloads
from bot.slack.send_form import field_errors, template_select
from bot.slack.send_form.ids import ERROR, PHONE
from tests.unit.slack.send_form.form_views import WORDS, view_of
from tests.unit.slack.send_form.template_forms import HOSTILE, OF_CITA, PAGO, submitted_body
from tests.unit.slack.send_form.template_select_scene import Scene, make_scene

NAME, DAY = "param.client_name", "param.Fecha de cita"
BAD_PHONE = Problem(PHONE, "phone.letters")
NO_DAY = Problem(DAY, "param.not_a_date", {"name": "Fecha de cita"})
ES = WORDS["es"]  # which she reads
TYPED = replace(OF_CITA, phone="call me")


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(template_select, "REDRAW_PAUSE", 0.0)
    return make_scene()


def errors_in(view: dict[str, Any]) -> dict[str, str]:
    """Read what is said of each block, which must stand right under it."""
    told = {}
    for above, each in zip(view["blocks"], view["blocks"][1:], strict=False):
        if str(each.get("block_id")).startswith(ERROR):
            block = each["block_id"].removeprefix(ERROR).partition(".")[2]
            assert above["block_id"] == block
            told[block] = each["elements"][0]["text"]
    return told


def said(problem: Problem) -> str:
    return f":warning: {ES(problem.key, **problem.values)}"


def with_state(view: dict[str, Any], typed: dict[str, object]) -> dict[str, Any]:
    """Return what was drawn as Slack hands it in, with what is typed in it by now."""
    values = submitted_body(TYPED, typed)["state"]["values"]
    blocks = {each["block_id"] for each in view["blocks"] if each["type"] == "input"}
    assert blocks == {*values}
    return {**json.loads(json.dumps(view)), "id": "V0001", "state": {"values": values}}


async def typed_on(scene: Scene, view: dict[str, Any]) -> dict[str, Any]:
    """Type something, and return what is drawn then."""
    body = {"type": "block_actions", "user": {"id": "U0ALICE0001"}, "view": view}
    await scene.choosing.on_fill(ack=scene.slack.ack, body=body)  # type: ignore[arg-type]
    await scene.settled()
    return scene.slack.drawn[-1]


def refused(scene: Scene, *problems: Problem) -> None:
    """Hand the form in, and have it refused."""
    view = submitted_body(TYPED)
    scene.choosing.mark_submitted(view)
    assert scene.choosing.refuse(view, problems, ES) is None


class TestWhileTyping:
    """The message is drawn anew with each pause."""

    async def test_an_error_stays_until_its_field_changes(self, scene: Scene) -> None:
        refused(scene, BAD_PHONE, NO_DAY)

        first = await typed_on(scene, submitted_body(TYPED, {NAME: "Ro"}))
        assert errors_in(first) == {PHONE: said(BAD_PHONE), DAY: said(NO_DAY)}
        second = await typed_on(scene, with_state(first, {NAME: "Rosa"}))
        assert errors_in(second) == errors_in(first)
        third = await typed_on(scene, with_state(second, {NAME: "Rosa", DAY: "2026-05-03"}))
        assert errors_in(third) == {PHONE: said(BAD_PHONE)}
        mended: dict[str, object] = {NAME: "Rosa", DAY: "2026-05-03", PHONE: "6123-4567"}
        fourth = await typed_on(scene, with_state(third, mended))
        assert errors_in(fourth) == {}

    async def test_a_process_that_did_not_refuse_it_keeps_what_is_drawn(self, scene: Scene) -> None:
        refused(scene, BAD_PHONE)
        first = await typed_on(scene, submitted_body(TYPED, {NAME: "Ro"}))
        scene.choosing.handed_in.clear()

        second = await typed_on(scene, with_state(first, {NAME: "Rosa"}))

        assert errors_in(second) == {PHONE: said(BAD_PHONE)}

    async def test_more_keeps_it_too(self, scene: Scene) -> None:
        refused(scene, BAD_PHONE, NO_DAY)
        body = {"type": "block_actions", "user": {"id": "U0ALICE0001"}}

        await scene.choosing.on_more(
            ack=scene.slack.ack,  # type: ignore[arg-type]
            body={**body, "view": submitted_body(TYPED, {NAME: "Ro"})},
        )

        assert errors_in(scene.slack.drawn[-1]) == {PHONE: said(BAD_PHONE), DAY: said(NO_DAY)}

    async def test_another_template_keeps_what_is_not_of_its_values(self, scene: Scene) -> None:
        refused(scene, BAD_PHONE, NO_DAY)

        await scene.choose(PAGO, made=TYPED)

        assert errors_in(scene.slack.drawn[-1]) == {PHONE: said(BAD_PHONE)}


class TestHandedInAgain:
    """A form that says its errors itself goes on doing so: Slack would say them once more."""

    async def test_each_is_said_once(self, scene: Scene) -> None:
        refused(scene, BAD_PHONE, NO_DAY)
        drawn = await typed_on(scene, submitted_body(TYPED, {NAME: "Ro"}))
        again = with_state(drawn, {NAME: "Ro", PHONE: "6123-4567"})
        scene.choosing.mark_submitted(again)

        view = scene.choosing.refuse(again, (NO_DAY,), ES)

        assert view is not None
        assert check_view(view, kind="modal") == []
        assert errors_in(view) == {DAY: said(NO_DAY)}


@pytest.mark.parametrize("text", [HOSTILE * 50, "<!channel>", "x" * 5000])
def test_nothing_in_it_comes_alive_or_is_too_long(text: str) -> None:
    view = view_of(OF_CITA)
    values = input_values.values_of(view["blocks"], {}, "C0SOPORTE01")
    problem = Problem(NAME, "emoji.unknown", {"codes": text})

    made = field_errors.made([problem], payloads.state({"state": {"values": values}}), ES)
    drawn = {**view, "blocks": field_errors.put(view["blocks"], made)}

    assert check_view(drawn, kind="modal") == []
    assert "<" not in errors_in(drawn)[NAME]
    assert field_errors.drawn(drawn) == made
