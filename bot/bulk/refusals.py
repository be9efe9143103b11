"""What Atom's refusals of rows say of the whole list."""

import re
from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from bot.bulk.batches import PauseReason
from bot.sends import Outcome, Status

IN_A_ROW = 20  # refusals, or calls without a clear answer, after which a person is to look
LAST, SHARE = 100, 0.3  # and where more than this share of the last rows was refused
FREQUENCY_PAUSE = timedelta(hours=24)  # for which WhatsApp takes no more marketing for a number
# Of the customer's number itself, such as one that has no WhatsApp: it says nothing of the other
# rows. Numbers of other things, parameters or the sender's own number, are no such words.
_NUMBER = re.compile(
    r"\b13102[16]\b|\b131030\b|undeliverable"
    r"|\b(?:not|isn't|no|n[aã]o|sin|sem)\b[^.#]{0,30}\bwhatsapp"
    r"|\b(?:invalid|incorrect|wrong|unknown)\s+"
    r"(?:phone\s*number\b(?!\s*id)|phone\b(?!\s*number)|recipient\b)"
    r"|\b(?:phone\s*number|recipient)\s+(?:is\s+)?(?:invalid|not\s+valid|incorrect|unknown)"
    r"|\b(?:n[uú]mero(?:\s+de\s+(?:tel[eé]fono|telefone|celular|whatsapp))?|tel[eé]fono|telefone)"
    r"\s+(?:es\s+|é\s+)?(?:no\s+(?:es\s+)?v[aá]lido|n[aã]o\s+(?:é\s+)?v[aá]lido|inv[aá]lido"
    r"|incorrecto|incorreto|no\s+existe|n[aã]o\s+existe)",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"131049|healthy ecosystem|frequency|frecuencia|frequ[eê]ncia", re.IGNORECASE
)


def is_about_number(said: str) -> bool:
    """Whether Atom's words speak of the number."""
    return bool(_NUMBER.search(said))


def is_about_frequency(said: str) -> bool:
    """Whether WhatsApp let no more marketing through to this number for now."""
    return bool(_FREQUENCY.search(said))


class Refusals:
    """Counts them as they come, since a list was started or resumed."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        """Begin with what came before, the oldest first."""
        self._last: deque[bool] = deque(maxlen=LAST)
        self._in_a_row = 0
        self._unclear = 0
        for outcome in outcomes:
            self.add(outcome)

    def add(self, outcome: Outcome) -> PauseReason | None:
        """Count one more row; say why its list is to be paused."""
        is_unclear = outcome.status is Status.UNKNOWN
        self._unclear = self._unclear + 1 if is_unclear else 0
        if is_unclear:
            # It says nothing of how many are refused, but nobody wants hundreds of these.
            return PauseReason.UNCLEAR if self._unclear >= IN_A_ROW else None
        is_refusal = outcome.status in {Status.REJECTED, Status.FAILED}
        if is_refusal and is_about_number(outcome.vendor_message):
            return None
        self._last.append(is_refusal)
        self._in_a_row = self._in_a_row + 1 if is_refusal else 0
        if self._in_a_row >= IN_A_ROW:
            return PauseReason.REFUSALS
        if len(self._last) == LAST and sum(self._last) > SHARE * LAST:
            return PauseReason.SHARE
        return None
