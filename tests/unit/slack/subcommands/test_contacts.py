"""`stop` and `allow`: the number in any way, what is told to whom, and templates called so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed
from bot.policy.do_not_contact import Contact, Scope, new_contact
from bot.send_draft import NumberRules
from bot.slack.subcommands.contacts import split
from bot.store.contacts import ContactStore
from tests.builders import ALICE, CARLA, make_template
from tests.fakes import NOON
from tests.unit.slack.subcommands.scene import BRUNO, Scene

RULES = NumberRules("PA")
PHONE = "50761234567"


async def listed(scene: Scene) -> tuple[Contact, ...]:
    return (await ContactStore(scene.database).page("", limit=100)).contacts


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("stop 61234567", ""),
        ("Stop +507 6123-4567 lo pidió el 3 de mayo", "lo pidió el 3 de mayo"),
        ("parar 6123 4567, ya no quiere", "ya no quiere"),
        ("detener <tel:+50761234567|+507 6123-4567> &amp; listo", "& listo"),
        ("stop por favor: 00507 6123 4567", "por favor:"),
        ("stop https://wa.me/50761234567 pidió BAJA", "pidió BAJA"),
        ("stop <https://wa.me/50761234567>", ""),
    ],
)
async def test_a_number_is_listed_however_it_is_written(
    scene: Scene, text: str, reason: str
) -> None:
    told = await scene.told(text)

    (only,) = await listed(scene)
    assert (only.phone, only.reason, only.added_by) == (PHONE, reason, ALICE)
    assert (only.scope, only.since) == (Scope.EVERYTHING, scene.clock.now())
    assert "•••• 4567" in told


async def test_only_admins_read_the_number_whole(scene: Scene) -> None:
    sender = await scene.told("stop 61234567")
    other = await scene.told("stop 61234567", user=BRUNO)
    admin = await scene.told("stop 61234567", user=CARLA)

    assert "6123" not in sender + other
    assert "+507 6123-4567" in admin
    assert "already" in other
    assert len(await listed(scene)) == 1


async def test_what_got_no_marketing_gets_nothing_any_more(scene: Scene) -> None:
    entry = new_contact(PHONE, scope=Scope.MARKETING, since=NOON)
    await ContactStore(scene.database).add(entry)

    told = await scene.told("stop 61234567")

    assert "got no marketing since" in told
    assert [each.scope for each in await listed(scene)] == [Scope.EVERYTHING]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stop", "Say which number"),
        ("stop it now", "Say which number"),
        ("stop 1234", "digits"),
        ("stop +57 321", "digits"),
        ("stop 61234567 " + "x" * 201, "200 characters"),
        # Panama's or Poland's.
        ("stop 48448719", "Write the number with +"),
    ],
)
async def test_what_can_t_be_read_is_said_and_lists_nobody(
    scene: Scene, text: str, says: str
) -> None:
    told = await scene.told(text)

    assert says in told
    assert await listed(scene) == ()


async def test_an_admin_allows_it_again(scene: Scene) -> None:
    await scene.told("stop 61234567")

    told = await scene.told("allow +507 6123-4567", user=CARLA)
    again = await scene.told("permitir 61234567", user=CARLA)

    assert "+507 6123-4567 can be written to again" in told
    assert "is not on the list" in again
    assert await listed(scene) == ()


@pytest.mark.parametrize("text", ["allow 61234567", "allow", "permitir x"])
async def test_who_is_no_admin_allows_nobody(scene: Scene, text: str) -> None:
    await scene.told("stop 61234567")

    with pytest.raises(NotAllowed, match=r"refused\.only_admins_allow"):
        await scene.ask(text)

    assert len(await listed(scene)) == 1


async def test_an_admin_is_told_how_and_what_is_wrong(scene: Scene) -> None:
    assert "Say which number" in await scene.told("allow", user=CARLA)
    assert "Say which number" in await scene.told("allow x", user=CARLA)
    assert "digits" in await scene.told("allow 1234", user=CARLA)


@pytest.mark.parametrize(
    ("name", "text", "is_taken"),
    [
        ("Stop", "stop 61234567", True),
        ("Parar de fumar", "parar 61234567", True),
        ("Parar de fumar", "Parar de  Fumar 61234567", False),
        ("Parar de fumar", "parar fumar", False),
        ("Stop 2024", "stop 2024 61234567", False),
        ("Aviso", "stop fumar", True),
    ],
)
async def test_a_template_called_so_fills_the_form_only_where_no_number_is_meant(
    scene: Scene, name: str, text: str, *, is_taken: bool
) -> None:
    await scene.stock(make_template(name=name))

    answer = await scene.ask(text)

    assert (answer is not None) == is_taken


@given(st.lists(st.sampled_from(["+507", "6123-4567", "61234567", "15", "no", "más,", "wa.me/1"])))
def test_each_word_is_of_the_number_or_of_the_reason(words: list[str]) -> None:
    typed, reason = split(" ".join(words), RULES)

    given_ = sorted(" ".join(words).replace("wa.me/1", "+1").split())
    assert sorted(f"{typed} {reason}".replace("wa.me/1", "+1").split()) == given_
    assert bool(typed) == any(char.isdigit() for word in words for char in word)
