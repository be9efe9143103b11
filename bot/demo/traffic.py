"""What went over the wire, both ways, without secrets."""

import dataclasses
from typing import Literal

from bot.demo.slack.errors import Json

MIN_SECRET = 6
"""Anything shorter would mask ordinary words."""
SECRET_KEYS = frozenset({"token", "client_secret", "signing_secret"})


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One request and its answer; `kind` is a Web API method, what was delivered, or a path."""

    direction: Literal["to_bot", "from_bot", "to_atom"]
    kind: str
    payload: Json
    status: int | None
    answer: object
    seconds: float
    at: float

    @property
    def method(self) -> str:
        return self.kind


class Traffic:
    """Keeps the records, with every secret masked before it is kept."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = tuple(one for one in secrets if len(one) >= MIN_SECRET)
        self.records: list[Record] = []

    def note(self, record: Record) -> None:
        masked = self._mask(record.payload)
        payload = masked if isinstance(masked, dict) else {}
        self.records.append(
            dataclasses.replace(record, payload=payload, answer=self._mask(record.answer))
        )

    def _mask(self, value: object) -> object:
        if isinstance(value, dict):
            return {k: "***" if k in SECRET_KEYS else self._mask(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._mask(one) for one in value]
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, "***")
        return value
