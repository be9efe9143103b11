"""What a person does on the page, brought to the methods of Person."""

import base64
import binascii
from collections.abc import Awaitable, Callable

from bot.demo.slack.errors import Impossible, Json
from bot.demo.slack.files import File
from bot.demo.slack.input_values import stateful
from bot.demo.slack.person import Person
from bot.demo.slack.person.base import Result
from bot.demo.slack.workspace import BOT_USER

INVITE = "/invite"


class Unreadable(ValueError):
    """The page sent something that no gesture is made of."""


class Gone(Exception):
    """The view is not on top any more, or lacks a field: the page has not heard of it yet."""


def text(given: Json, name: str) -> str:
    """Read a text that must be there."""
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{name} is missing")
    return value


def perhaps(given: Json, name: str) -> str | None:
    """Read a text that may be missing."""
    value = given.get(name)
    return value if isinstance(value, str) and value else None


async def say(person: Person, given: Json) -> Json:
    """Write a message, perhaps with files that were uploaded for it."""
    channel, thread = text(given, "channel"), perhaps(given, "thread_ts")
    if not given.get("files"):
        return {"ts": await person.say(channel, text(given, "text"), thread)}
    words = perhaps(given, "text") or ""
    files = [own_file(person, one) for one in given["files"]]
    return {"ts": (await person.share(channel, files, text=words, thread_ts=thread)).ts}


async def upload(person: Person, given: Json) -> Json:
    """Upload a file that the browser has read; a message or a form names it afterwards."""
    try:
        content = base64.b64decode(str(given["content"]), validate=True)
    except (KeyError, binascii.Error):
        raise Unreadable("the file is not base64") from None
    file = person.workspace.add_file(text(given, "name"), content, person.id)
    return {"file": file.stub(person.workspace.base_url)}


def own_file(person: Person, file_id: object) -> File:
    """Find a file that this person uploaded."""
    file = person.workspace.files.get(str(file_id))
    if file is None or file.user != person.id:
        raise Unreadable("there is no such file of yours")
    return file


async def command(person: Person, given: Json) -> Json:
    """Type a slash command; Slack's own `/invite` brings the app into the channel."""
    channel, name, thread = text(given, "channel"), text(given, "command"), given.get("thread_ts")
    if name == INVITE and not thread:
        return invite(person, channel)
    typed = perhaps(given, "text") or ""
    return told(await person.command(channel, name, typed, thread_ts=perhaps(given, "thread_ts")))


def invite(person: Person, channel: str) -> Json:
    """Bring the app into a channel that the person is in."""
    place = person.workspace.channels.get(channel)
    if place is None or person.id not in place.members:
        raise Impossible(f"{person.id} is not in {channel}")
    if BOT_USER not in place.members:
        person.workspace.invite_bot(channel)
    return {}


async def global_shortcut(person: Person, given: Json) -> Json:
    """Pick a shortcut from the menu beside the composer."""
    name, channel = text(given, "callback_id"), perhaps(given, "channel")
    return told(await person.global_shortcut(name, channel))


async def message_shortcut(person: Person, given: Json) -> Json:
    """Pick a shortcut from a message's menu."""
    name, channel, ts = (text(given, one) for one in ("callback_id", "channel", "ts"))
    return told(await person.message_shortcut(name, channel, ts))


async def click(person: Person, given: Json) -> Json:
    """Press a button in a message, or pick from a menu in it."""
    channel, ts, action = (text(given, one) for one in ("channel", "ts", "action_id"))
    return told(await person.click(channel, ts, action, value=given.get("value")))


async def fill(person: Person, given: Json) -> Json:
    """Put a value into a field; `quiet` says that nothing is to be dispatched yet."""
    _looks_at(person, given)
    for one in given.get("typed") or ():
        if _has(person, one):
            await _fill(person, one, is_quiet=True)
    if not _has(person, given):
        raise Gone
    result = await _fill(person, given, is_quiet=bool(given.get("quiet")))
    return told(result) if result else {}


async def suggest(person: Person, given: Json) -> Json:
    """Type into a menu that the bot fills."""
    _looks_at(person, given)
    block, action = text(given, "block_id"), perhaps(given, "action_id")
    found = await person.suggest(block, perhaps(given, "text") or "", action_id=action)
    return {"options": found}


async def click_in_view(person: Person, given: Json) -> Json:
    """Press a button in a modal or a home tab."""
    await _typed(person, given)
    action, block = text(given, "action_id"), perhaps(given, "block_id")
    return told(await person.click_in_view(action, block, value=given.get("value")))


async def submit(person: Person, given: Json) -> Json:
    """Press a modal's submit button."""
    await _typed(person, given)
    return told(await person.submit())


async def close(person: Person, given: Json) -> Json:
    """Press a modal's Cancel, or the cross that closes all of them."""
    _looks_at(person, given)
    return told(await person.close(everything=bool(given.get("everything"))))


async def open_home(person: Person, _: Json) -> Json:
    """Look at the app's home tab."""
    return told(await person.open_home())


async def open_messages_tab(person: Person, _: Json) -> Json:
    """Look at the app's messages tab."""
    return told(await person.open_messages_tab())


GESTURES: dict[str, Callable[[Person, Json], Awaitable[Json]]] = {
    one.__name__: one
    for one in (
        say,
        upload,
        command,
        global_shortcut,
        message_shortcut,
        click,
        fill,
        suggest,
        click_in_view,
        submit,
        close,
        open_home,
        open_messages_tab,
    )
}


def told(result: Result) -> Json:
    """Tell the page what came of it; what changed comes with the state."""
    return {
        "shown": result.shown,
        "trouble": result.trouble,
        "errors": dict(result.errors),
        "closed": result.closed,
    }


def _looks_at(person: Person, given: Json) -> None:
    """Leave alone whatever lies on top if it is not what the page shows."""
    view = person.view or person.home
    if view is None or view.id != text(given, "view_id"):
        raise Gone


async def _typed(person: Person, given: Json) -> None:
    """Take over what stands in the page's fields before something is done with the view."""
    _looks_at(person, given)
    typed = given.get("typed") or ()
    if not all(_has(person, one) for one in typed):
        # Another form than the person saw when they pressed.
        raise Gone
    for one in typed:
        await _fill(person, one, is_quiet=True)


def _has(person: Person, given: Json) -> bool:
    view = person.view or person.home
    wanted = (text(given, "block_id"), given.get("action_id"))
    fields = stateful(view.blocks) if view else ()
    return wanted in [(block["block_id"], element["action_id"]) for block, element in fields]


async def _fill(person: Person, given: Json, *, is_quiet: bool) -> Result | None:
    block, action = text(given, "block_id"), perhaps(given, "action_id")
    return await person.fill(block, given.get("value"), action_id=action, dispatch=not is_quiet)
