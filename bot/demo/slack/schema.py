"""Small checks that are put together into Block Kit's rules, each speaking as Slack does."""

import dataclasses
from collections.abc import Callable, Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the JSON pointer to it."""

    message: str
    pointer: str

    def words(self) -> str:
        """Say it as Slack does in response_metadata.messages."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


Found = list[Problem]
Check = Callable[[object, str, Found], None]


def anything(value: object, at: str, found: Found) -> None:
    """Let pass what the stand-in does not judge."""


def string(limit: int, minimum: int = 0) -> Check:
    """Build the rule of a text with a longest and a shortest length."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, str):
            found.append(Problem("must provide a string", at))
        elif len(value) > limit:
            found.append(Problem(f"must be less than {limit + 1} characters", at))
        elif len(value) < minimum:
            found.append(Problem(f"must be more than {minimum - 1} characters", at))

    return check


def boolean(value: object, at: str, found: Found) -> None:
    """Refuse what is not true or false."""
    if not isinstance(value, bool):
        found.append(Problem("must provide a boolean", at))


def integer(low: int, high: int) -> Check:
    """Build the rule of a whole number in a range."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            found.append(Problem("must provide an integer", at))
        elif value > high:
            found.append(Problem(f"must be less than {high + 1}", at))
        elif value < low:
            found.append(Problem(f"must be more than {low - 1}", at))

    return check


def number(value: object, at: str, found: Found) -> None:
    """Refuse what is no number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        found.append(Problem("must provide a number", at))


def numeral(value: object, at: str, found: Found) -> None:
    """Refuse what is not a number written as a string."""
    if not isinstance(value, str):
        found.append(Problem("must provide a string", at))
        return
    try:
        float(value)
    except ValueError:
        found.append(Problem("must be a valid number", at))


def enum(*allowed: str) -> Check:
    """Build the rule of one word out of a few."""

    def check(value: object, at: str, found: Found) -> None:
        if value not in allowed:
            found.append(Problem("must be a valid enum value", at))

    return check


def items(each: Check, low: int, high: int) -> Check:
    """Build the rule of a list: how long it is, and what each item must be."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, list):
            found.append(Problem("must provide an array", at))
            return
        if len(value) > high:
            found.append(Problem(f"no more than {high} items allowed", at))
        if len(value) < low:
            found.append(Problem(f"no fewer than {low} items allowed", at))
        for i, one in enumerate(value):
            each(one, f"{at}/{i}", found)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """Build the rule of an object with these fields and no others."""
    known = {**optional, **required}

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.append(Problem("must provide an object", at))
            return
        for name in required:
            if value.get(name) is None:
                found.append(Problem(f"missing required field: {name}", at))
        for name, one in value.items():
            if name not in known:
                found.append(Problem(f"invalid additional property: {name}", at))
            elif one is not None:
                known[name](one, f"{at}/{name}", found)

    return check


def by_type(table: Mapping[str, Check], allowed: frozenset[str] | None = None) -> Check:
    """Choose the rule by the object's type; a type that does not belong here is refused."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.append(Problem("must provide an object", at))
            return
        kind = value.get("type")
        if not isinstance(kind, str):
            found.append(Problem("missing required field: type", at))
        elif kind not in table or (allowed is not None and kind not in allowed):
            found.append(Problem(f"unsupported type: {kind}", f"{at}/type"))
        else:
            table[kind](value, at, found)

    return check
