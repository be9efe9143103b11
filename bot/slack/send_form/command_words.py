"""The words of a command: apart at spaces, but for what stands in quotes, with a name or without."""

import re
from collections.abc import Iterator

from bot.phones.normalize import WHATSAPP_LINK

# One of its kind closes another: telephones change the first quote and not always the second.
_DOUBLE, _SINGLE = '"“”', "'‘’"  # noqa: RUF001 - these are what they type
_PAIRS = (("«", "»"), ("‹", "›"), ("「", "」"), ("『", "』"))  # noqa: RUF001
_QUOTES = _DOUBLE + _SINGLE + "„‚" + "".join(map("".join, _PAIRS))  # noqa: RUF001
# A quoted piece ends at a quote that no backslash keeps, or with the text. A single one ends only
# before a space or "=", so that 'O'Brien' is one name. »Ana« is how Germans turn them.
_QUOTED = "|".join(
    [
        rf"[{_DOUBLE}„]((?:\\[{_QUOTES}]|[^{_DOUBLE}])*)(?:[{_DOUBLE}]|\Z)",
        rf"[{_SINGLE}‚]((?:\\[{_QUOTES}]|[^{_SINGLE}]|[{_SINGLE}](?![\s=]|\Z))*)(?:[{_SINGLE}]|\Z)",  # noqa: RUF001
        *(rf"{opens}((?:\\[{_QUOTES}]|[^{closes}])*)(?:{closes}|\Z)" for opens, closes in _PAIRS),
        *(rf"{closes}([^{opens}]*){opens}" for opens, closes in _PAIRS[:2]),
    ]
)
_OPENING = "[" + _DOUBLE + _SINGLE + "„‚" + "".join(pair[0] for pair in _PAIRS) + "]"  # noqa: RUF001
# With spaces round it, "=" is still one; with a space behind it alone, only before a quote.
_EQUALS = rf"(\s+=\s+(?=\S)(?!\w+=)|\s+=(?=\S)|=\s+(?={_OPENING})|=)"
_WORD = re.compile(rf"(?=\S)(?:{_QUOTED})?([^\s=]*)(?:{_EQUALS}(?:{_QUOTED})?(\S*))?")
_NAME_GROUPS = re.compile(_QUOTED).groups + 1
_KEPT = re.compile(rf"{_OPENING}|[^=]*=")
_KEPT_QUOTE = re.compile(rf"\\([{_QUOTES}])")


def split(text: str) -> Iterator[tuple[str | None, str]]:
    """Give every word as its name (None for a word without "=") and its value, quotes taken off."""
    for word in _WORD.finditer(text):
        groups = word.groups("")
        if link := WHATSAPP_LINK.match(word[0]):
            yield None, link[0]
            continue
        name = _keep_quotes("".join(groups[:_NAME_GROUPS]))
        value = _keep_quotes("".join(groups[_NAME_GROUPS + 1 :]))
        if groups[_NAME_GROUPS]:
            yield name, value
        elif "=" in name:  # the whole of it in quotes: "Fecha de cita=3 de mayo"
            name, _, value = name.partition("=")
            yield name, value
        else:
            yield None, name


def plain_from(text: str) -> int:
    """Return where the last words begin that have neither quotes nor a name."""
    ends = [word.end() for word in _WORD.finditer(text) if _KEPT.match(word[0])]
    return ends[-1] if ends else 0


def _keep_quotes(text: str) -> str:
    return _KEPT_QUOTE.sub(r"\1", text)
