"""The real bot on every Python that is on this machine, each with the locked requirements."""

import asyncio
import fcntl
import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from bot.demo.slack import seed
from bot.slack.send_form.listeners import COMMAND
from tests.conftest import PHONE, TEMPLATE, open_world
from tests.paths import ROOT

PROMISED = ("3.11", "3.12", "3.13")
TOO_OLD = ("3.8", "3.9", "3.10")
SECONDS = 120.0  # for whatever a loaded machine makes slow; nothing here takes 15 on a quiet one

pytestmark = pytest.mark.slow

Install = Callable[[str], Path]


@functools.cache
def find(version: str) -> Path | None:
    """Find an interpreter of this minor version on PATH or among pyenv's; None if there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    places = sorted(pyenv.glob(f"versions/{version}.*/bin/python"))
    on_path = shutil.which(f"python{version}")
    for place in [*places, *([Path(on_path)] if on_path else [])]:
        # pyenv's shims stand on PATH also for versions that are not chosen, and then only fail.
        program = "import sys; print('%d.%d' % sys.version_info[:2])"
        said = subprocess.run([place, "-c", program], capture_output=True, text=True, check=False)
        if said.stdout.strip() == version:
            return place
    return None


def require(version: str) -> Path:
    """Skip, saying so, where a developer does not have this Python; CI has all of them."""
    found = find(version)
    if found is None:
        if "CI" in os.environ:
            pytest.fail(f"Python {version} is promised and not on this machine: not tried")
        pytest.skip(f"Python {version} is not on this machine, so it was not tried")
    return found


@pytest.fixture(scope="session")
def install(pytestconfig: pytest.Config) -> Install:
    """Make an environment as `make install` does; kept for the next run with these requirements."""
    requirements = ROOT / "requirements.txt"
    folder = pytestconfig.cache.mkdir("pythons")
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]

    @functools.cache
    def make(version: str) -> Path:
        environment = folder / f"{version}-{wanted}"
        python = environment / "bin" / "python"
        stamp = environment / "complete"
        with (folder / f"{version}.lock").open("w") as lock:
            # Several test processes want the same one at the same moment.
            fcntl.flock(lock, fcntl.LOCK_EX)
            make_once(version, environment, stamp)
        return python

    def make_once(version: str, environment: Path, stamp: Path) -> None:
        python = environment / "bin" / "python"
        if not stamp.exists():
            for old in folder.glob(f"{version}-*/"):
                shutil.rmtree(old)
            subprocess.run([require(version), "-m", "venv", environment], check=True, timeout=300)
            pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            subprocess.run((*pip, "--require-hashes", "-r", requirements), check=True, timeout=900)
            stamp.touch()

    return make


# All that use one environment run in one process: it is made once.
@pytest.fixture(
    params=[pytest.param(v, marks=pytest.mark.xdist_group(f"python-{v}")) for v in PROMISED]
)
def python(request: pytest.FixtureRequest, install: Install) -> Path:
    """One interpreter after the other, in an environment with what the bot needs."""
    version: str = request.param
    require(version)
    return install(version)


async def start(python: Path, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        python,
        "-m",
        "bot",
        *arguments,
        cwd=settings.pop("FOLDER"),
        env={**kept, "PYTHONPATH": str(ROOT), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def run(python: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Run a command to its end; return its exit code and all that it printed."""
    process = await start(python, *arguments, **settings)
    try:
        async with asyncio.timeout(SECONDS):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def test_sends_go_to_their_outcomes(python: Path, tmp_path: Path):
    code, printed = await run(python, "demo", "--script", FOLDER=str(tmp_path))

    assert code == 0, printed
    assert "4 of 4 came out as they should; Atom was called 3 times." in printed


async def test_the_demo_prints_its_address_and_ends(python: Path, tmp_path: Path):
    demo = await start(python, "demo", "--no-browser", "--port", "0", FOLDER=str(tmp_path))
    assert demo.stdout
    printed: list[str] = []
    try:
        async with asyncio.timeout(SECONDS):
            async for line in demo.stdout:
                printed.append(line.decode().strip())
                if printed[-1].startswith("http://"):
                    break
            assert printed[-1].startswith("http://"), printed
            async with aiohttp.ClientSession(printed[-1]) as browser, browser.get("/") as page:
                assert page.status == 200
            demo.send_signal(signal.SIGINT)

            assert await demo.wait() == 0
    finally:
        if demo.returncode is None:
            demo.kill()
            await demo.wait()


async def test_migrate_and_doctor_find_the_database_well(python: Path, tmp_path: Path):
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        settings = {**world.environment(), "FOLDER": str(tmp_path)}

        migrated = await run(python, "migrate", **settings)
        _, findings = await run(python, "doctor", **settings)

    assert migrated == (0, "The database is up to date.\n")
    assert "ok   database: reachable and up to date" in findings
    assert "ok   sqlite: version " in findings
    assert "Traceback" not in findings


async def test_a_file_that_another_python_made_serves_this_one(python: Path, tmp_path: Path):
    """The engine's tables differ with the Python that made them, and files move."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_world(tmp_path, url) as world:
        made = await run(python, "migrate", **world.environment(), FOLDER=str(tmp_path))
        await world.start()
        person = world.person()
        await person.command(seed.SOPORTE, COMMAND, f"{TEMPLATE} {PHONE}")

        await person.submit()

        await world.slack.until(lambda: world.atom.calls or None, timeout=SECONDS)
    assert made[0] == 0, made[1]


@pytest.mark.parametrize("version", TOO_OLD)
async def test_an_older_python_is_refused_in_one_sentence(version: str, tmp_path: Path):
    old = find(version)
    if old is None:
        pytest.skip(f"Python {version} is not on this machine, so it was not tried")

    code, printed = await run(old, "demo", FOLDER=str(tmp_path))

    assert code == 2
    assert re.fullmatch(
        f"Python 3.11 or newer is needed, and this is {re.escape(version)};.*\n", printed
    )


def test_what_is_tried_is_what_is_promised():
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    named = [one.rpartition(" :: ")[2] for one in classifiers if "Python :: 3." in one]

    assert tuple(named) == PROMISED


def test_enough_of_them_are_here_to_say_anything():
    assert len([one for one in PROMISED if find(one)]) >= 2
