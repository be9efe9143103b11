"""Which template the words of a command name, as people remember and mistype names."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.sends import ANY_NUMBER, NumberRules, is_template_id
from bot.slack import command_text
from bot.templates import Template, closest, find, names, search
from bot.templates.params import NAME_LIMIT

MOST_MEANT = 5
MOST_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Named:
    """What a command's words say, and which template they name."""

    words: command_text.Words
    template: Template | None = None
    meant: tuple[Template, ...] = ()  # where it is not clear, the likeliest ones
    asked: str = ""  # the name that was typed
    is_mistyped: bool = False  # no template is called so, those in `meant` are only like it


@dataclass(frozen=True, slots=True)
class Index:
    """Templates by their whole names: arranged once, for all who type one."""

    by_name: Mapping[str, Template] = field(default_factory=dict)
    most_words: int = 0

    def adding(self, templates: Iterable[Template]) -> "Index":
        """Return one with more templates."""
        more = {each.folded: each for each in templates}
        most = max((len(name.split()) for name in more), default=0)
        return Index({**self.by_name, **more}, max(self.most_words, most))


def read(
    text: str,
    templates: Sequence[Template],
    rules: NumberRules = ANY_NUMBER,
    index: Index | None = None,
) -> Named:
    """Read a command: its template by name, by some letters of it, or by Atom's id.

    A whole name in front may hold anything, digits too; elsewhere it is the words with letters.
    `index` has the same templates.
    """
    index = index or Index().adding(templates)
    plain = command_text.unescape(text)
    if not plain.strip():
        return Named(command_text.Words())
    found, rest = _in_front(plain, index)
    if found:
        return Named(_without_template(command_text.read_plain(rest, rules)), found)
    words = command_text.read_plain(plain, rules)
    by_id = find(templates, words.template)
    if by_id or is_template_id(words.template):
        return Named(words, by_id, asked=words.template)
    asked, meant = _meant(words.names, templates)
    if not meant:
        return Named(words, asked=" ".join(words.names) or words.template)
    spare = tuple(each for each in words.unread if each not in asked)
    words = dataclasses.replace(words, unread=spare)
    name = " ".join(asked)
    if len(meant) == 1 and _is_certain(name, meant[0]):
        return Named(words, meant[0], asked=name)
    is_like = not all(_is_certain(name, each) for each in meant)
    return Named(words, meant=meant[:MOST_MEANT], asked=name, is_mistyped=is_like)


def _without_template(words: command_text.Words) -> command_text.Words:
    """Return words of which none is the template's name any more."""
    if not words.template:
        return words
    return dataclasses.replace(words, template="", unread=(words.template, *words.unread))


def begins_with_name(text: str, index: Index) -> bool:
    """Whether a command, as Slack sends it, has a whole name in front: then nothing is compared."""
    return _in_front(command_text.unescape(text), index)[0] is not None


def _in_front(text: str, index: Index) -> tuple[Template | None, str]:
    """Find the longest whole name that the text begins with, and what follows it."""
    typed = text.split()
    for count in range(min(index.most_words, len(typed)), 0, -1):
        found = index.by_name.get(names.fold(" ".join(typed[:count])))
        if found:
            return found, text.split(maxsplit=count)[count] if len(typed) > count else ""
    return None, text


def _meant(
    typed: Sequence[str], templates: Sequence[Template]
) -> tuple[Sequence[str], tuple[Template, ...]]:
    """Find the templates that the words mean, and how many of the words it takes to say so.

    What names a template goes before what is only like a name.
    """
    most = max((each.in_words.count(" ") for each in templates), default=0)
    heads = [typed[:count] for count in range(min(most, len(typed)), 0, -1)]
    for head in heads:
        name = " ".join(head)
        exact = find(templates, name)
        if found := (exact,) if exact else tuple(search(templates, name)):
            return head, found
    # Slow, so that only the likeliest lengths are compared.
    for head in heads[:MOST_COMPARED]:
        name = " ".join(head)
        if len(name) <= NAME_LIMIT and (alike := tuple(closest(name, templates))):
            return head, alike
    return (), ()


def _is_certain(name: str, template: Template) -> bool:
    """Whether this is what was typed, and not only what was perhaps meant."""
    return bool(search([template], name))
