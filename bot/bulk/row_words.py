"""What is wrong with a row, in one line."""

from bot.bulk.batches import ListRow
from bot.locales import Translator
from bot.problem_words import sentence


def told(row: ListRow, words: Translator) -> str:
    """Say all that is said of it, each with its column."""
    said = [
        f"{each.column}: {sentence(each.problem, words)}"
        if each.column
        else sentence(each.problem, words)
        for each in row.problems
    ]
    return " ".join(said)
