"""What stands in a list's form when it opens: what was typed, or the files of a message."""

import dataclasses
from collections.abc import Sequence

from bot.bulk.batches import ListFile
from bot.errors import Problem
from bot.policy.access import Allowed
from bot.send_draft import NumberRules
from bot.slack.bulk.form_state import ListForm
from bot.slack.send_form import template_lookup, when
from bot.slack.send_form.ids import TEMPLATE
from bot.times import Asker


def typed(
    opened: ListForm, words: str, offer: Allowed, asker: Asker, rules: NumberRules
) -> ListForm:
    """Fill a form with the words of a command: its template, and what all rows have in common."""
    named = template_lookup.read(words, offer.templates, rules, asker, index=offer.index)
    said = named.words
    pairs = (f"{name}={value}" for name, value in said.params)
    numbers = [each for each in (said.phone, said.client_name, *pairs, *said.unread) if each]
    moment, note = when.of_command(named.send_at)
    filled = dataclasses.replace(opened, when=moment, unparsed=tuple(numbers), notice=note)
    if named.template:
        filled = filled.choosing(named.template)
        filled = dataclasses.replace(filled, notice=note)
    elif named.asked:
        key = "form.did_you_mean" if named.is_mistyped else "form.several"
        key = key if named.meant else "form.no_such_template"
        notice = Problem(TEMPLATE, key, {"name": named.asked})
        filled = dataclasses.replace(filled, suggestions=named.meant, notice=notice)
    assign = filled.assign if said.assign is None else said.assign
    return dataclasses.replace(filled, group=said.group or filled.group, assign=assign)


def with_only(opened: ListForm, offer: Allowed) -> ListForm:
    """Choose the template where there is but one."""
    if opened.template or opened.notice or len(offer.templates) != 1:
        return opened
    return opened.choosing(offer.templates[0])


def with_files(opened: ListForm, files: Sequence[ListFile]) -> ListForm:
    """Take a message's file, or all that it may be to choose from."""
    if len(files) == 1:
        return dataclasses.replace(opened, file=files[0])
    return dataclasses.replace(opened, files=tuple(files))
