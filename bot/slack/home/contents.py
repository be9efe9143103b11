"""What stands in one person's Home, read as it is now."""

from dataclasses import dataclass

from bot.errors import NotAllowed
from bot.policy.access import Access
from bot.policy.do_not_contact import ContactRepository, Page
from bot.policy.people import Right
from bot.repositories import SendRepository
from bot.sends import Send
from bot.slack.home import contacts_view, scheduled_rows, view
from bot.slack.home.approvals_view import MOST_SHOWN, Waiting
from bot.slack.home.list_rows import HomeList
from bot.slack.home.lists import HomeLists
from bot.slack.home.state import HomeState


@dataclass(frozen=True, slots=True)
class HomeContents:
    """Reads it for a person who may send; that right is asked for before."""

    access: Access
    sends: SendRepository
    contacts: ContactRepository
    lists: tuple[str, ...] = ()  # what a template's menu of lists has; empty: no lists
    shown_lists: HomeLists | None = None  # none: there are no lists

    async def read(self, user: str, state: HomeState, *, helpers: str) -> view.Screen:
        """Read all of it. Raises TryLater."""
        offer = await self.access.list_allowed(user)
        contacts = await self._listed(state) if offer.is_admin else None
        planned, planned_count = await self._planned("" if offer.is_admin else user)
        waiting = await self.waiting(user)
        shown_lists = await self.lists_of(user, is_admin=offer.is_admin, may=waiting.may_approve)
        return view.Screen(
            state,
            sends=await self.access.with_names(await self.sends.recent(user, view.SENDS_SHOWN)),
            templates=await self.access.templates.all() if offer.is_admin else offer.templates,
            has_catalogue=not offer.any_id_allowed,
            is_admin=offer.is_admin,
            helpers=helpers,
            contacts=contacts,
            planned=planned,
            planned_count=planned_count,
            waiting=waiting,
            lists=self.lists,
            shown_lists=shown_lists,
        )

    async def lists_of(self, user: str, *, is_admin: bool, may: bool) -> tuple[HomeList, ...]:
        """Read the lists that this person sees; `may`: they may approve others'. Raises TryLater."""
        if self.shown_lists is None:
            return ()
        return await self.shown_lists.read(user, is_admin=is_admin, may_approve=may)

    async def waiting(self, user: str) -> Waiting:
        """Read what this person may approve; nothing if they may approve nothing. Raises TryLater."""
        try:
            await self.access.directory.check(user, Right.APPROVE)
        except NotAllowed:
            return Waiting(may_approve=False)
        found = await self.sends.awaiting_approval(user, MOST_SHOWN + 1)
        shown = found[:MOST_SHOWN]
        templates = [await self.access.find(each.request.template) for each in shown]
        known = {each.id: each for each in templates if each}
        return Waiting(shown, is_more=len(found) > MOST_SHOWN, templates=known)

    async def _planned(self, user: str) -> tuple[tuple[Send, ...], int]:
        """Read the first ones that wait for their moment or a person, and how many there are."""
        found = await self.sends.planned(user, scheduled_rows.SHOWN + 1)
        count = len(found)
        if count > scheduled_rows.SHOWN:
            count = await self.sends.count_planned(user)
        return await self.access.with_names(found[: scheduled_rows.SHOWN]), count

    async def _listed(self, state: HomeState) -> Page:
        """Read a page of who is not to be written to, the last one if there are fewer by now."""
        size, digits = contacts_view.PAGE_SIZE, state.contacts_search
        found = await self.contacts.page(digits, limit=size, offset=contacts_view.offset(state))
        if found.count and not found.contacts:
            last = (found.count - 1) // size * size
            found = await self.contacts.page(digits, limit=size, offset=last)
        return found
