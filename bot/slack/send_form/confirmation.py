"""What speaks against a send, shown together on top of its form, worst first."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, Problem
from bot.locales import Translator
from bot.policy import gate
from bot.policy.gate import Reason, Verdict
from bot.policy.people import can_be_helped
from bot.slack.platform.blocks import Block, alert, context, section
from bot.slack.platform.client import translate_slack_errors
from bot.slack.platform.error_messages import mentions, sentence
from bot.slack.platform.payloads import Payload
from bot.slack.send_form import when
from bot.slack.send_form.state import Form
from bot.submission import Confirm, Refused

logger = logging.getLogger(__name__)

LINK_SECONDS = 0.7  # nobody waits longer for a link
ALERT_LIMIT = 200  # characters, Slack's
MOST_VIEWS = 500  # that are remembered for a moment
LEVELS = {Verdict.REFUSE: "error"}
SIGNS = {"error": ":no_entry:", "warning": ":warning:"}


@dataclass(slots=True)
class Alerts:
    """Whether Slack takes `alert` blocks in an answer to a form.

    It tells nobody when it does not: the form stands as it was, and is handed in as it was.
    """

    are_refused: bool = False
    _answered: dict[str, str] = field(default_factory=dict)  # by view: its hash then

    def look(self, view: Payload) -> None:
        """Look at a form that is handed in."""
        known = self._answered.pop(str(view["id"]), None)
        if known and known == view.get("hash"):
            self.are_refused = True

    def answer(self, view: Payload, form: Form) -> Form:
        """Return the form as it can be drawn, in answer to the one that was handed in."""
        if self.are_refused or not form.reasons:
            return replace(form, draws_alerts=not self.are_refused)
        self._answered[str(view["id"])] = str(view.get("hash") or "")
        if len(self._answered) > MOST_VIEWS:
            del self._answered[next(iter(self._answered))]
        return form


def refused(form: Form, answer: Refused) -> Form | None:
    """Return the form that says what only others can change, and who; None: the person can."""
    if not any(can_be_helped(each.key) for each in answer.problems):
        return None
    reasons = (
        Reason(Verdict.REFUSE, each.key, values=each.values, helpers=answer.helpers)
        for each in answer.problems
    )
    return replace(form, reasons=tuple(reasons))


async def asking(form: Form, answer: Confirm, client: AsyncWebClient) -> Form:
    """Return the form that asks what the door wants to be confirmed, all of it at once."""
    # What is asked of the number and the id stands at their fields.
    above = [each for each in answer.reasons if each.field not in {gate.PHONE, gate.TEMPLATE}]
    asked = form.asking_about(answer)
    if not above:
        return asked
    subjects = {one for each in above for one in (each.subject, *each.also)}
    kinds = {kind for kind, _ in subjects}
    # A question names all that it is about, also what was seen before.
    before = {one for one in asked.confirmed if one[0] not in kinds}
    reasons = [await _with_card(each, form.origin.channel, client) for each in above]
    return replace(
        asked,
        reasons=tuple(reasons),
        confirmed=frozenset(before | subjects),
        when=when.instead_of_quiet(form.when, above),
    )


async def _with_card(reason: Reason, channel: str, client: AsyncWebClient) -> Reason:
    """Add where to look, if the person sees that channel: only of the one they are in we know."""
    where, ts = reason.card
    if not ts or where != channel:
        return reason
    try:
        async with asyncio.timeout(LINK_SECONDS):
            with translate_slack_errors():
                answer = await client.chat_getPermalink(channel=where, message_ts=ts)
    except (BotError, TimeoutError) as error:
        logger.info("no link", extra={"reason": type(error).__name__})
        return reason
    return replace(reason, values={**reason.values, "card": str(answer.get("permalink") or "")})


def is_asked(form: Form) -> bool:
    """Whether all that is said of it can be overridden."""
    return bool(form.reasons) and all(each.verdict is Verdict.CONFIRM for each in form.reasons)


def is_overridden(form: Form) -> bool:
    """Whether to send it overrides something; of quiet hours that is chosen apart."""
    chosen_apart = {gate.QUIET} if form.when.is_asked else set[str]()
    return is_asked(form) and any(each.subject[0] not in chosen_apart for each in form.reasons)


def draw(form: Form, translator: Translator) -> Iterator[Block]:
    """Say what speaks against it."""
    for each in form.reasons:
        text = said(each, translator)
        level = LEVELS.get(each.verdict, "warning")
        if form.draws_alerts and len(text) <= ALERT_LIMIT:
            yield alert(text, level=level)
        else:
            yield section(f"{SIGNS[level]} {text}")
    if is_overridden(form):
        yield context(translator("form.anyway"))


def said(reason: Reason, translator: Translator) -> str:
    """Say one reason, with who can help."""
    text = sentence(Problem(reason.field, reason.key, reason.values), translator)
    if not can_be_helped(reason.key):
        return text
    people = mentions(reason.helpers)
    helps = translator("refused.ask", people=people) if people else translator("refused.ask_owner")
    return f"{text} {helps}"
