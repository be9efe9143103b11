"""`demo`: a conversation with the real bot in the terminal, printed as it happens."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.demo.atom.server import AtomStandIn
from bot.demo.process import BotProcess, free_port
from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person import Person
from bot.demo.slack.server import SlackStandIn

SECRET = "signing-secret-of-the-stand-in"  # noqa: S105 - it opens nothing
TOKEN = "token-of-the-stand-in"  # noqa: S105 - it opens nothing
TEMPLATE = "AbCdEfGhIjKlMnOpQrSt"
KNOWN = "+573211234567"
NEW = "+50761234567"
REFUSED = "+5511961234567"
COMMAND = "/whatsapp-template"


async def play(
    make_manifest: Callable[[str], dict[str, Any]], *, over_socket: bool = False
) -> bool:
    """Play the whole conversation; True if every outcome came back in its thread."""
    port = free_port()
    url = "" if over_socket else f"http://127.0.0.1:{port}/slack/events"
    _say(
        "Local stand-ins for Slack and Atom; the bot is the real one. Nothing leaves this machine."
    )
    slack = await SlackStandIn.start(manifest=make_manifest(url), signing_secret=SECRET)
    atom = await AtomStandIn.start(token=TOKEN)
    with tempfile.TemporaryDirectory() as folder:
        bot = await BotProcess.start(
            "socket" if over_socket else "serve",
            environment=_environment(slack, atom, folder, port),
            log=Path(folder) / "log",
        )
        try:
            if url:
                slack.connect(url)
            await slack.ready(timeout=30.0)
            return await _converse(slack, atom)
        except AssertionError as error:
            _say(f"It went wrong: {error}\n{bot.output()}")
            return False
        finally:
            await bot.stop()
            await slack.close()
            await atom.close()


def _environment(slack: SlackStandIn, atom: AtomStandIn, folder: str, port: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-stand-in",
        "SLACK_APP_TOKEN": "xapp-stand-in",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "ATOM_TOKEN": TOKEN,
        "ATOM_URL": atom.url,
        "SENDERS": seed.ALICE,
        "ADMINS": seed.CARLA,
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "PORT": str(port),
        "LOG_FORMAT": "json",
    }


async def _converse(slack: SlackStandIn, atom: AtomStandIn) -> bool:
    alice, diego = slack.person(seed.ALICE), slack.person(seed.DIEGO)
    atom.know(KNOWN.removeprefix("+"))
    results = [
        await _send(slack, alice, KNOWN, "sent", "A number with a conversation"),
        await _send(slack, alice, NEW, "pending", "A new number"),
    ]
    atom.behave("rejects", times=1)
    results.append(await _send(slack, alice, REFUSED, "rejected", "Atom refuses the parameters"))
    results.append(await _refused(diego))
    is_well = all(results)
    _say(
        f"\n{sum(results)} of {len(results)} came out as they should; "
        f"Atom was called {len(atom.calls)} times."
    )
    return is_well and len(atom.calls) == 3  # noqa: PLR2004 - the three sends above


async def _send(slack: SlackStandIn, person: Person, phone: str, status: str, title: str) -> bool:
    """Type the command, press Send, and wait for the outcome under the card."""
    text = f'{TEMPLATE} {phone} client_name="Rosa" Fecha="3 de mayo"'
    _say(f"\n== {title}\n{person.user.name}: {COMMAND} {text}")
    opened = await person.command(seed.SOPORTE, COMMAND, text)
    if person.view is None:
        _say(f"   no form: {opened.shown}")
        return False
    before = {message.ts for message in person.messages(seed.SOPORTE)}
    sent = await person.submit()
    if not sent.closed:
        _say(f"   the form stays: {dict(sent.errors) or sent.trouble}")
        return False
    _say(f"   [form filled in; Send is acknowledged after {sent.seconds * 1000:.0f} ms]")
    outcome = await slack.until(lambda: _outcome(person, before, status), timeout=20.0)
    assert outcome is not None  # noqa: S101 - what was waited for
    card = next(one for one in person.messages(seed.SOPORTE) if one.ts == outcome.thread_ts)
    _say(f"bot:   {card.text}\n   └─  {outcome.text}")
    return True


def _outcome(person: Person, before: set[str], status: str) -> Message | None:
    for card in person.messages(seed.SOPORTE):
        if card.ts in before:
            continue
        for reply in person.thread(seed.SOPORTE, card.ts):
            is_reply = reply.thread_ts == card.ts != reply.ts
            if is_reply and _status(reply) == status:
                return reply
    return None


def _status(message: Message) -> object:
    match message.metadata:
        case {"event_payload": {"status": status}}:
            return status
    return None


async def _refused(person: Person) -> bool:
    _say(f"\n== A person who may not send\n{person.user.name}: {COMMAND}")
    result = await person.command(seed.SOPORTE, COMMAND, "")
    _say(f"bot (only {person.user.name} sees this): {result.shown}")
    return person.view is None and seed.CARLA in result.shown


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
