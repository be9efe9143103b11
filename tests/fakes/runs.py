"""Workflows that run nothing."""

from bot.sends import Send


class FakeRuns:
    """Runs nothing, and remembers what it was told to."""

    def __init__(self, process: str = "this") -> None:
        self.process = process
        self.begun: list[Send] = []
        self.looked = 0

    def begin(self, send: Send) -> None:
        self.begun.append(send)

    def look(self) -> None:
        self.looked += 1
