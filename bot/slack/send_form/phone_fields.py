"""What is said of the number, right under its field: which reading is meant, or a warning."""

from bot.locales import Translator
from bot.phones import Phone
from bot.policy import gate
from bot.slack.platform import elements
from bot.slack.platform.blocks import Block, input_block, section
from bot.slack.send_form import phone_choices
from bot.slack.send_form.ids import INPUT, OPTION_LIMIT, READING
from bot.slack.send_form.state import Form


def about(form: Form, translator: Translator) -> list[Block]:
    """Ask which reading is meant, or warn about the one there is, right under the field."""
    if len(form.readings) == 1 or form.confirmed_digits:
        shown = [phone for phone in form.readings if form.confirmed_digits in {"", phone.digits}]
        warning = [section(_warning(phone, translator)) for phone in shown]
    else:
        warning = []
    if len(form.readings) < 2:  # noqa: PLR2004 - one reading needs no question
        asked = (
            [phone_choices.draw(form.found, form.phone_choice, translator)] if form.found else []
        )
        return [*asked, *warning]
    options = [
        elements.option(_option_text(each, translator), each.digits) for each in form.readings
    ]
    chosen = next((each for each in options if each["value"] == form.phone_choice), None)
    buttons = elements.radio_buttons(INPUT, options, chosen)
    return [input_block(READING, translator(gate.TWO_READINGS), buttons), *warning]


def _option_text(phone: Phone, translator: Translator) -> str:
    return f"{phone.international} · {translator.country(phone.country)}"[:OPTION_LIMIT]


def _warning(phone: Phone, translator: Translator) -> str:
    country = translator.country(phone.country) if phone.country else translator("country.unknown")
    reasons = " ".join(translator(warning) for warning in phone.warnings)
    return translator(
        "form.look_again",
        international=phone.international,
        country=country,
        digits=phone.digits,
        reasons=reasons,
    )
