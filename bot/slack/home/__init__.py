"""Home, the app's own tab: drawn whenever somebody opens it, and each time for them anew."""

import logging

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, NotAllowed, TryLater, Unchecked
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.policy.do_not_contact import ContactRepository, Page, Scope
from bot.repositories import SendRepository
from bot.slack.error_handler import Reader, explain, mentions, new_reference, who_helps
from bot.slack.home import contacts_view, view
from bot.slack.home.state import HomeState, read_spot
from bot.slack.platform import payloads
from bot.slack.platform.blocks import View
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload
from bot.slack.subcommands.contacts import require_admin

logger = logging.getLogger(__name__)

SPOTS_KEPT = 1000


class Home:
    """The listeners around Home; each one asks for the right first."""

    def __init__(
        self,
        client: AsyncWebClient,
        directory: SlackDirectory,
        words: Translations,
        access: Access,
        sends: SendRepository,
        contacts: ContactRepository,
    ) -> None:
        self._client = client
        self._people = directory
        self._words = words
        self._access = access
        self._sends = sends
        self._contacts = contacts
        # A hint for `refresh`, which has no view to read it from; Slack keeps the real ones.
        self._spots: dict[str, HomeState] = {}

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.event("app_home_opened")(self.on_opened)
        app.block_action(view.SEARCH)(self.on_search)
        for name in view.MOVES:
            app.block_action(name)(self.on_move)
        app.block_action(contacts_view.SEARCH)(self.on_search_contacts)
        app.block_action(contacts_view.ALLOW)(self.on_allow)
        app.block_action(contacts_view.SCOPE)(self.on_scope)

    async def on_opened(self, event: Payload) -> None:
        """Draw it where this person left it; the tab with the messages is none of its business."""
        if event.get("tab") != "home":
            return
        left = payloads.part(event, "view")
        async with in_time("slack.unreachable"):
            state = read_spot(left.get("private_metadata"))
            await self._show(str(event.get("user") or ""), state)

    async def on_search(self, ack: AsyncAck, body: Payload) -> None:
        """Show what is found by the words that were typed, or all if there are none."""
        async with in_time("slack.unreachable"):
            here = payloads.part(body, "view")
            state = read_spot(here.get("private_metadata"))
            typed = payloads.typed(payloads.action(body))
            await self._show(payloads.context(body).user, state.searching(typed))
            await ack()

    async def on_move(self, ack: AsyncAck, body: Payload) -> None:
        """Show where the button leads."""
        async with in_time("slack.unreachable"):
            state = read_spot(payloads.action(body).get("value"))
            await self._show(payloads.context(body).user, state)
            await ack()

    async def on_search_contacts(self, ack: AsyncAck, body: Payload) -> None:
        """Show the numbers that hold what was typed, or all if that is nothing."""
        async with in_time("slack.unreachable"):
            state = read_spot(payloads.part(body, "view").get("private_metadata"))
            typed = payloads.typed(payloads.action(body))
            await self._show(payloads.context(body).user, state.searching_contacts(typed))
            await ack()

    async def on_allow(self, ack: AsyncAck, body: Payload) -> None:
        """Let a number be written to again, if an admin says so."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            await require_admin(self._people, user)
            was = await self._contacts.allow_id(str(payloads.action(body).get("value") or ""))
            logger.info("contact allowed", extra={"user": user, "was_listed": was is not None})
            await self._show(user, read_spot(payloads.part(body, "view").get("private_metadata")))
            await ack()

    async def on_scope(self, ack: AsyncAck, body: Payload) -> None:
        """Keep everything from a number or marketing alone, if an admin says so."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            await require_admin(self._people, user)
            scope, _, contact_id = payloads.chosen(payloads.action(body)).partition(":")
            if scope in set(Scope):
                await self._contacts.set_scope(contact_id, Scope(scope))
                logger.info("contact scope", extra={"user": user, "scope": scope})
            await self._show(user, read_spot(payloads.part(body, "view").get("private_metadata")))
            await ack()

    async def refresh(self, user: str) -> None:
        """Draw somebody's Home anew where they are, as far as that is known; never raises."""
        try:
            await self._show(user, self._spots.get(user, HomeState()))
        except BotError as error:
            logger.info("home not drawn", extra={"user": user, "reason": error.key})

    async def _show(self, user: str, state: HomeState) -> None:
        drawn = await self._draw(user, state)
        with translate_slack_errors():
            await self._client.views_publish(user_id=user, view=drawn)

    async def _draw(self, user: str, state: HomeState) -> View:
        """Draw what this person may see now; a refusal takes the place of all that was there."""
        try:
            await self._people.check(user)
            screen = await self._look(user, state)
        except NotAllowed as error:
            logger.info("refused", extra={"user": user, "kind": "home", "reason": error.key})
            words = self._words_of(user)
            why = words(error.key, **error.values)
            helps = who_helps(error.key, words, Reader.of(self._people, user))
            return view.refused(f"{why} {helps}".rstrip())
        except TryLater as error:
            return self._later(user, state, error)
        self._remember(user, state)
        return view.build(screen, self._words_of(user))

    def _later(self, user: str, state: HomeState, error: TryLater) -> View:
        """Draw it while nothing can be looked up: by itself that passes, or somebody must help."""
        words, reference = self._words_of(user), new_reference()
        code = error.values.get("code", "")
        about = {"user": user, "reason": error.key, "reference": reference, "slack_error": code}
        logger.warning("home not drawn", extra=about)
        if isinstance(error, Unchecked):
            reader = Reader.of(self._people, user)
            return view.later(state, words, explain(error, words, reference, reader))
        return view.later(state, words)

    async def _look(self, user: str, state: HomeState) -> view.Screen:
        offer = await self._access.list_allowed(user)
        contacts = await self._listed(state) if offer.is_admin else None
        return view.Screen(
            state,
            sends=await self._sends.recent(user, view.SENDS_SHOWN),
            templates=await self._access.templates.all() if offer.is_admin else offer.templates,
            has_catalogue=not offer.any_id_allowed,
            is_admin=offer.is_admin,
            helpers=mentions(self._people.policy),
            contacts=contacts,
        )

    async def _listed(self, state: HomeState) -> Page:
        """Read a page of who is not to be written to, the last one if there are fewer by now."""
        size, digits = contacts_view.PAGE_SIZE, state.contacts_search
        found = await self._contacts.page(digits, limit=size, offset=contacts_view.offset(state))
        if found.count and not found.contacts:
            last = (found.count - 1) // size * size
            found = await self._contacts.page(digits, limit=size, offset=last)
        return found

    def _words_of(self, user: str) -> Translator:
        return self._words.of(self._people.known_locale(user))

    def _remember(self, user: str, state: HomeState) -> None:
        self._spots.pop(user, None)
        self._spots[user] = state
        if len(self._spots) > SPOTS_KEPT:
            del self._spots[next(iter(self._spots))]
