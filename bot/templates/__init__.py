"""A template: an approved WhatsApp message with places for values, and how a customer reads it."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.errors import Problem
from bot.sends import BODY_LIMIT, GROUP_LIMIT, Params
from bot.templates import names
from bot.templates.params import NAME_LIMIT, Param, as_read, check_param, check_text, check_value

# WhatsApp's, for a template's text header and its footer.
HEADER_LIMIT = FOOTER_LIMIT = 60
PARAMS_LIMIT = 50  # each may take two of the 100 blocks of a form in Slack
ID_LENGTH = 20
ID_LETTERS = 4  # of an id, for it to be found

PLACE = re.compile(r"\{\{([^{}]*)\}\}")
# A body has lines; no other control characters, and no halves of characters.
UNFIT_IN_BODY = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


class Category(StrEnum):
    """What WhatsApp approved the template for."""

    MARKETING = "marketing"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"


@dataclass(frozen=True, slots=True)
class Template:
    """What people know by its name, and Atom by its id."""

    name: str
    id: str  # Atom's templateId
    language: str  # WhatsApp's code: es, es_MX
    category: Category
    body: str
    header: str = ""
    footer: str = ""
    group: str = ""  # Atom's, where its conversations usually go
    assign: bool = False
    allowed: tuple[str, ...] = ()  # users and user groups; none named: every sender
    channels: tuple[str, ...] = ()  # none named: every channel
    active: bool = True
    params: tuple[Param, ...] = ()


class PartKind(StrEnum):
    """What a piece of a message is."""

    TEXT = "text"
    VALUE = "value"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message."""

    kind: PartKind
    text: str  # of a missing value: what people see its parameter called
    param: str = ""  # whose value it is, or whose is missing


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as the customer reads it."""

    header: tuple[Part, ...]
    body: tuple[Part, ...]
    footer: str


def check(template: Template) -> list[Problem]:
    """Find everything that keeps a template out of the catalogue.

    A problem's field is a field of the template, or `params.N.FIELD` with N from 0.
    """
    return [*_check_words(template), *_check_texts(template), *_check_all_params(template)]


def check_all(templates: Sequence[Template]) -> list[tuple[int, Problem]]:
    """Check a whole catalogue; each problem comes with the position of its template."""
    found = []
    by_name: dict[str, str] = {}
    by_id: dict[str, str] = {}
    for position, template in enumerate(templates):
        folded, name = names.fold(template.name), template.name
        problems = check(template)
        if folded and folded in by_name:
            problems.append(Problem("name", "catalogue.name.taken", {"other": by_name[folded]}))
        if template.id and template.id in by_id:
            problems.append(Problem("id", "catalogue.id.taken", {"other": by_id[template.id]}))
        by_name.setdefault(folded, name)
        by_id.setdefault(template.id, name)
        found += [(position, problem) for problem in problems]
    return found


def _check_words(template: Template) -> Iterator[Problem]:
    yield from check_text("name", template.name, limit=NAME_LIMIT, needed=True)
    if not re.fullmatch(rf"[A-Za-z0-9]{{{ID_LENGTH}}}", template.id):
        yield Problem("id", "catalogue.id", {"length": len(template.id)})
    # <https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/supported-languages>
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", template.language):
        yield Problem("language", "catalogue.language")
    yield from check_text("group", template.group, limit=GROUP_LIMIT)
    for who in template.allowed:
        if not re.fullmatch(r"[UWS][A-Z0-9]{2,}", who):
            yield Problem("allowed", "catalogue.not_a_person", {"value": who[:NAME_LIMIT]})
    for where in template.channels:
        if not re.fullmatch(r"[CG][A-Z0-9]{2,}", where):
            yield Problem("channels", "catalogue.not_a_channel", {"value": where[:NAME_LIMIT]})


def _check_texts(template: Template) -> Iterator[Problem]:
    yield from check_text("header", template.header, limit=HEADER_LIMIT)
    if len(PLACE.findall(template.header)) > 1:
        yield Problem("header", "catalogue.header.places")
    yield from check_text("footer", template.footer, limit=FOOTER_LIMIT)
    if PLACE.search(template.footer):
        yield Problem("footer", "catalogue.footer.places")
    yield from _check_body(template)
    for field, text in (("header", template.header), ("body", template.body)):
        yield from _check_places(template, field, text)


def _check_body(template: Template) -> Iterator[Problem]:
    body = template.body
    if not names.fold(body):
        yield Problem("body", "catalogue.text.empty")
        return
    if len(body) > BODY_LIMIT:
        values = {"length": len(body), "limit": BODY_LIMIT}
        yield Problem("body", "catalogue.text.too_long", values)
    if UNFIT_IN_BODY.search(body):
        yield Problem("body", "catalogue.body.unfit")
    yield from _check_neighbours(template)


def _check_neighbours(template: Template) -> Iterator[Problem]:
    """Find places that stand where WhatsApp takes none."""
    text, *rest = PLACE.split(template.body)
    if not rest:
        return
    # WhatsApp's own text for codes is "{{1}} is your verification code."
    if not text.strip() and template.category is not Category.AUTHENTICATION:
        yield Problem("body", "catalogue.body.begins", {"name": rest[0].strip()})
    if not rest[-1].strip():
        yield Problem("body", "catalogue.body.ends", {"name": rest[-2].strip()})
    for one, between, other in zip(rest[0:-2:2], rest[1:-2:2], rest[2::2], strict=True):
        if not between.strip():
            names_of = {"one": one.strip(), "other": other.strip()}
            yield Problem("body", "catalogue.body.side_by_side", names_of)


def _check_places(template: Template, field: str, text: str) -> Iterator[Problem]:
    if "{{" in PLACE.sub("", text) or "}}" in PLACE.sub("", text):
        yield Problem(field, "catalogue.place.braces")
    known = {param.name for param in template.params}
    for place in dict.fromkeys(_places(text)):
        if not place:
            yield Problem(field, "catalogue.place.empty")
        elif place not in known:
            meant = find_param(template, place)
            if meant is None:
                yield Problem(field, "catalogue.place.no_param", {"name": place})
            else:
                values = {"name": place, "meant": meant.name}
                yield Problem(field, "catalogue.place.spelled", values)


def _check_all_params(template: Template) -> Iterator[Problem]:
    if len(template.params) > PARAMS_LIMIT:
        yield Problem("params", "catalogue.params.too_many", {"limit": PARAMS_LIMIT})
    places = {names.fold(place) for place in _places(template.header + "\n" + template.body)}
    seen: dict[str, str] = {}
    for number, param in enumerate(template.params):
        path = f"params.{number}"
        for problem in check_param(param):
            yield replace(problem, field=f"{path}.{problem.field}")
        folded = names.fold(param.name)
        if not folded:
            continue
        if folded not in places:
            yield Problem(f"{path}.name", "catalogue.param.no_place", {"name": param.name})
        if folded in seen:
            values = {"one": seen[folded], "other": param.name}
            yield Problem(f"{path}.name", "catalogue.param.alike", values)
        seen.setdefault(folded, param.name)


def fingerprint(template: Template) -> str:
    """Return 16 hex digits that change when anything in a template does."""
    return hashlib.sha256(repr(template).encode()).hexdigest()[:16]


def places(text: str) -> tuple[str, ...]:
    """Name the places of a text, each once, in their order: a form offers them as parameters."""
    return tuple(dict.fromkeys(place for place in _places(text) if place))


def _places(text: str) -> list[str]:
    return [place.strip() for place in PLACE.findall(text)]


def check_values(template: Template, values: Mapping[str, str]) -> list[Problem]:
    """Find what keeps a template with these values from being sent; names are Atom's.

    The problems' fields are `param.NAME`, the blocks of a form.
    """
    problems = [
        Problem(f"param.{name}", "param.unknown", {"name": name, "template": template.name})
        for name in sorted(values.keys() - {param.name for param in template.params})
    ]
    given = _given(template, values)
    for param in template.params:
        if param.name in given:
            problems += check_value(param, given[param.name])
        elif param.required:
            problems.append(Problem(f"param.{param.name}", "param.missing", {"name": param.title}))
    return problems or [*_check_whole(template, values)]


def _check_whole(template: Template, values: Mapping[str, str]) -> Iterator[Problem]:
    """Judge the texts with their values; the longest value is the one to shorten."""
    shown = preview(template, values)
    for parts, limit, key in (
        (shown.body, BODY_LIMIT, "param.body_too_long"),
        (shown.header, HEADER_LIMIT, "param.header_too_long"),
    ):
        length = sum(len(part.text) for part in parts if part.kind is not PartKind.MISSING)
        filled = [part for part in parts if part.kind is PartKind.VALUE]
        if length > limit and filled:
            longest = max(filled, key=lambda part: len(part.text))
            yield Problem(f"param.{longest.param}", key, {"length": length, "limit": limit})


def _given(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Take the values that are there. A default stands in for what was never given.

    A blank value was taken out on purpose.
    """
    taken = {param.name: values.get(param.name, param.default) for param in template.params}
    return {name: value for name, value in taken.items() if value.strip()}


def message(template: Template, values: Mapping[str, str]) -> Params:
    """Return what Atom gets: the parameters that have a value, as the customer reads them."""
    given = _given(template, values)
    return tuple(
        (param.name, as_read(param, given[param.name], template.language))
        for param in template.params
        if param.name in given
    )


def preview(template: Template, values: Mapping[str, str]) -> Preview:
    """Put the values in their places, whether they may be sent or not."""
    filled = dict(message(template, values))
    return Preview(
        header=tuple(_parts(template, template.header, filled)),
        body=tuple(_parts(template, template.body, filled)),
        footer=template.footer,
    )


def _parts(template: Template, text: str, filled: Mapping[str, str]) -> Iterator[Part]:
    for number, piece in enumerate(PLACE.split(text)):
        if number % 2 == 0:
            if piece:
                yield Part(PartKind.TEXT, piece)
            continue
        param = find_param(template, piece) or Param(piece.strip())
        if param.name in filled:
            yield Part(PartKind.VALUE, filled[param.name], param.name)
        else:
            yield Part(PartKind.MISSING, param.title, param.name)


def find_param(template: Template, name: str) -> Param | None:
    """Find a parameter as people write its name, whatever its case and accents."""
    folded = names.fold(name)
    alike = [param for param in template.params if names.fold(param.name) == folded]
    exact = [param for param in alike if param.name == name.strip()]
    return next(iter(exact or alike), None)


def meant_param(template: Template, name: str) -> Param | None:
    """Find a parameter by its name or label, or by their beginning if that is of one alone."""
    if found := find_param(template, name):
        return found
    folded = names.fold(name)
    called = [(each, {names.fold(each.name), names.fold(each.label)}) for each in template.params]
    whole = [each for each, texts in called if folded and folded in texts]
    begun = [
        each for each, texts in called if folded and any(text.startswith(folded) for text in texts)
    ]
    return next((found[0] for found in (whole, begun) if len(found) == 1), None)


def find(templates: Iterable[Template], text: str) -> Template | None:
    """Find a template by its name, whatever its case and accents, or by Atom's id."""
    known = tuple(templates)
    folded = names.fold(text)
    named = [each for each in known if names.fold(each.name) == folded]
    return next(iter(named or [each for each in known if each.id == text.strip()]), None)


def search(
    templates: Iterable[Template], text: str = "", recents: Sequence[str] = ()
) -> list[Template]:
    """Find templates while somebody types: the ids in `recents` first, then the likeliest.

    The name begins with the text, or each typed word begins a word of it, or the text stands
    somewhere in the name or begins the id; of those that match equally well, by name.
    """
    rank = {template_id: position for position, template_id in enumerate(recents)}
    found = [(_match(template, text), template) for template in templates]
    ranked = [
        (rank.get(each.id, len(rank)), match, names.fold(each.name), each)
        for match, each in found
        if match is not None
    ]
    return [each for *_, each in sorted(ranked, key=lambda found: found[:3])]


def _match(template: Template, text: str) -> int | None:
    """Say how well a template matches, 0 being best; None if it does not."""
    folded, name = names.fold(text), names.fold(template.name)
    if name.startswith(folded):
        return 0
    typed, own = names.words(text), names.words(template.name)
    if typed and all(any(word.startswith(each) for word in own) for each in typed):
        return 1
    # Fewer letters would begin other templates' ids by chance.
    is_id = len(folded) >= ID_LETTERS and template.id.casefold().startswith(folded)
    return 2 if is_id or folded in name else None


def closest(name: str, templates: Iterable[Template]) -> list[Template]:
    """Return up to three templates that were perhaps meant: "did you mean …?"."""
    by_name = {template.name: template for template in templates}
    return [by_name[found] for found in names.closest(name, by_name)]
