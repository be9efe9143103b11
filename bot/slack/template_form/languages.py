"""The languages of templates, found by their names in the admin's own language."""

import re
from collections.abc import Iterable

from bot.locales import Translator
from bot.templates import names

# The ones of Latin America first, as the list is offered before anything is typed; then those of
# <https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/supported-languages>.
# Whatever else WhatsApp has, or adds, is taken by its code.
CODES = (
    *("es", "es_MX", "es_AR", "es_ES", "pt_BR", "en", "en_US", "en_GB", "pt_PT", "fr", "de", "it"),
    *("af", "sq", "ar", "az", "bn", "bg", "ca", "zh_CN", "zh_HK", "zh_TW", "hr", "cs", "da", "nl"),
    *("et", "fil", "fi", "el", "gu", "ha", "he", "hi", "hu", "id", "ga", "ja", "kn", "kk", "ko"),
    *("lo", "lv", "lt", "mk", "ms", "ml", "mr", "nb", "fa", "pl", "pa", "ro", "ru", "sr", "sk"),
    *("sl", "sw", "sv", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zu"),
)
CODE = re.compile(r"([a-z]{2,3})(?:[_-]([a-z]{2}))?", re.IGNORECASE)
# Where no template says which language a team writes in.
USUAL = {"en": "en", "es": "es", "pt": "pt_BR"}


def called(code: str, translator: Translator) -> str:
    """Name a language in the language of these words, with its code: `Español (México) · es_MX`."""
    name = translator.language_name(code)
    return f"{name[:1].upper()}{name[1:]} · {code}" if name != code else code


def find(text: str, translator: Translator) -> list[str]:
    """Find codes by the beginning of a word of their names, or by the code itself."""
    typed = names.words(text)
    found = [code for code in CODES if _matches(typed, called(code, translator))]
    code = _code(text)
    is_known = code is not None and called(code, translator) != code
    if code and code not in found and (is_known or not found):
        found.append(code)
    return found


def _matches(typed: Iterable[str], name: str) -> bool:
    own = names.words(name)
    return all(any(word.startswith(each) for word in own) for each in typed)


def _code(text: str) -> str | None:
    match = CODE.fullmatch(text.strip())
    if match is None:
        return None
    language, country = match[1].lower(), (match[2] or "").upper()
    return f"{language}_{country}" if country else language
