"""The command's questions, answered in private, and its two orders, `stop` and `allow`."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.locales import Translator
from bot.policy.access import Access
from bot.repositories import SendRepository, TemplateRepository
from bot.slack.platform.directory import SlackDirectory
from bot.slack.subcommands import replies
from bot.slack.subcommands.contacts import Contacts
from bot.slack.subcommands.parse import ABOUT_A_NUMBER, Asked, Topic, read
from bot.slack.subcommands.replies import Reply

__all__ = ["Contacts", "Pause", "Reply", "Subcommands"]

RECENT = 10
FOUND = 5
# Seconds; Slack takes 20 questions about user groups a minute from a whole workspace.
REFRESH_PAUSE = 30.0
# A word of so many digits may be a customer's number, and what stands before it a template.
WHOLE_NUMBER = 7


class Pause:
    """Lets something be done once in a while, whoever asks for it."""

    def __init__(self, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
        """`now` counts seconds."""
        self._seconds = seconds
        self._now = now
        self._last = float("-inf")

    def take(self) -> bool:
        """Say whether it may be done now; then the pause begins anew."""
        now = self._now()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


@dataclass(frozen=True, slots=True)
class Subcommands:
    """Answers whoever may send; that right is asked for before."""

    directory: SlackDirectory
    access: Access
    sends: SendRepository
    templates: TemplateRepository
    shortcut: str  # its name in Slack's menu, the same for all
    contacts: Contacts
    refreshes: Pause = field(default_factory=lambda: Pause(REFRESH_PAUSE))

    async def answer(
        self, text: str, *, user: str, channel: str, translator: Translator
    ) -> Reply | None:
        """Answer what was typed after the command; None if it is no question but fills the form.

        `text` is as Slack sends it. Raises TryLater, and NotAllowed from `refresh` and `allow`.
        """
        asked = read(text)
        if asked is None or await self._is_an_order(asked):
            return None
        if asked.topic is Topic.STOP:
            return await self.contacts.stop(asked.about, user, translator)
        if asked.topic is Topic.ALLOW:
            return await self.contacts.allow(asked.about, user, translator)
        return await self._tell(asked, user, channel, translator)

    async def _tell(self, asked: Asked, user: str, channel: str, translator: Translator) -> Reply:
        match asked.topic:
            case Topic.HELP:
                return replies.help_(translator, self.shortcut)
            case Topic.RECENT:
                found = await self.sends.recent(user, RECENT)
                return replies.recent(await self.access.with_names(found), translator)
            case Topic.LIST:
                return replies.templates(await self.access.list_allowed(user, channel), translator)
            case Topic.STATUS:
                return await self._status(asked, user, translator)
            case _:
                return await self._refresh(user, translator)

    async def _is_an_order(self, asked: Asked) -> bool:
        """Say whether `estado 61234567` begins with a template's name rather than asks.

        So it does where a name has that word and the digits may be a customer's number.
        """
        if not asked.about:
            return False
        known = [each.folded for each in await self.templates.all() if each.active]
        if asked.topic in ABOUT_A_NUMBER:
            return asked.names_one_of(known) or not (
                self.contacts.has_number(asked.about)
                or not any(asked.word in name for name in known)
            )
        if asked.typed in known:
            return True
        return len(asked.digits) >= WHOLE_NUMBER and any(asked.word in name for name in known)

    async def _status(self, asked: Asked, user: str, translator: Translator) -> Reply:
        if not asked.about:
            return replies.how_to_ask(translator)
        is_admin = await self.directory.is_admin(user)
        if asked.digits:
            whose = "" if is_admin else user
            found = await self.sends.ending_in(asked.digits, user=whose, limit=FOUND + 1)
        else:
            send = await self.sends.find(asked.send) if asked.send else None
            # Whether somebody else has such a send is nothing that one may learn.
            found = (send,) if send and (is_admin or send.request.user == user) else ()
        if not found:
            return replies.not_found(
                asked.digits or asked.send or asked.about, translator, is_admin=is_admin
            )
        shown = await self.access.with_names(found[:FOUND])
        viewer = replies.Viewer(user, is_admin=is_admin)
        return replies.status(shown, translator, viewer=viewer, has_older=len(found) > FOUND)

    async def _refresh(self, user: str, translator: Translator) -> Reply:
        is_new = self.refreshes.take()
        if is_new:
            self.directory.forget_all()
            self.templates.forget()
        # What was just forgotten may have held a right that is gone.
        await self.directory.check(user)
        return replies.refreshed(await self.access.list_allowed(user), translator, is_new=is_new)
