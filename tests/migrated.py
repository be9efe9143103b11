"""Databases as `migrate` leaves them: made once, and copied for each test."""

import shutil
from pathlib import Path

from bot import workflow
from bot.store.database import migrate, migrated_workflows, open_engine


def migrate_all(url: str) -> None:
    """Make all tables in a database, ours and the engine's."""
    engine = open_engine(url)
    migrate(engine)
    workflow.migrate(url)
    migrated_workflows(engine, workflow.version())
    engine.dispose()


def create_file(folder: Path) -> Path:
    """Make a SQLite file with all tables."""
    file = folder / "migrated.db"
    migrate_all(f"sqlite:///{file}")
    return file


def copy_file(file: Path, folder: Path) -> str:
    """Copy a SQLite file that nobody has open; return the copy's URL."""
    copy = shutil.copy(file, folder / "bot.db")
    return f"sqlite:///{copy}"
