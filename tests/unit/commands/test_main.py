"""The commands that need the database, where it is away."""

import pytest

from bot.__main__ import main


@pytest.mark.process  # a library is looked for, which asks the system
@pytest.mark.parametrize(
    "arguments", [["migrate"], ["history"], ["templates", "list"], ["templates", "export"]]
)
def test_without_its_database_a_command_says_so_in_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://bot:secret@127.0.0.1:1/bot")

    code = main(arguments)

    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert printed.err.startswith("DATABASE_URL")
    assert printed.err.count("\n") == 1
    assert "secret" not in printed.err
