"""What is known of numbers, in memory."""

from collections.abc import Collection
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

    async def look_up_all(self, phones: Collection[str]) -> dict[str, NumberFacts]:
        known = {phone: self.known.get(canonical(phone)) for phone in phones}
        return {phone: facts for phone, facts in known.items() if facts is not None}
