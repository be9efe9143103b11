"""When, and how often, people may be written to, as an operator decided."""

from dataclasses import dataclass
from datetime import timedelta

from bot.policy.quiet_hours import QuietFor, QuietHours


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operator decided; without it nothing is asked."""

    duplicate_window: timedelta = timedelta(0)
    quiet_hours: QuietHours | None = None
    quiet_for: QuietFor = QuietFor.MARKETING


NO_LIMITS = Limits()
