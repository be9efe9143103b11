"""How the words after `/whatsapp-template`, and the lines of the form's free field, are read."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot import phones
from bot.errors import FixTheForm, Problem
from bot.sends import is_template_id


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """What a person typed after the command, each word in the field it is meant for."""

    template: str = ""
    phone: str = ""
    client_name: str = ""
    group: str = ""
    assign: bool | None = None
    params: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    # The words that may be a template's name; each of them is in another field, too.
    names: tuple[str, ...] = dataclasses.field(default=(), compare=False)


_ASSIGN = {
    **dict.fromkeys(("yes", "y", "si", "sí", "s", "sim", "true", "verdadero", "on", "1"), True),
    **dict.fromkeys(("no", "n", "não", "nao", "false", "falso", "off", "0"), False),
}

# One of its kind closes another: telephones change the first quote and not always the second.
_DOUBLE, _SINGLE = '"“”', "'‘’"  # noqa: RUF001 - these are what they type
_QUOTES = _DOUBLE + _SINGLE
# A quoted piece ends at a quote that no backslash keeps, or with the text. A single one ends only
# before a space or "=", so that 'O'Brien' is one name.
_QUOTED = (
    rf"[{_DOUBLE}]((?:\\[{_QUOTES}]|[^{_DOUBLE}])*)(?:[{_DOUBLE}]|\Z)"
    rf"|[{_SINGLE}]((?:\\[{_QUOTES}]|[^{_SINGLE}]|[{_SINGLE}](?![\s=]|\Z))*)(?:[{_SINGLE}]|\Z)"
)
_WORD = re.compile(rf"(?=\S)(?:{_QUOTED})?([^\s=]*)(?:(=)(?:{_QUOTED})?(\S*))?")
_KEPT_QUOTE = re.compile(rf"\\([{_QUOTES}])")

# Not counting 00 in front of them.
_PHONE_DIGITS = 15

# <https://docs.slack.dev/messaging/formatting-message-text>
_SLACK_FORM = re.compile(
    r"<(?:(?P<link>(?:tel:|mailto:|https?://)[^<>|]+)|@(?P<user>[UW][A-Z0-9]+)"
    r"|#(?P<channel>[CDG][A-Z0-9]+)|!(?P<special>[a-z_]+)(?:\^(?P<detail>[^<>|]*))?)"
    r"(?:\|(?P<label>[^<>]*))?>"
    r"|&(?P<entity>amp|lt|gt);"
)
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}


def read(text: str) -> Words:
    """Put every word in its field, text as Slack sends it; what has no field is in `unread`."""
    return read_plain(unescape(text))


def read_plain(text: str) -> Words:
    """Put every word in its field, text as the person saw it."""
    reader = _Reader()
    for name, value in _split(text):
        if name is None:
            reader.take_word(value)
        else:
            reader.take_pair(name, value)
    return reader.words()


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
        self._unread: list[str] = []
        self._number: list[str] = []
        self._names: list[str] = []

    def take_word(self, word: str) -> None:
        if not word.strip():  # an empty pair of quotes
            return
        if is_template_id(word):
            self._end_number()
            self._put("template", word, word)
        elif phones.is_written_with(word):
            if self._number and _begins_another(self._number, word):
                self._end_number()
            self._number.append(word)
        else:
            self._end_number()
            is_name = any(char.isalpha() for char in word)
            if is_name:
                self._names.append(word)
            self._put("template" if is_name else "", word, word)

    def take_pair(self, name: str, value: str) -> None:
        self._end_number()
        word = f"{name}={value}"
        name = name.strip()
        match name.casefold():
            case "client" | "group" as field:
                self._put(field, value, word)
            case "assign":
                self._put_assign(value, word)
            case "":
                self._unread.append(word)
            case _:
                self._params.append((name, value))

    def words(self) -> Words:
        self._end_number()
        return Words(
            template=self._fields.get("template", ""),
            phone=self._fields.get("phone", ""),
            client_name=self._fields.get("client", ""),
            group=self._fields.get("group", ""),
            assign=self._assign,
            params=tuple(self._params),
            unread=tuple(self._unread),
            names=tuple(self._names),
        )

    def _put(self, field: str, value: str, word: str) -> None:
        if field and field not in self._fields:
            self._fields[field] = value
        elif word.strip():
            self._unread.append(word)

    def _put_assign(self, value: str, word: str) -> None:
        said = unicodedata.normalize("NFC", value).strip().casefold()
        if self._assign is None and said in _ASSIGN:
            self._assign = _ASSIGN[said]
        else:
            self._unread.append(word)

    def _end_number(self) -> None:
        number = " ".join(self._number)
        self._number.clear()
        self._put("phone" if _digits(number) else "", number, number)


def _split(text: str) -> Iterator[tuple[str | None, str]]:
    """Give every word as its name (None for a word without "=") and its value, quotes taken off."""
    for word in _WORD.finditer(text):
        double, single, plain, equals, value_double, value_single, value_plain = word.groups("")
        name = _keep_quotes(double + single + plain)
        value = _keep_quotes(value_double + value_single + value_plain)
        if equals:
            yield name, value
        elif "=" in name:  # the whole of it in quotes: "Fecha de cita=3 de mayo"
            name, _, value = name.partition("=")
            yield name, value
        else:
            yield None, name


def _keep_quotes(text: str) -> str:
    return _KEPT_QUOTE.sub(r"\1", text)


def _begins_another(number: list[str], word: str) -> bool:
    """Say whether a word can't go on with a number: it has a + or makes it longer than any is."""
    before, after = _digits("".join(number)), _digits(word)
    return bool(before) and ("+" in word or len(before.removeprefix("00") + after) > _PHONE_DIGITS)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _without_entities(text: str) -> str:
    return re.sub("&(amp|lt|gt);", lambda entity: _ENTITIES[entity[1]], text)


def _plain(form: re.Match[str]) -> str:
    if form["entity"]:
        return _ENTITIES[form["entity"]]
    label = _without_entities(form["label"] or "")
    if form["link"]:
        target = re.sub("^(?:tel|mailto):", "", _without_entities(form["link"]))
        # <tel:…|call me> has its number in the link alone.
        is_text = _digits(label) or not form["link"].startswith("tel:")
        return label if label and is_text else target
    sign = "#" if form["channel"] else "@"
    name = label or form["user"] or form["channel"] or form["detail"] or form["special"]
    # A date's label is its words; every other one is a name and may come without its sign.
    return name if form["special"] == "date" or name.startswith(sign) else sign + name
