"""Home, the app's own tab: drawn when somebody opens it, and again when their sends change."""

import hashlib
import json
import logging

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, NotAllowed, TryLater, Unchecked
from bot.locales import Translations, Translator
from bot.policy.do_not_contact import Scope
from bot.slack.error_handler import Reader, explain, mentions, new_reference, who_helps
from bot.slack.home import approvals_view, contacts_view, list_rows, view
from bot.slack.home.contents import HomeContents
from bot.slack.home.state import HomeState, read_spot
from bot.slack.home.watch import HomeWatch, OpenHome
from bot.slack.platform import payloads
from bot.slack.platform.blocks import View
from bot.slack.platform.client import SlackRefused, in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload
from bot.slack.subcommands.contacts import require_admin

logger = logging.getLogger(__name__)

CHANGED_MEANWHILE = "hash_conflict"  # as Slack says it


class Home:
    """The listeners around Home; each one asks for the right first."""

    def __init__(
        self,
        client: AsyncWebClient,
        directory: SlackDirectory,
        translations: Translations,
        contents: HomeContents,
        watch: HomeWatch,
    ) -> None:
        self._client = client
        self._people = directory
        self._translations = translations
        self._contents = contents
        self._watch = watch

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
            was = await self._contents.contacts.allow_id(
                str(payloads.action(body).get("value") or "")
            )
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
                await self._contents.contacts.set_scope(contact_id, Scope(scope))
                logger.info("contact scope", extra={"user": user, "scope": scope})
            await self._show(user, read_spot(payloads.part(body, "view").get("private_metadata")))
            await ack()

    def is_open(self, user: str) -> bool:
        """Whether somebody opened theirs lately."""
        return self._watch.find(user) is not None

    async def refresh(self, user: str) -> None:
        """Draw again the Home in which somebody has just done something; never raises."""
        known = self._watch.find(user)
        try:
            await self._show(user, known.state if known else HomeState())
        except BotError as error:
            logger.info("home not drawn", extra={"user": user, "reason": error.key})

    async def redraw(self, user: str) -> None:
        """Draw a Home again that is open, where it is, if it would show anything else by now.

        Raises TryLater or SlackRefused, and leaves it as it is.
        """
        known = self._watch.find(user)
        if known is None:
            return
        try:
            drawn, sees_others = await self._draw(user, known.state)
        except NotAllowed as error:
            drawn, sees_others = await self._refused(user, error), False
        if _written(drawn) == known.shown:
            return
        try:
            version = await self._publish(user, drawn, version=known.version)
        except SlackRefused as error:
            if error.code != CHANGED_MEANWHILE:
                raise
            # The person has moved on, here or in another process, which drew it then.
            if self._watch.find(user) is known:
                self._watch.forget(user)
            return
        self._watch.drawn(user, OpenHome(known.state, version, _written(drawn), sees_others))

    async def _show(self, user: str, state: HomeState) -> None:
        """Draw it for somebody who waits for it; a refusal takes the place of all that was there."""
        try:
            drawn, sees_others = await self._draw(user, state)
        except NotAllowed as error:
            self._watch.forget(user)
            await self._publish(user, await self._refused(user, error))
        except TryLater as error:
            self._watch.forget(user)
            await self._publish(user, self._later(user, state, error))
        else:
            version = await self._publish(user, drawn)
            home = OpenHome(state, version, _written(drawn), sees_others)
            self._watch.opened(user, home, self.redraw)

    async def _publish(self, user: str, drawn: View, *, version: str = "") -> str:
        """Give it to Slack, and return its hash; with a version, only in that one's place."""
        with translate_slack_errors():
            answer = await self._client.views_publish(
                user_id=user, view=drawn, hash=version or None
            )
        return str(payloads.part({"view": answer.get("view")}, "view").get("hash") or "")

    async def _draw(self, user: str, state: HomeState) -> tuple[View, bool]:
        """Draw what this person may see now, and whether others' sends are in it.

        Raises NotAllowed, or TryLater.
        """
        await self._people.check(user)
        screen = await self._contents.read(user, state, helpers=mentions(self._people.policy))
        return view.build(screen, self._translator_of(user)), screen.sees_others

    async def _refused(self, user: str, error: BotError) -> View:
        """Draw it for somebody who may not send, but perhaps approve what others send."""
        logger.info("refused", extra={"user": user, "kind": "home", "reason": error.key})
        translator = self._translator_of(user)
        why = translator(error.key, **error.values)
        helps = who_helps(error.key, translator, Reader.of(self._people, user))
        try:
            known = await self._contents.waiting(user)
            waiting = approvals_view.draw(known, translator)
            if known.may_approve:
                lists = await self._contents.lists_of(user, is_admin=False, may=True)
                waiting += list_rows.draw([each for each in lists if not each.is_own], translator)
        except TryLater as later:
            logger.info("nothing to approve shown", extra={"user": user, "reason": later.key})
            waiting = []
        return view.refused(f"{why} {helps}".rstrip(), waiting)

    def _later(self, user: str, state: HomeState, error: TryLater) -> View:
        """Draw it while nothing can be looked up: by itself that passes, or somebody must help."""
        translator, reference = self._translator_of(user), new_reference()
        code = error.values.get("code", "")
        about = {"user": user, "reason": error.key, "reference": reference, "slack_error": code}
        logger.warning("home not drawn", extra=about)
        if isinstance(error, Unchecked):
            reader = Reader.of(self._people, user)
            return view.later(state, translator, explain(error, translator, reference, reader))
        return view.later(state, translator)

    def _translator_of(self, user: str) -> Translator:
        return self._translations.of(self._people.known_locale(user))


def _written(drawn: View) -> str:
    """Return what is another where anything of a view is."""
    return hashlib.sha256(json.dumps(drawn, sort_keys=True).encode()).hexdigest()
