"""Which of a template's parameters are plainly the customer's name."""

import re
from collections.abc import Iterable

from bot.sends import Params
from bot.templates import Template, meant_param, names
from bot.templates.params import Kind

# Without what stands between their words.
_CALLED = frozenset(
    {
        "client",
        "clientname",
        "cliente",
        "customer",
        "customername",
        "name",
        "nombre",
        "nombrecliente",
        "nombredecliente",
        "nombredelcliente",
        "nome",
        "nomecliente",
        "nomedocliente",
    }
)


def named(template: Template, name: str, given: Iterable[tuple[str, str]]) -> Params:
    """Give the customer's name to every required parameter that is that, unless one was given."""
    meant = [meant_param(template, each) for each, _ in given]
    taken = {param.name for param in meant if param}
    return tuple(
        (param.name, name)
        for param in template.params
        if param.required
        and param.kind is Kind.TEXT
        and param.name not in taken
        and _is_name(param.name)
    )


def _is_name(param: str) -> bool:
    return re.sub(r"[\s_.-]", "", names.fold(param)) in _CALLED
