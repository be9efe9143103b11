"""For maintainers: holds our Block Kit rules against Slack's own `blocks.validate`.

    SLACK_TOKEN=xoxb-… python -m tests.demo.compare

Any workspace's token will do; nothing is posted. Exits 1 if a verdict differs. Whoever only uses
the bot never needs it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.blockkit import check_view
from tests.demo.block_kit_samples import GOOD, WORDS

PAUSE_SECONDS = 0.7  # Tier 4 allows 100 calls a minute


@dataclass(frozen=True, slots=True)
class Verdict:
    """One view, as we and as Slack judge it."""

    view: dict[str, Any]
    ours: str
    theirs: str

    @property
    def agrees(self) -> bool:
        """Whether both take it or both refuse it; the words may differ."""
        return bool(self.ours) == bool(self.theirs)


async def compare(client: AsyncWebClient, *, pause: float) -> AsyncIterator[Verdict]:
    """Judge every view of the corpus twice."""
    for view in [*GOOD, *(each for each, _ in WORDS)]:
        problems = check_view(view, kind=str(view.get("type") or "modal"))
        ours = "; ".join(one.words() for one in problems)
        yield Verdict(view, ours, await _ask(client, view))
        await asyncio.sleep(pause)


async def _ask(client: AsyncWebClient, view: dict[str, Any]) -> str:
    try:
        answer = await client.api_call("blocks.validate", json={"view": view})
    except SlackApiError as error:
        answer = error.response
    told = (answer.get("response_metadata") or {}).get("messages") or answer.get("errors") or []
    return "; ".join(map(str, told)) or ("" if answer.get("ok") else str(answer.get("error")))


async def main(token: str, url: str, *, pause: float = PAUSE_SECONDS) -> int:
    """Print every verdict that differs, and how many there were."""
    differ = total = 0
    async for verdict in compare(AsyncWebClient(token=token, base_url=url), pause=pause):
        total += 1
        if not verdict.agrees:
            differ += 1
            _say(f"{verdict.view}\n  ours:  {verdict.ours or 'takes it'}")
            _say(f"  Slack: {verdict.theirs or 'takes it'}")
    _say(f"{total - differ} of {total} verdicts agree")
    return 1 if differ else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    if not os.environ.get("SLACK_TOKEN"):
        sys.exit("Set SLACK_TOKEN to a token of any workspace.")
    base = os.environ.get("SLACK_API_URL", "https://slack.com/api/")
    sys.exit(asyncio.run(main(os.environ["SLACK_TOKEN"], base)))
