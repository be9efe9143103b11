"""The choice of the language in which the bot speaks in channels."""

from collections.abc import Awaitable, Callable

from bot.demo.slack.errors import Json

LANGUAGES = {"en": "English", "es": "Español", "pt": "Português"}
Speak = Callable[[str], Awaitable[Json]]
"""Starts the bot anew in a language; gives the app's manifest once the bot is ready."""


class Busy(Exception):
    """The bot is being started already."""


class LanguageChoice:
    """Remembers what was chosen; whoever runs the bot does it."""

    def __init__(self, speak: Speak, touch: Callable[[], None]) -> None:
        """Begin with English; `touch` lets the page know that something changed."""
        self._speak = speak
        self._touch = touch
        self._chosen = "en"
        self._is_starting = False

    async def choose(self, language: str) -> Json:
        """Let the bot speak it; give the manifest in it. Raises ValueError, Busy."""
        if language not in LANGUAGES:
            raise ValueError(f"no such language: {language}; there are {', '.join(LANGUAGES)}")
        if self._is_starting:
            raise Busy("The bot is starting; choose again in a moment.")
        self._chosen, self._is_starting = language, True
        self._touch()
        try:
            return await self._speak(language)
        finally:
            self._is_starting = False
            self._touch()

    def told(self) -> Json:
        """Describe it for the page."""
        return {"chosen": self._chosen, "is_starting": self._is_starting, "choices": LANGUAGES}
