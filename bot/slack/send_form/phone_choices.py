"""The numbers that a message had, to choose from: drawn as a question, and read back from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot import phones
from bot.errors import FixTheForm
from bot.locales import Translator
from bot.phones import Phone
from bot.phones.normalize import ONE_OF_SEVERAL, digits_of, plain
from bot.slack.platform import elements, payloads
from bot.slack.platform.blocks import Block, input_block
from bot.slack.platform.payloads import Payload
from bot.slack.send_form.ids import FOUND, OPTION_LIMIT, OTHER, READING

MOST_RADIO_BUTTONS = 10  # Slack's
MOST_OPTIONS = 100  # of a menu


@dataclass(frozen=True, slots=True)
class FoundPhone:
    """A number that a message had."""

    phone: Phone
    before: str = ""  # what stood before it


def draw(found: Iterable[FoundPhone], chosen: str, translator: Translator) -> Block:
    """Ask which of the numbers is meant, or whether it is the one that is typed."""
    options = [
        elements.option(
            f"{each.phone.international} · {translator.country(each.phone.country)}"[:OPTION_LIMIT],
            each.phone.digits,
            each.before[:OPTION_LIMIT],
        )
        for each in found
    ][: MOST_OPTIONS - 1]
    options.append(elements.option(translator("form.found.other"), OTHER))
    initial = next((each for each in options if each["value"] == chosen), None)
    draw_choice = (
        elements.static_select if len(options) > MOST_RADIO_BUTTONS else elements.radio_buttons
    )
    choice = draw_choice(FOUND, options, initial)
    return input_block(READING, translator("form.found.label"), choice)


def read(view: Payload) -> tuple[FoundPhone, ...]:
    """Read the numbers back from a view that asks about them."""
    questions = [
        block.get("element") or {}
        for block in view.get("blocks") or ()
        if block.get("block_id") == READING
    ]
    return tuple(
        FoundPhone(phone, payloads.plain((option.get("description") or {}).get("text") or ""))
        for element in questions
        if element.get("action_id") == FOUND
        for option in element.get("options") or ()
        for phone in _phone(str(option.get("value")))
    )


def _phone(digits: str) -> tuple[Phone, ...]:
    try:
        return phones.read(f"+{digits}", region=None)
    except FixTheForm:  # "another one"
        return ()


def is_another(typed: str, chosen: str) -> bool:
    """Say whether somebody typed another number than the one that they chose."""
    digits = digits_of(plain(typed)).lstrip("0")
    return bool(typed) and not (len(digits) >= ONE_OF_SEVERAL and chosen.endswith(digits))
