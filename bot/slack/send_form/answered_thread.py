"""Which thread the outcome will stand in, where the form was opened from a message."""

import re
import textwrap

from bot.locales import Translator
from bot.slack.notifications.cards import escape
from bot.slack.platform import message_text, payloads
from bot.slack.platform.error_messages import short
from bot.slack.platform.payloads import Payload
from bot.slack.send_form.command_parser import unescape
from bot.slack.send_form.ids import THREAD

LENGTH = 60  # characters of the message that name it


def name(body: Payload, translator: Translator) -> str:
    """Say in whose thread the outcome will be, from what Slack sends of a message's menu."""
    message = payloads.part(body, "message")
    said = " ".join(unescape(message_text.read(message)).split())
    begun = textwrap.shorten(said, LENGTH, placeholder="…").removeprefix("…")
    named = escape(begun or short(said, LENGTH)).replace("|", " ")
    if not named:
        named = translator("form.thread.message")
    link = _link(body, message)
    return translator("form.thread", message=f"<{link}|{named}>" if link else named)


def read(view: Payload) -> str:
    """Read it back from a view, which says it to whoever it was opened for."""
    found = [each for each in payloads.objects(view, "blocks") if each.get("block_id") == THREAD]
    texts = [part for each in found for part in payloads.objects(each, "elements")]
    return str(texts[0].get("text") or "") if texts else ""


def _link(body: Payload, message: Payload) -> str:
    """Return the message's address; empty where Slack does not tell what it is made of.

    Source: <https://docs.slack.dev/reference/methods/chat.getPermalink>, without its second call.
    """
    domain = str(payloads.part(body, "team").get("domain") or "")
    channel = str(payloads.part(body, "channel").get("id") or "")
    ts, root = str(message.get("ts") or ""), str(message.get("thread_ts") or "")
    if not re.fullmatch(r"[a-z0-9-]+/[A-Z0-9]+/\d+\.\d+", f"{domain}/{channel}/{ts}"):
        return ""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    is_reply = root != ts and re.fullmatch(r"\d+\.\d+", root)
    return f"{link}?thread_ts={root}&cid={channel}" if is_reply else link
