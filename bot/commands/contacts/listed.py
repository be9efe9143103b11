"""`contacts import`, `export` and `list`, beside a running bot or alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.commands import Wanting, WrongUse, output
from bot.commands.contacts import csv_file
from bot.commands.database import in_database
from bot.config import Settings
from bot.policy.do_not_contact import Added, Contact
from bot.send_draft import NumberRules
from bot.store.contacts import add_all, read_all
from bot.store.database import exists
from bot.typed_text import visible


def bring_in(file: Path, settings: Settings, *, make_database: Callable[[], None]) -> None:
    """Add a file's numbers, all or none. Raises Wanting and WrongUse."""
    found = _read(file, settings)
    if not exists(settings.database_url):
        make_database()
    counts = in_database(settings, lambda c: add_all(c, found))
    output.say(
        f"Done: {counts[Added.NEW]} added, {counts[Added.WIDENED]} kept from marketing before and "
        f"from everything now, {counts[Added.KNOWN]} there already."
    )


def send_out(file: Path | None, settings: Settings, *, is_sure: bool) -> None:
    """Write the list to a file or to standard output. Raises Wanting and WrongUse."""
    contacts = _all(settings)
    if file is not None and file.exists() and not is_sure:
        raise WrongUse(
            f"Nothing was written: {file} is there already. To overwrite it: "
            f"python -m bot contacts export {file} --yes"
        )
    output.put(csv_file.write(contacts), file)
    if file is None:
        return
    count = len(contacts)
    output.say(f"Wrote {'1 number' if count == 1 else f'{count} numbers'} to {file}.")


def show(settings: Settings) -> None:
    """Print the list as a table for eyes, numbers in full. Raises Wanting."""
    contacts = _all(settings)
    rows = [("PHONE", "SCOPE", "SINCE", "ADDED BY", "REASON"), *map(_cells, contacts)]
    output.table(rows)
    if not contacts:
        output.say("None yet. Bring some in: python -m bot contacts import FILE")


def _cells(contact: Contact) -> tuple[str, ...]:
    since = contact.since.astimezone(UTC).date().isoformat()
    by = contact.added_by or "a file"
    return f"+{contact.phone}", contact.scope.value, since, by, visible(contact.reason)


def _read(file: Path, settings: Settings) -> tuple[Contact, ...]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} can't be read: {error.strerror}") from error
    rules = NumberRules(settings.default_region, settings.countries)
    try:
        # Some programs put a mark in front.
        found = csv_file.read(raw.decode("utf-8-sig"), rules, datetime.now(UTC))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        words = f"line {line}: this is not UTF-8 text: save the file as CSV UTF-8"
        raise Wanting(_refused(file, [words])) from error
    except csv_file.BadFile as error:
        raise Wanting(_refused(file, error.mistakes)) from error
    if not found:
        raise Wanting(f"{file} has no numbers, and nothing was changed.")
    return found


def _refused(file: Path, mistakes: list[str] | tuple[str, ...]) -> str:
    head = f"{file} can't be imported, and nothing was changed:"
    return "\n".join([head, *(f"  {each}" for each in mistakes)])


def _all(settings: Settings) -> tuple[Contact, ...]:
    return in_database(settings, lambda c: tuple(read_all(c)))
