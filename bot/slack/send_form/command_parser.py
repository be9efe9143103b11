"""How the words after `/whatsapp-template`, and the lines of the form's free field, are read."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable

from bot.errors import FixTheForm, Problem
from bot.phones.normalize import (
    WHATSAPP_LINK,
    digits_of,
    is_written_with,
    link_text,
    plain,
    whatsapp_number,
)
from bot.send_draft import ANY_NUMBER, NumberRules, is_template_id
from bot.slack.send_form import command_phones, command_words
from bot.typed_text import visible


@dataclasses.dataclass(frozen=True, slots=True)
class CommandWords:
    """What a person typed after the command, each word in the field it is meant for."""

    template: str = ""
    phone: str = ""
    client_name: str = ""
    group: str = ""
    assign: bool | None = None
    params: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    # What was given by a field's Spanish or Portuguese name, which a parameter may have, too.
    translated: tuple[tuple[str, str], ...] = dataclasses.field(default=(), compare=False)
    # The words that may be a template's name; each of them is in another field, too.
    names: tuple[str, ...] = dataclasses.field(default=(), compare=False)


_ASSIGN = {
    **dict.fromkeys(("yes", "y", "si", "sí", "s", "sim", "true", "verdadero", "on", "1"), True),
    **dict.fromkeys(("no", "n", "não", "nao", "false", "falso", "off", "0"), False),
}

_FIELDS = {
    "client": "client",
    "cliente": "client",
    "group": "group",
    "grupo": "group",
    "assign": "assign",
    "asignar": "assign",
    "atribuir": "assign",
}

# <https://docs.slack.dev/messaging/formatting-message-text>
_SLACK_FORM = re.compile(
    r"<(?:(?P<link>(?:tel:|mailto:|whatsapp:|https?://)[^<>|]+)|@(?P<user>[UW][A-Z0-9]+)"
    r"|#(?P<channel>[CDG][A-Z0-9]+)|!(?P<special>[a-z_]+)(?:\^(?P<detail>[^<>|]*))?)"
    r"(?:\|(?P<label>[^<>]*))?>"
    r"|&(?P<entity>amp|lt|gt);"
)
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}


def read(text: str, rules: NumberRules = ANY_NUMBER) -> CommandWords:
    """Put every word in its field, text as Slack sends it; what has no field is in `unread`."""
    return read_plain(unescape(text), rules)


def read_plain(text: str, rules: NumberRules = ANY_NUMBER) -> CommandWords:
    """Put every word in its field, text as the person saw it."""
    reader = _Reader()
    for name, value in command_words.split(visible(text)):
        if name is not None:
            reader.take_pair(name, value)
        elif WHATSAPP_LINK.fullmatch(value) and whatsapp_number(value):
            reader.take_link(value)
        else:
            reader.take_word(value)
    return reader.words(rules)


def unescape(text: str) -> str:
    """Turn Slack's escapes and links back into what the person typed and saw."""
    return _SLACK_FORM.sub(_plain, text)


def params_text(params: Iterable[tuple[str, str]]) -> str:
    """Write parameters as the form's free field holds them: one `name=value` a line."""
    return "\n".join(f"{name}={value}" for name, value in params)


def read_params(text: str) -> tuple[tuple[str, str], ...]:
    """Read one `name=value` a line; what may be in a value is judged elsewhere.

    Raises FixTheForm that names every line which can't be read.
    """
    params: dict[str, str] = {}
    problems: list[Problem] = []
    for line, written in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        name, equals, value = (part.strip() for part in written.partition("="))
        if not name and not equals:
            continue
        if not equals:
            problems.append(Problem("params", "params.no_equals", {"line": line}))
        elif not name:
            problems.append(Problem("params", "params.no_name", {"line": line}))
        elif name in params:
            problems.append(Problem("params", "params.twice", {"line": line, "name": name}))
        else:
            params[name] = value
    if problems:
        raise FixTheForm(*problems)
    return tuple(params.items())


class _Reader:
    """The fields as they fill, word by word; the first word for a field keeps it."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        self._assign: bool | None = None
        self._params: list[tuple[str, str]] = []
        self._translated: list[tuple[str, str]] = []
        # What has no field, in its order; among it the runs of words that may be numbers.
        self._rest: list[str | list[str]] = []
        self._names: list[str] = []
        self._in_number = False

    def take_word(self, word: str) -> None:
        if not word.strip():  # an empty pair of quotes
            return
        if is_template_id(word):
            self._put("template", word, word)
        elif is_written_with(word):
            self._take_digits(word)
        else:
            is_name = any(char.isalpha() for char in word)
            if is_name:
                self._names.append(word)
            self._put("template" if is_name else "", word, word)

    def take_pair(self, name: str, value: str) -> None:
        word = f"{name}={value}"
        name = name.strip()
        field = _FIELDS.get(name.casefold(), "")
        if field and field != name.casefold():
            self._translated.append((name, value))
        match field:
            case "client" | "group":
                self._put(field, value, word)
            case "assign":
                self._put_assign(value, word)
            case _ if name:
                self._in_number = False
                self._params.append((name, value))
            case _:
                self._put("", value, word)

    def take_link(self, link: str) -> None:
        """Take a WhatsApp link for its number."""
        self._in_number = False
        self._take_digits(whatsapp_number(link))
        self._in_number = False

    def words(self, rules: NumberRules) -> CommandWords:
        runs = [each for each in self._rest if isinstance(each, list)]
        found = command_phones.choose(runs, rules)
        phone = ""
        if found:
            position, span = found
            run = runs[position]
            phone = " ".join(run[span.start : span.end])
            del run[span.start : span.end]
        rest = [[each] if isinstance(each, str) else each for each in self._rest]
        return CommandWords(
            template=self._fields.get("template", ""),
            phone=phone,
            client_name=self._fields.get("client", ""),
            group=self._fields.get("group", ""),
            assign=self._assign,
            params=tuple(self._params),
            unread=tuple(word for each in rest for word in each),
            translated=tuple(self._translated),
            names=tuple(self._names),
        )

    def _take_digits(self, word: str) -> None:
        if not self._in_number:
            self._rest.append([])
        self._in_number = True
        run = self._rest[-1]
        if isinstance(run, list):
            run.append(word)

    def _put(self, field: str, value: str, word: str) -> None:
        self._in_number = False
        if field and field not in self._fields:
            self._fields[field] = value
        elif word.strip():
            self._rest.append(word)

    def _put_assign(self, value: str, word: str) -> None:
        said = unicodedata.normalize("NFC", value).strip().casefold()
        if self._assign is None and said in _ASSIGN:
            self._in_number = False
            self._assign = _ASSIGN[said]
        else:
            self._put("", value, word)


def _without_entities(text: str) -> str:
    return re.sub("&(amp|lt|gt);", lambda entity: _ENTITIES[entity[1]], text)


def _plain(form: re.Match[str]) -> str:
    if form["entity"]:
        return _ENTITIES[form["entity"]]
    label = _without_entities(form["label"] or "")
    if form["link"]:
        return _link(_without_entities(form["link"]), label)
    sign = "#" if form["channel"] else "@"
    name = label or form["user"] or form["channel"] or form["detail"] or form["special"]
    # A date's label is its words; every other one is a name and may come without its sign.
    return name if form["special"] == "date" or name.startswith(sign) else sign + name


def _link(link: str, label: str) -> str:
    """Return a link as the person saw it, but the number that it leads to if it shows another."""
    if link.startswith("tel:"):
        return link_text(link.removeprefix("tel:"), label)
    if number := whatsapp_number(link) if WHATSAPP_LINK.fullmatch(link) else "":
        return label if digits_of(plain(label)) == digits_of(number) else link
    return label or link.removeprefix("mailto:")
