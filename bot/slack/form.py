"""The form: drawn, read back, and checked in place. Builder and reader share the block ids."""

import json
from dataclasses import dataclass, field, replace
from typing import Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ConversationSelectElement,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.errors import FixTheForm, Problem
from bot.locales import Words
from bot.phones import Phone
from bot.sends import GROUP_LIMIT, NAME_LIMIT, Draft, Order, Place, SendId
from bot.slack import payloads
from bot.slack.cards import escape
from bot.slack.command_text import read_params
from bot.slack.payloads import Payload

CALLBACK_ID: Final = "send"
TEMPLATE: Final = "template"
PHONE: Final = "phone"
READING: Final = "phone_reading"
CLIENT_NAME: Final = "client_name"
GROUP: Final = "group"
ASSIGN: Final = "assign"
PARAMS: Final = "params"
CHANNEL: Final = "channel"
INPUT: Final = "input"  # the one element of each block

# The longest that a field takes; 3,000 is Slack's own for a text input.
LIMITS: Final = {
    TEMPLATE: 100,
    PHONE: 60,
    PARAMS: 3000,
    CLIENT_NAME: NAME_LIMIT,
    GROUP: GROUP_LIMIT,
}
UNREAD_LIMIT = 500  # escaped it may have five times that, and a section takes 3,000
ERROR_LIMIT = 1500
MOST_PROBLEMS = 5  # that are told of one field at a time


@dataclass(frozen=True, slots=True)
class Form:
    """A form as a person sees it: what is filled in, whose it is, where the outcome goes."""

    user: str
    place: Place
    template: str = ""
    phone: str = ""
    client_name: str = ""
    group: str = ""
    assign: bool = False
    params: str = ""
    asks_channel: bool = False  # a global shortcut has no channel of its own
    seen: str = ""  # the digits that the person was warned about, and saw
    reading: str = ""  # the digits that the person chose out of two readings
    unread: tuple[str, ...] = ()  # words of the command that found no field
    readings: tuple[Phone, ...] = field(default=())

    def draft(self) -> tuple[Draft, list[Problem]]:
        """Return what was asked for, and what is wrong with how the parameters are written."""
        problems: list[Problem] = []
        params: tuple[tuple[str, str], ...] = ()
        try:
            params = read_params(self.params)
        except FixTheForm as error:
            problems.extend(error.problems)
        draft = Draft(
            template=self.template,
            phone=self.phone,
            client_name=self.client_name,
            group=self.group,
            assign=self.assign,
            params=params,
        )
        return draft, problems

    def cut_off(self) -> list[str]:
        """Return what the fields have no room for, as the command may give more than they take."""
        values = {
            TEMPLATE: self.template,
            PHONE: self.phone,
            PARAMS: self.params,
            CLIENT_NAME: self.client_name,
            GROUP: self.group,
        }
        rests = (value[LIMITS[block] :].strip() for block, value in values.items())
        return [rest for rest in rests if rest]

    def order(self, view_id: str, draft: Draft, phone: Phone) -> Order:
        """Make the order: one form is one send, however often it is delivered."""
        return Order(
            id=SendId(view_id),
            template=draft.template,
            phone=phone.digits,
            country=phone.country,
            client_name=draft.client_name,
            group=draft.group,
            assign=draft.assign,
            params=draft.params,
            user=self.user,
            place=self.place,
        )

    def settled(self, readings: tuple[Phone, ...]) -> Phone | None:
        """Return the number to send to, or None if the person must look first."""
        choice = [phone for phone in readings if phone.digits == self.reading]
        candidates = choice if len(readings) > 1 else list(readings)
        if len(candidates) != 1:
            return None
        phone = candidates[0]
        return None if phone.warnings and phone.digits != self.seen else phone

    def asking(self, readings: tuple[Phone, ...]) -> "Form":
        """Return the form that shows the readings or warnings, and remembers they were seen."""
        single = readings[0].digits if len(readings) == 1 else ""
        choice = [phone for phone in readings if phone.digits == self.reading]
        if len(readings) > 1 and choice:
            single = choice[0].digits
        return replace(self, readings=readings, seen=single)


def build(form: Form, words: Words) -> View:
    """Draw the form as a modal."""
    blocks: list[Block] = []
    if unread := [*form.unread, *form.cut_off()]:
        shown = escape(_short(", ".join(unread), UNREAD_LIMIT))
        blocks.append(_says(words("form.unread", words=shown)))
    blocks += [
        _text(TEMPLATE, form.template, words),
        _text(PHONE, form.phone, words),
        *_about_the_number(form, words),
        _text(PARAMS, form.params, words, optional=True, multiline=True),
        _text(CLIENT_NAME, form.client_name, words, optional=True),
        _text(GROUP, form.group, words, optional=True),
        _assign(form, words),
    ]
    if form.asks_channel:
        blocks.append(_channel(words))
    return View(
        type="modal",
        callback_id=CALLBACK_ID,
        title=words("form.title"),
        submit=words("form.submit_anyway" if form.seen else "form.submit"),
        close=words("form.close"),
        private_metadata=_write_note(form),
        blocks=blocks,
    )


def read(view: Payload, *, response_url: str = "") -> Form:
    """Read a submitted view back."""
    note = payloads.note_of(view)
    state = payloads.state(view)

    def typed(block: str) -> str:
        return payloads.plain(payloads.text_of(state.get(block))).strip()

    chosen = str((state.get(CHANNEL) or {}).get("selected_conversation") or "")
    place = Place(
        channel=chosen or note.get("channel", ""),
        thread_ts=note.get("thread", ""),
        response_url=response_url or note.get("url", ""),
    )
    return Form(
        user=note.get("user", ""),
        place=place,
        template=typed(TEMPLATE),
        phone=typed(PHONE),
        client_name=typed(CLIENT_NAME),
        group=typed(GROUP),
        assign=payloads.checked(state.get(ASSIGN)),
        params=payloads.plain(payloads.text_of(state.get(PARAMS))),
        asks_channel=CHANNEL in state,
        seen=note.get("seen", ""),
        reading=payloads.chosen(state.get(READING)),
    )


def errors(problems: tuple[Problem, ...], words: Words) -> dict[str, str]:
    """Say what is wrong, by block; several sentences about one field follow each other."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(_sentence(problem, words))
    return {field: _first(sentences, words) for field, sentences in found.items()}


def _sentence(problem: Problem, words: Words) -> str:
    values = dict(problem.values)
    for name in {"country", "allowed"} & values.keys():
        codes = str(values[name]).split(", ")
        values[name] = ", ".join(sorted(map(words.country, codes)))
    return words(problem.key, **values)


def _first(sentences: list[str], words: Words) -> str:
    """Tell the first of many: nobody reads a page in an error."""
    more = len(sentences) - MOST_PROBLEMS
    rest = " " + words("form.more_problems", count=more) if more > 0 else ""
    return _short(" ".join(sentences[:MOST_PROBLEMS]), ERROR_LIMIT - len(rest)) + rest


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _write_note(form: Form) -> str:
    note = {
        "user": form.user,
        "channel": form.place.channel,
        "thread": form.place.thread_ts,
        "url": form.place.response_url,
        "seen": form.seen,
    }
    return json.dumps({key: value for key, value in note.items() if value})


def _about_the_number(form: Form, words: Words) -> list[Block]:
    """Ask which reading is meant, or warn about the one there is, right under the field."""
    if len(form.readings) == 1 or form.seen:
        shown = [phone for phone in form.readings if form.seen in {"", phone.digits}]
        warning = [_says(_warning(phone, words)) for phone in shown]
    else:
        warning = []
    if len(form.readings) < 2:  # noqa: PLR2004 - one reading needs no question
        return [*warning]
    options = [
        Option(text=_option_text(phone, words), value=phone.digits) for phone in form.readings
    ]
    chosen = next((each for each in options if each.value == form.reading), None)
    question = InputBlock(
        block_id=READING,
        label=words("form.reading.label"),
        element=RadioButtonsElement(action_id=INPUT, options=options, initial_option=chosen),
    )
    return [question, *warning]


def _option_text(phone: Phone, words: Words) -> str:
    return f"{phone.international} · {words.country(phone.country)}"[:75]


def _warning(phone: Phone, words: Words) -> str:
    country = words.country(phone.country) if phone.country else words("country.unknown")
    reasons = " ".join(words(warning) for warning in phone.warnings)
    return words(
        "form.look_again",
        international=phone.international,
        country=country,
        digits=phone.digits,
        reasons=reasons,
    )


def _text(
    block: str,
    value: str,
    words: Words,
    *,
    optional: bool = False,
    multiline: bool = False,
) -> InputBlock:
    return InputBlock(
        block_id=block,
        label=words(f"form.{block}.label"),
        hint=words(f"form.{block}.hint") if words.has(f"form.{block}.hint") else None,
        optional=optional,
        element=PlainTextInputElement(
            action_id=INPUT,
            initial_value=value[: LIMITS[block]] or None,
            max_length=LIMITS[block],
            multiline=multiline,
            placeholder=words(f"form.{block}.placeholder"),
        ),
    )


def _assign(form: Form, words: Words) -> InputBlock:
    option = Option(text=words("form.assign.option"), value="assign")
    return InputBlock(
        block_id=ASSIGN,
        label=words("form.assign.label"),
        optional=True,
        element=CheckboxesElement(
            action_id=INPUT, options=[option], initial_options=[option] if form.assign else None
        ),
    )


def _channel(words: Words) -> InputBlock:
    return InputBlock(
        block_id=CHANNEL,
        label=words("form.channel.label"),
        hint=words("form.channel.hint"),
        optional=True,
        element=ConversationSelectElement(
            action_id=INPUT, default_to_current_conversation=True, response_url_enabled=True
        ),
    )


def _says(text: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True))
