"""The corner of the page in which a person sets how Atom behaves."""

import dataclasses

from bot.demo.atom.server import AtomStandIn
from bot.demo.slack.errors import Json

SLOW = 3.0
LONGEST = 60.0
REFUSES_TOKEN = "refuses_token"  # noqa: S105 - a way to behave


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One way to behave, as the page offers it."""

    mode: str
    words: str


CHOICES = {
    "answers": Choice("answers", "answers: known numbers Sent, new ones Pending"),
    "pending": Choice("pending", "answers Pending to every number"),
    "refuses": Choice("rejects", "refuses the parameters"),
    REFUSES_TOKEN: Choice("unauthorized", "refuses the token"),
    "slow": Choice("hangs", "is slow"),
    "drops": Choice("drops", "takes the message, then drops the connection"),
    "error": Choice("server_error", "answers with a server error"),
    "down": Choice("down", "is down"),
}


class AtomControls:
    """Remembers what was chosen; the stand-in for Atom does it."""

    def __init__(self, atom: AtomStandIn) -> None:
        self._atom = atom
        self._chosen = "answers"
        self._seconds = SLOW
        self._called_before = 0
        self._has_refused = False

    def choose(self, name: str, seconds: float = SLOW) -> bool:
        """Let Atom behave so from now on; say whether it takes a token that it refused until now.

        Raises ValueError for what is not offered.
        """
        if name not in CHOICES:
            raise ValueError(f"no such way to behave: {name}; there are {', '.join(CHOICES)}")
        if not 0 <= seconds <= LONGEST:
            raise ValueError(f"seconds must be 0 to {LONGEST:.0f}")
        called = len(self._atom.calls)
        self._has_refused |= self._chosen == REFUSES_TOKEN and called > self._called_before
        self._called_before = called
        if name == "slow":
            self._seconds = seconds
            self._atom.behave("hangs", seconds=seconds)
        else:
            self._atom.behave(CHOICES[name].mode)
        self._chosen = name
        is_mended = self._has_refused and name not in {REFUSES_TOKEN, "down"}
        self._has_refused &= not is_mended
        return is_mended

    def told(self) -> Json:
        """Describe it for the page."""
        return {
            "chosen": self._chosen,
            "seconds": self._seconds,
            "choices": {name: one.words for name, one in CHOICES.items()},
            "taken": self._atom.taken,
            "called": len(self._atom.calls),
        }
