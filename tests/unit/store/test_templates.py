"""The catalogue on SQLite and on a real PostgreSQL: replaced whole or not at all."""

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.errors import FixTheForm, Problem, Refused, TryLater
from bot.store.database import Database, open_engine
from bot.store.tables import events as table
from bot.store.tables import templates
from bot.store.templates import Kept, TemplateStore, read_all, replace_all
from bot.templates import Approval, Category, Quiet, Template, fingerprint
from bot.templates.params import Kind, Param
from tests.builders import ALICE, CARLA, TEMPLATE, make_one_param_template, make_template

LONG = 60.0  # seconds; what is waited for comes long before, also on a busy machine
CITA = make_template(
    header="Su {{Sede}}",
    footer="Clínica Vida",
    group="Citas",
    assign=True,
    allowed=("S0SUPPORT", "U0ALICE0001"),
    channels=("C0SOPORTE01",),
    active=False,
    quiet=Quiet.ALWAYS,
    approval=Approval.ALWAYS,
    approval_free=("S0LEADS", "U0CARLA0001"),
    category=Category.MARKETING,
    body="Hola {{client_name}} 😀,\nsu cita es el {{Fecha de cita}} en {{Sede}}.",
    params=(
        Param("client_name", label="Nombre", help="El cliente", example="Rosa", max_length=60),
        Param("Fecha de cita", required=False, kind=Kind.DATE, default="2026-05-03"),
        Param("Sede", kind=Kind.CHOICE, choices=("Centro", "Costa")),
    ),
)
PAGO = dataclasses.replace(make_one_param_template(), name="Año y pago", id="B" * 20)


@pytest.fixture(params=["sqlite_url", "migrated_url"], ids=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """A database that has our tables."""
    opened = open_engine(request.getfixturevalue(request.param))
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> TemplateStore:
    return TemplateStore(Database(engine))


def replace(engine: sa.Engine, new: tuple[Template, ...], expected: tuple[Template, ...]) -> bool:
    with engine.begin() as connection:
        return replace_all(connection, new, expected=expected)


async def test_what_is_put_in_comes_out_in_its_order(
    engine: sa.Engine, store: TemplateStore
) -> None:
    assert replace(engine, (PAGO, CITA), ())

    assert await store.all() == (PAGO, CITA)


async def test_what_is_not_in_the_new_catalogue_is_gone(
    engine: sa.Engine, store: TemplateStore
) -> None:
    replace(engine, (PAGO, CITA), ())

    assert replace(engine, (CITA,), (PAGO, CITA))

    assert await store.all() == (CITA,)


async def test_two_templates_may_swap_their_names(engine: sa.Engine, store: TemplateStore) -> None:
    replace(engine, (PAGO, CITA), ())
    swapped = (
        dataclasses.replace(PAGO, name=CITA.name),
        dataclasses.replace(CITA, name=PAGO.name),
    )

    replace(engine, swapped, (PAGO, CITA))

    assert await store.all() == swapped


async def test_a_catalogue_that_changed_meanwhile_is_left_alone(
    engine: sa.Engine, store: TemplateStore
) -> None:
    replace(engine, (CITA,), ())

    assert not replace(engine, (PAGO,), ())

    assert await store.all() == (CITA,)


async def test_a_catalogue_is_replaced_whole_or_not_at_all(
    engine: sa.Engine, store: TemplateStore
) -> None:
    replace(engine, (CITA,), ())

    with pytest.raises(sa.exc.IntegrityError):
        replace(engine, (PAGO, PAGO), (CITA,))

    assert await store.all() == (CITA,)


async def test_of_two_imports_at_once_one_is_told_that_the_other_was_first(
    engine: sa.Engine, store: TemplateStore
) -> None:
    done = await asyncio.gather(
        *(asyncio.to_thread(replace, engine, new, ()) for new in ((CITA,), (PAGO,)))
    )

    assert sorted(done) == [False, True]
    assert len(await store.all()) == 1


async def test_a_template_is_found_by_its_id_and_its_name(
    engine: sa.Engine, store: TemplateStore
) -> None:
    replace(engine, (PAGO, CITA), ())

    assert await store.get(TEMPLATE) == CITA
    assert await store.get("C" * 20) is None


async def test_a_saved_template_comes_last_or_keeps_its_place(
    engine: sa.Engine, store: TemplateStore
) -> None:
    await store.save(PAGO, actor=CARLA)
    await store.save(CITA, actor=CARLA)
    renewed = dataclasses.replace(PAGO, id="C" * 20, name="Pago")

    await store.save(renewed, was=PAGO.id, seen=fingerprint(PAGO), actor=CARLA)

    assert await store.all() == (renewed, CITA)


async def test_a_form_that_comes_twice_is_saved_once(store: TemplateStore) -> None:
    await store.save(PAGO, actor=CARLA)
    renewed = dataclasses.replace(PAGO, id="C" * 20)

    for _ in range(2):
        await store.save(renewed, was=PAGO.id, seen=fingerprint(PAGO), actor=CARLA)

    assert await store.all() == (renewed,)


async def test_a_template_that_is_wrong_or_clashes_is_not_saved(store: TemplateStore) -> None:
    await store.save(PAGO, actor=CARLA)

    with pytest.raises(FixTheForm) as caught:
        await store.save(dataclasses.replace(PAGO, language="", name="año y PAGO"), actor=CARLA)

    assert [(each.field, each.key) for each in caught.value.problems] == [
        ("language", "catalogue.language"),
        ("name", "catalogue.name.taken"),
        ("id", "catalogue.id.taken"),
    ]
    assert await store.all() == (PAGO,)


async def test_of_two_people_who_save_one_name_the_second_is_told(store: TemplateStore) -> None:
    again = dataclasses.replace(PAGO, id="C" * 20)

    results = await asyncio.gather(
        store.save(PAGO, actor=CARLA), store.save(again, actor=CARLA), return_exceptions=True
    )

    (refused,) = (result for result in results if result is not None)
    assert isinstance(refused, FixTheForm)
    assert refused.problems == (Problem("name", "catalogue.name.taken", {"other": PAGO.name}),)


def events(engine: sa.Engine) -> list[tuple[str, str, str, object]]:
    query = sa.select(table.c.kind, table.c.actor, table.c.template, table.c.fields)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(table.c.id))]


async def test_a_change_by_an_admin_is_kept_with_the_fields_that_changed(
    engine: sa.Engine, store: TemplateStore
) -> None:
    renewed = dataclasses.replace(PAGO, group="Cobros", name="Pago")
    await store.save(PAGO, actor=CARLA)

    for _ in range(2):  # the same form, delivered once more
        await store.save(renewed, was=PAGO.id, seen=fingerprint(PAGO), actor=ALICE)
    for _ in range(2):
        await store.set_active(PAGO.id, active=False, actor=CARLA)

    assert events(engine) == [
        ("template_added", CARLA, PAGO.id, None),
        ("template_changed", ALICE, PAGO.id, ["name", "group"]),
        ("template_changed", CARLA, PAGO.id, ["active"]),
    ]


async def test_an_import_is_kept_as_what_it_changed(engine: sa.Engine) -> None:
    replace(engine, (PAGO, CITA), ())
    hotter = dataclasses.replace(CITA, params=(Param("client_name", label="X"), *CITA.params[1:]))

    replace(engine, (hotter,), (PAGO, CITA))

    added = [("template_added", "operator", each.id, None) for each in (PAGO, CITA)]
    fields = [f'param "client_name", {name}' for name in ("label", "example", "help", "max_length")]
    (changed, removed) = events(engine)[2:]
    assert events(engine)[:2] == added
    assert (changed[:3], sorted(changed[3])) == (  # type: ignore[call-overload]
        ("template_changed", "operator", CITA.id),
        sorted(fields),
    )
    assert removed == ("template_removed", "operator", PAGO.id, None)
    with engine.connect() as connection:
        (transport,) = connection.execute(sa.select(table.c.transport).distinct()).scalars()
    assert transport == "terminal"


async def test_a_deactivated_template_stays_in_the_catalogue(store: TemplateStore) -> None:
    await store.save(PAGO, actor=CARLA)

    assert await store.set_active(PAGO.id, active=False, actor=CARLA)

    assert await store.all() == (dataclasses.replace(PAGO, active=False),)
    assert not await store.set_active("C" * 20, active=False, actor=CARLA)


async def test_a_deleted_template_is_gone_and_an_event_says_who_did_it(
    store: TemplateStore, engine: sa.Engine
) -> None:
    for each in (PAGO, CITA):
        await store.save(each, actor=CARLA)

    assert await store.delete(PAGO.id, seen=fingerprint(PAGO), actor=CARLA)

    assert await store.all() == (CITA,)
    assert events(engine)[-1] == ("template_removed", CARLA, PAGO.id, None)


async def test_a_template_is_deleted_once(store: TemplateStore, engine: sa.Engine) -> None:
    for each in (PAGO, CITA):
        await store.save(each, actor=CARLA)

    twice = [await store.delete(PAGO.id, seen=fingerprint(PAGO), actor=CARLA) for _ in range(2)]

    assert twice == [True, False]
    assert [each[0] for each in events(engine)].count("template_removed") == 1


async def test_what_somebody_else_changed_meanwhile_is_not_deleted(store: TemplateStore) -> None:
    for each in (PAGO, CITA):
        await store.save(each, actor=CARLA)
    await store.set_active(PAGO.id, active=False, actor=CARLA)

    with pytest.raises(Refused, match=r"template_delete\.changed"):
        await store.delete(PAGO.id, seen=fingerprint(PAGO), actor=CARLA)

    assert len(await store.all()) == 2


async def test_the_last_template_stays_so_that_the_catalogue_goes_on_limiting(
    store: TemplateStore,
) -> None:
    await store.save(PAGO, actor=CARLA)

    with pytest.raises(Refused, match=r"template_delete\.last"):
        await store.delete(PAGO.id, seen=fingerprint(PAGO), actor=CARLA)

    assert await store.all() == (PAGO,)


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    store: TemplateStore,
) -> None:
    await store.save(PAGO, actor=CARLA)
    seen = fingerprint(PAGO)
    theirs = dataclasses.replace(PAGO, group="Cobros")
    await store.save(theirs, was=PAGO.id, seen=seen, actor=CARLA)

    with pytest.raises(Refused, match=r"catalogue\.changed"):
        await store.save(
            dataclasses.replace(PAGO, group="Pagos"), was=PAGO.id, seen=seen, actor=CARLA
        )

    assert await store.all() == (theirs,)


async def test_what_another_process_writes_is_seen_at_once(
    engine: sa.Engine, store: TemplateStore
) -> None:
    assert await store.all() == ()

    replace(engine, (PAGO, CITA), ())

    assert await store.all() == (PAGO, CITA)


async def test_what_is_kept_is_not_read_again(engine: sa.Engine, store: TemplateStore) -> None:
    replace(engine, (PAGO, CITA), ())
    await store.all()
    read: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *seen: read.append(seen[2]))

    assert await store.all() == (PAGO, CITA)

    assert [each for each in read if "templates" in each] == []


async def test_what_is_read_too_late_for_who_asked_is_kept_for_the_next_one(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(engine, (PAGO, CITA), ())
    store = TemplateStore(Database(engine), patience=0.2)
    may_end = threading.Event()
    reads: list[int] = []

    def slow(connection: sa.Connection) -> tuple[Template, ...]:
        reads.append(1)
        may_end.wait(LONG)
        return read_all(connection)

    monkeypatch.setattr("bot.store.templates.read_all", slow)
    # On a busy machine the question that comes before may take as long.
    while not reads:
        with pytest.raises(TryLater):
            await store.all()
    may_end.set()
    async with asyncio.timeout(LONG):
        while store._kept.last[0] < 0:  # noqa: ASYNC110, SLF001 - nobody says when it is kept
            await asyncio.sleep(0.01)

    found: tuple[Template, ...] = ()
    while not found:
        with contextlib.suppress(TryLater):
            found = await store.all()

    assert found == (PAGO, CITA)
    assert len(reads) == 1


async def test_many_who_ask_at_once_share_one_reading(
    engine: sa.Engine, store: TemplateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(engine, (PAGO, CITA), ())
    reads: list[int] = []

    def counted(connection: sa.Connection) -> tuple[Template, ...]:
        reads.append(1)
        return read_all(connection)

    monkeypatch.setattr("bot.store.templates.read_all", counted)

    found = await asyncio.gather(*(store.all() for _ in range(5)))

    assert found == [(PAGO, CITA)] * 5
    assert len(reads) == 1


async def test_who_reads_has_the_catalogue_though_somebody_has_it_forgotten_meanwhile(
    engine: sa.Engine, store: TemplateStore
) -> None:
    replace(engine, (PAGO, CITA), ())
    await store.all()
    sa.event.listen(engine, "before_cursor_execute", lambda *_: store.forget())

    assert await store.all() == (PAGO, CITA)


def test_the_migration_makes_the_table_that_we_read(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        made = {column["name"] for column in sa.inspect(connection).get_columns("templates")}

    assert made == set(templates.columns.keys())


def test_an_empty_catalogue_is_read_as_empty(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert read_all(connection) == ()


async def test_what_one_store_has_read_another_of_the_same_process_knows(engine: sa.Engine) -> None:
    kept = Kept()
    store, other = (TemplateStore(Database(engine), kept=kept) for _ in range(2))
    await store.save(make_template(), actor=CARLA)

    assert await store.all() is await other.all()

    other.forget()
    await other.save(make_template(name="Otra", id="Y" * 20), actor=CARLA)
    assert [each.name for each in await store.all()][1:] == ["Otra"]
    assert await store.all() is await other.all()
