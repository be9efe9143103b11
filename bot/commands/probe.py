"""`templates probe`: the shape of what Atom's announced list answers, with every value masked.

No page shows that answer, so nothing in the bot depends on it.
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.commands import DONE, WANTING, Commands, add_command
from bot.commands.progress import Progress

if TYPE_CHECKING:
    from bot.atom import AtomAnswer
    from bot.config import Settings

DEEPEST = 8
LONGEST = 200  # lines
KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    dict: "a table",
    type(None): "null",
}
# A field's name. What looks like an id, a number or a person's name may be a value.
FIELD = re.compile(r"[A-Za-z_][A-Za-z_-]{0,30}[0-9]{0,2}")


def add_parser(commands: Commands) -> None:
    """Say what it takes."""
    words = "show the shape of what Atom's own list of templates answers"
    add_command(commands, "probe", run, words, "templates probe")


def run(_given: argparse.Namespace) -> int:
    """Ask, and print what the answer is made of."""
    from bot.config import load  # noqa: PLC0415 - late, here and below: slow to import

    return DONE if asyncio.run(show(load("atom_token"))) else WANTING


async def show(settings: "Settings") -> bool:
    """Ask Atom, and print what its answer is made of; return whether there is a list."""
    from bot.atom import Atom, open_session  # noqa: PLC0415
    from bot.errors import UNTRUSTED, TryLater  # noqa: PLC0415

    url = settings.atom_url
    async with open_session(settings.proxies.of(url)) as session:
        token = settings.atom_token.get_secret_value()
        atom = Atom(session, url=url, token=token, timeout=settings.atom_timeout)
        try:
            with Progress() as progress:
                progress.say("Asking Atom …")
                answer = await atom.probe()
        except TryLater as error:
            why = "can't be reached, or is silent for ATOM_TIMEOUT"
            if error.key == "atom.untrusted":
                why = UNTRUSTED
            sys.stdout.write(f"GET {url}: Atom {why}.\n")
            return False
    for line in told(answer):
        sys.stdout.write(line + "\n")
    return answer.whole and HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def told(answer: "AtomAnswer") -> Iterator[str]:
    """Say what came back, without a single value of it."""
    from bot.atom import LIST_LIMIT  # noqa: PLC0415

    media = answer.headers.get("content-type", "").partition(";")[0]
    kind = media if re.fullmatch(r"[a-z]+/[a-z.+-]+", media) else "of no known type"
    yield f"Atom answered {answer.status}, {kind}, {len(answer.text):,} characters. Values are masked."
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        yield "It does not take ATOM_TOKEN for this list."
    elif answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        yield "Your account offers no list at this address."
    if not answer.whole:
        yield f"It was cut off, at {LIST_LIMIT:,} bytes or by ATOM_TIMEOUT, so it can't be read."
        return
    try:
        data = json.loads(answer.text)
    except (ValueError, RecursionError):
        yield "It is not JSON."
        return
    lines = [*shape([data])]
    yield from lines[:LONGEST]
    if len(lines) > LONGEST:
        yield f"… and {len(lines) - LONGEST} lines more"


def shape(values: Sequence[object], name: str = "the answer", depth: int = 0) -> Iterator[str]:
    """Describe all values that stand at one place of a JSON text, and what is in them."""
    yield "  " * depth + f"{name}: {' or '.join(_kinds(values))}"
    if depth == DEEPEST:
        return
    items = [item for value in values if isinstance(value, list) for item in value]
    if items:
        yield from shape(items, "each", depth + 1)
    tables = [value for value in values if isinstance(value, dict)]
    fields: dict[str, list[object]] = {}
    for table in tables:
        for key, value in table.items():
            fields.setdefault(_masked_key(key), []).append(value)
    for key, inner in fields.items():
        part = f" (in {len(inner)} of {len(tables)})" if len(inner) < len(tables) else ""
        yield from shape(inner, key + part, depth + 1)


def _kinds(values: Sequence[object]) -> Iterator[str]:
    texts = [len(value) for value in values if isinstance(value, str)]
    lists = [len(value) for value in values if isinstance(value, list)]
    for kind in dict.fromkeys(type(value) for value in values):
        if kind is str:
            yield f"text of {_span(texts)} characters"
        elif kind is list:
            yield f"a list of {_span(lists)}"
        else:
            yield KINDS[kind]


def _span(lengths: Sequence[int]) -> str:
    least, most = min(lengths), max(lengths)
    return str(least) if least == most else f"{least} to {most}"


def _masked_key(key: str) -> str:
    return key if FIELD.fullmatch(key) else "<a key that may be a value>"
