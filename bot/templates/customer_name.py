"""Which of a template's parameters are plainly the customer's name."""

import functools
import re
from collections.abc import Iterable

from bot.sends import Params
from bot.templates import Template, meant_param, names
from bot.templates.params import Kind, Param

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
        if param.name not in taken and _is_asked_name(param)
    )


def param_of(template: Template) -> Param | None:
    """Return the parameter that Atom's name of the customer is taken from, if there is one."""
    return next((each for each in template.params if _is_asked_name(each)), None)


def _is_asked_name(param: Param) -> bool:
    return param.required and param.kind is Kind.TEXT and is_name(param.name)


# A list asks the same few for each of its rows.
@functools.lru_cache(maxsize=1024)
def is_name(param: str) -> bool:
    """Say whether a parameter is plainly called the customer's name."""
    return re.sub(r"[\s_.-]", "", names.fold(param)) in _CALLED
