"""A clock that a test moves."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock that goes on only when somebody sleeps by it, and may be wrong beside that."""

    def __init__(self, start: datetime = NOON) -> None:
        self.moment = start
        self.slept: list[float] = []
        self._passed = 0.0

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def monotonic(self) -> float:
        return self._passed

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)
        self._passed += seconds

    def jump(self, seconds: float) -> None:
        """Set the clock to another time, while none passes."""
        self.moment += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)
