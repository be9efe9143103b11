"""Everything that Atom can do wrong in the page's corner, and what people see of it."""

import asyncio

import pytest
from playwright.async_api import expect

from bot.demo.slack import seed
from tests.conftest import PHONE, TEMPLATE
from tests.e2e.conftest import Stage
from tests.e2e.list_page import LONG

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ORDER = f"{TEMPLATE} {PHONE}"


async def test_a_refusal_shows_atoms_own_words(stage: Stage) -> None:
    alice = await stage.open()
    await alice.let_atom("refuses the parameters")

    await alice.send(ORDER)

    thread = await alice.open_thread(alice.card("Rejected"))
    await expect(thread).to_contain_text("No hay datos para enviar")


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("takes the message, then drops the connection", "answer never came"),
        ("answers with a server error", "an internal error"),
    ],
)
async def test_what_may_have_gone_out_is_called_unknown_and_a_person_decides(
    stage: Stage, behaviour: str, words: str
) -> None:
    alice = await stage.open()
    await alice.let_atom(behaviour)

    await alice.send(ORDER)

    thread = await alice.open_thread(alice.card("Unconfirmed"))
    await expect(thread).to_contain_text(words)
    await thread.get_by_role("button", name="It arrived").last.click()
    await expect(thread).to_contain_text("answered")
    await expect(thread.get_by_role("button", name="It arrived")).to_have_count(0)
    assert len(stage.world.atom.calls) == 1


async def test_send_again_asks_first_and_goes_on_in_the_same_thread(stage: Stage) -> None:
    alice = await stage.open()
    await alice.let_atom("answers with a server error")
    await alice.send(ORDER)
    thread = await alice.open_thread(alice.card("Unconfirmed"))
    await alice.let_atom("answers Pending to every number")

    await thread.get_by_role("button", name="send again").last.click()
    confirm = alice.page.get_by_test_id("confirm")
    await expect(confirm).to_contain_text("will get it twice")
    await confirm.get_by_role("button", name="No", exact=True).click()
    assert len(stage.world.atom.calls) == 1
    await thread.get_by_role("button", name="send again").last.click()
    await alice.page.get_by_test_id("confirm-yes").click()

    await expect(thread).to_contain_text("Sent again instead of")
    await expect(thread).to_contain_text("Nothing more will be reported here")
    assert len(stage.world.atom.calls) == 2


async def test_a_slow_atom_changes_nothing_but_the_time(stage: Stage) -> None:
    alice = await stage.open()
    await alice.let_atom("is slow")
    async with alice.setting_atom():
        await alice.page.get_by_label("Seconds that Atom takes").fill("1")
        await alice.page.get_by_label("Seconds that Atom takes").press("Tab")

    await alice.send(ORDER)

    await expect(alice.card("Pending")).to_be_visible()
    assert len(stage.world.atom.calls) == 1


async def test_while_atom_is_down_the_card_waits_and_can_be_cancelled(stage: Stage) -> None:
    alice = await stage.open()
    await alice.let_atom("is down")
    await alice.send(ORDER)
    card = alice.card("Queued")
    await expect(card).to_contain_text("Atom can't be reached")
    await expect(card).to_contain_text("next try at")

    await card.get_by_role("button", name="Cancel").click()

    await expect(alice.card("Cancelled")).to_contain_text("Cancelled by alice")
    await alice.let_atom("answers: known numbers Sent, new ones Pending")
    assert stage.world.atom.calls == []


async def test_a_send_that_waited_goes_out_once_atom_is_back(stage: Stage) -> None:
    alice = await stage.open()
    await alice.let_atom("is down")
    await alice.send(ORDER)
    await expect(alice.card("Queued")).to_contain_text("next try at")

    await alice.let_atom("answers: known numbers Sent, new ones Pending")

    # The pauses between its tries grow: a slow beginning makes the last one long.
    await expect(alice.card("Pending")).to_be_visible(timeout=LONG)
    assert len(stage.world.atom.calls) == 1


async def test_two_presses_of_send_are_one_message(stage: Stage) -> None:
    alice = await stage.open()
    modal = await alice.command(ORDER)

    await modal.root.get_by_test_id("modal-submit").dblclick()

    await modal.gone()
    await expect(alice.card("Pending")).to_be_visible()
    assert len(stage.world.atom.calls) == 1


async def test_a_colleague_sees_the_outcome_live(stage: Stage) -> None:
    alice, bruno = await asyncio.gather(stage.open(), stage.open(seed.BRUNO))

    await alice.send(f'{ORDER} note="live"')

    await expect(bruno.card("Pending")).to_contain_text("· alice ·")
    thread = await bruno.open_thread(bruno.card("Pending"))
    await expect(thread).to_contain_text("Nothing more will be reported here")
