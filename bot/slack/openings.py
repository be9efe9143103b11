"""What stands in a form when it opens: nothing, the words of a command, or an old send."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.errors import Problem
from bot.phones.in_text import Found
from bot.sends import ANY_NUMBER, NumberRules, Order, Place, looks_like_template_id
from bot.slack import form, naming
from bot.slack.command_text import Words
from bot.slack.offers import Offer
from bot.templates import Template, find_param


def empty(user: str, place: Place | None, offer: Offer) -> form.Form:
    """Return an empty form; without a place it also asks for one."""
    return form.Form(
        user=user,
        place=place or Place(channel=user),
        has_catalogue=not offer.is_free,
        asks_channel=place is None,
        notice=_nothing_in(offer),
    )


def as_before(opened: form.Form, order: Order) -> form.Form:
    """Return the form with what an old send had; its template is still to be chosen."""
    channel = order.place.channel if order.place.channel.startswith(("C", "G")) else ""
    return dataclasses.replace(
        opened,
        phone=f"+{order.phone}",
        client_name=order.client_name,
        group=order.group,
        assign=order.assign,
        values=order.params,
        channel=channel if opened.asks_channel else "",
    )


def with_numbers(opened: form.Form, numbers: Sequence[Found]) -> form.Form:
    """Return the form with the number of a message, or with all that may be meant to choose from."""
    to_choose = tuple(
        form.FoundPhone(phone, each.before) for each in numbers for phone in each.readings
    )
    if len(numbers) > 1 and to_choose:
        return dataclasses.replace(opened, found=to_choose)
    # What can't be sent to is refused with the reason why.
    return dataclasses.replace(opened, phone=numbers[0].typed if numbers else "")


def typed(
    text: str, user: str, place: Place, offer: Offer, rules: NumberRules = ANY_NUMBER
) -> form.Form:
    """Fill a form with the words of a command."""
    named = naming.read(text, offer.templates, rules, offer.index)
    words = _own_params(named.words, named.template)
    opened = form.Form(
        user=user,
        place=place,
        phone=words.phone,
        client_name=words.client_name,
        group=words.group,
        assign=bool(words.assign),
        values=words.params,
        unread=words.unread,
        has_catalogue=not offer.is_free,
    )
    if offer.is_free:
        return opened.by_id(words.template)
    if named.template:
        chosen = opened.choosing(named.template, datetime.now(UTC).date())
        # A typed no is an answer, whatever the template proposes.
        assign = chosen.assign if words.assign is None else words.assign
        return dataclasses.replace(chosen, assign=assign)
    if offer.is_admin and looks_like_template_id(named.asked):
        return opened.by_id(named.asked)
    nothing = _nothing_in(offer)
    if nothing or not named.asked:
        return dataclasses.replace(opened, notice=nothing)
    key = "form.did_you_mean" if named.is_mistyped else "form.several"
    key = key if named.meant else "form.no_such_template"
    notice = Problem(form.TEMPLATE, key, {"name": named.asked})
    return dataclasses.replace(opened, meant=named.meant, notice=notice)


def _own_params(words: Words, template: Template | None) -> Words:
    """Give a parameter of the template that is called `grupo` or `cliente` what was typed for it."""
    own = [pair for pair in words.translated if template and find_param(template, pair[0])]
    fields = {name.casefold() for name, _ in own}
    return dataclasses.replace(
        words,
        params=(*words.params, *own),
        group="" if "grupo" in fields else words.group,
        assign=None if fields & {"asignar", "atribuir"} else words.assign,
    )


def _nothing_in(offer: Offer) -> Problem | None:
    """Say it if there is nothing to choose from."""
    is_empty = not (offer.templates or offer.is_free or offer.is_admin)
    return Problem(form.TEMPLATE, "form.nothing_to_send") if is_empty else None
