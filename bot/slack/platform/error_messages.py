"""What is wrong with a form, in words, under the fields that it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot import problem_words
from bot.errors import Problem
from bot.locales import Translator

ERROR_LIMIT = 1500
MOST_HELPERS = 10  # a longer list helps nobody, and a section takes 3,000 characters
MOST_PROBLEMS = 5  # that are told of one field at a time


def errors(problems: tuple[Problem, ...], translator: Translator) -> dict[str, str]:
    """Say what is wrong, by block; several sentences about one field follow each other."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(sentence(problem, translator))
    return {field: _first(sentences, translator) for field, sentences in found.items()}


def sentence(problem: Problem, translator: Translator) -> str:
    """Say one thing as Slack shows it: people and moments, too."""
    values = dict(problem.values)
    if "ago" in values:
        values |= _of_another_send(values, translator)
    if "zone" in values:
        values |= _of_quiet_hours(values, translator)
    return problem_words.sentence(replace(problem, values=values), translator)


def moment(
    seconds: int, form: str = "{date_long_pretty} {time}", fallback: str = "%Y-%m-%d %H:%M"
) -> str:
    """Show a moment in each reader's own time zone (docs: date formatting)."""
    in_utc = f"{datetime.fromtimestamp(seconds, UTC):{fallback}} UTC"
    return f"<!date^{seconds}^{form}|{in_utc}>"


def _of_quiet_hours(values: Mapping[str, str | int], translator: Translator) -> dict[str, str]:
    """Say where it is how late, and until when it is quiet there, also by the reader's clock."""
    local = datetime.fromisoformat(str(values["local"]))
    said = {"zone": translator.place(str(values["zone"])), "local": translator.time(local)}
    if not values.get("until"):
        return said
    until = datetime.fromisoformat(str(values["until"]))
    is_later = until.date() != local.date()
    form = "{date_short_pretty} {time}" if is_later else "{time}"
    said["yours"] = moment(int(until.timestamp()), form)
    return said | {"until": translator.time(until, weekday=is_later)}


def _of_another_send(values: Mapping[str, str | int], translator: Translator) -> dict[str, str]:
    """Say who sent another one, when, and how it stands."""
    others, url = int(values["others"]), values.get("card", "")
    return {
        "by": f"<@{values['by']}>",
        "ago": translator.ago(int(values["ago"])),
        "status": translator(f"status.{values['status']}"),
        "others": f" {translator('duplicate.others', count=others)}" if others else "",
        "card": f" {translator('duplicate.card', url=url)}" if url else "",
        "due": moment(int(values.get("due", 0))),
    }


def mentions(people: Iterable[str]) -> str:
    """Name people and user groups as Slack shows them."""
    return ", ".join(
        f"<!subteam^{each}>" if each.startswith("S") else f"<@{each}>"
        for each in [*people][:MOST_HELPERS]
    )


def short(text: str, limit: int) -> str:
    """Cut a text to what there is room for."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _first(sentences: list[str], translator: Translator) -> str:
    """Tell the first of many: nobody reads a page in an error."""
    more = len(sentences) - MOST_PROBLEMS
    rest = " " + translator("form.more_problems", count=more) if more > 0 else ""
    return short(" ".join(sentences[:MOST_PROBLEMS]), ERROR_LIMIT - len(rest)) + rest
