"""What a shell completes: tried in a real bash."""

import argparse
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import main, make_parser
from tests.paths import ROOT

# As bash calls what `complete -F` names.
ASK = """
words=("$@"); COMP_WORDS=("${words[@]}"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
$(complete -p whatsapp-template-bot | sed 's/.*-F \\([^ ]*\\).*/\\1/')
echo "${COMPREPLY[*]}"
"""


def script(capsys: pytest.CaptureFixture[str], shell: str) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.process
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["his"], ["history"]),
        (["history", "--form"], ["--format"]),
        (["history", "--format", ""], ["table", "jsonl", "csv"]),
        (["manifest", "--language", "e"], ["en", "es"]),
        (["templates", ""], ["import", "export", "list", "probe"]),
        (["templates", "import", "exa"], ["examples"]),
        (["contacts", "import", "exa"], ["examples"]),
        (["bulk", "check", "exa"], ["examples"]),
        (["bulk", "check", "--problems", "exa"], ["examples"]),
        (["contacts", "export", "exa"], ["examples"]),
        (["completion", "z"], ["zsh"]),
    ],
)
def test_bash_completes_commands_options_and_files(
    capsys: pytest.CaptureFixture[str], typed: list[str], offered: list[str]
) -> None:
    program = script(capsys, "bash") + ASK

    done = subprocess.run(
        ["bash", "-c", program, "bash", "whatsapp-template-bot", *typed],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == offered


def arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Give all that a command and its parts take."""
    for action in parser._actions:  # noqa: SLF001 - argparse tells it no other way
        yield action
        if isinstance(action.choices, dict):
            for part in action.choices.values():
                yield from arguments(part)


def test_whatever_takes_a_file_completes_its_name() -> None:
    files = {id(each): each for each in arguments(make_parser()) if each.type is Path}

    assert len(files) >= 4
    assert [each for each in files.values() if not hasattr(each, "complete")] == []


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_have_a_script_of_their_own(
    capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    said = script(capsys, shell)

    assert "whatsapp-template-bot" in said
    assert "history" in said


def test_a_shell_that_is_not_known_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["completion", "cmd.exe"])

    assert ended.value.code == 2
    assert "bash" in capsys.readouterr().err
