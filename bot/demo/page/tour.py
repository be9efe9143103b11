"""Which of the tour's steps somebody has done, from what happened in the workspace."""

from collections.abc import Sequence

from bot.demo.slack import seed
from bot.demo.slack.errors import Json
from bot.demo.slack.messages import Message
from bot.demo.traffic import Record

STEPS = ("by_name", "mistake", "thread", "unconfirmed", "many", "may_not", "home")
SEEN_ON_THE_PAGE = frozenset({"thread"})
"""What only the page knows of."""
STARTS = frozenset({"bulk_start", "bulk_start_recent"})
MAY_NOT = frozenset({seed.DIEGO, seed.GUEST, seed.SINGLE})


class Tour:
    """Remembers what was done; nothing done is undone."""

    def __init__(self) -> None:
        self._done: set[str] = set()
        self._heard = 0
        self._sends = 0
        self._unconfirmed: set[tuple[str, str]] = set()

    def look(self, traffic: Sequence[Record], messages: Sequence[Message]) -> Json:
        """Look at what is new; tell the steps, which are done, and how many sends were taken."""
        for record in traffic[self._heard :]:
            self._done |= {step_of(record)} - {""}
            self._sends += is_taken(record)
        self._heard = len(traffic)
        for message in messages:
            self._look_at(message)
        done = [one for one in STEPS if one in self._done]
        return {"steps": STEPS, "done": done, "sends": self._sends}

    def tick(self, step: str) -> None:
        """Believe the page that a step was done. Raises ValueError for any that we see ourselves."""
        if step not in SEEN_ON_THE_PAGE:
            raise ValueError(f"no step that the page can tick: {step}")
        self._done.add(step)

    def _look_at(self, message: Message) -> None:
        place = message.channel, message.ts
        if status_of(message) == "unknown":
            self._unconfirmed.add(place)
        elif place in self._unconfirmed:
            # What was not known is decided now.
            self._done.add("unconfirmed")


def status_of(message: Message) -> object:
    """Give the status that a card or an outcome carries."""
    match message.metadata:
        case {"event_payload": {"status": status}}:
            return status
    return None


def step_of(record: Record) -> str:
    """Name the step that this was; nothing for all else."""
    match record.kind, record.payload:
        case "slash_commands", {"user_id": user} if user in MAY_NOT:
            return "may_not"
        case "block_actions", {"actions": [{"action_id": str(action)}]} if action in STARTS:
            return "many"
        case "app_home_opened", {"event": {"user": seed.CARLA, "tab": "home"}}:
            return "home"
        case "view_submission", {"view": {"callback_id": "send", "state": {"values": values}}}:
            return _submitted(values, record.answer)
    return ""


def is_taken(record: Record) -> bool:
    """Say whether this was a form that became a send."""
    match record.kind, record.payload:
        case "view_submission", {"view": {"callback_id": "send"}}:
            return _action(record.answer) is None
    return False


def _submitted(values: Json, answer: object) -> str:
    action = _action(answer)
    if action == "errors":
        return "mistake"
    chosen = [one.get("selected_option") for one in values.get("template", {}).values()]
    return "by_name" if any(chosen) and not action else ""


def _action(answer: object) -> object:
    """Give what the bot did with a form instead of closing it."""
    return answer.get("response_action") if isinstance(answer, dict) else None
