"""How a spreadsheet of a template's language shows numbers and dates."""

from babel import Locale, UnknownLocaleError

from bot.bulk.list_file.table import LocaleFormat
from bot.locales import NUMBERS

_BOOLEANS = {"es": ("FALSO", "VERDADERO"), "pt": ("FALSO", "VERDADEIRO")}
_MONTHS, _DAYS = range(1, 13), range(7)


def of_language(language: str) -> LocaleFormat:
    """Make the format of a language such as `es_CO`; of one without a country, Latin America's."""
    code = language.replace("-", "_")
    try:
        locale = Locale.parse(NUMBERS.get(code, code))
    except (UnknownLocaleError, ValueError):
        return LocaleFormat()
    marks = locale.number_symbols["latn"]
    months, days = locale.months["format"], locale.days["format"]
    return LocaleFormat(
        marks["decimal"],
        marks["group"],
        "mmm d, yyyy" if locale.language == "en" else "dd/mm/yyyy",
        tuple(months["wide"][at] for at in _MONTHS),
        tuple(months["abbreviated"][at] for at in _MONTHS),
        tuple(days["wide"][at] for at in _DAYS),
        tuple(days["abbreviated"][at] for at in _DAYS),
        _BOOLEANS.get(locale.language, ("FALSE", "TRUE")),
    )
