"""Where a number may be: the zones of its own country, and those that its digits tell."""

import re
import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bot import time_zones
from bot.phones.zones import zones_of
from tests.paths import ROOT

KNOWN = """
50761234567     America/Panama
573211234567    America/Bogota
50581234567     America/Managua              whose only zone the library has wrong
525512345678    America/Mexico_City
5215512345678   America/Mexico_City          the old form is the same telephone
526141234567    America/Chihuahua
526251234567    America/Chihuahua
526271234567    America/Chihuahua
526571234567    America/Ciudad_Juarez        laid over 656
526261234567    America/Ojinaga
526631234567    America/Tijuana              laid over 664
526621234567    America/Hermosillo
528681234567    America/Matamoros
528991234567    America/Matamoros
528621234567    America/Matamoros            Allende and Nava
528112345678    America/Monterrey
523291234567    America/Bahia_Banderas
526671234567    America/Mazatlan
529981234567    America/Cancun
529991234567    America/Merida
5511961234567   America/Sao_Paulo
551161234567    America/Sao_Paulo            without its ninth digit
5581987654321   America/Recife
558136191234    America/Noronha              the island's exchange
5591987654321   America/Belem
5593987654321   America/Santarem
5594987654321   America/Belem
5592987654321   America/Manaus
5597987654321   America/Manaus America/Eirunepe
5595987654321   America/Boa_Vista
5568987654321   America/Rio_Branco
5567987654321   America/Campo_Grande
56221234567     America/Santiago
56961234567     America/Santiago
56612345678     America/Punta_Arenas
56672345678     America/Coyhaique
56322100215     Pacific/Easter
593991234567    America/Guayaquil
593522520123    America/Guayaquil Pacific/Galapagos
5491123456789   America/Argentina/Buenos_Aires
541123456789    America/Argentina/Buenos_Aires
18095551234     America/Santo_Domingo
12423591234     America/Nassau
18765551234     America/Jamaica
5351234567      America/Havana
12125551234     America/New_York
18505551234     America/New_York America/Chicago
34612345678     Atlantic/Canary Europe/Madrid
74012345678     Europe/Kaliningrad
61731234567     Australia/Brisbane
"""
ROWS = [line.split(maxsplit=1) for line in KNOWN.strip().splitlines()]


@pytest.mark.parametrize(("digits", "row"), ROWS)
def test_a_number_is_in_the_zones_of_its_place(digits: str, row: str) -> None:
    named = [word for word in row.split() if "/" in word]

    assert sorted(zones_of(digits)) == sorted(named)


def test_where_the_digits_say_nothing_all_zones_of_the_country_count() -> None:
    zones = zones_of("79161234567")  # Russian mobiles are called alike from Moscow to Kamchatka

    assert {"Europe/Moscow", "Asia/Kamchatka"} <= set(zones)
    assert "Europe/Bucharest" not in zones


@pytest.mark.parametrize("digits", ["8835100012345", "870123456789", "", "0", "99912345678"])
def test_nobody_knows_where_a_number_of_no_country_is(digits: str) -> None:
    assert zones_of(digits) == ()


def _examples() -> list[str]:
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    numbers = (
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in kinds
    )
    style = PhoneNumberFormat.E164
    return sorted({phonenumbers.format_number(each, style).lstrip("+") for each in numbers if each})


def test_every_country_has_zones_that_have_rules() -> None:
    found = {digits: zones_of(digits) for digits in _examples()}

    assert len(found) > 400
    assert [digits for digits, zones in found.items() if not zones] == []
    assert [digits for digits, zones in found.items() if len(set(zones)) != len(zones)] == []
    assert {
        zone for zones in found.values() for zone in zones if not time_zones.find(zone)
    } == set()


@given(st.text("0123456789", max_size=16))
def test_any_digits_give_zones_with_rules_or_none(digits: str) -> None:
    assert all(time_zones.find(zone) for zone in zones_of(digits))


def test_the_table_is_what_its_tool_wrote() -> None:
    lines = (ROOT / "bot/phones/zones.txt").read_text().splitlines()

    assert "phonenumbers " in lines[2]
    assert "tzdata " in lines[2]
    assert all(re.fullmatch(r"[A-Z]{2} [\w/,+-]+( [0-9]+)*", line) for line in lines[3:])


@pytest.mark.process
def test_a_bot_without_quiet_hours_reads_no_table() -> None:
    program = "import bot.phones, sys; print('bot.phones.zones' in sys.modules)"

    # Our own interpreter, and a program that is a constant.
    shown = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, cwd=ROOT, text=True
    )

    assert shown.stdout.strip() == "False"
