"""A template: an approved WhatsApp message with places for values, and how a customer reads it."""

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from bot.errors import Problem
from bot.send_draft import BODY_LIMIT
from bot.sends import Params
from bot.templates import names
from bot.templates.params import Param, as_read, check_value

# WhatsApp's, for a template's text header and its footer.
HEADER_LIMIT = FOOTER_LIMIT = 60
ID_LETTERS = 4  # of an id, for it to be found

_DAY_IN_WORDS = 40  # characters; in no language it has as many

PLACE = re.compile(r"\{\{([^{}]*)\}\}")


class Category(StrEnum):
    """What WhatsApp approved the template for."""

    MARKETING = "marketing"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"


class Quiet(StrEnum):
    """Whether a template keeps quiet hours, whatever its category."""

    ALWAYS = "always"
    NEVER = "never"


class Approval(StrEnum):
    """Whether a second person must approve a send of a template."""

    ALWAYS = "always"
    NEVER = "never"


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
    quiet: Quiet | None = None  # as its category and QUIET_FOR say
    approval: Approval = Approval.NEVER
    approval_free: tuple[str, ...] = ()  # users and user groups whose sends need none
    params: tuple[Param, ...] = ()
    # Its name as people compare it, and the words of that, each after a space: made once, for all
    # templates are looked through at every key that is typed into the form.
    folded: str = field(init=False, repr=False, compare=False)
    in_words: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fold the name."""
        folded = names.fold(self.name)
        object.__setattr__(self, "folded", folded)
        object.__setattr__(self, "in_words", "".join(names.beginnings(folded)))


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


@functools.lru_cache(maxsize=256)
def fingerprint(template: Template) -> str:
    """Return 16 hex digits that change when anything in a template does."""
    return hashlib.sha256(repr(template).encode()).hexdigest()[:16]


def text_mark(template: Template) -> str:
    """Return 16 hex digits that change when what a customer reads of a template does."""
    text = (template.id, template.language, template.header, template.body, template.footer)
    return hashlib.sha256(repr(text).encode()).hexdigest()[:16]


def places(text: str) -> tuple[str, ...]:
    """Name the places of a text, each once, in their order: a form offers them as parameters."""
    return tuple(dict.fromkeys(place for place in all_places(text) if place))


def all_places(text: str) -> list[str]:
    """Name the places of a text as often as they stand in it."""
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
    if _is_surely_short(template, values):
        return
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


def _is_surely_short(template: Template, values: Mapping[str, str]) -> bool:
    """Say so without putting values in their places; that is so for nearly every row of a list."""
    given = _given(template, values).values()
    longest = max(map(len, given), default=0) + _DAY_IN_WORDS
    return all(
        len(text) + text.count("{{") * longest <= limit
        for text, limit in ((template.body, BODY_LIMIT), (template.header, HEADER_LIMIT))
    )


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
    bare = name.strip()
    for param in template.params:
        if param.name == bare:
            return param
    folded = names.fold(name)
    return next((each for each in template.params if names.fold(each.name) == folded), None)


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
    folded, its_id = names.fold(text), text.strip()
    named = (each for each in known if each.folded == folded)
    return next(named, None) or next((each for each in known if each.id == its_id), None)


def search(
    templates: Iterable[Template], text: str = "", recents: Sequence[str] = ()
) -> list[Template]:
    """Find templates while somebody types: the ids in `recents` first, then the likeliest.

    The name begins with the text, or each typed word begins a word of it, or the text stands
    somewhere in the name or begins the id; of those that match equally well, by name.
    """
    folded = names.fold(text)
    by_name = sorted(templates, key=attrgetter("folded"))
    found = _matching(by_name, folded) if folded else by_name
    rank = {template_id: position for position, template_id in enumerate(recents)}
    return sorted(found, key=lambda each: rank.get(each.id, len(rank))) if rank else found


def _matching(templates: Iterable[Template], folded: str) -> list[Template]:
    """Take the templates that match, the best matches first; all others are passed over fast."""
    begun: list[Template] = []
    by_words: list[Template] = []
    anywhere: list[Template] = []
    typed = names.beginnings(folded)
    # Fewer letters would begin other templates' ids by chance.
    is_id = len(folded) >= ID_LETTERS
    for each in templates:
        name = each.folded
        if name.startswith(folded):
            begun.append(each)
        # The first word alone, before all: most templates don't have it.
        elif typed and typed[0] in each.in_words and all(map(each.in_words.__contains__, typed)):
            by_words.append(each)
        elif folded in name or (is_id and each.id.casefold().startswith(folded)):
            anywhere.append(each)
    return [*begun, *by_words, *anywhere]


def closest(name: str, templates: Iterable[Template]) -> list[Template]:
    """Return up to three templates that were perhaps meant: "did you mean …?"."""
    by_name = {template.name: template for template in templates}
    return [by_name[found] for found in names.closest(name, by_name)]
