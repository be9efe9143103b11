"""The benchmarks run; what they measure is for eyes, since machines are noisy."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import PAGE, PARTS, main
from benchmarks.measure import ratio
from benchmarks.peers import node
from benchmarks.report import MILLISECONDS, Row, Table, compared, put
from benchmarks.stage import in_turn
from tests.paths import ROOT


def sections(page: Path) -> dict[str, str]:
    found = re.findall(r"<!-- (\w+) -->\n(.*?)<!-- /\1 -->", page.read_text(), re.DOTALL)
    return dict(found)


@pytest.mark.process
@pytest.mark.slow
def test_the_smallest_round_of_each_part_fills_its_table(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("".join(f"<!-- {part} -->\n<!-- /{part} -->\n" for part in PARTS))
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--page", str(page)]

    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )

    assert done.returncode == 0, done.stderr
    assert {part: text.count("\n| ") > 2 for part, text in sections(page).items()} == dict.fromkeys(
        PARTS, True
    )


def test_the_page_has_a_place_for_each_part() -> None:
    assert set(sections(PAGE)) == set(PARTS)


def test_a_table_takes_the_place_of_the_one_before_and_of_no_other(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("<!-- one -->\nold\n<!-- /one -->\n<!-- two -->\nkept\n<!-- /two -->\n")

    put(page, Table("one", "One", "Notes.", [Row("a figure", "1 ms")]))

    assert "old" not in page.read_text()
    assert "| a figure | 1 ms |" in page.read_text()
    assert "<!-- two -->\nkept\n<!-- /two -->" in page.read_text()


def test_a_ratio_is_that_of_the_rounds_so_that_one_noisy_round_moves_nothing() -> None:
    ours, theirs = [2.0, 200.0, 2.0], [1.0, 100.0, 1.0]

    assert ratio(ours, theirs) == 2.0
    row = compared("work", [0.002, 0.2, 0.002], "floor", [0.001, 0.1, 0.001], MILLISECONDS)
    assert (row.ours, row.theirs, row.ratio) == ("2.0 ms", "1.0 ms", "2.00")


async def test_everybody_has_a_turn_in_each_round_and_none_is_always_the_first() -> None:
    request: list[str] = []

    async def turn(name: str) -> None:
        request.append(name)

    await in_turn({"bot": lambda: turn("bot"), "floor": lambda: turn("floor")}, 2)

    assert request == ["bot", "floor", "floor", "bot"]


async def test_a_slow_machine_gets_fewer_rounds_but_one_at_least() -> None:
    async def turn() -> int:
        return 1

    assert await in_turn({"bot": turn}, 1000, seconds=0.0) == {"bot": [1]}


async def test_where_node_is_missing_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    assert await node.install() == node.Missing("no Node here")


def test_a_part_that_there_is_not_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "form,speed"])

    with pytest.raises(SystemExit):
        main()

    assert "speed: there are form," in capsys.readouterr().err
