"""The environment of the bot that is measured, and its catalogue."""

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import complete
from benchmarks.traffic import SECRET
from bot.demo.process import free_port
from bot.demo.slack import seed
from bot.templates import Template
from bot.templates.toml_file import write

BOT_TOKEN = "xoxb-benchmark"  # noqa: S105 - it opens nothing
ATOM_TOKEN = "atom-token-of-the-benchmark"  # noqa: S105 - it opens nothing


def environment(database_url: str, slack_url: str, atom_url: str) -> dict[str, str]:
    """Return the settings of a bot, and of a peer, which takes what it needs of them."""
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack_url,
        "ATOM_TOKEN": ATOM_TOKEN,
        "ATOM_URL": atom_url,
        "ATOM_RATE": "80",
        "SENDERS": f"{seed.ALICE},{seed.SUPPORT}",
        "ADMINS": seed.CARLA,
        "DEFAULT_REGION": "PA",
        "DATABASE_URL": database_url,
        "LOG_FORMAT": "json",
    }


async def keep(templates: Sequence[Template], settings: dict[str, str], folder: Path) -> None:
    """Bring the database up to date, and make these its catalogue."""
    python = (sys.executable, "-m", "bot")
    if not settings["DATABASE_URL"].startswith("sqlite") or not templates:
        await complete((*python, "migrate"), settings, folder)
    if templates:
        file = folder / f"templates-{free_port()}.toml"
        file.write_text(write(templates))
        await complete((*python, "templates", "import", str(file), "--yes"), settings, folder)
