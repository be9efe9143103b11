"""What is known of numbers, in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.phones.canonical import canonical
from bot.policy.number_facts import NumberFacts


@dataclass
class FakeNumbers:
    """Knows what a test says; nothing of all others."""

    known: dict[str, NumberFacts] = field(default_factory=dict)

    async def look_up(
        self, phone: str, template: str, *, due: datetime, window: timedelta
    ) -> NumberFacts:
        return self.known.get(canonical(phone), NumberFacts())
