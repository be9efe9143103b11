"""What can go wrong, told apart by what to do next.

BotError
├── NotAllowed     tell the person in private, and who can help
├── FixTheForm     the person corrects the named fields and sends again
├── Refused        it can't be done as asked; nothing happened
├── TryLater       nothing happened; the same thing may work after a pause
│   ├── TooEarly   it waits until a moment, and then goes on by itself
│   └── Unchecked  it can't be said whether this person may; who can help is told, too
└── Unclear        it may have happened; a person decides
"""

import dataclasses
from collections.abc import Mapping
from datetime import datetime

# To the operator, of a server; asked in vain for the machine's network, people look there.
UNTRUSTED = (
    "shows a certificate that this machine does not trust: check its clock and its certificates "
    "(SSL_CERT_FILE), or a proxy that opens what it passes on"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: the key of the sentence to show, and what it speaks of.

    `values` may hold what a person typed, so they go to that person and never into a log.
    """

    field: str
    key: str
    values: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


class BotError(Exception):
    """An error with a sentence for people: a key into `bot.locales`, and the sentence's values."""

    def __init__(self, key: str, **values: str | int) -> None:
        """Keep the values apart: only the key is ever logged."""
        super().__init__(key)
        self.key = key
        self.values = values


class NotAllowed(BotError):
    """This person may not do this."""


class FixTheForm(BotError):
    """Some fields can't be taken as they are; every one of them is named."""

    def __init__(self, *problems: Problem) -> None:
        """Take all problems at once, so that a person corrects them in one go."""
        super().__init__("form.fix")
        self.problems = problems


class Refused(BotError):
    """It can't be done as asked, and nothing happened."""


class TryLater(BotError):
    """Nothing happened; it may be tried again after a pause."""

    def __init__(self, key: str, *, after: float = 0.0, **values: str | int) -> None:
        """Say how many seconds to wait where that is known; 0 means that it isn't."""
        super().__init__(key, **values)
        self.after = after


class TooEarly(TryLater):
    """It may not go out yet."""

    def __init__(self, key: str, *, until: datetime) -> None:
        """Say from when on it may."""
        super().__init__(key)
        self.until = until


class Unchecked(TryLater):
    """Whether this person may do this could not be looked up, so for now they may not.

    Its value `code` says why: Slack's word, or `incomplete` for an answer that lacks what matters.
    """


class Unclear(BotError):
    """It may have happened; nothing may be repeated before a person has looked."""


class CannotStart(Exception):
    """The bot can't start as things are; the sentence says to the operator what to do."""
