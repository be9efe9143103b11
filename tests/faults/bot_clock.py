"""A bot's clock, which tests set wrong: libfaketime shifts whatever the process asks it for."""

from dataclasses import dataclass
from pathlib import Path

LIBRARY = "libfaketimeMT.so.1"
FOLDERS = ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")


@dataclass(frozen=True, slots=True)
class BotClock:
    """The clock of every process that starts with `settings`; everybody else's stays right."""

    file: Path

    def settings(self) -> dict[str, str]:
        """Return what must be in a process's environment from its start on."""
        self.shift(0.0)
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # A wrong clock is the calendar's alone: what counts seconds goes on.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def shift(self, seconds: float) -> None:
        """Put the clock so far ahead of the right time, or behind it."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+.0f}s\n")
        # Whole at any moment: the process reads it each time that it asks what time it is.
        new.replace(self.file)


def library() -> Path:
    """Find the library, which tests/faults/install-faketime installs."""
    for folder in FOLDERS:
        if found := next(Path(folder).rglob(LIBRARY), None):
            return found
    raise AssertionError(f"{LIBRARY} is not here: run tests/faults/install-faketime")
