"""Home as one person sees it: their last sends, the templates that they may send. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.locales import Translator
from bot.policy.do_not_contact import Page
from bot.sends import Send
from bot.slack.home import (
    approvals_view,
    contacts_view,
    list_rows,
    scheduled_rows,
    template_rows,
)
from bot.slack.home.approvals_view import Waiting
from bot.slack.home.list_rows import HomeList
from bot.slack.home.state import SEARCH_LIMIT, HomeState
from bot.slack.notifications.cards import clock, escape
from bot.slack.notifications.summary import again_button, summary_of
from bot.slack.platform import elements
from bot.slack.platform.action_ids import ADD_TEMPLATE, NEW_LIST, NEW_SEND
from bot.slack.platform.blocks import (
    Block,
    Element,
    View,
    actions,
    context,
    header,
    home,
    input_block,
    section,
)
from bot.templates import Template, search

# Each carries the spot that it leads to.
PREVIOUS: Final = "home_previous"
NEXT: Final = "home_next"
SHOW_ALL: Final = "home_all"
REFRESH: Final = "home_refresh"
MOVES: Final = (PREVIOUS, NEXT, SHOW_ALL, REFRESH, *contacts_view.MOVES)
SEARCH: Final = "home_search"
SEARCH_BLOCK: Final = "search."  # and the number of its field
# Of the same name each time, so that whoever goes on by keyboard is still at the same button.
TOP: Final = "top"
WAYS_ON: Final = "ways_on"

SENDS_SHOWN = 5
PAGE_SIZE = 25
NOTHING_WAITS: Final = Waiting(may_approve=False)
MOST_BLOCKS = 100  # Slack's
CHANNEL = re.compile(r"[CG][A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Screen:
    """What Home shows one person."""

    state: HomeState
    sends: tuple[Send, ...]
    templates: tuple[Template, ...]  # that they may send; for an admin all, inactive ones too
    has_catalogue: bool
    is_admin: bool
    helpers: str = ""  # who to ask, as Slack shows them
    contacts: Page | None = None  # who is not to be written to; for admins only
    waiting: Waiting = NOTHING_WAITS  # for this person to approve it
    planned: tuple[
        Send, ...
    ] = ()  # the first that wait for their moment; for an admin all people's
    planned_count: int = 0  # of all that do
    lists: tuple[str, ...] = ()  # what a template's menu of lists has; empty: no lists
    shown_lists: tuple[HomeList, ...] = ()  # theirs, and those about which they may decide

    @property
    def sees_others(self) -> bool:
        """Whether what others do changes it."""
        return self.is_admin or self.waiting.may_approve


def build(screen: Screen, translator: Translator) -> View:
    """Draw Home for a person who may send."""
    top = actions(_top(screen, translator), block_id=TOP)
    blocks = [
        header(translator("home.sends")),
        *(
            [_sent(send, translator) for send in screen.sends]
            or [section(translator("home.no_sends"))]
        ),
        header(translator("home.templates")),
        *_templates(screen, translator),
        *(contacts_view.draw(screen.contacts, screen.state, translator) if screen.contacts else []),
        *_who_to_ask(screen, translator),
    ]
    to_approve = approvals_view.draw(screen.waiting, translator)
    room = MOST_BLOCKS - len(blocks) - len(to_approve) - 1
    lists = list_rows.draw(screen.shown_lists, translator, room=room)
    room -= len(lists)
    planned = scheduled_rows.draw(
        screen.planned, screen.planned_count, translator, room=room, with_names=screen.is_admin
    )
    return home(
        [top, *to_approve, *lists, *planned, *blocks], private_metadata=screen.state.write()
    )


def refused(sentence: str, waiting: Sequence[Block] = ()) -> View:
    """Draw Home for a person who may not send: why, and who helps; and what waits for them."""
    return home([*waiting, section(sentence)], private_metadata=HomeState().write())


def later(state: HomeState, translator: Translator, why: str = "") -> View:
    """Draw Home while nothing can be looked up; `why`, where it does not pass by itself."""
    again = elements.button(REFRESH, translator("home.try_again"), state.write())
    drawn = [section(why or translator("home.later")), actions([again])]
    return home(drawn, private_metadata=state.write())


def _top(screen: Screen, translator: Translator) -> list[Element]:
    buttons = [elements.button(NEW_SEND, translator("home.new_send"), style="primary")]
    if screen.lists and screen.has_catalogue:
        buttons.append(elements.button(NEW_LIST, translator("home.new_list")))
    if screen.is_admin:
        buttons.append(elements.button(ADD_TEMPLATE, translator("home.add_template")))
    return [*buttons, elements.button(REFRESH, translator("home.refresh"), screen.state.write())]


def _sent(send: Send, translator: Translator) -> Block:
    customer, channel = escape(send.request.client_name), send.request.origin.channel
    facts = [*([customer] if customer else []), clock(send.created, day=True)]
    if CHANNEL.fullmatch(channel):
        facts.append(f"<#{channel}>")
    if send.arrival:
        facts.append(translator(f"card.decided.{send.arrival}", user=f"<@{send.decided_by}>"))
    return section(
        f"{summary_of(send, translator)}\n{' · '.join(facts)}",
        block_id=f"sent.{send.id}",
        accessory=again_button(send, translator),
    )


def _templates(screen: Screen, translator: Translator) -> list[Block]:
    if not screen.has_catalogue:
        key = "home.no_catalogue_admin" if screen.is_admin else "home.no_catalogue"
        return [section(translator(key))]
    if not screen.templates:
        return [section(translator("home.no_templates"))]
    wanted = screen.state.search
    found = search(screen.templates, wanted)
    blocks: list[Block] = []
    if wanted or len(screen.templates) > PAGE_SIZE:
        blocks.append(_search(screen.state, translator))
    if not found:
        blocks.append(section(translator("home.no_match", search=escape(wanted))))
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, screen.state.page), pages)
    drawn = template_rows.for_admin if screen.is_admin else template_rows.for_sender
    for each in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]:
        blocks += drawn(each, translator, screen.lists)
    if pages > 1:
        blocks.append(context(translator("home.page", page=page, pages=pages, count=len(found))))
    buttons = _ways_on(screen.state.at(page), pages, translator)
    return [*blocks, actions(buttons, block_id=WAYS_ON)] if buttons else blocks


def _search(state: HomeState, translator: Translator) -> Block:
    field = elements.text_input(
        SEARCH,
        state.search,
        max_length=SEARCH_LIMIT,
        placeholder=translator("home.search.placeholder"),
    )
    # On Enter, which is Slack's default.
    block, label = f"{SEARCH_BLOCK}{state.field}", translator("home.search.label")
    return input_block(block, label, field, dispatch_action=True)


def _ways_on(state: HomeState, pages: int, translator: Translator) -> list[Element]:
    buttons = []
    if state.page > 1:
        before = state.at(state.page - 1).write()
        buttons.append(elements.button(PREVIOUS, translator("home.previous"), before))
    if state.page < pages:
        after = state.at(state.page + 1).write()
        buttons.append(elements.button(NEXT, translator("home.next"), after))
    if state.search:
        buttons.append(
            elements.button(SHOW_ALL, translator("home.show_all"), state.cleared().write())
        )
    return buttons


def _who_to_ask(screen: Screen, translator: Translator) -> list[Block]:
    # The helpers are the admins themselves.
    if screen.is_admin:
        return []
    if not screen.helpers:
        return [context(translator("home.ask_owner"))]
    return [context(translator("home.ask", people=screen.helpers))]
