"""The rows of Home's list of templates: what a template is, whom it is for, what can be done. Pure."""

from collections.abc import Sequence
from typing import Final

from bot.locales import Translator
from bot.slack.notifications.cards import escape, quoted
from bot.slack.platform import elements
from bot.slack.platform.action_ids import LIST_MENU, SEND_TEMPLATE, TEMPLATE_MENU
from bot.slack.platform.blocks import Block, Element, actions, section
from bot.templates import Template
from bot.templates.beginning import beginning

LISTS: Final = ("list", "model")  # what a menu of lists may have
MENU: Final = ("edit", "duplicate", "test", "deactivate", "activate", "delete")
BODY_SHOWN = 100  # characters
MOST_NAMED = 5  # people or channels of one template


def for_sender(template: Template, translator: Translator, lists: Sequence[str]) -> list[Block]:
    """Draw a template with the button that sends it, and the menu of what concerns lists."""
    send = elements.button(SEND_TEMPLATE, translator("home.send"), template.id)
    about, block_id = _about(template, translator), f"template.{template.id}"
    if not lists:
        return [section(about, block_id=block_id, accessory=send)]
    return [
        section(about, block_id=block_id, accessory=_lists(template, translator, lists)),
        actions([send], block_id=f"send.{template.id}"),
    ]


def for_admin(template: Template, translator: Translator, lists: Sequence[str]) -> list[Block]:
    """Draw a template with all that an admin can do with it."""
    left_out = "activate" if template.active else "deactivate"
    options = [
        elements.option(translator(f"home.menu.{verb}"), f"{verb}:{template.id}")
        for verb in MENU
        if verb != left_out
    ]
    row = [elements.overflow(TEMPLATE_MENU, options)]
    if template.active:
        row.insert(0, elements.button(SEND_TEMPLATE, translator("home.send"), template.id))
    # A menu has five options at most: what concerns lists is in one of its own.
    menu = _lists(template, translator, lists) if template.active and lists else None
    return [
        section(_about(template, translator), block_id=f"template.{template.id}", accessory=menu),
        actions(row, block_id=f"manage.{template.id}"),
    ]


def _lists(template: Template, translator: Translator, lists: Sequence[str]) -> Element:
    options = [
        elements.option(translator(f"home.menu.{verb}"), f"{verb}:{template.id}") for verb in lists
    ]
    return elements.overflow(LIST_MENU, options)


def _about(template: Template, translator: Translator) -> str:
    facts = [
        translator(f"category.{template.category}"),
        translator.language_name(template.language),
    ]
    if not template.active:
        facts.append(f":no_entry_sign: {translator('home.inactive')}")
    head = " · ".join([_bold(template.name), *map(escape, facts)])
    lines = [head, escape(beginning(template.body, BODY_SHOWN))]
    if limits := _limits(template, translator):
        lines.append(" · ".join(limits))
    return "\n".join(lines)


def _bold(name: str) -> str:
    """Write a name in bold, or between backticks where a mark in it would end that too early."""
    return f"`{quoted(name)}`" if set("*`") & set(name) else f"*{escape(name)}*"


def _limits(template: Template, translator: Translator) -> list[str]:
    """Say who alone may send it, and from where; Slack shows each reader the names."""
    limits = []
    if template.allowed:
        people = [_person(each) for each in template.allowed]
        limits.append(translator("home.only_for", people=_some(people, translator)))
    if template.channels:
        channels = [f"<#{each}>" for each in template.channels]
        limits.append(translator("home.only_in", channels=_some(channels, translator)))
    return limits


def _person(listed: str) -> str:
    return f"<!subteam^{listed}>" if listed.startswith("S") else f"<@{listed}>"


def _some(named: Sequence[str], translator: Translator) -> str:
    shown = ", ".join(named[:MOST_NAMED])
    more = len(named) - MOST_NAMED
    return translator("home.and_more", named=shown, count=more) if more > 0 else shown
