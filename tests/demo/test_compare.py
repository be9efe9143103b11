"""The maintainers' comparison with Slack, held against the stand-in itself."""

import pytest

from bot.demo.slack.server import SlackStandIn
from bot.slack import manifest
from tests.demo.compare import main


async def test_the_comparison_judges_the_whole_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    slack = await SlackStandIn.start(
        manifest=manifest.build(), signing_secret="secret", rate_limits=False
    )

    code = await main("xoxb-stand-in", slack.api_url, pause=0)

    await slack.close()
    printed = capsys.readouterr().out
    assert code == 0, printed
    counts = printed.split()
    assert counts[0] == counts[2] != "0"
