"""What speaks against a send, shown together on top of its form, worst first."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.errors import Problem
from bot.locales import Translator
from bot.policy.gate import Reason, Verdict
from bot.policy.people import can_be_helped
from bot.slack.platform.blocks import Block, alert, section
from bot.slack.platform.error_messages import mentions, sentence
from bot.slack.platform.payloads import Payload
from bot.slack.send_form.state import Form
from bot.submission import Refused

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


def is_asked(form: Form) -> bool:
    """Whether all that is said of it can be overridden."""
    return bool(form.reasons) and all(each.verdict is Verdict.CONFIRM for each in form.reasons)


def draw(form: Form, words: Translator) -> Iterator[Block]:
    """Say what speaks against it."""
    for each in form.reasons:
        text = said(each, words)
        level = LEVELS.get(each.verdict, "warning")
        if form.draws_alerts and len(text) <= ALERT_LIMIT:
            yield alert(text, level=level)
        else:
            yield section(f"{SIGNS[level]} {text}")


def said(reason: Reason, words: Translator) -> str:
    """Say one reason, with who can help."""
    text = sentence(Problem(reason.field, reason.key, reason.values), words)
    if not can_be_helped(reason.key):
        return text
    people = mentions(reason.helpers)
    helps = words("refused.ask", people=people) if people else words("refused.ask_owner")
    return f"{text} {helps}"
