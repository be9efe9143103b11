"""The benchmarks run; what they measure is for eyes, since machines are noisy."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_form_by_name_is_measured_against_an_empty_catalogue() -> None:
    command = [sys.executable, "-m", "benchmarks.by_name", "3"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    lines = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert len(lines) == 8
