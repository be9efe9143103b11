"""The beginning of a template's text, to tell it apart by: one line, whole words, no marks."""

from typing import Final

from bot.templates.markup import spans

LEFT_OUT: Final = "…"


def beginning(text: str, limit: int) -> str:
    """Return a text in one line, cut after a word, and never within a variable.

    WhatsApp's marks are left out: half of a pair would stand there as a stray character.
    """
    line = " ".join("".join(span.text for span in spans(text)).split())
    if len(line) <= limit:
        return line
    cut = line[:limit]
    if line[limit] != " ":
        # A word that is longer than the line has no end to cut at.
        cut = cut.rpartition(" ")[0] or cut
    if cut.rfind("{{") > cut.rfind("}}"):
        cut = cut[: cut.rfind("{{")]
    return cut.rstrip(" {,;:") + LEFT_OUT
