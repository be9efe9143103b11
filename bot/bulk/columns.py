"""Which column of a list is what: told by its header, asked about where that may be two things."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.bulk.list_file.table import Row
from bot.templates import Template, customer_name, names
from bot.templates.params import Param

# What a column may be beside a parameter's, which is `param.NAME` as in a form.
PHONE, CLIENT_NAME, GROUP, ASSIGN = "phone", "client_name", "group", "assign"
PARAM = "param."
_LETTERS = 26
# Without case, accents and what stands between words.
_CALLED = {
    **dict.fromkeys(
        (
            *("telefono", "telefone", "celular", "whatsapp", "phonenumber", "phone1value"),
            *("movil", "mobile", "tel", "fone", "cel", "cell", "numerodetelefono", "numerocelular"),
        ),
        PHONE,
    ),
    "grupo": GROUP,
    "asignar": ASSIGN,
    "atribuir": ASSIGN,
}
_OWN = {"phone": PHONE, "clientname": CLIENT_NAME, "group": GROUP, "assign": ASSIGN}


@dataclass(frozen=True, slots=True)
class Question:
    """A field for which several columns may be meant, or one that may be something else, too."""

    field: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column is, and what has to be asked before any row means something."""

    titles: tuple[str, ...]  # the header's words, or a letter as Excel has it
    places: Mapping[str, int] = field(default_factory=dict)  # by field
    unknown: tuple[int, ...] = ()
    questions: tuple[Question, ...] = ()
    missing: tuple[str, ...] = ()  # fields without which no row can be sent

    def title(self, field: str) -> str:
        """Name a field as its column is called, or by its own name."""
        place = self.places.get(field)
        return field.removeprefix(PARAM) if place is None else self.titles[place]


def match(
    header: Row, template: Template, chosen: Mapping[str, int | None] | None = None
) -> Columns:
    """Tell the columns apart; `chosen` answers by field: a column's place, None for no column."""
    answers = dict(chosen or {})
    titles = tuple(text or letters(place) for place, text in enumerate(header.cells))
    meant = [_meant(text, template) for text in header.cells]
    found: dict[str, list[int]] = {}
    for place, fields in enumerate(meant):
        for each in fields[:1]:
            found.setdefault(each, []).append(place)
    _take_own_name(found, header)
    if PHONE not in found:
        # What only a parameter is called like may be the phone's column, too.
        found[PHONE] = [at for at, fields in enumerate(meant) if PHONE in fields]
    unsure = {
        name: places
        for name, places in found.items()
        if name not in answers and (len(places) > 1 or (places and meant[places[0]][0] != name))
    }
    places = {name: at[0] for name, at in found.items() if at and name not in unsure}
    places |= {name: at for name, at in answers.items() if at is not None}
    for name in [name for name, at in answers.items() if at is None]:
        places.pop(name, None)
    used = {*places.values(), *(at for each in unsure.values() for at in each)}
    return Columns(
        titles,
        places,
        tuple(at for at in range(len(titles)) if at not in used),
        tuple(Question(name, tuple(at)) for name, at in unsure.items()),
        tuple(_missing(template, {*places, *unsure})),
    )


def letters(place: int) -> str:
    """Name a column as a spreadsheet does: A, Z, AA."""
    before, last = divmod(place, _LETTERS)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def fields_of(template: Template) -> tuple[str, ...]:
    """Name all that a column may be."""
    own = (f"{PARAM}{param.name}" for param in template.params)
    return (PHONE, CLIENT_NAME, GROUP, ASSIGN, *own)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_.-]", "", names.fold(text))


def _meant(text: str, template: Template) -> tuple[str, ...]:
    """Name what a header may mean, the likeliest first: our own names, a parameter, an alias."""
    squeezed = _squeezed(text)
    if not squeezed:
        return ()
    if squeezed in _OWN:
        return (_OWN[squeezed],)
    param = _param(text, template.params)
    alias = _CALLED.get(squeezed) or (CLIENT_NAME if customer_name.is_name(text) else "")
    return tuple(each for each in (f"{PARAM}{param.name}" if param else "", alias) if each)


def _param(text: str, params: Iterable[Param]) -> Param | None:
    """Find a parameter by its name or label: as it is, then without case and accents."""
    known = tuple(params)
    spelled = [(each.name, each) for each in known]
    spelled += [(each.label, each) for each in known if each.label]
    for same in (str.strip, names.fold, _squeezed):
        wanted = same(text)
        for spelling, param in spelled:
            if same(spelling) == wanted:
                return param
    return None


def _take_own_name(found: dict[str, list[int]], header: Row) -> None:
    """Prefer our own name to an alias: only of two phones a person has to say which."""
    for name in {CLIENT_NAME, GROUP, ASSIGN} & found.keys():
        own = [at for at in found[name] if _OWN.get(_squeezed(header.cell(at))) == name]
        found[name] = own or found[name]


def _missing(template: Template, known: set[str]) -> Iterable[str]:
    if PHONE not in known:
        yield PHONE
    has_name = CLIENT_NAME in known
    name_param = customer_name.param_of(template)
    for param in template.params:
        is_given = bool(param.default) or (has_name and param == name_param)
        if param.required and not is_given and f"{PARAM}{param.name}" not in known:
            yield f"{PARAM}{param.name}"
