"""Names as people compare them: whatever their case, accents and spaces."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

from bot.typed_text import visible

# As alike as `recordatoro` and `recordatorio`, not as `cita` and `pago`.
ALIKE = 0.7
_WORD = re.compile(r"[^\W_]+")


def fold(name: str) -> str:
    """Return what two names that people hold for the same have in common."""
    if name.isascii() and name.isprintable():
        return " ".join(name.lower().split())
    apart = unicodedata.normalize("NFKD", visible(name).casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def words(name: str) -> tuple[str, ...]:
    """Split a name into folded words; `cita_de_hoy` has three."""
    return tuple(_WORD.findall(fold(name)))


def beginnings(folded: str) -> list[str]:
    """Write each word of a folded name after a space, as what begins it is looked for."""
    return [f" {each}" for each in _WORD.findall(folded)]


def closest(typed: str, names: Iterable[str]) -> list[str]:
    """Return up to three of the names that were perhaps meant, the likeliest first.

    As many words of a name as were typed may be enough: `recordatoro` finds `Recordatorio de cita`.
    """
    wanted = words(typed)
    if not wanted:
        return []
    pieces: dict[str, list[str]] = {}
    for name in names:
        own = words(name)
        runs = {
            " ".join(own[at : at + len(wanted)]) for at in range(len(own) - len(wanted) + 1)
        } | {" ".join(own)}
        for run in sorted(runs):
            pieces.setdefault(run, []).append(name)
    found = difflib.get_close_matches(" ".join(wanted), pieces, n=6, cutoff=ALIKE)
    return list(dict.fromkeys(name for piece in found for name in pieces[piece]))[:3]
