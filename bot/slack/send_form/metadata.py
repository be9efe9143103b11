"""The form's note, its private_metadata: whose it is, and what no field of it holds."""

import json
from collections.abc import Sequence
from typing import Any, Final

from bot.send_draft import Subject
from bot.sends import Params
from bot.slack.send_form.state import Form
from bot.templates import fingerprint

# Characters; a view takes 3,000 in all.
UNPLACED_LIMIT: Final = 1800
UNPARSED_LIMIT: Final = 600
MOST_CONFIRMED: Final = 12


def write(form: Form) -> str:
    """Write the note of a form."""
    known = form.known
    values = {
        "user": form.user,
        "channel": form.origin.channel,
        "thread": form.origin.thread_ts,
        "url": form.origin.response_url,
        "seen": form.confirmed_digits,
        "id": form.confirmed_id,
        "ok": json.dumps(sorted(form.confirmed)[:MOST_CONFIRMED]) if form.confirmed else "",
        "catalogue": "yes" if form.has_catalogue else "",
        "test": "yes" if form.is_test else "",
        "changes": form.changes,
        "corrects": form.corrects,
        "set": str(form.menu_version or ""),
        "template": known.id if known else "",
        "mark": fingerprint(known) if known else "",
        "values": kept(unplaced(form)),
        "unread": kept(form.unparsed, UNPARSED_LIMIT),
    }
    return json.dumps({key: value for key, value in values.items() if value})


def unplaced(form: Form) -> Params:
    """Return the values for which another template may have a field."""
    return form.unplaced_values if form.known else form.values


def kept(values: Sequence[object], limit: int = UNPLACED_LIMIT) -> str:
    """Write values for the view's note; empty if it has no room for them."""
    if not values:
        return ""
    written = json.dumps(values)
    # As it stands in the note, which is JSON itself.
    return written if len(json.dumps(written)) <= limit else ""


def unparsed_of(note: dict[str, str]) -> tuple[str, ...]:
    """Read back the words that found no field."""
    return tuple(map(str, _listed(note, "unread")))


def confirmed_of(note: dict[str, str]) -> frozenset[Subject]:
    """Read back what the person was asked on top of the form."""
    pairs = [each for each in _listed(note, "ok") if isinstance(each, list)]
    return frozenset((str(each[0]), str(each[-1])) for each in pairs if each)


def values_of(note: dict[str, str]) -> Params:
    """Return the values that wait for a template."""
    pairs = [each for each in _listed(note, "values") if isinstance(each, list)]
    return tuple((str(each[0]), str(each[-1])) for each in pairs if each)


def _listed(note: dict[str, str], name: str) -> list[Any]:
    try:
        read_back = json.loads(note.get(name, "[]"))
    except ValueError:
        return []
    return read_back if isinstance(read_back, list) else []
