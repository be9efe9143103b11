"""A form of every size, with everything hostile in it."""

from dataclasses import replace

import pytest

from bot.errors import Problem
from bot.slack import send_form
from bot.templates import Template
from bot.templates.params import Kind, Param
from tests.builders import make_one_param_template, make_template
from tests.unit.slack.send_form.form_views import (
    COLOMBIA,
    ODD,
    PANAMA,
)
from tests.unit.slack.send_form.template_forms import (
    CITA,
    EMPTY,
    HOSTILE,
    OF_CITA,
    TODAY,
    with_values,
)

# Every form is valid.


def longest(count: int, *kinds: Kind, letter: str = "ñ") -> Template:
    """Make a template whose every text is as long as the catalogue takes it."""
    params = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        title = f"{number:02}" + letter * 73
        choices = tuple(f"{each:03}" + letter * 72 for each in range(100))
        defaults = {
            Kind.TEXT: letter * 1024,
            Kind.NUMBER: "1" * 1024,
            Kind.DATE: "2026-05-03",
            Kind.CHOICE: choices[99],
            Kind.LINK: "https://" + "x" * 1000,
        }
        param = Param(
            name=title,
            label=title[::-1],
            help=letter * 150,
            example=letter * 150,
            required=bool(number % 2),
            default=defaults[kind],
            kind=kind,
            choices=choices if kind is Kind.CHOICE else (),
        )
        params.append(param)
    return make_template(
        name=letter * 75,
        header="{{" + params[0].name + "}}",
        body=" ".join(f"a {{{{{each.name}}}}}" for each in params) + ".",
        footer=letter * 60,
        group=letter * 100,
        channels=tuple(f"C{number:010}" for number in range(300)),
        params=tuple(params),
    )


def hostile(count: int) -> Template:
    params = tuple(
        Param(f"{number} {HOSTILE}"[:75], label=HOSTILE[:75], help=HOSTILE, example=HOSTILE)
        for number in range(count)
    )
    return make_template(name=HOSTILE[:75], header=HOSTILE[:60], footer=HOSTILE[:60], params=params)


def crowded(made: send_form.Form) -> send_form.Form:
    """Return the form with everything in it that it can ever have."""
    return replace(
        made,
        asks_channel=True,
        channel="C0SOPORTE01",
        phone="1" * 500,
        client_name="🌴" * 500,
        group="&" * 500,
        unparsed=("<" * 3000, "&" * 3000),
        notice=Problem("template", "form.did_you_mean", {"name": "<!channel>" * 300}),
        suggestions=tuple(
            replace(CITA, name=letter * 75, id=letter * 20) for letter in ("W", "<", "&", "🌴", "ñ")
        ),
        menu_version=99,
    )


SIZES = {
    **{f"{count}-of-all-kinds": longest(count, *Kind) for count in (1, 30, 50)},
    **{f"50-{kind}": longest(50, kind) for kind in Kind},
}
FORMS = {
    "none-chosen": EMPTY,
    "one-of-each": OF_CITA,
    "filled": with_values(OF_CITA, client_name=HOSTILE * 20, Fecha__de__cita="2026-05-03"),
    **{name: EMPTY.choosing(template, TODAY) for name, template in SIZES.items()},
    **{
        f"{count}-hostile": EMPTY.choosing(hostile(count), TODAY).asking((PANAMA, ODD))
        for count in (1, 30, 50)
    },
    "emoji": EMPTY.choosing(longest(30, Kind.CHOICE, Kind.DATE, letter="🌴"), TODAY),
    "warned": OF_CITA.asking((ODD,)),
    "two-readings": OF_CITA.asking((PANAMA, COLOMBIA)),
    "test": replace(OF_CITA, is_test=True),
    "bare-id": EMPTY.by_id("Z" * 20),
    "values-wait": replace(EMPTY, values=(("a", '"\\' * 200), ("b", "ñ"))),
    "too-many-values-wait": replace(EMPTY, values=(("a", "<" * 3000), (HOSTILE, HOSTILE * 50))),
    "long-values": EMPTY.choosing(make_one_param_template(), TODAY),
    **{
        key: replace(OF_CITA, notice=Problem("template", key, {"name": HOSTILE}))
        for key in (
            "form.did_you_mean",
            "form.no_such_template",
            "form.nothing_to_send",
            "form.other_template",
            "template.inactive",
            "template.not_here",
            "template.not_listed",
            "template.not_yours",
        )
    },
}
FORMS["long-values"] = with_values(FORMS["long-values"], Valor="*&_" * 2000)
EVERY_FORM = pytest.mark.parametrize("made", FORMS.values(), ids=FORMS)
