"""The catalogue between a file and the database."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bot.commands import Wanting, WrongUse, output
from bot.commands.database import in_database
from bot.commands.progress import Progress
from bot.config import Settings
from bot.locales import load
from bot.store.database import exists
from bot.store.templates import read_all, replace_all
from bot.templates import Template
from bot.templates.cautions import cautions
from bot.templates.diff import Change, Difference, compare
from bot.templates.params import Param
from bot.templates.toml_file import BadFile, read, write
from bot.typed_text import visible

SHOWN = 60  # characters of a text that changes
YES = frozenset({"y", "yes", "s", "si", "sí", "sim"})


def bring_in(
    file: Path, settings: Settings, *, is_sure: bool, make_database: Callable[[], None]
) -> None:
    """Make a file the catalogue, after showing what that changes. Raises Wanting and WrongUse."""
    with Progress() as progress:
        progress.say(f"Reading {file} …")
        new = _read(file)
        is_there = exists(settings.database_url)
        progress.say(f"Comparing {_templates(len(new))} with the catalogue …")
        old = in_database(settings, read_all) if is_there else ()
        difference = compare(old, new)
    if not difference:
        output.say("Nothing to change: the catalogue is as in the file.")
        return
    for line in told(difference):
        output.say(line)
    for line in warnings(new):
        output.say(line)
    if not is_sure:
        _ask(file)
    with Progress() as progress:
        progress.say(f"Writing {_templates(len(new))} …")
        if not is_there:
            make_database()
        is_done = in_database(settings, lambda c: replace_all(c, new, expected=old))
    if not is_done:
        raise Wanting("Somebody changed the catalogue in the meantime: nothing done. Try again.")
    output.say(f"Done: the catalogue has {_templates(len(new))}.")


def warnings(templates: Iterable[Template]) -> Iterator[str]:
    """Say what WhatsApp may refuse, a line each; it is taken all the same."""
    words = load("en")
    for template in templates:
        for each in cautions(template):
            said = words(each.key, **each.values)
            yield f'WARNING: "{visible(template.name)}", {each.field}: {said}'


def send_out(file: Path | None, settings: Settings, *, is_sure: bool) -> None:
    """Write the catalogue to a file or to standard output. Raises Wanting and WrongUse."""
    templates = in_database(settings, read_all)
    if file is not None and file.exists() and not is_sure:
        _ask_to_overwrite(file)
    output.put(write(templates), file)
    if file is not None:
        output.say(f"Wrote {_templates(len(templates))} to {file}.")


def _ask_to_overwrite(file: Path) -> None:
    if not _may(f"{file} is there already. Overwrite it?"):
        raise WrongUse(
            f"Nothing was written: {file} is there already, and there is no terminal to ask on. To "
            f"overwrite it: python -m bot templates export {file} --yes"
        )


def show(settings: Settings) -> None:
    """Print the templates as a table for eyes. Raises Wanting."""
    templates = in_database(settings, read_all)
    rows = [("NAME", "ID", "LANGUAGE", "CATEGORY", "PARAMS", "ACTIVE")]
    rows += [
        (
            each.name,
            each.id,
            each.language,
            each.category.value,
            str(len(each.params)),
            "yes" if each.active else "no",
        )
        for each in templates
    ]
    output.table(rows)
    if not templates:
        output.say("None yet. Bring some in: python -m bot templates import FILE")


def told(difference: Difference) -> Iterator[str]:
    """Say what changes, a line each; what goes for good comes last, and loudest."""
    for template in difference.added:
        yield f"+ {template.name} ({template.id})"
    for template, changes in difference.changed:
        yield f"~ {template.name} ({template.id})"
        for change in changes:
            yield f"    {_told(change)}"
    if difference.reordered:
        yield "~ the order of the templates"
    for template in difference.removed:
        yield f"- {template.name} ({template.id})"
    counts = f"{len(difference.added)} added, {len(difference.changed)} changed"
    yield f"{counts}, {len(difference.removed)} removed."
    if difference.removed:
        yield (
            f"ATTENTION: {_templates(len(difference.removed))} (-) will be REMOVED: what is not "
            "in the file is not in the catalogue. To keep one unused, write active = false."
        )


def _told(change: Change) -> str:
    if isinstance(change.before, Param):
        return f"- {change.field}"
    if isinstance(change.after, Param):
        return f"+ {change.field}"
    before, after = _written(change.before), _written(change.after)
    # Of two long texts, from shortly before the first difference on.
    pairs = enumerate(zip(before, after, strict=False))
    alike = next((at for at, (one, other) in pairs if one != other), 0)
    start = max(0, alike - SHOWN // 3) if max(len(before), len(after)) > SHOWN else 0
    return f"{change.field}: {_cut(before, start)} → {_cut(after, start)}"


def _read(file: Path) -> tuple[Template, ...]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} can't be read: {error.strerror}") from error
    try:
        # Some editors put a mark in front.
        templates = read(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Wanting(
            f"{file} can't be imported, and nothing was changed:\n"
            f"  line {line}: this is not UTF-8 text: save the file as UTF-8"
        ) from error
    except BadFile as error:
        lines = [f"  {fault}" for fault in error.faults]
        head = f"{file} can't be imported, and nothing was changed:"
        raise Wanting("\n".join([head, *lines])) from error
    if not templates:
        raise Wanting(f"{file} has no [[template]], and nothing was changed.")
    return templates


def _ask(file: Path) -> None:
    if not _may("Make these changes to the catalogue?"):
        raise WrongUse(
            "Nothing was changed: there is no terminal to ask on. To change it without a "
            f"question: python -m bot templates import {file} --yes"
        )


def _may(question: str) -> bool:
    """Ask on the terminal; false if there is none. Raises Wanting if the answer is no."""
    if not sys.stdin.isatty():
        return False
    sys.stdout.write(f"{question} [y/N] ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().casefold() not in YES:
        raise Wanting("Nothing was changed.")
    return True


def _templates(count: int) -> str:
    return "1 template" if count == 1 else f"{count} templates"


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(str(each) for each in value) + "]"
    if not isinstance(value, str):
        return "none" if value is None else str(value).lower()
    return '"' + value.replace("\n", "⏎") + '"'


def _cut(text: str, start: int) -> str:
    end = start + SHOWN
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
