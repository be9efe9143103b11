"""Bolt for JavaScript, installed from npm into a cache of ours, where Node is there."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT
from bot.demo.slack.workspace import BOT_ID, BOT_USER, TEAM

VERSION = "5.1.0"
FOLDER = ROOT / ".cache" / f"bolt-js-{VERSION}"
SCRIPT = Path(__file__).with_name("bolt.js")
INSTALL_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Missing:
    """It can't be run here; the words say why."""

    why: str


async def install() -> tuple[str, ...] | Missing:
    """Return the command that runs it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        return Missing("no Node here")
    if not (FOLDER / "node_modules" / "@slack" / "bolt").is_dir():
        if npm is None:
            return Missing("no npm here")
        FOLDER.mkdir(parents=True, exist_ok=True)
        if not await _run(
            npm, "install", "--ignore-scripts", "--no-save", f"@slack/bolt@{VERSION}"
        ):
            return Missing("npm could not install it")
    return (node, str(SCRIPT))


def environment() -> dict[str, str]:
    """Return what it needs beside the settings of the bot."""
    return {
        "BOLT_FOLDER": str(FOLDER),
        "NODE_ENV": "production",
        "BOT_ID": BOT_ID,
        "BOT_USER": BOT_USER,
        "TEAM": TEAM,
    }


async def _run(*command: str) -> bool:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=FOLDER,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        return await asyncio.wait_for(process.wait(), INSTALL_SECONDS) == 0
    except TimeoutError:
        process.kill()
        return False
