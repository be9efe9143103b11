"""What a person asks for, as typed: checked before it becomes a send."""

import re
from dataclasses import dataclass

from bot import phones
from bot.errors import FixTheForm, Problem
from bot.sends import Params, SendAt, SendId

# What a person was asked about and confirmed: the question, and what it was asked of.
Subject = tuple[str, str]
BODY_LIMIT = 1024  # characters of a whole WhatsApp body, after the values are put in
NAME_LIMIT = 200
GROUP_LIMIT = 100
LIKELY_ID = 8  # characters; a number of a thing has fewer, a name seldom digits
LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters and halves of characters: neither Atom nor a database takes all of them.
UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def is_template_id(text: str) -> bool:
    """Say whether a text is written as Atom writes template ids, as far as was seen."""
    return re.fullmatch(r"[A-Za-z0-9]{20}", text) is not None


def may_be_template_id(text: str) -> bool:
    """Say whether a text can be a template id: Atom promises no shape, so a person is asked."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text) is not None


def looks_like_template_id(text: str) -> bool:
    """Say whether a text is rather a template id than a name or a word."""
    is_long = may_be_template_id(text) and len(text) >= LIKELY_ID
    return is_template_id(text) or (is_long and any(char.isdecimal() for char in text))


@dataclass(frozen=True, slots=True)
class NumberRules:
    """How digits without a country code are read, and which countries may be written to."""

    region: str | None = None
    countries: frozenset[str] = frozenset()


ANY_NUMBER = NumberRules()


@dataclass(frozen=True, slots=True)
class SendDraft:
    """What a person asked for, as typed."""

    template: str
    phone: str
    client_name: str = ""
    group: str = ""
    assign: bool = False
    params: Params = ()  # by the parameters' names, or as typed for an id of no known template
    # Of the template that the values were given for; empty for an id of no known one, None if
    # that template was not there, or not as before, when they were read.
    template_fingerprint: str | None = ""
    phone_choice: str = ""  # the digits that the person chose out of two readings
    confirmed: frozenset[Subject] = frozenset()
    is_test: bool = False  # an admin tries a template, active or not
    send_at: SendAt | None = None  # None: at once
    corrects: SendId | None = None  # what did not go out, which this puts right

    def check(self, rules: NumberRules, *more: Problem) -> tuple[phones.Phone, ...]:
        """Return the number's readings (two: the person must say which).

        Raises FixTheForm with every problem at once, `more` among them.
        """
        problems = [*more, *self._problems()]
        readings: tuple[phones.Phone, ...] = ()
        try:
            readings = phones.read(self.phone, region=rules.region, countries=rules.countries)
        except FixTheForm as error:
            problems.extend(error.problems)
        if problems:
            raise FixTheForm(*problems)
        return readings

    @property
    def names_params(self) -> bool:
        """Whether its values are those of a known template's parameters."""
        return self.template_fingerprint != ""

    def chosen(self, readings: tuple[phones.Phone, ...]) -> phones.Phone | None:
        """Return the number that is meant: the only reading, or the one that a person chose."""
        if len(readings) == 1:
            return readings[0]
        return next((each for each in readings if each.digits == self.phone_choice), None)

    def _problems(self) -> list[Problem]:
        found = []
        if not self.template:
            found.append(Problem("template", "template.empty"))
        elif not may_be_template_id(self.template):
            found.append(Problem("template", "template.not_an_id", {"length": len(self.template)}))
        for field, text, limit in (
            ("client_name", self.client_name, NAME_LIMIT),
            ("group", self.group, GROUP_LIMIT),
        ):
            if len(text) > limit:
                found.append(Problem(field, "text.too_long", {"limit": limit}))
            elif not text.isprintable() and (LINE_BREAK.search(text) or UNFIT.search(text)):
                found.append(Problem(field, "text.one_line"))
        # What a known template asks for is looked at by its own rules.
        return found if self.names_params else found + check_params(self.params)


def check_params(params: Params) -> list[Problem]:
    """Find what WhatsApp would refuse in the parameters' values (Meta's rules for templates)."""
    found = []
    for name, value in params:
        if _is_plain(value) and name.isprintable():
            continue
        if key := _refused(name, value):
            shown = UNFIT.sub("\N{REPLACEMENT CHARACTER}", name)
            found.append(Problem("params", key, {"name": shown}))
    total = sum([len(value) for _, value in params])
    if total > BODY_LIMIT:
        found.append(Problem("params", "param.too_long", {"length": total, "limit": BODY_LIMIT}))
    return found


def _is_plain(value: str) -> bool:
    """Say at once that a value has nothing that WhatsApp would refuse; most have not."""
    return value.isprintable() and "     " not in value and not value.isspace() and value != ""


def _refused(name: str, value: str) -> str:
    if not value.strip():
        return "param.empty"
    if LINE_BREAK.search(value):
        return "param.line_break"
    if "\t" in value:
        return "param.tab"
    if re.search(r"[ \u00a0]{5,}", value):
        return "param.spaces"
    return "param.unfit" if UNFIT.search(name + value) else ""
