"""The form, read back from the view that Slack hands in."""

from dataclasses import replace

from bot import emoji_codes
from bot.sends import Origin, Params
from bot.slack.platform import payloads
from bot.slack.platform.payloads import Payload
from bot.slack.send_form import answered_thread, param_inputs, phone_choices, when
from bot.slack.send_form import metadata as notes
from bot.slack.send_form.ids import (
    ASSIGN,
    CHANNEL,
    CLIENT_NAME,
    GROUP,
    PARAM,
    PARAMS,
    PHONE,
    READING,
    TEMPLATE,
    param_blocks,
)
from bot.slack.send_form.state import Form, proposals
from bot.templates import Template, fingerprint


def drawn(view: Payload) -> str:
    """Name the template whose fields a view has, by Atom's id; empty for none."""
    return payloads.note_of(view).get("template", "")


def drawn_of(view: Payload) -> str:
    """Return the fingerprint of the template whose fields a view has; empty for none."""
    return payloads.note_of(view).get("mark", "")


def read(view: Payload, known: Template | None = None, *, response_url: str = "") -> Form:
    """Read a view back; `known` is the template that `drawn` names, as it is now."""
    note = payloads.note_of(view)
    state = payloads.state(view)

    def typed(block: str) -> str:
        return payloads.typed(state.get(block)).strip()

    def value(block: str) -> str:
        return emoji_codes.to_characters(typed(block))

    chosen = str(state.get(CHANNEL, {}).get("selected_conversation") or "")
    origin = Origin(
        channel=chosen or note.get("channel", ""),
        thread_ts=note.get("thread", ""),
        response_url=response_url or note.get("url", ""),
    )
    has_catalogue = "catalogue" in note
    is_open = GROUP in state
    group, assign = proposals(known)
    form = Form(
        user=note.get("user", ""),
        origin=origin,
        template=payloads.chosen(state.get(TEMPLATE)) if has_catalogue else typed(TEMPLATE),
        phone=typed(PHONE),
        client_name=value(CLIENT_NAME),
        group=value(GROUP) if is_open else group,
        assign=payloads.checked(state.get(ASSIGN)) if is_open else assign,
        more=is_open,
        thread=answered_thread.read(view),
        params=emoji_codes.to_characters(payloads.typed(state.get(PARAMS))),
        known=known,
        has_catalogue=has_catalogue,
        asks_channel=CHANNEL in state,
        channel=chosen,
        is_test="test" in note,
        when=when.read(view, state),
        changes=note.get("changes", ""),
        corrects=note.get("corrects", ""),
        confirmed_digits=note.get("seen", ""),
        confirmed_id=note.get("id", ""),
        confirmed=notes.confirmed_of(note),
        phone_choice=payloads.chosen(state.get(READING)),
        found=phone_choices.read(view),
        template_fingerprint=drawn_of(view),
        menu_version=int(note["set"]) if note.get("set", "").isdecimal() else 0,
        unparsed=notes.unparsed_of(note),
    )
    values, unplaced = _values(state, known, form.template_fingerprint), notes.values_of(note)
    if known:
        return replace(form, values=values, unplaced_values=unplaced)
    return replace(form, values=(*values, *unplaced))


def _values(state: dict[str, Payload], known: Template | None, drawn_of: str) -> Params:
    """Return what stands in the parameters' fields, by the parameters' names.

    Of a template that was changed meanwhile also what it does not ask for any more.
    """
    params = {each.name: each for each in known.params} if known else {}
    names: dict[str, str] = {}
    # After a change the numbers may be other parameters'.
    if known and fingerprint(known) == drawn_of:
        names = {block: name for name, block in param_blocks(known).items()}
    return tuple(
        (name, param_inputs.read(params.get(name), element))
        for block, element in state.items()
        if block.startswith(PARAM)
        for name in [names.get(block, block.removeprefix(PARAM))]
    )
