"""What keeps a template out of the catalogue: WhatsApp's rules, Slack's and our own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.errors import Problem
from bot.send_draft import BODY_LIMIT, GROUP_LIMIT, may_be_template_id
from bot.templates import (
    FOOTER_LIMIT,
    HEADER_LIMIT,
    PLACE,
    Category,
    Template,
    all_places,
    find_param,
    names,
)
from bot.templates.params import NAME_LIMIT, check_param, check_text

PARAMS_LIMIT = 50  # each may take two of the 100 blocks of a form in Slack
# A body has lines; no other control characters, and no halves of characters.
UNFIT_IN_BODY = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


def check(template: Template) -> list[Problem]:
    """Find everything that keeps a template out of the catalogue.

    A problem's field is a field of the template, or `params.N.FIELD` with N from 0.
    """
    return [*_check_words(template), *_check_texts(template), *_check_all_params(template)]


def check_with(template: Template, others: Sequence[Template]) -> list[Problem]:
    """Check one template as one of a catalogue, whose `others` are known to be right."""
    problems = check(template)
    if same := next(
        (each for each in others if each.folded and each.folded == template.folded), None
    ):
        problems.append(Problem("name", "catalogue.name.taken", {"other": same.name}))
    if same := next((each for each in others if each.id and each.id == template.id), None):
        problems.append(Problem("id", "catalogue.id.taken", {"other": same.name}))
    return problems


def check_all(templates: Sequence[Template]) -> list[tuple[int, Problem]]:
    """Check a whole catalogue; each problem comes with the position of its template."""
    found = []
    by_name: dict[str, str] = {}
    by_id: dict[str, str] = {}
    for position, template in enumerate(templates):
        folded, name = template.folded, template.name
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
    if not may_be_template_id(template.id):
        yield Problem("id", "catalogue.id", {"length": len(template.id)})
    # <https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/supported-languages>
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", template.language):
        yield Problem("language", "catalogue.language")
    yield from check_text("group", template.group, limit=GROUP_LIMIT)
    for field, listed in (("allowed", template.allowed), ("approval_free", template.approval_free)):
        for who in listed:
            if not re.fullmatch(r"[UWS][A-Z0-9]{2,}", who):
                yield Problem(field, "catalogue.not_a_person", {"value": who[:NAME_LIMIT]})
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
    for place in dict.fromkeys(all_places(text)):
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
    places = {names.fold(place) for place in all_places(template.header + "\n" + template.body)}
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
