"""What the probes say: whether the bot can do its work, and how many sends stand where."""

import time

import prometheus_client
import sqlalchemy as sa
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.slack import find_installation
from bot.slack.client import SlackRefused
from bot.store.database import Database
from bot.store.sends import count_by_status
from bot.web.probes import Probes
from bot.workflow import Workflows

PATIENCE = 1.0  # seconds for which a probe waits for the database
# A balancer asks every few seconds; Slack need not be asked each time.
FRESH_SECONDS = 30.0


class Health:
    """Looks at the database, the deliveries and Slack's token."""

    def __init__(
        self, engine: sa.Engine, slack: AsyncWebClient, workflows: Workflows | None
    ) -> None:
        """Without workflows, this process leaves the deliveries to others."""
        self._workflows = workflows
        self._database = Database(engine)
        self._slack = slack
        self._slack_was_well = float("-inf")

    def probes(self) -> Probes:
        """Return what the HTTP side asks."""
        return Probes(self.why_not_ready, self.metrics)

    async def why_not_ready(self) -> list[str]:
        """Name what is not well; nothing if all is."""
        return [
            reason for reason in (await self._database_trouble(), await self._token()) if reason
        ]

    async def metrics(self) -> str:
        """Count the sends by status, in Prometheus' text format. Raises TryLater."""
        registry = prometheus_client.CollectorRegistry()
        gauge = prometheus_client.Gauge(
            "whatsapp_template_sends", "Sends by status.", ["status"], registry=registry
        )
        counted = await self._database.run(count_by_status, patience=PATIENCE)
        for status, count in counted.items():
            gauge.labels(status).set(count)
        return prometheus_client.generate_latest(registry).decode()

    async def _database_trouble(self) -> str:
        try:
            await self._database.run(lambda c: c.scalar(sa.text("SELECT 1")), patience=PATIENCE)
        except TryLater:
            return "database: not reachable"
        return ""

    def _deliveries(self) -> str:
        if self._workflows is not None and not self._workflows.runs:
            return "deliveries: not running"
        return ""

    async def _token(self) -> str:
        if time.monotonic() - self._slack_was_well < FRESH_SECONDS:
            return ""
        try:
            await find_installation(self._slack)
        except (TryLater, SlackRefused) as error:
            return f"slack: {error.values.get('code', 'not reachable')}"
        self._slack_was_well = time.monotonic()
        return ""
