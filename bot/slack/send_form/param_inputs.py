"""A parameter's field: drawn as the input for its kind, and what is typed made to fit it."""

from datetime import date

from bot import emoji_codes
from bot.locales import Translator
from bot.send_draft import BODY_LIMIT
from bot.slack.platform import elements
from bot.slack.platform.blocks import Block, Element, input_block
from bot.slack.platform.payloads import Payload, chosen, plain, typed
from bot.templates import Template, fitting
from bot.templates.params import Kind, Param

TEXT_LIMIT = 3000  # Slack's
# Bytes of all menus of a form, and of an option beside its text: a view takes 250 kB in all.
MENUS_LIMIT = 120_000
OPTION_BYTES = 80


def menus(template: Template) -> frozenset[str]:
    """Name the choices that are drawn as menus; those that a form has no room for are typed."""
    size = 0
    fitting = set()
    for param in template.params:
        own = sum(2 * len(each.encode()) + OPTION_BYTES for each in param.choices)
        if param.kind is Kind.CHOICE and size + own <= MENUS_LIMIT:
            fitting.add(param.name)
            size += own
    return frozenset(fitting)


def draw(
    param: Param, block: str, action: str, value: str, translator: Translator, *, has_menu: bool
) -> Block:
    """Draw one parameter's field with what is in it.

    What is typed keeps the preview up to date, and Enter still sends the form.
    """
    return input_block(
        block,
        param.title,
        _element(param, action, value, translator, has_menu=has_menu),
        hint=param.help,
        optional=not param.required,
        dispatch_action=True,
    )


def _element(
    param: Param, action: str, value: str, translator: Translator, *, has_menu: bool
) -> Element:
    example = param.example
    match param.kind:
        case Kind.DATE:
            day = value if fits(param, value) else ""
            return elements.date_picker(
                action, day, placeholder=translator("form.date.placeholder")
            )
        case Kind.CHOICE if has_menu:
            options = [elements.option(each, each) for each in param.choices]
            chosen = next((each for each in options if each["value"] == value), None)
            placeholder = translator("form.choice.placeholder")
            return elements.static_select(action, options, chosen, placeholder=placeholder)
        case Kind.LINK:
            return elements.url_input(
                action, value[:TEXT_LIMIT], placeholder=example, while_typing=True
            )
    # A number, too: Slack's field for one takes 25.50 and refuses 25,50.
    return elements.text_input(
        action,
        value[:TEXT_LIMIT],
        max_length=min(max(param.max_length or BODY_LIMIT, len(value)), TEXT_LIMIT),
        placeholder=example,
        while_typing=True,
    )


def read(param: Param | None, element: Payload) -> str:
    """Return what stands in a parameter's field, whatever kind of field it is."""
    if day := element.get("selected_date"):
        return str(day)
    if option := chosen(element):
        choices = param.choices if param else ()
        return option if option in choices else plain(option)
    value = emoji_codes.to_characters(typed(element).strip())
    return (fitting.choice(param, value) or value) if param and param.kind is Kind.CHOICE else value


def fits(param: Param, value: str) -> bool:
    """Say whether the field of this kind can hold a value."""
    if param.kind is Kind.DATE:
        try:
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    return param.kind is not Kind.CHOICE or value in param.choices
