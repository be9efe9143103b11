"""A file to begin a template's list with: what its columns are called, and one row as an example."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import phonenumbers

from bot.bulk import columns
from bot.bulk.columns import CLIENT_NAME, PARAM, PHONE
from bot.bulk.list_file.table import Row
from bot.bulk.list_writer import FileFormat, opened
from bot.locales import Translator
from bot.templates import Template, check_values, customer_name
from bot.templates.params import Kind, Param

NAME_LIMIT = 60  # characters of a file's name
_COUNTRY = "PA"  # of a template whose language names none
_VALUES = {
    Kind.DATE: "2026-05-03",
    Kind.NUMBER: "25,50",
    Kind.LINK: "https://example.com",
}


def make(template: Template, words: Translator) -> tuple[str, bytes]:
    """Return the file's name, and what is in it."""
    cells = [*_cells(template, words)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "list.xlsx")
        with opened(file, FileFormat.EXCEL) as out:
            out.write([title for title, _ in cells])
            out.write([value for _, value in cells])
        return file_name(template), file.read_bytes()


def file_name(template: Template, ending: str = FileFormat.EXCEL) -> str:
    """Name a file after a template, as every system takes it."""
    bare = " ".join(re.sub(r"[^\w -]", " ", template.name).split())
    return f"{bare[:NAME_LIMIT].strip() or template.id}{ending}"


def _cells(template: Template, words: Translator) -> Iterator[tuple[str, str]]:
    yield PHONE, _phone(template)
    name = words("bulk.model.name")
    if customer_name.param_of(template) is None:
        yield CLIENT_NAME, name
    titles = _titles(template)
    for param in template.params:
        yield titles[param.name], _value(template, param, name)


def _titles(template: Template) -> dict[str, str]:
    """Name each column as people see its parameter called, where that is surely read back."""
    titles = {param.name: param.title for param in template.params}
    header = Row(1, (PHONE, CLIENT_NAME, *titles.values()))
    found = columns.match(header, template)
    places = {f"{PARAM}{name}": place for place, name in enumerate(titles, 2)}
    is_clear = not found.questions and all(
        found.places.get(field) == place for field, place in places.items()
    )
    return titles if is_clear else {param.name: param.name for param in template.params}


def _phone(template: Template) -> str:
    """Give the library's example of a mobile, where the template's language is spoken."""
    country = template.language.partition("_")[2] or _COUNTRY
    mobile = phonenumbers.PhoneNumberType.MOBILE
    for each in (country, _COUNTRY):
        if number := phonenumbers.example_number_for_type(each, mobile):
            # Without its country it would be read as another's.
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


def _value(template: Template, param: Param, name: str) -> str:
    asked = customer_name.param_of(template)
    usual = name if asked == param else _VALUES.get(param.kind, param.title)
    given = (param.example, param.default, *param.choices[:1], usual)
    fitting = (each for each in given if each and _fits(template, param, each))
    limit = param.max_length or len(usual)
    return next(fitting, usual[:limit])


def _fits(template: Template, param: Param, value: str) -> bool:
    problems = check_values(template, {param.name: value})
    return not any(each.field == f"{PARAM}{param.name}" for each in problems)
