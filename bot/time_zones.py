"""Time zones by their IANA names, with the rules of the `tzdata` package, never the machine's.

A machine's own rules lag behind by months or years: what moved is then an hour off.
"""

import difflib
import functools
from importlib import resources
from zoneinfo import ZoneInfo

import tzdata


def version() -> str:
    """Say which release of the time zone database is in use, e.g. 2026f."""
    return str(tzdata.IANA_VERSION)


@functools.lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Name all zones, old names among them."""
    listed = (resources.files(tzdata) / "zones").read_text(encoding="utf-8")
    return frozenset(listed.split())


# `zoneinfo.ZoneInfo(name)` looks at the machine first, and its search path is one for the whole
# process: the libraries beside us would be changed with it.
@functools.lru_cache(maxsize=1024)
def find(name: str) -> ZoneInfo | None:
    """Return the zone of this name, always the same one; None if there is none."""
    if name not in names():
        return None
    path = resources.files(tzdata).joinpath("zoneinfo", *name.split("/"))
    with path.open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def closest(typed: str) -> str:
    """Return the name that was perhaps meant; empty if none is near."""
    folded = {name.casefold(): name for name in sorted(names())}
    typed = typed.strip().casefold().replace(" ", "_")
    cities = {name.rsplit("/", 1)[-1]: whole for name, whole in folded.items() if "/" in name}
    if found := folded.get(typed) or cities.get(typed):
        return found
    near = difflib.get_close_matches(typed, folded, n=1)
    return folded[near[0]] if near else ""


def read(typed: str) -> str:
    """Return the zone that a person named. Raises ValueError with what to write instead."""
    name = typed.strip()
    if find(name):
        return name
    hint = f"; did you mean {near}?" if (near := closest(name)) else ""
    raise ValueError(f"must be the name of a time zone as America/Panama{hint}")
