"""The inputs of the admins' forms, each with its words, and how text comes back out of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from bot.locales import Translator
from bot.slack.platform import elements, payloads
from bot.slack.platform.blocks import Block, Element, Option, input_block
from bot.slack.platform.payloads import Payload
from bot.slack.template_form.ids import INPUT

K = TypeVar("K", bound=StrEnum)
TEXT_LIMIT: Final = 3000  # Slack's, of a text input
OPTION_LIMIT: Final = 75  # Slack's, of an option's text


def block(
    field: str,
    family: str,
    element: Element,
    translator: Translator,
    *,
    optional: bool = False,
) -> Block:
    """Draw a field; its words are `FAMILY.FIELD.label` and, if there is one, `….hint`."""
    hint = f"{family}.{field}.hint"
    return input_block(
        field,
        translator(f"{family}.{field}.label"),
        element,
        hint=translator(hint) if translator.has(hint) else "",
        optional=optional,
    )


def text(value: str, limit: int, placeholder: str = "", *, multiline: bool = False) -> Element:
    """Draw a text input. It has room for what is in it, however Slack counts its characters."""
    return elements.text_input(
        INPUT,
        value[:TEXT_LIMIT],
        max_length=min(max(limit, utf16(value)), TEXT_LIMIT),
        placeholder=placeholder,
        multiline=multiline,
    )


def options(values: Mapping[str, str]) -> list[Option]:
    """Draw options from their values and what they are called."""
    return [elements.option(name[:OPTION_LIMIT], value) for value, name in values.items()]


def utf16(value: str) -> int:
    """Count characters as JavaScript does, in which an emoji has two."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def line(element: Payload | None) -> str:
    """Read one line; the spaces around it came with pasting."""
    return lines(element).strip()


def lines(element: Payload | None) -> str:
    """Read a text as it was typed."""
    return payloads.typed(element).replace("\r\n", "\n").replace("\r", "\n")


def values(element: Payload | None) -> tuple[str, ...]:
    """Read what is chosen from a menu of several: people, channels, or options."""
    found = element or {}
    ids = found.get("selected_users") or found.get("selected_conversations")
    chosen = payloads.objects(found, "selected_options")
    return (
        *(map(str, ids) if isinstance(ids, list) else ()),
        *(str(each.get("value")) for each in chosen),
    )


def one_of(kind: type[K], element: Payload | None, usual: K) -> K:
    """Read what is chosen from a menu of ours; the usual one where it is none of them."""
    chosen = payloads.chosen(element)
    return next((each for each in kind if each.value == chosen), usual)
