"""Templates, ordinary but for what a test says."""

import dataclasses
from typing import Any

from bot.templates import Category, Template
from bot.templates.params import Param
from tests.builders.sends import TEMPLATE


def make_template(**changes: Any) -> Template:
    """Make a template with three parameters; what a test says nothing about is ordinary."""
    template = Template(
        name="Recordatorio de cita",
        id=TEMPLATE,
        language="es",
        category=Category.UTILITY,
        body="Hola {{client_name}}, su cita es el {{Fecha de cita}} en {{Sede}}.",
        params=(Param("client_name"), Param("Fecha de cita"), Param("Sede")),
    )
    return dataclasses.replace(template, **changes)


def make_one_param_template(**changes: Any) -> Template:
    """Make a template that asks for one value, `Valor`; the changes are the parameter's."""
    return make_template(
        body="Su valor: {{Valor}}.", params=(Param(**{"name": "Valor", **changes}),)
    )
