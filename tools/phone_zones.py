"""Write `bot/phones/zones.txt`: the time zones in which the numbers of each country may be.

Run by `make zones`, with the whole `phonenumbers` package for one moment: 48 MB, of which the bot
needs these few kilobytes. Where that package errs, `KNOWN` says what holds, and why.
"""

import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from textwrap import wrap

import phonenumbers
import tzdata
from phonenumbers.tzdata import TIMEZONE_DATA

TABLE = Path(__file__).parents[1] / "bot" / "phones" / "zones.txt"
HEAD = """\
# The time zones in which a number may be, by country and by how its digits begin; a country's
# calling code alone stands for numbers that belong to no place.
# Made by `make zones` from phonenumbers {phones} and tzdata {zones}. Mend tools/phone_zones.py instead.
"""

# Regions with numbers of their own that zone.tab has no line for.
OF_OTHERS = {"AC": "Atlantic/St_Helena", "TA": "Atlantic/St_Helena", "XK": "Europe/Belgrade"}


def _each(code: str, zones: str, areas: str) -> dict[str, tuple[str, ...]]:
    return {code + area: tuple(zones.split()) for area in areas.split()}


# Brazil by area code, as Anatel gives them to the states, and the zones as zone.tab gives them: the
# package puts Recife on Noronha's time, and half of Pará and stray exchanges on Manaus's.
BRAZIL = {
    **_each("55", "America/Sao_Paulo", "1 2 3 4 51 53 54 55 61 62 64"),
    **_each("55", "America/Araguaina", "63"),
    **_each("55", "America/Cuiaba", "65 66"),
    **_each("55", "America/Campo_Grande", "67"),
    **_each("55", "America/Rio_Branco", "68"),
    **_each("55", "America/Porto_Velho", "69"),
    **_each("55", "America/Bahia", "71 73 74 75 77"),
    **_each("55", "America/Maceio", "79 82"),
    **_each("55", "America/Recife", "81 87"),
    **_each("55", "America/Fortaleza", "83 84 85 86 88 89 98 99"),
    **_each("55", "America/Belem", "91 94 96"),
    **_each("55", "America/Santarem", "93"),
    **_each("55", "America/Manaus", "92"),
    # The west of Amazonas, from Tabatinga on, is an hour behind Manaus (Lei 12.876 de 2013).
    **_each("55", "America/Manaus America/Eirunepe", "97"),
    **_each("55", "America/Boa_Vista", "95"),
    **_each("55", "America/Noronha", "813619"),  # the island's own exchange
}

# Mexico by area code. Since the Ley de los Husos Horarios of 2022 the municipalities on the border
# keep daylight saving and the rest of their states don't; Chihuahua is no longer on Sonora's time.
MEXICO = {
    **_each("52", "America/Tijuana", "616 646 658 661 663 664 665 686"),
    # San Luis Río Colorado in Sonora, and the valley of Mexicali beside it.
    **_each("52", "America/Hermosillo America/Tijuana", "653"),
    **_each("52", "America/Hermosillo", "622 623 631 632 633 634 637 638 641 642 643 644 645"),
    **_each("52", "America/Hermosillo", "647 651 662"),
    **_each("52", "America/Chihuahua", "614 621 625 627 628 629 635 639 648 652 659"),
    # Ascensión and Janos on the border, Nuevo Casas Grandes not.
    **_each("52", "America/Chihuahua America/Ciudad_Juarez", "636"),
    **_each("52", "America/Chihuahua America/Monterrey", "649"),  # with a part of Durango
    **_each("52", "America/Ciudad_Juarez", "656 657"),
    **_each("52", "America/Ojinaga", "626"),
    **_each("52", "America/Matamoros", "862 867 868 877 878 891 894 897 899"),
    **_each("52", "America/Monterrey America/Matamoros", "873"),  # Anáhuac is on the border
    **_each("52", "America/Monterrey", "81 821 823 824 825 826 828 829 831 832 833 834 835 836"),
    **_each("52", "America/Monterrey", "841 842 844 861 864 866 869 870 871 872 892"),
    **_each("52", "America/Monterrey", "618 671 674 675 676 677"),
    **_each("52", "America/Bahia_Banderas", "329"),
    **_each("52", "America/Cancun", "983 984 987 998"),
    **_each("52", "America/Merida", "981 982 985 986 988 990 991 996 997 999"),
}

KNOWN: Mapping[str, tuple[str, ...]] = {
    **BRAZIL,
    **MEXICO,
    # Magallanes (since 2016) and Aysén (since 2025) keep summer time all year; Easter Island's
    # exchange hangs on Valparaíso's area code.
    **_each("56", "America/Punta_Arenas", "61"),
    **_each("56", "America/Coyhaique", "67"),
    **_each("56", "Pacific/Easter", "32210"),
    # Area codes that were laid over those of two zones, and one of Saskatchewan's.
    **_each("1", "America/New_York America/Chicago", "364 448 930"),
    **_each("1", "America/Regina", "474"),
    **_each("1", "America/Anchorage America/Adak", "907"),
    # Australia by area code: the package leaves all of Queensland on Sydney's daylight saving.
    **_each("61", "Australia/Sydney", "2"),
    **_each("61", "Australia/Melbourne", "3"),
    **_each("61", "Australia/Brisbane", "7"),
    **_each("61", "Australia/Adelaide Australia/Darwin", "8"),
    **_each("61", "Australia/Perth", "86 89"),
    **_each("60", "Asia/Kuching", "8"),
    **_each("7", "Europe/Kaliningrad", "401"),
}
# A calling code alone: most countries' mobiles. One in 500 Ecuadorians and one in 8,000 New
# Zealanders live on the far islands: if everybody were asked because of them, nobody would read it.
NOWHERE = {
    "593": ("America/Guayaquil",),
    "60": ("Asia/Kuala_Lumpur",),
    "61": tuple(
        f"Australia/{city}" for city in ("Sydney", "Brisbane", "Adelaide", "Darwin", "Perth")
    ),
    "64": ("Pacific/Auckland",),
}
# In North America a number keeps its area code but not its exchange when it changes its telephone
# company, so an area that lies in two zones is in both.
AREA_CODE = {"1": 4}


def _of_countries() -> dict[str, tuple[str, ...]]:
    """Return each country's zones."""
    found: dict[str, tuple[str, ...]] = {country: (zone,) for country, zone in OF_OTHERS.items()}
    for line in _lines("zoneinfo", "zone.tab"):
        country, _, zone = line.split("\t")[:3]
        found[country] = (*found.get(country, ()), zone)
    return found


def _same_rules() -> dict[str, str]:
    """Return what each zone is another name of."""
    links = {}
    for line in _lines("zoneinfo", "tzdata.zi"):
        if line.startswith("L "):
            _, target, name = line.split()
            links[name] = target
    return links


def _lines(*path: str) -> Iterator[str]:
    text = resources.files(tzdata).joinpath(*path).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if not line.startswith("#"))


def _of_prefixes(
    country: str, countries: Mapping[str, tuple[str, ...]], links: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return the zones by the digits in front, without what a shorter beginning says already."""
    own = countries[country]
    code = str(phonenumbers.country_code_for_region(country))
    known = {
        prefix: zones
        for prefix, zones in {**KNOWN, **NOWHERE}.items()
        if prefix.startswith(code) and set(zones) <= set(own)
    }
    settled = tuple(known.keys() - {code}) or ("?",)
    # Old names of a country's own zones are mended; other countries' zones are left out.
    others = {zone for zones in countries.values() for zone in zones} - set(own)
    today = {links.get(zone, zone): zone for zone in own}
    listed: dict[str, tuple[str, ...]] = {}
    for prefix, zones in TIMEZONE_DATA.items():
        if not prefix.startswith(code) or prefix.startswith(settled):
            continue
        area = prefix[: AREA_CODE.get(code, len(prefix))]
        kept = (zone if zone in own else today.get(links.get(zone, zone), "") for zone in zones)
        mine = [zone for zone, was in zip(kept, zones, strict=True) if zone and was not in others]
        listed[area] = tuple(dict.fromkeys([*listed.get(area, ()), *mine]))
    return _shortest(
        {code: own, **{each: zones for each, zones in listed.items() if zones}, **known}
    )


def _shortest(zones_of: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for prefix, zones in sorted(zones_of.items(), key=lambda each: len(each[0])):
        shorter = (prefix[:length] for length in range(len(prefix) - 1, 0, -1))
        said = next((found[each] for each in shorter if each in found), ())
        if zones and set(zones) != set(said):
            found[prefix] = zones
    return found


def table() -> str:
    """Return the whole file."""
    links, countries = _same_rules(), _of_countries()
    lines = [HEAD.format(phones=phonenumbers.__version__, zones=tzdata.IANA_VERSION).rstrip()]
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        own = countries[country]
        if len(own) == 1:
            lines.append(f"{country} {own[0]}")
            continue
        by_zones: dict[tuple[str, ...], list[str]] = {}
        for prefix, zones in sorted(_of_prefixes(country, countries, links).items()):
            by_zones.setdefault(zones, []).append(prefix)
        for zones, prefixes in by_zones.items():
            head = f"{country} {','.join(zones)} "
            lines += [head + part for part in wrap(" ".join(prefixes), max(40, 100 - len(head)))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"wrote {TABLE.name}: {TABLE.stat().st_size:,} bytes\n")
