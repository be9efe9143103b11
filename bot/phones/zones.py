"""The time zones in which a number may be, by its country and how it begins.

The table is made by `make zones`: <https://github.com/google/libphonenumber> has the prefixes,
<https://www.iana.org/time-zones> the zones of each country.
"""

import functools
from collections.abc import Mapping
from importlib import resources

import phonenumbers

from bot.phones import plans
from bot.phones.canonical import canonical

_Zones = tuple[str, ...]


def zones_of(digits: str) -> _Zones:
    """Name the IANA zones in which a number (E.164 without the +) may be; none: nobody knows.

    Several where a country has several and the number does not say in which one it is.
    """
    number = plans.number_of(canonical(digits))
    if number is None or not number.country_code:
        return ()
    code = str(number.country_code)
    country = phonenumbers.region_code_for_number(number)
    country = country or phonenumbers.region_code_for_country_code(number.country_code)
    by_prefix = _table().get(country, {})
    kind = phonenumbers.number_type(number)
    # What is not in any numbering plan yet is more likely a new number of a place than of none.
    is_placed = kind == phonenumbers.PhoneNumberType.UNKNOWN
    if is_placed or phonenumbers.is_number_type_geographical(kind, number.country_code):
        start = f"{code}{phonenumbers.national_significant_number(number)}"
    else:
        start = code
    prefixes = (start[:length] for length in range(len(start), -1, -1))
    return next((by_prefix[each] for each in prefixes if each in by_prefix), ())


@functools.lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, _Zones]]:
    """Read the table: country, zones with commas, and the prefixes; none of them: all numbers."""
    found: dict[str, dict[str, _Zones]] = {}
    text = (resources.files("bot.phones") / "zones.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            country, zones, *prefixes = line.split()
            for prefix in prefixes or [""]:
                found.setdefault(country, {})[prefix] = tuple(zones.split(","))
    return found
