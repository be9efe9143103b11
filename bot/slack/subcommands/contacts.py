"""`stop` and `allow`: who is not to be written to any more, and who is again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.errors import FixTheForm, NotAllowed, Problem
from bot.locales import Translator
from bot.phones.normalize import WHATSAPP_LINK, is_written_with, whatsapp_number
from bot.policy.do_not_contact import (
    REASON_LIMIT,
    Added,
    Contact,
    ContactRepository,
    Scope,
    new_contact,
    read_phone,
)
from bot.policy.people import Person, Right
from bot.send_draft import UNFIT, NumberRules
from bot.slack.notifications.cards import clock, escape
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.error_messages import sentence
from bot.slack.send_form import command_phones
from bot.slack.subcommands.replies import Reply, one_text

logger = logging.getLogger(__name__)

ADDED = {
    Added.NEW: "contact.stopped",
    Added.WIDENED: "contact.widened",
    Added.KNOWN: "contact.known",
}


@dataclass(frozen=True, slots=True)
class Contacts:
    """Adds numbers for whoever may send, and takes them off for admins."""

    directory: SlackDirectory
    listed: ContactRepository
    rules: NumberRules
    now: Callable[[], datetime]

    def has_number(self, about: str) -> bool:
        """Say whether a number stands in what was typed."""
        return bool(split(about, self.rules)[0])

    async def stop(self, about: str, user: str, translator: Translator) -> Reply:
        """Add the number that was typed, and say what came of it."""
        typed, reason = split(about, self.rules)
        if not typed:
            return one_text(translator("contact.how_to_stop"))
        try:
            added, contact = await self.add(typed, reason, user)
        except FixTheForm as error:
            return one_text(" ".join(escape(sentence(each, translator)) for each in error.problems))
        is_admin = await self.directory.is_admin(user)
        return one_text(said(added, contact, translator, is_admin=is_admin))

    async def add(self, typed: str, reason: str, user: str) -> tuple[Added, Contact]:
        """Add a number as it was typed. Raises FixTheForm, and TryLater."""
        if len(reason) > REASON_LIMIT:
            raise FixTheForm(Problem("reason", "contact.long_reason", {"limit": REASON_LIMIT}))
        phone = read_phone(typed, self.rules)
        told = UNFIT.sub(" ", reason).strip()
        added, contact = await self.listed.add(
            new_contact(phone, scope=Scope.EVERYTHING, since=self.now(), added_by=user, reason=told)
        )
        logger.info("contact stopped", extra={"user": user, "added": added})
        return added, contact

    async def allow(self, about: str, user: str, translator: Translator) -> Reply:
        """Take the number that was typed off the list. Raises NotAllowed for who is no admin."""
        await require_admin(self.directory, user)
        typed, _ = split(about, self.rules)
        if not typed:
            return one_text(translator("contact.how_to_allow"))
        try:
            phone = read_phone(typed, self.rules)
        except FixTheForm as error:
            return one_text(" ".join(escape(sentence(each, translator)) for each in error.problems))
        was = await self.listed.allow(phone)
        logger.info("contact allowed", extra={"user": user, "was_listed": was is not None})
        contact = was or new_contact(phone, scope=Scope.EVERYTHING, since=self.now())
        facts = {"phone": contact.whole_phone, "since": clock(contact.since, day=True)}
        return one_text(translator("contact.allowed" if was else "contact.not_listed", **facts))


async def require_admin(directory: SlackDirectory, user: str) -> Person:
    """Return an admin. Raises NotAllowed, and TryLater."""
    try:
        return await directory.check(user, Right.ADMINISTER)
    except NotAllowed as error:
        if error.key == "refused.not_admin":
            raise NotAllowed("refused.only_admins_allow") from error
        raise


def said(added: Added, contact: Contact, translator: Translator, *, is_admin: bool) -> str:
    """Say what came of adding a number; only admins read it whole."""
    phone = contact.whole_phone if is_admin else contact.masked_phone
    return translator(ADDED[added], phone=phone, since=clock(contact.since, day=True))


def split(about: str, rules: NumberRules) -> tuple[str, str]:
    """Return the number that was typed, and the words before and behind it: the reason."""
    runs: list[list[str]] = []
    rest: list[str | list[str]] = []
    is_in_number = False
    for word in about.split():
        is_link = WHATSAPP_LINK.fullmatch(word) is not None and whatsapp_number(word) != ""
        if is_link or is_written_with(word):
            if is_link or not is_in_number:
                runs.append([])
                rest.append(runs[-1])
            runs[-1].append(whatsapp_number(word) if is_link else word)
            is_in_number = not is_link
        else:
            rest.append(word)
            is_in_number = False
    found = command_phones.choose(runs, rules)
    if found is None:
        # Too few digits to be a number: the form would say so, and so do we.
        first = next((run for run in runs if any(map(_has_digit, run))), None)
        if first is None:
            return "", about.strip()
        place, start, end = next(n for n, run in enumerate(runs) if run is first), 0, len(first)
    else:
        place, start, end = found[0], found[1].start, found[1].end
    typed = " ".join(runs[place][start:end])
    del runs[place][start:end]
    words = [word for each in rest for word in (each if isinstance(each, list) else [each])]
    return typed, " ".join(words)


def _has_digit(word: str) -> bool:
    return any(char.isdecimal() for char in word)
