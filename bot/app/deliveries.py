"""What carries out a send in this process, put together."""

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass

from aiohttp import ClientSession

from bot.app.lists import CARD_SECONDS, SurfaceParts
from bot.app.stores import Stores
from bot.atom import Atom, open_session
from bot.bulk.pacer import Pacer
from bot.config import Settings
from bot.delivery import Delivery
from bot.delivery.deadlines import Deadlines
from bot.policy.checks import SendChecks
from bot.policy.limits import Limits
from bot.sends import Send, SendId
from bot.slack.notifications.approval_requests import ApprovalRequests
from bot.slack.notifications.notifier import SlackNotifier
from bot.slack.notifications.nudges import Nudges
from bot.slack.notifications.redraw import CardUpdater
from bot.slack.notifications.token_alert import TokenAlert
from bot.store.approval_questions import ApprovalQuestionStore
from bot.store.number_facts import NumberFactsStore
from bot.store.token_alert import TokenAlertStore


@dataclass(frozen=True, slots=True)
class Work:
    """What a run does."""

    delivery: Delivery
    announcer: SlackNotifier
    alert: TokenAlert
    nudges: Nudges | None  # None: nobody is asked
    checks: SendChecks  # asked once more before a call
    pacer: Pacer  # by which calls leave while a list runs

    async def attempt(self, send: Send) -> Send:
        return await self.delivery.attempt(send)

    async def tell(self, send: Send) -> None:
        await self.delivery.tell(send)

    def ended(self, send_id: SendId) -> None:
        self.delivery.ended(send_id)

    async def close(self) -> None:
        if self.nudges is not None:
            await self.nudges.close()
        await asyncio.gather(
            self.announcer.close(patience=CARD_SECONDS), self.alert.close(patience=CARD_SECONDS)
        )


async def open_work(
    stack: AsyncExitStack, settings: Settings, stores: Stores, shown: SurfaceParts
) -> Work:
    """Make it; what it needs open stays so until `stack` ends."""
    patient, directory, translations = shown.client, shown.directory, shown.translations
    access = shown.access
    asking = ApprovalRequests(
        patient,
        ApprovalQuestionStore(stores.database),
        directory,
        CardUpdater(patient, stores.sends, translations, directory.locale, directory.name),
        access.find,
    )
    announcer = SlackNotifier(
        patient, stores.sends, translations, directory.locale, directory.name, approvals=asking
    )
    claims = TokenAlertStore(stores.database, stores.clock.now)
    alert = TokenAlert(patient, claims, directory, translations)
    numbers = NumberFactsStore(stores.database, patience=None)
    checks = SendChecks(access, stores.clock.now, numbers, limits_of(settings))
    pacer = Pacer(settings.atom_rate, asyncio.sleep)
    delivery = Delivery(
        sends=stores.sends,
        rate_limit=stores.rate_limit,
        notifier=announcer,
        alerts=alert,
        may_send=checks.check_again,
        gateway=_atom(settings, await stack.enter_async_context(_open_atom(settings))),
        now=stores.clock.now,
        sleep=asyncio.sleep,
        leave=pacer.pass_by,
        idle=stores.drain.idle,
        deadlines=Deadlines(settings.give_up_after),
        late_after=settings.late_after,
    )
    nudges = None
    if settings.pending_nudge:
        nudges = Nudges(
            patient,
            stores.sends,
            directory,
            translations,
            nudge=settings.pending_nudge,
            now=stores.clock.now,
        )
        nudges.start()
    return Work(delivery, announcer, alert, nudges, checks, pacer)


def limits_of(settings: Settings) -> Limits:
    """Say what the settings allow."""
    return Limits(settings.duplicate_window, settings.quiet_hours, settings.quiet_for)


def _open_atom(settings: Settings) -> AbstractAsyncContextManager[ClientSession]:
    return open_session(settings.proxies.of(settings.atom_url))


def _atom(settings: Settings, session: ClientSession) -> Atom:
    return Atom(
        session,
        url=settings.atom_url,
        token=settings.atom_token.get_secret_value(),
        timeout=settings.atom_timeout,
    )
