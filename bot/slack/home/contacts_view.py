"""Who is not to be written to, as admins see it on Home: numbers whole, each with what to do. Pure."""

from typing import Final

from bot.locales import Translator
from bot.policy.do_not_contact import Contact, Page, Scope
from bot.slack.home.state import HomeState
from bot.slack.notifications.cards import clock, escape
from bot.slack.platform import elements
from bot.slack.platform.blocks import (
    Block,
    Element,
    actions,
    context,
    header,
    input_block,
    section,
)

ALLOW: Final = "allow_contact"  # value: an entry's id
SCOPE: Final = "contact_scope"  # value: a scope, a colon and an entry's id
SEARCH: Final = "contact_search"
PREVIOUS: Final = "contacts_previous"
NEXT: Final = "contacts_next"
SHOW_ALL: Final = "contacts_all"
MOVES: Final = (PREVIOUS, NEXT, SHOW_ALL)
SEARCH_BLOCK: Final = "contact_search."  # and the number of its field

PAGE_SIZE = 5
SEARCH_LIMIT = 40


def offset(state: HomeState) -> int:
    """Return how many entries come before a page."""
    return (max(1, state.contacts_page) - 1) * PAGE_SIZE


def draw(page: Page, state: HomeState, translator: Translator) -> list[Block]:
    """Draw a page of the list, with its search where there is something to search."""
    blocks: list[Block] = [header(translator("home.contacts"))]
    wanted = state.contacts_search
    if not page.count and not wanted:
        return [*blocks, context(translator("home.contacts.none"))]
    if wanted or page.count > PAGE_SIZE:
        blocks.append(_search(state, translator))
    if not page.count:
        blocks.append(section(translator("home.contacts.no_match", search=escape(wanted))))
    for each in page.contacts:
        blocks += _entry(each, translator)
    pages = max(1, -(-page.count // PAGE_SIZE))
    here = min(max(1, state.contacts_page), pages)
    if pages > 1:
        facts = {"page": here, "pages": pages, "count": page.count}
        blocks.append(context(translator("home.contacts.page", **facts)))
    ways = _ways_on(state, here, pages, translator)
    return [*blocks, actions(ways, block_id="contacts_ways")] if ways else blocks


def _entry(contact: Contact, translator: Translator) -> list[Block]:
    facts = [translator("home.contacts.since", since=clock(contact.since, day=True))]
    if contact.added_by:
        facts.append(f"<@{contact.added_by}>")
    if contact.reason:
        facts.append(escape(contact.reason))
    options = {
        scope: elements.option(translator(f"home.contacts.{scope}"), f"{scope}:{contact.id}")
        for scope in Scope
    }
    choice = elements.static_select(SCOPE, [*options.values()], options[contact.scope])
    sure = elements.confirm(
        translator("home.contacts.allow.title"),
        translator("home.contacts.allow.text", phone=contact.whole_phone),
        yes=translator("home.contacts.allow"),
        no=translator("confirm.no"),
    )
    allow = elements.button(ALLOW, translator("home.contacts.allow"), contact.id, asking=sure)
    return [
        section(f"{contact.whole_phone}\n{' · '.join(facts)}", block_id=f"contact.{contact.id}"),
        # Of another name with each scope: Slack keeps in a block of the same name what was chosen.
        actions([choice, allow], block_id=f"contact.{contact.id}.{contact.scope}"),
    ]


def _search(state: HomeState, translator: Translator) -> Block:
    field = elements.text_input(
        SEARCH,
        state.contacts_search,
        max_length=SEARCH_LIMIT,
        placeholder=translator("home.contacts.search.placeholder"),
    )
    label = translator("home.contacts.search.label")
    return input_block(f"{SEARCH_BLOCK}{state.field}", label, field, dispatch_action=True)


def _ways_on(state: HomeState, here: int, pages: int, translator: Translator) -> list[Element]:
    ways = []
    if here > 1:
        before = state.at_contacts(here - 1).write()
        ways.append(elements.button(PREVIOUS, translator("home.previous"), before))
    if here < pages:
        after = state.at_contacts(here + 1).write()
        ways.append(elements.button(NEXT, translator("home.next"), after))
    if state.contacts_search:
        every = state.searching_contacts("").write()
        ways.append(elements.button(SHOW_ALL, translator("home.contacts.show_all"), every))
    return ways
