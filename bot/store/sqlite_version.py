"""Whether this Python's SQLite is new enough: `python -m bot.store.sqlite_version` says it too.

It is asked before anything is installed, so it needs nothing but Python.
"""

import sys

OLDEST = (3, 35, 0)  # INSERT … RETURNING, ours and the engine's


def missing() -> str:
    """Say in one sentence that this Python has no SQLite at all; nothing if it has one."""
    try:
        import sqlite3  # noqa: F401, PLC0415 - its absence is the question
    except ImportError:
        return (
            "This Python was built without SQLite: take another one, or install SQLite's headers "
            "(libsqlite3-dev, sqlite-devel) and build it again."
        )
    return ""


def problem() -> str:
    """Say in one sentence why the bot can't keep a SQLite file here; nothing if it can."""
    if words := missing():
        return words
    import sqlite3  # noqa: PLC0415 - only now it is sure to be there

    if sqlite3.sqlite_version_info >= OLDEST:
        return ""
    return (
        f"SQLite {sqlite3.sqlite_version} is too old, {OLDEST[0]}.{OLDEST[1]} or newer is needed: "
        "take a Python that comes with a newer one; all but the demo can use PostgreSQL instead."
    )


if __name__ == "__main__":
    if said := problem():
        sys.stderr.write(said + "\n")
        sys.exit(2)
