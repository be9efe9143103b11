"""What is wrong with a field or a cell, as a sentence."""

from bot.errors import Problem
from bot.locales import Translator


def sentence(problem: Problem, translator: Translator) -> str:
    """Say it; codes of countries become names."""
    values = dict(problem.values)
    for name in {"country", "allowed"} & values.keys():
        codes = str(values[name]).split(", ")
        values[name] = ", ".join(sorted(map(translator.country, codes)))
    return translator(problem.key, **values)
