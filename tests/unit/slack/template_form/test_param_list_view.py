"""The page of parameters."""

from dataclasses import replace

from bot.slack.template_form import param_list_view, view
from bot.templates.params import Param
from tests.builders import ALICE
from tests.unit.slack.template_form.form_scene import DRAFTS, EN, FULL


def test_only_a_template_that_is_there_leads_to_its_parameters() -> None:
    leads = {
        name: any(each.get("block_id") == "open_params" for each in blocks)
        for name, draft in DRAFTS.items()
        for blocks in [view.build(draft, EN, {})["blocks"]]
    }

    assert leads == {"new": False, "edit": True, "duplicate": False, "longest": True}


def test_the_page_shows_each_parameter_in_a_line() -> None:
    blocks = param_list_view.build(ALICE, FULL, EN)["blocks"]

    assert [each["text"]["text"] for each in blocks[1:]] == [
        "`{{Sede}}`\nChoice · required · starts as Centro",
        "`{{client_name}}` · Nombre\nText · required",
        "`{{Fecha de cita}}`\nDate · optional · starts as 2026-05-03",
    ]


def test_what_people_wrote_is_harmless_on_the_page() -> None:
    param = Param("<!channel>", label="<@U0ALICE0001>", default="a\n<b>")

    blocks = param_list_view.build(ALICE, replace(FULL, params=(param,)), EN)["blocks"]

    assert blocks[0]["text"]["type"] == "plain_text"
    assert blocks[1]["text"]["verbatim"]
    assert blocks[1]["text"]["text"] == (
        "`{{&lt;!channel&gt;}}` · &lt;@U0ALICE0001&gt;\nText · required · starts as a &lt;b&gt;"
    )
