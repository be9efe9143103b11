"""The page draws every emoji that the bot writes: no short name stands there as it was written."""

import re
from pathlib import Path

import bot.demo.page
from bot.locales import LANGUAGES, load

ROOT = Path(bot.demo.page.__file__).parent
SHORT_NAME = re.compile(r":([a-z][a-z0-9_]+):")


def drawn() -> set[str]:
    """Read which short names the page knows."""
    script = (ROOT / "static" / "emoji.js").read_text()
    return set(re.findall(r'[{ ]"?([a-z0-9_+-]+)"?: "', script))


def written() -> set[str]:
    """Find the short names in the bot's words, and in its code where a string is one or begins so."""
    found = {
        name
        for language in LANGUAGES
        for forms in load(language).sentences.values()
        for form in forms
        for name in SHORT_NAME.findall(form)
    }
    for file in (ROOT.parents[1] / "slack").rglob("*.py"):
        found |= set(re.findall(r"\"" + SHORT_NAME.pattern + r"[\" ]", file.read_text()))
    return found


def test_every_emoji_that_the_bot_writes_is_drawn() -> None:
    assert {"warning", "mag", "clock3"} <= written()
    assert written() - drawn() == set()
