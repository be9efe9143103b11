"""What WhatsApp may refuse of a template: said as a warning, which an admin may pass.

Names and ids are Atom's own, and WhatsApp's rules change; so none of this keeps a template out.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from bot.errors import Problem
from bot.send_draft import is_template_id
from bot.templates import PLACE, Category, Template, all_places
from bot.templates.markup import Span, spans

MARK = 6  # hex digits


def cautions(template: Template) -> list[Problem]:
    """Find what an admin should look at twice; a problem's field is a field of the template."""
    found = [*_of_id(template)]
    for field, text in (("header", template.header), ("footer", template.footer)):
        found += _of_plain(field, text)
    for field, text in (("header", template.header), ("body", template.body)):
        found += _of_places(field, text)
    return [*found, *_of_words(template)]


def mark(problem: Problem) -> str:
    """Return what tells a warning from others, and from the same one of another text."""
    told = f"{problem.field}:{problem.key}:{sorted(problem.values.items())}"
    return hashlib.sha256(told.encode()).hexdigest()[:MARK]


def _of_id(template: Template) -> Iterator[Problem]:
    if not is_template_id(template.id):
        yield Problem("id", "caution.id", {"id": template.id})


def _of_plain(field: str, text: str) -> Iterator[Problem]:
    """Find what WhatsApp takes in a body alone."""
    bare = PLACE.sub("x", text)
    if emoji := "".join(char for char in bare if _is_emoji(char)):
        yield Problem(field, "caution.emoji", {"emoji": emoji})
    if "*" in bare or any(span != Span(span.text) for span in spans(bare)):
        yield Problem(field, "caution.marks")


def _of_places(field: str, text: str) -> Iterator[Problem]:
    if "{{{" in text or "}}}" in text:
        yield Problem(field, "caution.braces")
    named = {place for place in all_places(text) if place}
    numbers = {int(place) for place in named if re.fullmatch("[0-9]{1,4}", place)}
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - numbers)
    if missing:
        yield Problem(field, "caution.gap", {"missing": f"{{{{{missing[0]}}}}}"})
    if numbers and len(numbers) < len(named):
        yield Problem(field, "caution.mixed")
    for name in sorted(named):
        if odd := re.search(r"[^\w\s.-]", name):
            yield Problem(field, "caution.name", {"name": name, "character": odd[0]})


def _of_words(template: Template) -> Iterator[Problem]:
    """Find a body of little but places: WhatsApp wants some two words of its own for each."""
    places = len(PLACE.findall(template.body))
    count = len(re.findall(r"\w+", PLACE.sub(" ", template.body)))
    if count < 2 * places and places > 1 and template.category is not Category.AUTHENTICATION:
        yield Problem("body", "caution.few_words", {"places": places, "words": count})


def _is_emoji(char: str) -> bool:
    return unicodedata.category(char) == "So" or char in "\u203c\u2049\u20e3\ufe0f"
