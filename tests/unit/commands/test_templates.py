"""`templates`: the real command, beside a running bot and alone."""

import asyncio
import contextlib
import os
import pty
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.store.database import migrate, open_engine
from bot.store.templates import read_all, replace_all
from bot.templates import Template
from bot.templates.toml_file import read
from tests.conftest import ATOM_TOKEN, World, open_world
from tests.paths import ROOT

pytestmark = pytest.mark.process

EXAMPLE = ROOT / "examples" / "templates.toml"
TEXT = EXAMPLE.read_text()
LIST = """{"success": true, "data": [
 {"id": "AbCdEfGhIjKlMnOpQrSt", "name": "cita", "params": [], "50761234567": 1},
 {"id": "BbCdEfGhIjKlMnOpQrSt", "name": "secreto", "params": ["Fecha"], "body": null}]}"""


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[World]:
    """A world without a running bot, and without a database."""
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as made:
        yield made


@contextlib.asynccontextmanager
async def atom_that_answers(
    text: str, status: int, seconds: float = 0.0
) -> AsyncIterator[tuple[str, list[Any]]]:
    """Stand in for Atom's announced list; gives its address, and what it was asked."""
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.method, request.headers["Authorization"]))
        await asyncio.sleep(seconds)
        return web.Response(text=text, status=status, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/templates", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/templates", asked
    finally:
        await runner.cleanup()


def database(world: World) -> Path:
    return Path(world.database_url.removeprefix("sqlite:///"))


@pytest.fixture
def filled(alone: World) -> World:
    """A world whose database has the example's catalogue."""
    engine = open_engine(alone.database_url)
    migrate(engine)
    with engine.begin() as connection:
        replace_all(connection, read(TEXT), expected=())
    engine.dispose()
    return alone


async def import_text(world: World, text: str) -> tuple[int, str]:
    file = world.folder / "given.toml"
    await asyncio.to_thread(file.write_text, text)
    return await world.run("templates", "import", str(file), "--yes")


def catalogue(world: World) -> tuple[Template, ...]:
    engine = open_engine(world.database_url)
    try:
        with engine.connect() as connection:
            return read_all(connection)
    finally:
        engine.dispose()


async def answer_on_terminal(world: World, what: str, file: Path, answer: str) -> tuple[int, str]:
    """Run a part of `templates` on a terminal, where a person types an answer."""
    ours, its = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "templates", what, str(file)),
        stdin=its,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **world.environment()},
    )
    os.write(ours, answer.encode() + b"\n")
    printed, _ = await process.communicate()
    os.close(ours)
    os.close(its)
    return process.returncode or 0, printed.decode()


async def test_an_import_beside_a_running_bot_is_all_or_nothing(world: World) -> None:
    code, printed = await import_text(world, TEXT)

    assert code == 0, printed
    assert "+ Recordatorio de cita (AbCdEfGhIjKlMnOpQrSt)" in printed
    assert catalogue(world) == read(TEXT)

    code, printed = await import_text(world, TEXT.replace('kind = "link"', 'kind = "url"'))

    assert code == 1
    assert 'line 61, template "Pago pendiente", param "Enlace", kind: must be one of' in printed
    assert catalogue(world) == read(TEXT)


async def test_the_first_import_makes_the_database(alone: World) -> None:
    code, printed = await import_text(alone, TEXT)

    assert (code, printed.splitlines()[-1]) == (0, "Done: the catalogue has 3 templates.")
    assert await alone.run("templates", "list") == (
        0,
        "NAME                  ID                    LANGUAGE  CATEGORY   PARAMS  ACTIVE\n"
        "Recordatorio de cita  AbCdEfGhIjKlMnOpQrSt  es        utility    3       yes\n"
        "Pago pendiente        PaGoPeNdIeNtE2026aBc  es        utility    3       yes\n"
        "Promoción de mayo     PrOmOcIoNdEmAyO20261  es        marketing  0       no\n",
    )


async def test_what_changes_is_shown_and_what_goes_is_said_loudly(filled: World) -> None:
    first = TEXT.partition('[[template]]\nname = "Pago')[0].replace("Clínica Vida", "Clínica Luz")

    code, printed = await import_text(filled, first)

    assert code == 0
    assert printed.splitlines() == [
        "~ Recordatorio de cita (AbCdEfGhIjKlMnOpQrSt)",
        '    footer: "Clínica Vida" → "Clínica Luz"',
        "- Pago pendiente (PaGoPeNdIeNtE2026aBc)",
        "- Promoción de mayo (PrOmOcIoNdEmAyO20261)",
        "0 added, 1 changed, 2 removed.",
        "ATTENTION: 2 templates (-) will be REMOVED: what is not in the file is not in the "
        "catalogue. To keep one unused, write active = false.",
        "Done: the catalogue has 1 template.",
    ]
    assert catalogue(filled) == read(first)


async def test_of_a_long_text_the_change_itself_is_shown(filled: World) -> None:

    _, printed = await import_text(filled, TEXT.replace("esperamos en", "vemos en"))

    assert '    body: …Fecha de cita}}. Le esperamos en {{Sede}}." → …' in printed


async def test_the_same_file_again_changes_nothing(filled: World) -> None:

    code, text = await filled.run("templates", "export")

    assert code == 0
    assert await import_text(filled, text) == (
        0,
        "Nothing to change: the catalogue is as in the file.\n",
    )


async def test_without_a_terminal_and_yes_nothing_is_changed(alone: World) -> None:
    code, printed = await alone.run("templates", "import", str(EXAMPLE))

    assert code == 2
    assert "+ Pago pendiente" in printed
    assert f"templates import {EXAMPLE} --yes" in printed
    assert not database(alone).exists()


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("sí", 0), ("n", 1), ("", 1)])
async def test_on_a_terminal_a_person_decides(alone: World, answer: str, code: int) -> None:
    ended, printed = await answer_on_terminal(alone, "import", EXAMPLE, answer)

    assert ended == code, printed
    assert "Make these changes to the catalogue? [y/N]" in printed
    assert database(alone).exists() == (code == 0)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "has no [[template]]"),
        (b"# nothing\n", "has no [[template]]"),
        (b'[[template]]\nname = "Promoci\xf3n"\n', "line 2: this is not UTF-8 text"),
        (b"[[template]]\nname = Rosa\n", "line 2, template 1, name: this is not TOML"),
        (b"[[template]]\n", "line 1, template 1, body: is missing"),
    ],
)
async def test_a_file_that_is_no_catalogue_changes_nothing(
    alone: World, raw: bytes, words: str
) -> None:
    file = alone.folder / "given.toml"
    file.write_bytes(raw)

    code, printed = await alone.run("templates", "import", str(file), "--yes")

    assert code == 1
    assert words in printed
    assert not database(alone).exists()


async def test_a_file_with_a_mark_in_front_is_read(alone: World) -> None:
    assert (await import_text(alone, "\ufeff" + TEXT))[0] == 0


async def test_a_catalogue_is_exported_to_a_file(filled: World) -> None:
    file = filled.folder / "out.toml"

    code, printed = await filled.run("templates", "export", str(file))

    assert (code, printed) == (0, f"Wrote 3 templates to {file}.\n")
    assert read(file.read_text()) == read(TEXT)


async def test_in_a_pipe_a_file_that_is_there_is_left_alone(filled: World) -> None:
    file = filled.folder / "out.toml"
    file.write_text("mine")

    code, printed = await filled.run("templates", "export", str(file))

    assert code == 2
    assert f"templates export {file} --yes" in printed
    assert file.read_text() == "mine"


@pytest.mark.parametrize("sure", ["--yes", "--force"])
async def test_whoever_is_sure_overwrites_a_file(filled: World, sure: str) -> None:
    file = filled.folder / "out.toml"
    file.write_text("mine")

    code, printed = await filled.run("templates", "export", str(file), sure)

    assert (code, printed) == (0, f"Wrote 3 templates to {file}.\n")
    assert read(file.read_text()) == read(TEXT)


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
async def test_on_a_terminal_a_person_decides_what_is_overwritten(
    filled: World, answer: str, code: int
) -> None:
    file = filled.folder / "out.toml"
    file.write_text("mine")

    ended, printed = await answer_on_terminal(filled, "export", file, answer)

    assert ended == code, printed
    assert "Overwrite it? [y/N]" in printed
    assert (file.read_text() == "mine") == (code == 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "/nowhere.toml"),
        ("import", "/"),
        ("import",),
        ("forget",),
        (),
    ],
)
async def test_wrong_use_exits_with_2(alone: World, arguments: tuple[str, ...]) -> None:
    code, printed = await alone.run("templates", *arguments)

    assert code == 2
    assert "Traceback" not in printed


async def test_a_file_that_cannot_be_written_is_wrong_use(filled: World) -> None:
    code, printed = await filled.run("templates", "export", "/nowhere/out.toml")

    assert code == 2
    assert "/nowhere/out.toml can't be written" in printed


@pytest.mark.parametrize("command", ["list", "export"])
async def test_without_a_database_there_is_no_catalogue(alone: World, command: str) -> None:
    code, printed = await alone.run("templates", command)

    assert code == 1
    assert "There is no database yet" in printed
    assert not database(alone).exists()


async def test_an_empty_catalogue_says_how_to_fill_it(filled: World) -> None:
    with open_engine(filled.database_url).begin() as connection:
        replace_all(connection, (), expected=read(TEXT))

    code, printed = await filled.run("templates", "list")

    assert code == 0
    assert "templates import FILE" in printed


async def test_a_database_that_is_not_ours_is_told_of(alone: World) -> None:
    database(alone).write_text("not a database, and long enough to be taken for one" * 10)

    code, printed = await alone.run("templates", "list")

    assert code == 1
    assert "DATABASE_URL: the database can't be used" in printed
    assert "Traceback" not in printed


class TestProbe:
    """What Atom's own list is made of."""

    async def test_only_the_shape_is_shown(self, alone: World) -> None:
        async with atom_that_answers(LIST, 200) as (url, asked):
            code, printed = await alone.run("templates", "probe", ATOM_URL=url)

        assert (code, printed.splitlines()) == (
            0,
            [
                f"Atom answered 200, application/json, {len(LIST)} characters. Values are masked.",
                "the answer: a table",
                "  success: true or false",
                "  data: a list of 2",
                "    each: a table",
                "      id: text of 20 characters",
                "      name: text of 4 to 7 characters",
                "      params: a list of 0 to 1",
                "        each: text of 5 characters",
                "      <a key that may be a value> (in 1 of 2): a number",
                "      body (in 1 of 2): null",
            ],
        )
        assert asked == [("GET", f"Bearer {ATOM_TOKEN}")]

    @pytest.mark.parametrize(
        ("status", "text", "words"),
        [
            (401, '{"code": 401}', "It does not take ATOM_TOKEN"),
            (404, "<html>Cannot GET</html>", "offers no list at this address"),
            (500, "oops", "It is not JSON"),
        ],
    )
    async def test_an_answer_that_is_no_list_is_wanting(
        self, alone: World, status: int, text: str, words: str
    ) -> None:
        async with atom_that_answers(text, status) as (url, _):
            code, printed = await alone.run("templates", "probe", ATOM_URL=url)

        assert code == 1
        assert f"Atom answered {status}" in printed
        assert words in printed
        assert "Cannot GET" not in printed

    async def test_an_endless_answer_is_cut_off(self, alone: World) -> None:
        async with atom_that_answers("[" + "1," * 3_000_000, 200) as (url, _):
            code, printed = await alone.run("templates", "probe", ATOM_URL=url, ATOM_TIMEOUT="60")

        assert code == 1
        assert "It was cut off" in printed

    async def test_a_silent_atom_is_not_waited_for_longer_than_said(self, alone: World) -> None:
        async with atom_that_answers(LIST, 200, seconds=20) as (url, _):
            code, printed = await alone.run("templates", "probe", ATOM_URL=url, ATOM_TIMEOUT="0.3")

        assert code == 1
        assert "Atom can't be reached" in printed

    async def test_it_needs_a_token(self, alone: World) -> None:
        code, printed = await alone.run("templates", "probe", ATOM_TOKEN="")

        assert code == 2
        assert "ATOM_TOKEN: is missing" in printed
