"""A form as a person sees it, and what becomes of it: a draft, or the next form."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from bot.errors import FixTheForm, Problem
from bot.phones import Phone
from bot.policy import gate
from bot.policy.access import NOT_HERE
from bot.policy.gate import Reason
from bot.send_draft import NAME_LIMIT, SendDraft, Subject
from bot.sends import Origin, Params, SendId
from bot.slack.send_form import param_inputs, phone_choices
from bot.slack.send_form.command_parser import params_text, read_params
from bot.slack.send_form.ids import (
    CHANNEL,
    CLIENT_NAME,
    GROUP,
    LIMITS,
    PARAM,
    PARAMS,
    PHONE,
    SEND_AT,
    TEMPLATE,
    param_blocks,
)
from bot.slack.send_form.phone_choices import FoundPhone
from bot.slack.send_form.when import NOW, When
from bot.submission import Confirm
from bot.templates import (
    Template,
    customer_name,
    find_param,
    fingerprint,
    fitting,
    meant_param,
)
from bot.templates.params import Param


@dataclass(frozen=True, slots=True)
class Form:
    """A form as a person sees it: what is filled in, whose it is, where the outcome goes."""

    user: str
    origin: Origin
    template: str = ""  # Atom's id, as it was typed or chosen
    phone: str = ""
    client_name: str = ""
    group: str = ""
    assign: bool = False
    params: str = ""  # the free field, for an id that the catalogue does not have
    known: Template | None = (
        None  # the catalogue's template of this id; the form asks for its values
    )
    values: Params = ()  # by the parameter's name; of `known`, or of the one it will be
    unplaced_values: Params = ()  # typed, and without a field in `known`; another one may have it
    has_catalogue: bool = False  # the template is chosen; else its id is typed
    asks_channel: bool = False  # there is no channel of its own: a global shortcut, Home
    channel: str = ""  # which one is proposed then
    thread: str = ""  # the sentence that says in which one the outcome will be
    when: When = NOW
    changes: str = ""  # the id of the send whose place it takes, before that goes out
    corrects: str = ""  # the id of one that did not go out, which this puts right
    more: bool = False  # somebody asked for what few sends need
    is_test: bool = False  # an admin tries a template on their own number
    confirmed_digits: str = ""  # the digits that the person was warned about, and saw
    phone_choice: str = ""  # the digits that the person chose out of two readings, or of `found`
    found: tuple[FoundPhone, ...] = ()  # the numbers of the message, where it has several
    unparsed: tuple[str, ...] = ()  # words of the command that found no field
    suggestions: tuple[Template, ...] = ()  # which ones the typed name may have meant
    notice: Problem | None = None  # what is to be said on top
    menu_version: int = 0  # how often the menu of templates was set by us, and not by the person
    confirmed_id: str = ""  # of unusual shape, as the person was told
    template_fingerprint: str = ""  # of the one that was drawn
    readings: tuple[Phone, ...] = field(default=())
    reasons: tuple[Reason, ...] = ()  # what speaks against it, to be shown on top
    confirmed: frozenset[Subject] = frozenset()  # what was asked on top, and seen
    draws_alerts: bool = True  # as Slack's own blocks for that

    @property
    def is_blank(self) -> bool:
        """Whether nothing is filled in, and nothing is said."""
        return self == Form(
            self.user,
            self.origin,
            has_catalogue=self.has_catalogue,
            asks_channel=self.asks_channel,
        )

    @property
    def name_param(self) -> Param | None:
        """The parameter that is plainly the customer's name, which Atom is told, too."""
        return customer_name.param_of(self.known) if self.known else None

    @property
    def shows_more(self) -> bool:
        """Whether there are fields for group and assignment: else both are as proposed."""
        return self.more or (self.group, self.assign) != proposals(self.known)

    @property
    def shows_when(self) -> bool:
        """Whether there is a calendar."""
        return self.shows_more or self.when.at is not None

    @property
    def shows_client_name(self) -> bool:
        """Whether there is a field for Atom's name of the customer."""
        # Before a template is chosen nobody knows whether it asks for the name itself.
        is_asked = self.name_param is not None or (self.has_catalogue and not self.template)
        return self.shows_more or bool(self.client_name) or not is_asked

    def draft(self) -> tuple[SendDraft, list[Problem]]:
        """Return what was asked for, and what could not be read."""
        problems: list[Problem] = []
        params = self.values
        if self.known is None:
            try:
                params = read_params(self.params)
            except FixTheForm as error:
                params = ()
                problems.extend(error.problems)
        found = self._found_phone()
        if found and phone_choices.is_another(self.phone, self.phone_choice):
            problems.append(Problem(PHONE, "phone.two"))
        draft = SendDraft(
            template=self.template,
            phone=found or self.phone,
            client_name=self.client_name or self.asked_name,
            group=self.group,
            assign=self.assign,
            params=params,
            template_fingerprint=self.template_fingerprint if self.shows(self.known) else None,
            phone_choice=self.phone_choice,
            confirmed=self.confirmed | {each for each in self._confirmed() if each[1]},
            is_test=self.is_test,
            send_at=self.when.send_at(),
            corrects=SendId(self.corrects) if self.corrects else None,
        )
        return draft, problems

    def _confirmed(self) -> tuple[Subject, ...]:
        return (
            (gate.PHONE, self.confirmed_digits),
            (gate.PHONE_CHOICE, self.phone_choice),
            (gate.TEMPLATE, self.confirmed_id),
        )

    @property
    def asked_name(self) -> str:
        """Return the customer's name from its parameter, unless Atom would take none so long."""
        name = dict(self.values).get(self.name_param.name, "") if self.name_param else ""
        return name if len(name) <= NAME_LIMIT else ""

    def shows(self, template: Template | None) -> bool:
        """Whether the fields that were drawn are those of this template, as it is now."""
        return self.template_fingerprint == (fingerprint(template) if template else "")

    def at_blocks(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Say at the block where it can be mended what is wrong with a field."""
        blocks = param_blocks(self.known) if self.known else {}
        for each in problems:
            field = each.field
            if field == CLIENT_NAME and not self.client_name:
                continue  # it is the parameter's, where the same is said
            if (field == GROUP and not self.shows_more) or (
                field == SEND_AT and not self.shows_when
            ):
                field = TEMPLATE
            elif field.startswith(PARAM):
                field = blocks.get(field.removeprefix(PARAM), TEMPLATE)
            elif each.key == NOT_HERE and self.asks_channel:
                field = CHANNEL
            yield replace(each, field=field)

    def _found_phone(self) -> str:
        """Return the number of the message that was chosen; empty if none was."""
        is_found = any(each.phone.digits == self.phone_choice for each in self.found)
        return f"+{self.phone_choice}" if is_found else ""

    def cut_off(self) -> list[str]:
        """Return what the fields have no room for, as the command may give more than they take."""
        values = {
            TEMPLATE: "" if self.has_catalogue else self.template,
            PHONE: self.phone,
            PARAMS: self.params,
            CLIENT_NAME: self.client_name,
            GROUP: self.group,
        }
        rests = [value[LIMITS[block] :] for block, value in values.items()]
        if self.known:
            rests += [value[param_inputs.TEXT_LIMIT :] for _, value in self.values]
        return [rest.strip() for rest in rests if rest.strip()]

    def warning_of_id(self) -> "Form":
        """Return the form that says that its id has an unusual shape, and remembers that."""
        notice = Problem(TEMPLATE, gate.UNUSUAL_ID, {"id": self.template})
        return replace(self, notice=notice, confirmed_id=self.template)

    def asking_about(self, answer: Confirm) -> "Form":
        """Return the form that asks what the door wants to be confirmed."""
        form = self.warning_of_id() if answer.asks_about(TEMPLATE) else self
        return form.asking(answer.readings) if answer.asks_about(PHONE) else form

    def asking(self, readings: tuple[Phone, ...]) -> "Form":
        """Return the form that shows the readings or warnings, and remembers they were seen."""
        single = readings[0].digits if len(readings) == 1 else ""
        choice = [phone for phone in readings if phone.digits == self.phone_choice]
        if len(readings) > 1 and choice:
            single = choice[0].digits
        return replace(self, readings=readings, confirmed_digits=single)

    def choosing(self, template: Template, today: date) -> "Form":
        """Return the form that asks for this template's values, with what is known of them."""
        before = self.known
        free, unparsed = _free(self.params)
        # Only what follows a command is written in short.
        find = find_param if before else meant_param
        typed = [*self._typed(), *free]
        if self.client_name:
            typed += customer_name.named(template, self.client_name, typed)
        fitting, unplaced = _sorted_in(template, typed, find, today)
        if before and before.id == template.id:
            # What was taken out of a field stays out.
            emptied = {name for name, value in self.values if not value}
            fitting |= {each.name: "" for each in template.params if each.name in emptied}
        chosen = replace(
            self,
            template=template.id,
            known=template,
            values=tuple(fitting.items()),
            unplaced_values=tuple(unplaced),
            unparsed=(*self.unparsed, *unparsed),
            group=self.group if self._chose_group(before) else template.group,
            assign=self.assign if self._chose_assign(before) else template.assign,
            params="",
            suggestions=(),
            notice=None,
            confirmed_digits="",  # the warning is not there any more
        )
        return _naming_once(chosen, self.asked_name)

    def as_sent(self, params: Params) -> "Form":
        """Return the form with just these values: a default was taken out of what has none."""
        if self.known is None:
            return self
        sent = {name for name, _ in params}
        values = dict(self.values)
        return replace(
            self,
            values=tuple(
                (each.name, values.get(each.name, "") if each.name in sent else "")
                for each in self.known.params
            ),
        )

    def without_template(self, notice: Problem | None = None) -> "Form":
        """Return the form before a template is chosen; values wait for the next one."""
        own = self._without_proposals()
        free, unparsed = _free(self.params)
        return replace(
            own,
            template="",
            params="",
            values=(*own.values, *free),
            unparsed=(*self.unparsed, *unparsed),
            notice=notice,
        ).set_by_us()

    def set_by_us(self) -> "Form":
        """Return the form with a new menu: Slack leaves in the old one what the person chose."""
        return replace(self, menu_version=self.menu_version + 1)

    def by_id(self, template_id: str) -> "Form":
        """Return the form for an id that the catalogue does not have, with free parameters."""
        own = self._without_proposals()
        writable = [pair for pair in own.values if "=" not in pair[0]]
        unwritable = [pair for pair in own.values if "=" in pair[0]]
        return replace(
            own,
            template=template_id,
            client_name=self.client_name or self.asked_name,
            values=(),
            params=self.params or params_text(writable),
            unparsed=(*self.unparsed, *(params_text([pair]) for pair in unwritable)),
            suggestions=(),
            notice=None,
        )

    def _without_proposals(self) -> "Form":
        """Return the form of no template, with what the person gave and not what it proposed."""
        before = self.known
        if before is None:
            return self
        return replace(
            self,
            known=None,
            values=self._typed(),
            unplaced_values=(),
            group=self.group if self._chose_group(before) else "",
            assign=self.assign and self._chose_assign(before),
        )

    def _typed(self) -> Params:
        """Return the values that somebody typed: a default that nobody touched is none."""
        known = self.known.params if self.known else ()
        defaults = {each.name: each.default for each in known}
        # A field that was left empty is nothing, either; a name that was typed without a value is.
        own = [
            (name, value)
            for name, value in self.values
            if (value or not self.known) and value != defaults.get(name)
        ]
        return (*own, *self.unplaced_values)

    def _chose_group(self, before: Template | None) -> bool:
        return self.group not in {"", before.group if before else ""}

    def _chose_assign(self, before: Template | None) -> bool:
        return self.assign != (before.assign if before else False)


def _naming_once(form: Form, asked_before: str) -> Form:
    """Return the form with the customer's name in one field, and not in two.

    What another template asked for as the name, and this one does not, stays Atom's.
    """
    if form.name_param:
        is_same = form.client_name == form.asked_name
        return replace(form, client_name="" if is_same else form.client_name)
    name = form.client_name or asked_before
    rest = tuple(
        pair
        for pair in form.unplaced_values
        if pair[1] != name or not customer_name.is_name(pair[0])
    )
    return replace(form, client_name=name, unplaced_values=rest)


def proposals(template: Template | None) -> tuple[str, bool]:
    """Return the group and the assignment of whoever asks for no other ones."""
    return (template.group, template.assign) if template else ("", False)


def _free(text: str) -> tuple[Params, list[str]]:
    """Read the free field as far as it can be read; return also what can't."""
    pairs: list[tuple[str, str]] = []
    unparsed = []
    for line in text.splitlines():
        try:
            pairs.extend(read_params(line))
        except FixTheForm:
            unparsed.append(line)
    return tuple(pairs), unparsed


def _sorted_in(
    template: Template,
    typed: Iterable[tuple[str, str]],
    find: Callable[[Template, str], Param | None],
    today: date,
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Put what was typed where its name belongs; return also what fits nowhere."""
    found = {each.name: each.default for each in template.params if each.default}
    over: list[tuple[str, str]] = []
    taken: set[str] = set()
    for name, value in typed:
        param = find(template, name)
        if param and not value:
            continue
        fitted = fitting.fitted(param, value, template.language, today) if param else ""
        if param is None or not fitted or param.name in taken:
            over.append((name, value))
            continue
        taken.add(param.name)
        found[param.name] = fitted
    return found, over
