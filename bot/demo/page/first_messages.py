"""What stands in the workspace when somebody opens the page for the first time."""

import dataclasses
from datetime import UTC, datetime, timedelta

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person.base import SLACKBOT
from bot.demo.slack.workspace import Workspace

KNOWN = ("+573211234567", "+5491123456789")
"""The numbers that have a conversation in Atom, so that a message to them is Sent."""
COMMAND = '/whatsapp-template recordatorio de cita 6123-4567 client_name=Ana fecha="3 de mayo"'

NOTES = {
    seed.ALICE: "support, may send",
    seed.BRUNO: "support, may send, Portuguese",
    seed.LUCIA: "support, may send, Spanish",
    seed.CARLA: "admin of the bot",
    seed.DIEGO: "may not send",
    seed.GUEST: "guest",
    seed.SINGLE: "single-channel guest",
    seed.EXTERNAL: "another workspace",
}

LIST = "citas.csv"
# Some of its rows can't go out: a digit is missing, a branch is none of the template's, one repeats.
ROWS = """\
Teléfono;Nombre del cliente;Fecha de la cita;Sede
6123-4801;Ana Gómez;{day};Centro
6123-4802;Benito Ruiz;{day};San Francisco
+57 321 123 4567;Rosa Pérez;{day};Costa del Este
6123-480;Carmen Vega;{day};Centro
6123-4804;Dora Sáenz;{day};Paitilla
6123-4801;Ana Gómez;{day};Centro
6123-4806;Elías Mora;{day};
"""
WITH_LIST = "Dr. Vega is ill: these patients must know today."

WELCOME = f"""\
:wave: *Welcome.* The bot here is the real one; Slack and Atom are stand-ins on this machine, and \
nothing leaves it. Type `/whatsapp-template` and press Enter: two letters of a template's name are enough. Or paste this:
```{COMMAND}```
• 6123-4567 is new to Atom, so it becomes *Pending*. Atom knows {" and ".join(KNOWN)}: those are \
*Sent*. Send the same twice, and the bot asks first.
• The menu of a message (hover over it, then ⋮) opens the form with the phone number in that message.
• One template to many: in the menu of your message with the file {LIST} choose _Send to a list_, or type \
`/whatsapp-template bulk` and give a file of your own.
• On top you can set how Atom behaves and which language the bot speaks in channels, and see what \
goes over the wire.
• On the left you can become somebody else: <@{seed.DIEGO}> may not send, <@{seed.LUCIA}> reads \
Spanish, <@{seed.BRUNO}> Portuguese.
• The app under _Apps_ has a Home tab: your last sends, your templates, and for <@{seed.CARLA}>, the admin, the catalogue.
• <#{seed.VENTAS}> is a channel without the bot, and so is the private <#{seed.SECRET}>."""

CUSTOMER = """\
Forwarded from the shop's inbox: Rosa Pérez could not reach us and asks for a call back about her \
appointment. Her WhatsApp is +57 321 123 4567."""


def furnish(workspace: Workspace) -> None:
    """Say how to begin, and leave a customer's message and a list to answer."""
    # The page speaks English; so does its first person.
    workspace.change_person(seed.ALICE, locale="en-US")
    group = workspace.groups[seed.SUPPORT]
    named = dataclasses.replace(group, handle="support", name="Support")
    workspace.groups[seed.SUPPORT] = named
    _write(workspace, SLACKBOT, WELCOME)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    rows = ROWS.format(day=f"{tomorrow:%d/%m/%Y}")
    file = workspace.add_file(LIST, rows.encode(), seed.ALICE)
    _write(workspace, seed.ALICE, WITH_LIST, file.id)
    _write(workspace, seed.CARLA, CUSTOMER)
    _write(workspace, seed.BRUNO, "I can't today. Can somebody send her the reminder template?")


def _write(workspace: Workspace, user: str, words: str, *files: str) -> None:
    workspace.post(Message(seed.SOPORTE, workspace.ts(), user, words, files=files))
