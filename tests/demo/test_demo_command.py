"""`python -m bot demo` as a process: it prints its address, and leaves nothing behind."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.process]


class Demo:
    """A running demo."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.printed: list[str] = []

    async def address(self) -> str:
        """Wait for the line that is nothing but the address."""
        assert self.process.stdout
        async with asyncio.timeout(120):
            async for line in self.process.stdout:
                self.printed.append(line.decode().rstrip("\n"))
                if self.printed[-1].startswith("http://"):
                    return self.printed[-1]
        raise AssertionError(self.printed)

    async def end(self) -> tuple[int, str]:
        async with asyncio.timeout(120):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, out.decode() + err.decode()


async def run(*arguments: str, folder: Path = ROOT) -> Demo:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "bot", "demo", "--no-browser", *arguments)
    return Demo(
        await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdout=pipe, stderr=pipe
        )
    )


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """A demo that is ready, started where a stranger's `.env` lies."""
    (tmp_path / ".env").write_text("SENDERS=nobody\nATOM_TIMEOUT=x\nDATABASE_URL=mysql://x\n")
    made = await run("--port", "0", folder=tmp_path)
    await made.address()
    yield made
    if made.process.returncode is None:
        made.process.kill()
        await made.process.wait()


async def children(pid: int) -> list[int]:
    """Name the processes that this one started."""
    listing = await asyncio.create_subprocess_exec(
        "ps", "-A", "-o", "pid=,ppid=", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await listing.communicate()
    pairs = (line.split() for line in out.decode().splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie does not live either; somebody else has to bury it.
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z " in status.read_text())


async def gone(pid: int, seconds: float = 60.0) -> bool:
    """Say whether a process ends within so many seconds."""
    for _ in range(int(seconds / 0.05)):
        if not lives(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_the_page_is_usable_once_its_address_is_printed(demo: Demo):
    async with (
        aiohttp.ClientSession(demo.printed[-1]) as browser,
        browser.get("/") as page,
        browser.post(
            "/ui/command",
            json={
                "person": "U0ALICE0001",
                "channel": "C0SOPORTE01",
                "command": "/whatsapp-template",
            },
        ) as answer,
    ):
        assert (page.status, page.content_type) == (200, "text/html")
        assert (await answer.json())["shown"] == ""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_and_the_bot(demo: Demo, how: signal.Signals):
    (bot,) = await children(demo.process.pid)

    demo.process.send_signal(how)

    assert (await demo.end())[0] == 0
    assert await gone(bot)


async def test_the_bot_does_not_outlive_a_killed_demo(demo: Demo):
    (bot,) = await children(demo.process.pid)

    demo.process.kill()
    await demo.process.wait()

    assert await gone(bot)


async def test_a_bot_that_ends_by_itself_is_reported_with_its_log(demo: Demo):
    (bot,) = await children(demo.process.pid)

    os.kill(bot, signal.SIGKILL)

    code, printed = await demo.end()
    assert code == 1
    assert "The bot ended by itself" in printed


async def test_a_port_in_use_is_said_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, printed = await (await run("--port", str(port))).end()

    assert code == 2
    assert f"Port {port} on 127.0.0.1 can't be used" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "example.org"])
async def test_no_host_but_loopback_is_taken(host: str):
    code, printed = await (await run("--host", host)).end()

    assert code == 2
    assert "on this machine only" in printed


async def test_it_runs_over_socket_mode_too():
    demo = await run("--port", "0", "--socket")
    await demo.address()

    demo.process.send_signal(signal.SIGTERM)

    assert (await demo.end())[0] == 0


async def test_another_language_starts_the_bot_anew_and_ends_nothing(demo: Demo):
    (before,) = await children(demo.process.pid)

    async with aiohttp.ClientSession(demo.printed[-1]) as browser:
        async with browser.post("/ui/language", json={"language": "es"}) as chosen:
            assert chosen.status == 200
        typed = {"person": "U0LUCIA0001", "channel": "C0SOPORTE01"}
        command = typed | {"command": "/whatsapp-template", "text": "help"}
        async with browser.post("/ui/command", json=command) as answer:
            shown = (await answer.json())["shown"]

    (after,) = await children(demo.process.pid)
    assert before != after
    assert not lives(before)
    assert "plantilla" in shown
    assert demo.process.returncode is None
