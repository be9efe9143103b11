"""A draft's values against its template: what is wrong with them, and how the customer reads them."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot import emoji_codes
from bot.errors import Problem
from bot.send_draft import SendDraft
from bot.sends import Params
from bot.templates import Template, check_values, fingerprint, message


@dataclass(frozen=True, slots=True)
class Contents:
    """What Atom is given of a draft beside its number, as the customer reads it."""

    client_name: str
    group: str
    params: Params


def is_filled_for(draft: SendDraft, template: Template | None) -> bool:
    """Say whether the values were given for this template, as it is now."""
    return draft.template_fingerprint == (fingerprint(template) if template else "")


def problems_of_values(draft: SendDraft, template: Template | None) -> Iterator[Problem]:
    """Find what is wrong with the values, and emoji that nobody has in WhatsApp.

    The problems' fields are the draft's, and `param.NAME` where it is a known template's.
    """
    if template and is_filled_for(draft, template):
        yield from check_values(template, dict(draft.params))
    yield from unknown_emoji(draft)


def unknown_emoji(draft: SendDraft) -> Iterator[Problem]:
    """Find the codes of emoji that nobody has in WhatsApp."""
    names = draft.names_params
    values = [(f"param.{name}" if names else "params", value) for name, value in draft.params]
    own = (("client_name", draft.client_name), ("group", draft.group))
    for field, value in (*values, *own):
        if codes := emoji_codes.unknown(value):
            yield Problem(field, "emoji.unknown", {"codes": ", ".join(codes)})


def contents(draft: SendDraft, template: Template | None) -> Contents:
    """Return what goes out of a draft that was checked."""
    params = message(template, dict(draft.params)) if template else draft.params
    # A default or a choice of the catalogue may have codes, too.
    shown = emoji_codes.to_characters
    return Contents(
        shown(draft.client_name),
        shown(draft.group),
        tuple((name, shown(value)) for name, value in params),
    )
