"""What older SQLite lacks is added, and what can't run is refused in one sentence, at once."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import sqlite_functions, sqlite_version
from bot.store.database import open_engine
from tests.paths import ROOT

# What the engine writes under Python 3.12 and newer; the file may be opened by an older one.
TABLE = "CREATE TABLE t (id INTEGER, at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000))"

# A stand-in for what can't be installed here: a SQLite of long ago, and a Python without any.
OLD = "import sqlite3; sqlite3.sqlite_version, sqlite3.sqlite_version_info = '3.34.1', (3, 34, 1)"
NONE = "import sys; sys.modules['_sqlite3'] = None"
# `python -m MODULE`, for a program that comes by -c.
RUN = "import runpy; sys.path.insert(0, ''); runpy.run_module(sys.argv[2], run_name='__main__')"
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_SIGNING_SECRET": "abc",
    "ATOM_TOKEN": "x",
    "SENDERS": "*",
    # Nobody listens there; whoever is refused doesn't ask.
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "ATOM_URL": "http://127.0.0.1:1/templates",
}
COMMANDS = (
    ["demo", "--no-browser"],
    ["demo", "--script"],
    ["serve"],
    ["socket"],
    ["worker"],
    ["migrate"],
    ["doctor"],
    ["history"],
    ["templates", "list"],
)


@pytest.fixture(params=["as it is", "as an old one"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[sa.Engine]:
    """Our engine on a new file, with this SQLite's own function and with ours."""
    if request.param == "as an old one":
        monkeypatch.setattr(sqlite_functions, "SINCE", (99, 0, 0))
    made = open_engine(f"sqlite:///{tmp_path}/bot.db")
    yield made
    made.dispose()


def is_now(milliseconds: object) -> bool:
    return isinstance(milliseconds, int) and abs(milliseconds / 1000 - time.time()) < 60


def test_a_row_of_the_newer_engine_gets_its_time(engine: sa.Engine):
    with engine.begin() as connection:
        connection.execute(sa.text(TABLE))
        connection.execute(sa.text("INSERT INTO t (id) VALUES (1)"))

        at = connection.execute(sa.text("SELECT at FROM t")).scalar_one()

    assert is_now(at)


def test_rows_get_it_too_where_a_build_trusts_no_schema(engine: sa.Engine):
    sa.event.listen(
        engine, "connect", lambda one, _: one.execute("PRAGMA trusted_schema=OFF"), insert=True
    )
    with engine.begin() as connection:
        connection.execute(sa.text(TABLE))
        connection.execute(sa.text("INSERT INTO t (id) VALUES (1)"))

        at = connection.execute(sa.text("SELECT at FROM t")).scalar_one()

    assert is_now(at)


@pytest.mark.parametrize(
    ("when", "seconds"),
    [("2026-05-03", 1777766400), ("2026-05-03 12:00:00", 1777809600), (None, None), ("x", None)],
)
def test_whatever_else_is_asked_is_answered_as_ever(
    engine: sa.Engine, when: str | None, seconds: int | None
):
    with engine.connect() as connection:
        said = connection.execute(sa.text("SELECT unixepoch(:when)"), {"when": when}).scalar()

    assert said == seconds


def test_engines_that_are_not_ours_have_it_only_meanwhile(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sqlite_functions, "SINCE", (99, 0, 0))
    asked = sa.text("SELECT unixepoch('subsec') * 1000")
    added: list[object] = []
    monkeypatch.setattr(sqlite_functions, "add_unixepoch", added.append)

    with sqlite_functions.added_everywhere(), sa.create_engine("sqlite://").connect():
        pass
    with sa.create_engine("sqlite://").connect() as after:
        after.execute(asked)

    assert len(added) == 1


def refused(before: str, command: list[str], **settings: str) -> tuple[int, list[str], float]:
    """Run a command on a Python that was changed so; return its code, its lines, its seconds.

    Seconds of the processor, which a busy machine makes no longer; no run takes 20 by the clock.
    """
    program = f"{before}; from bot.__main__ import main; import sys; sys.exit(main(sys.argv[1:]))"
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [sys.executable, "-c", program, *command],
        env={**os.environ, **SETTINGS, "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began
    return done.returncode, (done.stdout + done.stderr).splitlines(), seconds


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_sqlite_that_is_too_old_is_refused_at_once(command: list[str], tmp_path: Path):
    url = f"sqlite:///{tmp_path}/bot.db"

    code, lines, seconds = refused(OLD, command, DATABASE_URL=url)

    assert code == 2
    assert len(lines) == 1
    assert "SQLite 3.34.1 is too old, 3.35 or newer is needed" in lines[0]
    assert not (tmp_path / "bot.db").exists()
    assert seconds < 2


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_python_without_sqlite_is_refused_at_once(command: list[str]):
    code, lines, seconds = refused(NONE, command)

    assert code == 2
    assert len(lines) == 1
    assert "built without SQLite" in lines[0]
    assert seconds < 2


@pytest.mark.process
@pytest.mark.slow
def test_an_old_sqlite_is_no_matter_on_postgresql():
    url = "postgresql://bot:x@127.0.0.1:1/bot"

    _, lines, _ = refused(OLD, ["migrate"], DATABASE_URL=url)

    assert "DATABASE_URL" in lines[0]
    assert "too old" not in lines[0]


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("command", [["manifest", "--socket"], ["completion", "bash"]])
def test_what_is_only_printed_needs_no_sqlite_file(command: list[str]):
    assert refused(OLD, command)[0] == 0


@pytest.mark.process
@pytest.mark.slow
def test_bad_settings_are_said_even_so():
    code, lines, _ = refused(OLD, ["serve"], DATABASE_URL="mysql://x")

    assert code == 2
    assert lines[0] == "These settings can't be used:"


def test_this_python_is_not_refused():
    assert sqlite3.sqlite_version_info >= sqlite_version.OLDEST
    assert sqlite_version.problem() == ""


@pytest.mark.process
@pytest.mark.slow
def test_make_says_it_before_it_installs(tmp_path: Path):
    """A Python that has no SQLite, under the name that `make` is given."""
    (tmp_path / "bot").symlink_to(ROOT / "bot")
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{NONE}; {RUN}" "$@"\n')
    python.chmod(0o755)

    done = subprocess.run(
        ["make", "demo", f"PYTHON={python}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert "built without SQLite" in done.stderr.splitlines()[0]
    assert not (tmp_path / ".venv").exists()
