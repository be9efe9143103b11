"""The tests themselves: what two of them need is in a file of its own, which is no test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

# Ours alone: aiohttp has a module `test_utils`. A relative name begins with a dot.
TEST = re.compile(r"(tests)?\.(.*\.)?test_")


def imported(node: ast.AST) -> Iterator[str]:
    """Give the dotted name of everything that a statement may import."""
    match node:
        case ast.Import(names=names):
            yield from (each.name for each in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            # What stands after `import` may be a module, too.
            yield from (f"{'.' * level}{module or ''}.{each.name}" for each in names)


def imports_of_tests(path: Path) -> Iterator[str]:
    """Name file and line of each import of a test module, also of those within functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if any(TEST.match(name) for name in imported(node)):
            yield f"{path}:{getattr(node, 'lineno', 0)}"


def test_no_test_module_is_imported() -> None:
    files = [path for folder in ("benchmarks", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert Path(__file__) in files

    found = [each for path in sorted(files) for each in imports_of_tests(path)]

    assert found == []


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("from tests.journeys.test_gate import speak", 2),
        ("from tests.journeys.test_gate import (\n    alerts,\n    speak,\n)", 2),
        ("from tests.journeys import conftest, test_gate", 2),
        ("from tests.journeys import test_gate as gate", 2),
        ("from .test_gate import speak", 2),
        ("from . import test_gate", 2),
        ("import tests.journeys.test_gate", 2),
        ("import ast, tests.journeys.test_gate as gate", 2),
        ("def speak():\n    from tests.journeys.test_gate import speak", 3),
        ("if True:\n    import tests.journeys.test_gate", 3),
    ],
)
def test_it_is_found_however_it_is_written(tmp_path: Path, statement: str, line: int) -> None:
    path = tmp_path / "scene.py"
    path.write_text(f"from aiohttp.test_utils import TestServer\n{statement}\n")

    assert [*imports_of_tests(path)] == [f"{path}:{line}"]
