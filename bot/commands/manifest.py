"""`manifest`: prints the app's manifest, to be pasted where Slack makes an app."""

import argparse
import json
import sys

from bot.commands import DONE, Commands, WrongUse, add_command


def add_parser(commands: Commands) -> None:
    """Say what it takes."""
    example = "manifest --url https://bot.example.com --language es"
    command = add_command(commands, "manifest", run, "print the app's manifest for Slack", example)
    command.set_defaults(needs_database=False)
    transport = command.add_mutually_exclusive_group()
    transport.add_argument("--url", help="the bot's address, e.g. https://bot.example.com")
    transport.add_argument("--socket", action="store_true", help="for Socket Mode")
    command.add_argument(
        "--language", choices=("en", "es", "pt"), default="en", help="of its names, as in LANGUAGE"
    )


def run(given: argparse.Namespace) -> int:
    """Print it, for one of the two transports."""
    from bot.slack import manifest  # noqa: PLC0415 - slow to import

    if not given.url and not given.socket:
        raise WrongUse("Say which transport: manifest --url https://… or manifest --socket")
    if given.url and not given.url.startswith("https://"):
        raise WrongUse("--url: Slack takes only addresses that start with https://")
    url = given.url.rstrip("/").removesuffix("/slack/events") + "/slack/events" if given.url else ""
    made = manifest.build(url, given.language)
    sys.stdout.write(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    return DONE
