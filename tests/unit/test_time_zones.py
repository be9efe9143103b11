"""Zones by name: the package's rules, whatever the machine has."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from bot import time_zones
from tests.paths import ROOT


def test_it_says_which_rules_it_has() -> None:
    assert time_zones.version() >= "2026f"


@pytest.mark.parametrize(
    "name", ["America/Panama", "America/Argentina/Buenos_Aires", "UTC", "America/Buenos_Aires"]
)
def test_a_zone_is_found_by_its_name(name: str) -> None:
    zone = time_zones.find(name)

    assert zone is not None
    assert zone.key == name
    assert time_zones.find(name) is zone


@pytest.mark.parametrize(
    "name", ["", "Panama City", "america/panama", "../../../etc/passwd", "zones", "/etc/localtime"]
)
def test_what_is_no_zone_is_none(name: str) -> None:
    assert time_zones.find(name) is None


def test_all_of_them_have_rules() -> None:
    now = datetime(2026, 7, 1, tzinfo=UTC)

    offsets = {now.astimezone(time_zones.find(name)).utcoffset() for name in time_zones.names()}

    assert len(time_zones.names()) > 500
    assert timedelta(hours=-5) in offsets


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("america/panama", "America/Panama"),
        ("Bogota", "America/Bogota"),
        ("mexico city", "America/Mexico_City"),
        ("America/Buenos Aires", "America/Buenos_Aires"),
        ("America/Panamá", "America/Panama"),
        ("xyzzy", ""),
    ],
)
def test_it_knows_what_was_meant(typed: str, meant: str) -> None:
    assert time_zones.closest(typed) == meant


@pytest.mark.process
def test_the_machines_own_rules_are_not_asked(tmp_path: Path) -> None:
    wrong = tmp_path / "America"
    wrong.mkdir()
    tokyo = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo")
    (wrong / "Panama").write_bytes(tokyo.read_bytes())
    program = (
        "import sys; from datetime import UTC, datetime; from zoneinfo import ZoneInfo;"
        "from bot import time_zones;"
        "at = datetime(2026, 1, 1, tzinfo=UTC);"
        "print([at.astimezone(zone).hour for zone in"
        " (ZoneInfo('America/Panama'), time_zones.find('America/Panama'))])"
    )

    shown = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONTZPATH": str(tmp_path)},
        text=True,
    )

    assert shown.stdout.strip() == "[9, 19]"
