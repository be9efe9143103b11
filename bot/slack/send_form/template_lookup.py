"""Which template the words of a command name, as people remember and mistype names."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from bot.send_draft import ANY_NUMBER, NumberRules, is_template_id
from bot.slack.send_form import command_parser, command_words
from bot.templates import Template, closest, find, names, search
from bot.templates.index import Index
from bot.templates.params import NAME_LIMIT
from bot.times import Asker, Cut, cut
from bot.typed_text import visible

MOST_MEANT = 5
MOST_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Named:
    """What a command's words say, and which template they name."""

    words: command_parser.CommandWords
    template: Template | None = None
    meant: tuple[Template, ...] = ()  # where it is not clear, the likeliest ones
    asked: str = ""  # the name that was typed
    is_mistyped: bool = False  # no template is called so, those in `meant` are only like it
    send_at: Cut | None = None  # the time at the end of the words, or what only looks like one


def read(
    text: str,
    templates: Sequence[Template],
    rules: NumberRules = ANY_NUMBER,
    asker: Asker | None = None,
    index: Index | None = None,
) -> Named:
    """Read a command: its template by name, by some letters of it, or by Atom's id.

    A whole name in front may hold anything, digits too; elsewhere it is the words with letters.
    Where somebody asks, the last words may be the time to send at. `index` has the same templates.
    """
    index = index or Index().adding(templates)
    plain = command_parser.unescape(text)
    if not plain.strip():
        return Named(command_parser.CommandWords())
    found, rest = _in_front(plain, index)
    send_at = _send_at(rest, asker, () if found else templates) if asker else None
    rest = send_at.rest if send_at else rest
    if found:
        named = Named(_without_template(command_parser.read_plain(rest, rules)), found)
    else:
        named = _by_words(rest, templates, rules)
    return dataclasses.replace(named, send_at=_with_note(send_at, named) if send_at else None)


def _send_at(text: str, asker: Asker, templates: Sequence[Template]) -> Cut:
    text = visible(text)
    return cut(text, command_words.plain_from(text), asker, [each.folded for each in templates])


def _with_note(send_at: Cut, named: Named) -> Cut:
    """Keep the note on what looks like a time only if those words found no field."""
    noted = str(send_at.note.values["words"]).split() if send_at.note else []
    is_left = set(noted) <= set(named.words.unread)
    return send_at if is_left else dataclasses.replace(send_at, note=None)


def _by_words(text: str, templates: Sequence[Template], rules: NumberRules) -> Named:
    words = command_parser.read_plain(text, rules)
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


def _without_template(words: command_parser.CommandWords) -> command_parser.CommandWords:
    """Return words of which none is the template's name any more."""
    if not words.template:
        return words
    return dataclasses.replace(words, template="", unread=(words.template, *words.unread))


def begins_with_name(text: str, index: Index) -> bool:
    """Whether a command, as Slack sends it, has a whole name in front: then nothing is compared."""
    return _in_front(command_parser.unescape(text), index)[0] is not None


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
