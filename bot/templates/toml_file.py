"""The catalogue as a file: all templates as TOML, read with every mistake named, and written."""

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from typing_extensions import override

from bot.errors import Problem
from bot.templates import Approval, Category, Quiet, Template
from bot.templates.checks import check_all
from bot.templates.params import Kind, Param
from bot.templates.toml_positions import Lines, Path, written

NOTHING: Mapping[str, str | int] = MappingProxyType({})
TEXTS = "texts"
TEMPLATE_KEYS: Mapping[str, object] = {
    "name": str,
    "id": str,
    "language": str,
    "category": Category,
    "body": str,
    "header": str,
    "footer": str,
    "group": str,
    "assign": bool,
    "allowed": TEXTS,
    "channels": TEXTS,
    "active": bool,
    "quiet": Quiet,
    "approval": Approval,
    "approval_free": TEXTS,
    "param": None,  # tables of their own
}
PARAM_KEYS: Mapping[str, object] = {
    "name": str,
    "label": str,
    "help": str,
    "example": str,
    "required": bool,
    "default": str,
    "kind": Kind,
    "choices": TEXTS,
    "max_length": int,
}
TEMPLATE_NEEDS = ("name", "id", "language", "category", "body")
STAND_INS: Mapping[str, Any] = {
    **dict.fromkeys(("name", "id", "language", "body"), ""),
    "category": Category.UTILITY,
}
WRONG_TYPE: Mapping[object, str] = {str: "file.text", bool: "file.flag", int: "file.number"}
# What can't be judged while something else is wrong.
RELIES = {"default": ("kind", "choices", "max_length"), "choices": ("kind", "max_length")}

SENTENCES: Mapping[str, str] = {
    "file.syntax": "this is not TOML: {words}",
    "file.open": "this value has no end: close its quotes or brackets",
    "file.key": "there is no such key{hint}",
    "file.missing": "is missing",
    "file.one_table": "write [[{key}]], in two pairs of brackets, once for each",
    "file.text": 'must be text in quotes, e.g. "Rosa"',
    "file.flag": "must be true or false, without quotes",
    "file.number": "must be a whole number, without quotes",
    "file.texts": 'must be a list of texts, e.g. ["one", "two"]',
    "file.word": "must be one of: {words}{hint}",
    "catalogue.body.begins": "WhatsApp accepts no body that begins with a variable ({{{{{name}}}}})",
    "catalogue.body.ends": "WhatsApp accepts no body that ends with a variable ({{{{{name}}}}}): add a full stop",
    "catalogue.body.side_by_side": "WhatsApp requires words between {{{{{one}}}}} and {{{{{other}}}}}",
    "catalogue.body.unfit": "there is a control character in it: type it again",
    "catalogue.choices.alike": "{one} and {other} look the same",
    "catalogue.choices.none": "a choice needs choices",
    "catalogue.choices.other_kind": 'only for kind = "choice"',
    "catalogue.choices.too_many": "at most {limit}",
    "catalogue.footer.places": "WhatsApp accepts no variables in a footer",
    "catalogue.header.places": "WhatsApp accepts at most one variable in a header",
    "catalogue.id": "a template id has up to 64 characters (letters, digits, _ and -); this one has {length}",
    "catalogue.id.taken": 'the template "{other}" has the same id',
    "catalogue.language": "must be a code of WhatsApp's, e.g. es or es_MX",
    "catalogue.max_length": "must be from 1 to {limit}",
    "catalogue.name.taken": 'the template "{other}" has a name that looks the same',
    "catalogue.not_a_channel": "{value} is not the id of a channel (C… or G…)",
    "catalogue.not_a_person": "{value} is not the id of a user (U… or W…) or user group (S…)",
    "catalogue.param.alike": "{one} and {other} look like the same name",
    "catalogue.param.braces": "a name can't have braces",
    "catalogue.param.no_place": "neither the body nor the header has the variable {{{{{name}}}}}",
    "catalogue.params.too_many": "at most {limit} parameters fit in Slack's form",
    "catalogue.place.braces": "a variable is written {{{{name}}}}: some of its braces are missing",
    "catalogue.place.empty": "a variable without a name: write {{{{name}}}}",
    "catalogue.place.no_param": "there is no parameter for {{{{{name}}}}}: add a [[template.param]]",
    "catalogue.place.spelled": "{{{{{name}}}}} is called {meant} in its parameter: write both the same way",
    "catalogue.text.empty": "must not be empty",
    "catalogue.text.one_line": "must be one line without tabs or control characters",
    "catalogue.text.outer_spaces": "must not begin or end with a space",
    "catalogue.text.too_long": "has {length} characters; at most {limit}",
    "param.empty": "WhatsApp accepts no empty value",
    "param.line_break": "WhatsApp accepts no line breaks in a value",
    "param.not_a_choice": "must be one of: {choices}",
    "param.not_a_date": "must be a day as 2026-05-03",
    "param.not_a_link": "must be a web address that starts with https:// or http://",
    "param.not_a_number": "must be a number",
    "param.over_length": "has {length} characters; max_length is {limit}",
    "param.spaces": "WhatsApp accepts at most four spaces in a row",
    "param.tab": "WhatsApp accepts no tabs in a value",
    "param.too_long": "has {length} characters; a WhatsApp message can have {limit}",
    "param.unfit": "there is a control character in it: type it again",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file, and where."""

    line: int  # from 1
    template: str  # its name in quotes, or its number; empty outside of templates
    param: str
    field: str
    key: str  # of SENTENCES
    values: Mapping[str, str | int]

    @override
    def __str__(self) -> str:
        """Say it in one line: `line 12, template "Recordatorio", param "Fecha", kind: …`."""
        named = (("template", self.template), ("param", self.param))
        where = [f"line {self.line}", *(f"{what} {name}" for what, name in named if name)]
        sentence = SENTENCES[self.key].format_map(self.values)
        return ", ".join([*where, *([self.field] if self.field else [])]) + f": {sentence}"


class BadFile(Exception):
    """A file can't be taken as the catalogue; `faults` has all that is wrong, by line."""

    def __init__(self, *faults: Fault) -> None:
        """Take all faults at once, so that a person corrects them in one go."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def read(text: str) -> tuple[Template, ...]:
    """Read a whole catalogue. Raises BadFile with everything that is wrong."""
    reader = _Reader(text)
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reader.cannot_parse(str(error) if isinstance(error, ValueError) else "too deep")
        raise BadFile(*reader.faults) from error
    templates = reader.templates(tables)
    if reader.faults:
        raise BadFile(*sorted(reader.faults, key=lambda fault: fault.line))
    return templates


class _Reader:
    """One pass over a file that goes on after a fault."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self._lines = Lines(text)
        self._wrong: set[Path] = set()

    def cannot_parse(self, words: str) -> None:
        begins = self._lines.broken
        if "end of document" in words and begins is not None:
            self._fault_at(begins, self._lines.at(begins), "file.open")
            return
        place = re.search(r" \(at line (\d+), column \d+\)$", words)
        line = int(place[1]) if place else begins or 1
        said = words[: place.start()] if place else words
        if begins is not None and begins < line:
            said += f" (in the value that begins in line {begins})"
        self._fault_at(line, self._lines.at(line), "file.syntax", {"words": said})

    def templates(self, tables: dict[str, Any]) -> tuple[Template, ...]:
        self._unknown_keys((), tables, {"template": None})
        templates = tuple(
            self._template(path, table) for path, table in self._tables((), tables, "template")
        )
        unread = frozenset(self._wrong)
        for position, problem in check_all(templates):
            path = ("template", position, *_steps(problem))
            if not _follows(path, problem, unread):
                self._fault(path, problem.key, problem.values)
        return templates

    def _template(self, path: Path, table: dict[str, Any]) -> Template:
        values = self._values(path, table, TEMPLATE_KEYS, TEMPLATE_NEEDS)
        params = [self._param(*each) for each in self._tables(path, table, "param")]
        return Template(**{**STAND_INS, **values}, params=tuple(params))

    def _param(self, path: Path, table: dict[str, Any]) -> Param:
        return Param(**{"name": "", **self._values(path, table, PARAM_KEYS, ("name",))})

    def _tables(
        self, path: Path, table: dict[str, Any], key: str
    ) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Go through an array of tables."""
        tables = table.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            full = "template.param" if path else "template"
            self._fault((*path, key), "file.one_table", {"key": full})
            return
        for number, each in enumerate(tables):
            yield (*path, key, number), each

    def _values(
        self, path: Path, table: dict[str, Any], keys: Mapping[str, object], needs: Iterable[str]
    ) -> dict[str, Any]:
        """Take what has the right type out of a table."""
        self._unknown_keys(path, table, keys)
        for key in needs:
            if key not in table:
                self._fault((*path, key), "file.missing")
        values = {}
        for key, kind in keys.items():
            if key in table and kind is not None:
                fault, hints, value = _convert(kind, table[key])
                if fault:
                    self._fault((*path, key), fault, hints)
                else:
                    values[key] = value
        return values

    def _unknown_keys(self, path: Path, table: dict[str, Any], keys: Mapping[str, object]) -> None:
        for key in table.keys() - keys.keys():
            self._fault((*path, key), "file.key", {"hint": _did_you_mean(key, keys)})

    def _fault(self, path: Path, key: str, values: Mapping[str, str | int] = NOTHING) -> None:
        self._fault_at(self._lines.of(path), path, key, values)

    def _fault_at(
        self, line: int, path: Path, key: str, values: Mapping[str, str | int] = NOTHING
    ) -> None:
        self._wrong.add(path)
        self.faults.append(
            Fault(
                line,
                self._name(path[:2]),
                self._name(path[:4]) if "param" in path[2:3] else "",
                "".join(str(step) for step in path[-1:] if isinstance(step, str)),
                key,
                values,
            )
        )

    def _name(self, path: Path) -> str:
        """Name a template or a parameter as it calls itself, or else by its number."""
        if not path or not isinstance(path[-1], int):
            return ""
        name = self._lines.names.get(path, "")
        return f'"{name}"' if name.strip() else str(path[-1] + 1)


def _follows(path: Path, problem: Problem, unread: frozenset[Path]) -> bool:
    """Whether a problem only follows from what could not be read."""
    if path in unread:
        return True
    if any((*path[:-1], other) in unread for other in RELIES.get(str(path[-1]), ())):
        return True
    if problem.key in {"catalogue.place.no_param", "catalogue.param.no_place"}:
        own = [wrong for wrong in unread if wrong[:2] == path[:2]]
        return any(wrong[-1] in {"name", "body", "header", "param"} for wrong in own)
    return False


def _steps(problem: Problem) -> Path:
    """Turn a problem's field into keys of the file: `params.0.name` into param, 0, name."""
    match problem.field.split("."):
        case ["params", number, field]:
            return ("param", int(number), field)
        case ["params"]:
            return ("param",)
    return (problem.field,)


def _convert(kind: object, value: object) -> tuple[str, dict[str, str], object]:
    """Return a fault's key and values, or what the value is to us."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value in list(kind):
            return "", {}, kind(str(value))
        hint = _did_you_mean(str(value), kind)
        return "file.word", {"words": ", ".join(kind), "hint": hint}, None
    if kind is TEXTS:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return "", {}, tuple(value)
        return "file.texts", {}, None
    # To Python, true is a whole number.
    return ("" if type(value) is kind else WRONG_TYPE[kind]), {}, value


def _did_you_mean(typed: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(typed.casefold(), [str(each) for each in known], n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def write(templates: Iterable[Template]) -> str:
    """Write a catalogue so that `read` gives the same again; what is usual is left out."""
    return "\n".join(_table("template", template) for template in templates)


def _table(header: str, thing: Template | Param) -> str:
    lines = [f"[[{header}]]"]
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        if field.init and field.name != "params" and value != field.default:
            lines.append(f"{field.name} = {written(value)}")
    params = thing.params if isinstance(thing, Template) else ()
    return "\n".join([*lines, ""]) + "".join(
        "\n" + _table(f"{header}.param", param) for param in params
    )
