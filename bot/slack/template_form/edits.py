"""What an admin's form stands for: a template or a parameter, and how it was when it opened.

Nothing is kept between a form and its submission but what is in the view. A template's own fields
and each of its parameters are compared by themselves, so that two admins are in each other's way
only where both changed the same.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.errors import Problem
from bot.slack.template_form.ids import ALLOWED, BODY, CHANNELS
from bot.templates import Category, Template, fingerprint, names, places
from bot.templates.cautions import cautions, mark
from bot.templates.params import NAME_LIMIT, Param

MARK = 16  # hex digits


@dataclass(frozen=True, slots=True)
class TemplateEdit:
    """A template as it stands in a form."""

    user: str
    template: Template
    was: str = ""  # the id of the one that it changes; empty: it is a new one
    source: str = ""  # whose parameters it takes over
    seen: str = ""  # the mark of that one's own fields, when the form was opened
    asked: str = ""  # the mark of the places that it had then
    warned: tuple[str, ...] = ()  # which limits are gone from it, as the admin was told

    def rests_on(self, old: Template | None) -> bool:
        """Whether the template that it changes is still as the admin saw it."""
        return not self.was or (old is not None and own_mark(old) == self.seen)


@dataclass(frozen=True, slots=True)
class Change:
    """What a submitted form makes of the catalogue."""

    draft: TemplateEdit
    template: Template  # with its parameters
    old: Template | None  # which it replaces
    source: Template | None  # whose parameters it takes over
    is_made: bool  # already: nothing is different

    @property
    def params(self) -> tuple[Param, ...]:
        """Those that it takes over."""
        return self.source.params if self.source else ()

    @property
    def lifted(self) -> tuple[str, ...]:
        """Name the fields whose limits are gone, unless the admin was told of all of them."""
        gone = () if self.is_made else lifted(self.template, self.source)
        return () if set(gone) <= set(self.draft.warned) else gone

    @property
    def warned(self) -> tuple[str, ...]:
        """Name all that the admin must have been told of before it is saved."""
        gone = () if self.is_made else lifted(self.template, self.source)
        before = {mark(each) for each in cautions(self.old)} if self.old else set()
        now = () if self.is_made else (mark(each) for each in cautions(self.template))
        return (*gone, *(each for each in now if each not in before))

    @property
    def asks(self) -> bool:
        """Whether the admin was not yet told of something."""
        return not set(self.warned) <= set(self.draft.warned)


def new(user: str, language: str) -> TemplateEdit:
    """Begin a template."""
    blank = Template(name="", id="", language=language, category=Category.UTILITY, body="")
    return TemplateEdit(user, blank, asked=places_mark(()))


def edit(user: str, template: Template) -> TemplateEdit:
    """Begin to change a template."""
    asked = places_mark(each.name for each in template.params)
    return TemplateEdit(user, template, template.id, template.id, own_mark(template), asked)


def duplicate(user: str, template: Template, name: str) -> TemplateEdit:
    """Begin a template like another one; nobody can send it before it is looked at."""
    like = replace(template, name=name[:NAME_LIMIT], id="", active=False)
    asked = places_mark(each.name for each in template.params)
    return TemplateEdit(user, like, source=template.id, asked=asked)


def own_mark(template: Template) -> str:
    """Return what changes with anything of a template but its parameters."""
    return fingerprint(replace(template, params=()))


def param_mark(param: Param) -> str:
    """Return what changes with anything of a parameter."""
    return hashlib.sha256(repr(param).encode()).hexdigest()[:MARK]


def places_mark(called: Iterable[str]) -> str:
    """Return what changes when a place comes or goes, but not when it is spelled anew."""
    folded = sorted(names.fold(each) for each in called)
    return hashlib.sha256("\n".join(folded).encode()).hexdigest()[:MARK]


def with_params(template: Template, known: Iterable[Param]) -> Template:
    """Make its places a template's parameters; those that are known keep their details.

    They are called as the text spells them, for that is how Atom does.
    """
    by_name = {names.fold(param.name): param for param in known}
    found: dict[str, Param] = {}
    for place in (*places(template.header), *places(template.body)):
        folded = names.fold(place)
        param = by_name.get(folded, Param(place))
        # A second spelling of a place is a mistake, which the catalogue's check names.
        found.setdefault(folded, replace(param, name=place))
    return replace(template, params=tuple(found.values()))


def with_unasked(template: Template, source: Template | None) -> Template:
    """Keep what the form does not ask for as it was."""
    if source is None:
        return template
    # It asks for groups alone.
    people = tuple(each for each in source.approval_free if not each.startswith("S"))
    free = (*people, *template.approval_free)
    is_same = sorted(free) == sorted(source.approval_free)
    return replace(
        template, quiet=source.quiet, approval_free=source.approval_free if is_same else free
    )


def dropped(template: Template, known: Iterable[Param]) -> list[str]:
    """Name the parameters that have no place any more."""
    there = {names.fold(param.name) for param in template.params}
    return [param.name for param in known if names.fold(param.name) not in there]


def lifted(template: Template, before: Template | None) -> tuple[str, ...]:
    """Name the fields whose limits are gone: a template could be sent by or from everywhere.

    It may not be meant: Slack can leave out what an admin can't see, and hand in an empty field.
    """
    fields = {
        CHANNELS: (before.channels if before else (), template.channels),
        ALLOWED: (before.allowed if before else (), template.allowed),
    }
    return tuple(name for name, (then, now) in fields.items() if then and not now)


def in_the_form(problems: Iterable[Problem], template: Template) -> Iterator[Problem]:
    """Lead each problem of a template to a field of its form: parameters come from the body."""
    for problem in problems:
        match problem.field.split("."):
            case ["params", number, "name"]:
                name = " ".join(template.params[int(number)].name.split())[:NAME_LIMIT]
                values: dict[str, str | int] = {"name": name, "limit": NAME_LIMIT}
                yield Problem(BODY, "template_form.bad_place", values)
            case ["params", *_]:
                yield replace(problem, field=BODY)
            case _:
                yield problem
