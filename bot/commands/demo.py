"""`demo`: the bot in the browser or in the terminal. This process loads nothing of the bot."""

import argparse
import asyncio
import ipaddress
from typing import Any

from bot.commands import DONE, WANTING, Commands, add_command

MAX_PORT = 65_535


def add_parser(commands: Commands) -> None:
    """Say what it takes."""
    words = "use the bot in the browser, with stand-ins for Slack and Atom"
    command = add_command(commands, "demo", run, words, "demo --port 4444")
    command.add_argument("--port", type=_port, default=3333, help="the page's port (3333)")
    command.add_argument("--host", type=_loopback, default="127.0.0.1", help="a loopback address")
    command.add_argument("--no-browser", action="store_true", help="open no browser")
    command.add_argument("--socket", action="store_true", help="over Socket Mode, not HTTP")
    command.add_argument("--script", action="store_true", help="a conversation in the terminal")


def run(given: argparse.Namespace) -> int:
    """Run it until somebody stops it, or to the end of the script."""
    if given.script:
        from bot.demo import script  # noqa: PLC0415 - late, here and below: slow to import

        return (
            DONE if asyncio.run(script.play(_make_manifest, over_socket=given.socket)) else WANTING
        )
    from bot.demo.page import run as page  # noqa: PLC0415

    asked = page.Given(given.host, given.port, given.socket, not given.no_browser)
    return asyncio.run(page.play(_make_manifest, asked))


def _make_manifest(url: str, language: str = "en") -> dict[str, Any]:
    # While the bot starts, which takes as long.
    from bot.slack import manifest  # noqa: PLC0415

    return manifest.build(url, language)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text}: not a port; write a number up to {MAX_PORT}")
    return int(text)


def _loopback(text: str) -> str:
    host = "127.0.0.1" if text == "localhost" else text
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise argparse.ArgumentTypeError(
            f"{text}: the demo has no locks, so it is served on this machine only (127.0.0.1)"
        )
    return host
