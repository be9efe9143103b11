"""What one person may send from one place, asked when it is offered, chosen and sent."""

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.errors import NotAllowed, TryLater
from bot.policy.access import Access, refusal
from bot.policy.checks import SendChecks
from bot.policy.people import Policy
from bot.sends import Origin, Send
from bot.slack.platform.directory import SlackDirectory
from bot.templates import Template, fingerprint
from tests.builders import ALICE, CARLA, make_send, make_template
from tests.builders.people import FULL, HERE, SALES, SUPPORT, slack_says
from tests.fakes import NOON, FakeSlack
from tests.fakes.numbers import FakeNumbers
from tests.fakes.repositories import FakeCatalogue

BRUNO = "U0BRUNO0001"
SOPORTE, VENTAS = "C0SOPORTE01", "C0VENTAS001"
UNKNOWN_ID = "Z" * 20


def for_whom(name: str, **changes: object) -> Template:
    return make_template(**{"name": name, "id": f"{name:X<20}"[:20], **changes})


ALL = for_whom("Todos")
OFF = for_whom("Apagada", active=False)
BRUNOS = for_whom("Bruno", allowed=(BRUNO,))
SUPPORTS = for_whom("Soporte", allowed=(SUPPORT,))
SALES_OR_ALICE = for_whom("Mixta", allowed=(SALES, ALICE))
IN_VENTAS = for_whom("Ventas", channels=(VENTAS,))
SHELF = (ALL, OFF, BRUNOS, SUPPORTS, SALES_OR_ALICE, IN_VENTAS)


@dataclass
class Templates(FakeCatalogue):
    """A catalogue that a test can change."""

    templates: tuple[Template, ...] = SHELF
    raises: list[TryLater] = field(default_factory=list)

    @override
    async def all(self) -> tuple[Template, ...]:
        if self.raises:
            raise self.raises.pop()
        return self.templates


@dataclass
class Scene:
    """Slack, the catalogue, and the offers that go by both."""

    slack: FakeSlack
    catalogue: Templates
    directory: SlackDirectory
    access: Access

    async def names(self, user: str, channel: str = "") -> set[str]:
        return {each.name for each in (await self.access.list_allowed(user, channel)).templates}

    async def refusal(self, user: str, template_id: str, channel: str = SOPORTE) -> str:
        """Return why a template may not be sent; empty if it may."""
        refusal = (await self.access.check(user, template_id, channel)).refusal
        return refusal.key if refusal else ""

    def offers_of_admins_in_a_group_that_can_t_be_read(self) -> Access:
        policy = Policy(frozenset({ALICE}), frozenset({"S0ADMINS001"}))
        directory = SlackDirectory(cast(AsyncWebClient, self.slack), HERE, policy)
        self.slack.raises["S0ADMINS001"] = [slack_says("fatal_error", 500)] * 9
        return Access(directory, self.catalogue)

    def hide_group(self, group: str) -> None:
        """Let Slack not answer about a group, and forget what it said before."""
        self.slack.raises[group] = [slack_says("ratelimited", 429, **{"Retry-After": "1"})] * 9
        self.directory.forget_group(group)


async def check_again(access: Access, send: Send) -> None:
    """Look once more, before the call."""
    await SendChecks(access, lambda: NOON, FakeNumbers()).check_again(send)


@pytest.fixture
def scene() -> Scene:
    slack = FakeSlack()
    for user in (ALICE, BRUNO, CARLA):
        slack.users[user] = {**FULL, "id": user}
    slack.groups = {SUPPORT: [ALICE], SALES: []}
    policy = Policy(frozenset({ALICE, BRUNO}), frozenset({CARLA}))
    directory = SlackDirectory(cast(AsyncWebClient, slack), HERE, policy)
    catalogue = Templates()
    return Scene(slack, catalogue, directory, Access(directory, catalogue))


class TestListAllowed:
    """What is offered."""

    @pytest.mark.parametrize(
        ("user", "channel", "offered"),
        [
            (ALICE, "", {"Todos", "Soporte", "Mixta", "Ventas"}),
            (ALICE, SOPORTE, {"Todos", "Soporte", "Mixta"}),
            (ALICE, VENTAS, {"Todos", "Soporte", "Mixta", "Ventas"}),
            (BRUNO, SOPORTE, {"Todos", "Bruno"}),
            (BRUNO, "D0BRUNO0001", {"Todos", "Bruno"}),
            (CARLA, SOPORTE, {"Todos", "Bruno", "Soporte", "Mixta"}),
            (CARLA, VENTAS, {"Todos", "Bruno", "Soporte", "Mixta", "Ventas"}),
        ],
    )
    async def test_only_what_is_on_and_theirs_and_for_here(
        self, scene: Scene, user: str, channel: str, offered: set[str]
    ) -> None:
        assert await scene.names(user, channel) == offered

    async def test_only_admins_may_also_send_other_ids(self, scene: Scene) -> None:
        assert (await scene.access.list_allowed(CARLA)).is_admin
        assert not (await scene.access.list_allowed(ALICE)).is_admin

    async def test_without_a_catalogue_everything_is_free(self, scene: Scene) -> None:
        assert not (await scene.access.list_allowed(ALICE)).any_id_allowed

        scene.catalogue.templates = ()

        assert (await scene.access.list_allowed(ALICE)).any_id_allowed

    async def test_a_catalogue_of_which_nothing_is_theirs_is_not_free(self, scene: Scene) -> None:
        scene.catalogue.templates = (OFF, BRUNOS)

        allowed = await scene.access.list_allowed(ALICE)

        assert (allowed.templates, allowed.any_id_allowed) == ((), False)

    async def test_only_ones_own_templates_are_found(self, scene: Scene) -> None:
        allowed = await scene.access.list_allowed(ALICE)

        assert allowed.get(SUPPORTS.id) == SUPPORTS
        assert allowed.get(BRUNOS.id) is None

    async def test_a_group_that_can_t_be_read_is_no_yes_and_hides_nothing_else(
        self, scene: Scene
    ) -> None:
        scene.hide_group(SUPPORT)

        assert await scene.names(ALICE) == {"Todos", "Mixta", "Ventas"}

    async def test_a_group_that_can_t_be_read_does_not_matter_to_who_is_named(
        self, scene: Scene
    ) -> None:
        scene.catalogue.templates = (SALES_OR_ALICE,)
        scene.hide_group(SALES)

        assert await scene.names(ALICE) == {"Mixta"}

    async def test_a_group_that_slack_does_not_know_lets_nobody_in(self, scene: Scene) -> None:
        scene.slack.raises[SUPPORT] = [slack_says("no_such_subteam")]
        del scene.slack.groups[SUPPORT]

        assert await scene.names(ALICE) == {"Todos", "Mixta", "Ventas"}

    async def test_an_admin_is_not_kept_by_groups_that_can_t_be_read(self, scene: Scene) -> None:
        scene.hide_group(SUPPORT)

        assert "Soporte" in await scene.names(CARLA)

    async def test_who_may_be_an_admin_is_offered_what_they_may_send_anyhow(
        self, scene: Scene
    ) -> None:
        access = scene.offers_of_admins_in_a_group_that_can_t_be_read()

        allowed = await access.list_allowed(ALICE)

        assert allowed.is_admin is False
        assert {each.name for each in allowed.templates} == {"Todos", "Soporte", "Mixta", "Ventas"}

    async def test_thousands_of_lists_leave_others_their_turn(self, scene: Scene) -> None:
        many = [for_whom(f"{n}", allowed=(f"U{n:09}",)) for n in range(500)]
        scene.catalogue.templates = (BRUNOS, *many)
        await scene.access.list_allowed(BRUNO)
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        waiting = asyncio.create_task(others())
        assert await scene.names(BRUNO) == {"Bruno"}
        waiting.cancel()

        assert turns >= 10


class TestCheck:
    """What may be sent, when it is chosen and when it is handed in."""

    @pytest.mark.parametrize(
        ("user", "template_id", "channel", "why"),
        [
            (ALICE, ALL.id, SOPORTE, ""),
            (ALICE, SUPPORTS.id, SOPORTE, ""),
            (ALICE, IN_VENTAS.id, VENTAS, ""),
            (ALICE, IN_VENTAS.id, "", ""),
            (ALICE, IN_VENTAS.id, SOPORTE, "template.not_here"),
            (ALICE, IN_VENTAS.id, ALICE, "template.not_here"),
            (ALICE, BRUNOS.id, SOPORTE, "template.not_yours"),
            (ALICE, OFF.id, SOPORTE, "template.inactive"),
            (ALICE, UNKNOWN_ID, SOPORTE, "template.not_listed"),
            (CARLA, BRUNOS.id, SOPORTE, ""),
            (CARLA, UNKNOWN_ID, SOPORTE, ""),
            (CARLA, OFF.id, SOPORTE, "template.inactive"),
            (CARLA, IN_VENTAS.id, SOPORTE, "template.not_here"),
        ],
    )
    async def test_a_reason_is_told_for_every_no(
        self, scene: Scene, user: str, template_id: str, channel: str, why: str
    ) -> None:
        assert await scene.refusal(user, template_id, channel) == why

    async def test_the_template_comes_back_as_it_is_now(self, scene: Scene) -> None:
        changed = for_whom("Todos", body="Hola.", params=())
        scene.catalogue.templates = (changed,)

        assert (await scene.access.check(ALICE, ALL.id, SOPORTE)).template == changed

    async def test_a_bare_id_has_no_template(self, scene: Scene) -> None:
        assert (await scene.access.check(CARLA, UNKNOWN_ID, SOPORTE)).template is None

    async def test_without_a_catalogue_every_id_may_be_sent(self, scene: Scene) -> None:
        scene.catalogue.templates = ()

        assert (await scene.access.check(ALICE, UNKNOWN_ID, SOPORTE)).template is None

    async def test_a_group_that_can_t_be_read_is_no_yes(self, scene: Scene) -> None:
        scene.hide_group(SUPPORT)

        with pytest.raises(TryLater):
            await scene.access.check(ALICE, SUPPORTS.id, SOPORTE)

    async def test_a_catalogue_that_can_t_be_read_is_no_empty_one(self, scene: Scene) -> None:
        scene.catalogue.raises.append(TryLater("database.unreachable"))

        with pytest.raises(TryLater):
            await scene.access.check(ALICE, UNKNOWN_ID, SOPORTE)

    async def test_who_may_be_an_admin_may_what_everybody_may(self, scene: Scene) -> None:
        access = scene.offers_of_admins_in_a_group_that_can_t_be_read()

        assert (await access.check(ALICE, ALL.id, SOPORTE)).template == ALL
        with pytest.raises(TryLater):
            await access.check(ALICE, UNKNOWN_ID, SOPORTE)

    @pytest.mark.parametrize("template", [SUPPORTS, SALES_OR_ALICE])
    async def test_who_may_be_an_admin_may_what_is_theirs_anyhow(
        self, scene: Scene, template: Template
    ) -> None:
        access = scene.offers_of_admins_in_a_group_that_can_t_be_read()

        assert (await access.check(ALICE, template.id, SOPORTE)).template == template

    @pytest.mark.parametrize("template", [ALL, OFF, BRUNOS, IN_VENTAS])
    async def test_an_admin_may_test_what_nobody_may_send(
        self, scene: Scene, template: Template
    ) -> None:
        found = await scene.access.check(CARLA, template.id, CARLA, is_test=True)

        assert (found.template, found.refusal) == (template, None)

    @pytest.mark.parametrize("template_id", [ALL.id, UNKNOWN_ID])
    async def test_who_is_no_admin_tests_nothing(self, scene: Scene, template_id: str) -> None:
        with pytest.raises(NotAllowed, match=r"refused\.not_admin"):
            await scene.access.check(ALICE, template_id, SOPORTE, is_test=True)


@pytest.mark.parametrize(
    ("template", "channel", "is_theirs", "why"),
    [
        (None, SOPORTE, True, ""),
        (None, SOPORTE, False, "template.not_listed"),
        (ALL, SOPORTE, True, ""),
        (ALL, SOPORTE, False, "template.not_yours"),
        (OFF, SOPORTE, True, "template.inactive"),
        (OFF, SOPORTE, False, "template.inactive"),
        (IN_VENTAS, VENTAS, True, ""),
        (IN_VENTAS, "", True, ""),
        (IN_VENTAS, SOPORTE, True, "template.not_here"),
        (IN_VENTAS, SOPORTE, False, "template.not_yours"),
    ],
)
def test_what_keeps_a_template_from_being_sent_is_one_reason(
    template: Template | None, channel: str, *, is_theirs: bool, why: str
) -> None:
    assert refusal(template, channel, is_theirs=is_theirs) == why


class TestFind:
    """A template of the catalogue, whoever may send it."""

    @pytest.mark.parametrize("template", SHELF)
    async def test_it_is_found_by_its_id_alone(self, scene: Scene, template: Template) -> None:
        assert await scene.access.find(template.id) == template

    @pytest.mark.parametrize("template_id", ["", UNKNOWN_ID, "Todos"])
    async def test_anything_else_is_none(self, scene: Scene, template_id: str) -> None:
        assert await scene.access.find(template_id) is None


class TestFindDrawn:
    async def test_what_the_form_was_drawn_of_is_not_asked_for_again(self, scene: Scene) -> None:
        await scene.access.find(ALL.id)
        scene.catalogue.raises.append(TryLater("database.unreachable"))

        assert await scene.access.find_drawn(ALL.id, fingerprint(ALL)) == ALL

    async def test_of_what_was_drawn_otherwise_the_catalogue_is_asked(self, scene: Scene) -> None:
        before = await scene.access.find(ALL.id)
        changed = for_whom("Todos", body="Hola {{nombre}}")
        scene.catalogue.templates = (changed,)

        assert before == ALL
        assert await scene.access.find_drawn(ALL.id, fingerprint(changed)) == changed

    async def test_a_form_without_a_template_has_none(self, scene: Scene) -> None:
        await scene.access.find(ALL.id)

        assert await scene.access.find_drawn("", "") is None


class TestCheckAgain:
    """The last look, before the call."""

    async def test_what_may_be_sent_passes(self, scene: Scene) -> None:
        await check_again(scene.access, make_send(template=SUPPORTS.id, user=ALICE))

    @pytest.mark.parametrize(
        ("catalogue", "why"),
        [
            ((for_whom("Todos", active=False),), "template.inactive"),
            ((for_whom("Todos", allowed=(BRUNO,)),), "template.not_yours"),
            ((for_whom("Todos", allowed=(SALES,)),), "template.not_yours"),
            ((for_whom("Todos", channels=(VENTAS,)),), "template.not_here"),
            ((OFF,), "template.not_listed"),
        ],
    )
    async def test_a_template_that_was_taken_away_is_refused(
        self, scene: Scene, catalogue: tuple[Template, ...], why: str
    ) -> None:
        scene.catalogue.templates = catalogue

        with pytest.raises(NotAllowed) as told:
            await check_again(scene.access, make_send(template=ALL.id, user=ALICE))

        assert told.value.key == why

    async def test_who_left_a_group_may_no_longer(self, scene: Scene) -> None:
        scene.slack.groups[SUPPORT] = []

        with pytest.raises(NotAllowed, match=r"template\.not_yours"):
            await check_again(scene.access, make_send(template=SUPPORTS.id, user=ALICE))

    @pytest.mark.parametrize("template", [ALL, SUPPORTS, SALES_OR_ALICE])
    async def test_who_may_be_an_admin_passes_with_what_is_theirs_anyhow(
        self, scene: Scene, template: Template
    ) -> None:
        access = scene.offers_of_admins_in_a_group_that_can_t_be_read()

        await check_again(access, make_send(template=template.id, user=ALICE))

    @pytest.mark.parametrize("template_id", [BRUNOS.id, UNKNOWN_ID])
    async def test_who_may_be_an_admin_waits_with_what_only_an_admin_may(
        self, scene: Scene, template_id: str
    ) -> None:
        access = scene.offers_of_admins_in_a_group_that_can_t_be_read()

        with pytest.raises(TryLater):
            await check_again(access, make_send(template=template_id, user=ALICE))

    @pytest.mark.parametrize("template_id", [BRUNOS.id, UNKNOWN_ID])
    async def test_an_admin_passes_with_what_is_for_others(
        self, scene: Scene, template_id: str
    ) -> None:
        await check_again(scene.access, make_send(template=template_id, user=CARLA))

    @pytest.mark.parametrize("template_id", [OFF.id, BRUNOS.id, IN_VENTAS.id, UNKNOWN_ID])
    async def test_a_test_of_an_admin_passes_whatever_it_is(
        self, scene: Scene, template_id: str
    ) -> None:
        await check_again(scene.access, make_send(template=template_id, user=CARLA, is_test=True))

    async def test_a_test_of_who_is_no_admin_any_more_is_refused(self, scene: Scene) -> None:
        with pytest.raises(NotAllowed, match=r"refused\.not_admin"):
            await check_again(scene.access, make_send(template=ALL.id, user=ALICE, is_test=True))

    async def test_a_switched_off_template_is_refused_to_admins_too(self, scene: Scene) -> None:
        with pytest.raises(NotAllowed, match=r"template\.inactive"):
            await check_again(scene.access, make_send(template=OFF.id, user=CARLA))

    async def test_what_goes_out_once_more_may_be_told_in_another_channel(
        self, scene: Scene
    ) -> None:
        send = make_send(template=IN_VENTAS.id, user=ALICE, replaces="V0000")

        await check_again(scene.access, send)

    async def test_who_may_not_send_any_more_is_refused_first(self, scene: Scene) -> None:
        scene.slack.users[ALICE]["deleted"] = True

        with pytest.raises(NotAllowed, match=r"refused\.deactivated"):
            await check_again(scene.access, make_send(template=ALL.id, user=ALICE))

    async def test_an_admin_who_left_is_refused(self, scene: Scene) -> None:
        scene.slack.users[CARLA]["deleted"] = True

        with pytest.raises(NotAllowed, match=r"refused\.deactivated"):
            await check_again(scene.access, make_send(template=ALL.id, user=CARLA))

    async def test_a_group_that_can_t_be_read_makes_the_send_wait(self, scene: Scene) -> None:
        scene.hide_group(SUPPORT)

        with pytest.raises(TryLater):
            await check_again(scene.access, make_send(template=SUPPORTS.id, user=ALICE))

    async def test_without_a_catalogue_nothing_but_the_person_is_looked_at(
        self, scene: Scene
    ) -> None:
        scene.catalogue.templates = ()

        await check_again(
            scene.access, make_send(template=UNKNOWN_ID, user=ALICE, origin=Origin(VENTAS))
        )


async def test_a_send_by_a_bare_id_has_the_name_that_the_catalogue_gives_it_now(
    scene: Scene,
) -> None:
    sends = [
        make_send(template=OFF.id),
        make_send(template=OFF.id, template_name="As it was"),
        make_send(template=UNKNOWN_ID),
    ]

    named = await scene.access.with_names(sends)

    assert [each.request.title for each in named] == [OFF.name, "As it was", UNKNOWN_ID]


async def test_where_all_sends_have_names_the_catalogue_is_not_asked(scene: Scene) -> None:
    scene.catalogue.raises = [TryLater("database.unreachable")]
    sends = (make_send(template_name="As it was"),)

    assert await scene.access.with_names(sends) == sends
