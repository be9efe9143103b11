"""What stands in a form when it opens: nothing, the words of a command, or an old send."""

import dataclasses
from collections.abc import Sequence
from datetime import date

from bot.errors import Problem
from bot.phones.in_text import Found
from bot.policy.access import Allowed
from bot.privacy import masked
from bot.send_draft import ANY_NUMBER, NumberRules, looks_like_template_id
from bot.sends import Origin, Send, SendRequest
from bot.slack import send_form
from bot.slack.platform.payloads import RequestContext
from bot.slack.send_form import template_lookup, when
from bot.slack.send_form.command_parser import CommandWords
from bot.templates import Template, find_param
from bot.times import Asker, Cut, Moment, said


def empty(user: str, origin: Origin | None, offer: Allowed) -> send_form.Form:
    """Return an empty form; without a place it also asks for one."""
    return send_form.Form(
        user=user,
        origin=origin or Origin(channel=user),
        has_catalogue=not offer.any_id_allowed,
        asks_channel=origin is None,
        notice=_nothing_in(offer),
    )


def as_before(opened: send_form.Form, request: SendRequest) -> send_form.Form:
    """Return the form with what an old send had; its template is still to be chosen."""
    channel = request.origin.channel if request.origin.channel.startswith(("C", "G")) else ""
    return dataclasses.replace(
        opened,
        phone=f"+{request.phone}",
        client_name=request.client_name,
        group=request.group,
        assign=request.assign,
        values=request.params,
        channel=channel if opened.asks_channel else "",
    )


def _with_atom_words(opened: send_form.Form, send: Send) -> send_form.Form:
    """Return the form with what Atom said of an old send on top, whole for its sender alone."""
    said = (
        send.vendor_message
        if send.request.user == opened.user
        else masked(send.vendor_message, send)
    )
    if not said or opened.notice:
        return opened
    notice = Problem(send_form.TEMPLATE, "form.atom_said", {"said": said})
    return dataclasses.replace(opened, notice=notice)


def to_correct(opened: send_form.Form, send: Send) -> send_form.Form:
    """Return the form of one that did not go out, with Atom's words on top."""
    return dataclasses.replace(_with_atom_words(opened, send), corrects=send.id)


def to_change(opened: send_form.Form, send: Send) -> send_form.Form:
    """Return the form of one that has not gone out, which takes its place."""
    send_at = send.request.send_at
    chosen = when.When(send_at.instant) if send_at else when.NOW
    return dataclasses.replace(opened, when=chosen, changes=send.id)


def where_it_was(send: Send, context: RequestContext) -> Origin:
    """Return where an old send was asked for: what is corrected is told there, too."""
    origin = send.request.origin
    if origin.channel.startswith(("C", "G")) or send.request.user == context.user:
        url = context.response_url if context.channel == origin.channel else ""
        return Origin(origin.channel, origin.thread_ts, url)
    return Origin(context.user)


def with_numbers(opened: send_form.Form, numbers: Sequence[Found]) -> send_form.Form:
    """Return the form with the number of a message, or with all that may be meant to choose from."""
    to_choose = tuple(
        send_form.FoundPhone(phone, each.before) for each in numbers for phone in each.readings
    )
    if len(numbers) > 1 and to_choose:
        return dataclasses.replace(opened, found=to_choose)
    # What can't be sent to is refused with the reason why.
    return dataclasses.replace(opened, phone=numbers[0].typed if numbers else "")


def typed(
    text: str,
    user: str,
    origin: Origin,
    offer: Allowed,
    asker: Asker,
    rules: NumberRules = ANY_NUMBER,
) -> send_form.Form:
    """Fill a form with the words of a command."""
    named = template_lookup.read(text, offer.templates, rules, asker, index=offer.index)
    filled = _named(named, user, origin, offer, asker.wall.date())
    chosen, note = when.of_command(named.send_at)
    told = note or _daylight(named.send_at, asker)
    return dataclasses.replace(filled, when=chosen, notice=filled.notice or told)


def _daylight(found: Cut | None, asker: Asker) -> Problem | None:
    """Say what daylight saving does to the time that was typed."""
    moment = found.reading if found else None
    return said(moment, asker.language) if isinstance(moment, Moment) else None


def _named(
    named: template_lookup.Named, user: str, origin: Origin, offer: Allowed, today: date
) -> send_form.Form:
    words = _own_params(named.words, named.template)
    opened = send_form.Form(
        user=user,
        origin=origin,
        phone=words.phone,
        client_name=words.client_name,
        group=words.group,
        assign=bool(words.assign),
        values=words.params,
        unparsed=words.unread,
        has_catalogue=not offer.any_id_allowed,
    )
    if offer.any_id_allowed:
        return opened.by_id(words.template)
    if named.template:
        chosen = opened.choosing(named.template, today)
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
    notice = Problem(send_form.TEMPLATE, key, {"name": named.asked})
    return dataclasses.replace(opened, suggestions=named.meant, notice=notice)


def _own_params(words: CommandWords, template: Template | None) -> CommandWords:
    """Give a parameter of the template that is called `grupo` or `cliente` what was typed for it."""
    own = [pair for pair in words.translated if template and find_param(template, pair[0])]
    fields = {name.casefold() for name, _ in own}
    return dataclasses.replace(
        words,
        params=(*words.params, *own),
        group="" if "grupo" in fields else words.group,
        assign=None if fields & {"asignar", "atribuir"} else words.assign,
    )


def _nothing_in(offer: Allowed) -> Problem | None:
    """Say it if there is nothing to choose from."""
    is_empty = not (offer.templates or offer.any_id_allowed or offer.is_admin)
    return Problem(send_form.TEMPLATE, "form.nothing_to_send") if is_empty else None
