"""Fakes that remember: one of each, for every test."""

from tests.fakes.clock import NOON, FakeClock
from tests.fakes.delivery import (
    ClaimAnswer,
    FakeAlerts,
    FakeAtom,
    FakeDeliveryRepository,
    FakeNotifier,
    FakeRateLimit,
    FakeSteps,
)
from tests.fakes.runs import FakeRuns
from tests.fakes.slack import FakeSlack

__all__ = [
    "NOON",
    "ClaimAnswer",
    "FakeAlerts",
    "FakeAtom",
    "FakeClock",
    "FakeDeliveryRepository",
    "FakeNotifier",
    "FakeRateLimit",
    "FakeRuns",
    "FakeSlack",
    "FakeSteps",
]
