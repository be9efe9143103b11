"""Who may send: the lists from the settings, and people who never may."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping

import pytest

from bot.errors import NotAllowed, TryLater, Unchecked
from bot.policy.people import Person, Policy, Right, Workspace, helpers, refusal

TEAM = "T0ACME00001"
HERE = Workspace(TEAM)
ORGANIZATION = "E0ACME00001"
MEMBER = Person(id="U0ALICE0001", team=TEAM, deleted=False, is_bot=False, is_guest=False)
SUPPORT, SALES = "S0SUPPORT01", "S0VENTAS001"

Members = Callable[[str], Awaitable[frozenset[str]]]


def groups(known: Mapping[str, frozenset[str] | Exception] | None = None) -> Members:
    async def members(group: str) -> frozenset[str]:
        answer = (known or {}).get(group, frozenset())
        if isinstance(answer, Exception):
            raise answer
        return answer

    return members


def policy(senders: str = "", admins: str = "", approvers: str = "") -> Policy:
    lists = (frozenset(each.split()) for each in (senders, admins, approvers))
    return Policy(*lists)


async def allowed(
    rules: Policy,
    person: Person = MEMBER,
    *,
    right: Right = Right.SEND,
    members: Members | None = None,
    workspace: Workspace = HERE,
) -> bool:
    try:
        await rules.check(person, workspace, right, members or groups())
    except NotAllowed:
        return False
    return True


async def test_by_default_nobody_may_send() -> None:
    assert not await allowed(policy())


async def test_a_listed_person_may_send() -> None:
    assert await allowed(policy(MEMBER.id))


async def test_an_unlisted_person_is_told_so() -> None:
    with pytest.raises(NotAllowed) as raised:
        await policy("U0SOMEBODY1").check(MEMBER, HERE, Right.SEND, groups())

    assert raised.value.key == "refused.not_listed"


async def test_a_star_lets_every_full_member_send() -> None:
    assert await allowed(policy("*"))


async def test_admins_may_send() -> None:
    assert await allowed(policy(admins=MEMBER.id))


async def test_a_sender_is_no_admin() -> None:
    assert not await allowed(policy(senders="*"), right=Right.ADMINISTER)


async def test_an_approver_is_neither_sender_nor_admin() -> None:
    rules = policy(approvers=MEMBER.id)

    assert not await allowed(rules)
    assert not await allowed(rules, right=Right.ADMINISTER)


async def test_an_admin_may_administer() -> None:
    assert await allowed(policy(admins=MEMBER.id), right=Right.ADMINISTER)


async def test_a_member_of_a_listed_group_may_send() -> None:
    members = groups({SUPPORT: frozenset({MEMBER.id})})

    assert await allowed(policy(SUPPORT), members=members)


async def test_a_member_of_another_group_may_not() -> None:
    members = groups({SALES: frozenset({MEMBER.id})})

    assert not await allowed(policy(SUPPORT), members=members)


async def test_an_admin_group_lets_its_members_administer() -> None:
    members = groups({SUPPORT: frozenset({MEMBER.id})})

    assert await allowed(policy(admins=SUPPORT), right=Right.ADMINISTER, members=members)


async def test_a_group_that_cannot_be_asked_lets_nobody_in_for_now() -> None:
    members = groups({SUPPORT: TryLater("slack.limited", after=9)})

    with pytest.raises(TryLater):
        await policy(SUPPORT).check(MEMBER, HERE, Right.SEND, members)


async def test_one_group_that_cannot_be_asked_does_not_shut_out_members_of_another() -> None:
    members = groups(
        {SALES: frozenset({MEMBER.id}), SUPPORT: TryLater("slack.limited")},
    )

    assert await allowed(policy(f"{SUPPORT} {SALES}"), members=members)


async def test_who_is_listed_by_name_needs_no_group() -> None:
    rules = policy(f"{MEMBER.id} {SUPPORT}")

    assert rules.groups_to_ask(MEMBER.id, Right.SEND) == ()
    assert rules.groups_to_ask("U0SOMEBODY1", Right.SEND) == (SUPPORT,)


async def test_with_a_star_no_group_is_asked() -> None:
    assert policy(f"* {SUPPORT}").groups_to_ask(MEMBER.id, Right.SEND) == ()


NEVER = [
    ({"deleted": True}, "refused.deactivated"),
    ({"is_bot": True}, "refused.bot"),
    ({"id": "USLACKBOT"}, "refused.bot"),
    ({"is_guest": True}, "refused.guest"),
    ({"is_stranger": True}, "refused.external"),
    ({"team": "T0OTHER0001"}, "refused.external"),
    # a deactivated person has few fields left
    (
        {"deleted": True, "team": None, "is_bot": None, "is_guest": None},
        "refused.deactivated",
    ),
]


@pytest.mark.parametrize(("facts", "reason"), NEVER)
async def test_some_people_never_may_whatever_is_listed(
    facts: dict[str, object], reason: str
) -> None:
    person = dataclasses.replace(MEMBER, **facts)  # type: ignore[arg-type]
    rules = policy(f"* {person.id} {SUPPORT}", f"* {person.id}")
    members = groups({SUPPORT: frozenset({person.id})})

    for right in Right:
        with pytest.raises(NotAllowed) as raised:
            await rules.check(person, HERE, right, members)
        assert raised.value.key == reason


NOT_TOLD: list[dict[str, object]] = [
    {"deleted": None},
    {"is_bot": None},
    {"is_guest": None},
    {"team": None},
    {"deleted": None, "is_bot": None, "is_guest": None},
    {"team": None, "deleted": None, "is_bot": None, "is_guest": None},
]


@pytest.mark.parametrize("facts", NOT_TOLD)
async def test_what_slack_does_not_say_lets_nobody_in_and_refuses_nobody(
    facts: dict[str, object],
) -> None:
    person = dataclasses.replace(MEMBER, **facts)  # type: ignore[arg-type]

    for right in Right:
        with pytest.raises(Unchecked):
            await policy(f"* {person.id}", f"* {person.id}").check(person, HERE, right, groups())


async def test_a_person_of_the_organization_is_no_member_of_every_workspace_in_it() -> None:
    colleague = dataclasses.replace(
        MEMBER, team="T0OTHER0001", enterprise=ORGANIZATION, enterprise_teams=frozenset()
    )

    assert refusal(colleague, HERE) == "refused.external"


async def test_a_person_of_the_organization_who_is_in_the_workspace_is_a_member() -> None:
    colleague = dataclasses.replace(
        MEMBER, team=ORGANIZATION, enterprise=ORGANIZATION, enterprise_teams=frozenset({TEAM})
    )

    assert refusal(colleague, HERE) == ""


@pytest.mark.parametrize("team", ["", TEAM, ORGANIZATION])
async def test_an_install_to_the_organization_takes_everybody_in_it(team: str) -> None:
    colleague = dataclasses.replace(MEMBER, team="T0OTHER0001", enterprise=ORGANIZATION)

    assert refusal(colleague, Workspace(team, ORGANIZATION)) == ""


async def test_an_install_to_the_organization_takes_nobody_from_outside() -> None:
    outsider = dataclasses.replace(MEMBER, team="T0OTHER0001", enterprise="E0OTHER0001")

    assert refusal(outsider, Workspace(TEAM, ORGANIZATION)) == "refused.external"


async def test_a_guest_of_the_organization_stays_a_guest() -> None:
    guest = dataclasses.replace(MEMBER, enterprise=ORGANIZATION, is_guest=True)

    assert refusal(guest, Workspace(TEAM, ORGANIZATION)) == "refused.guest"


async def test_nobody_belongs_to_an_install_without_a_team() -> None:
    nowhere = dataclasses.replace(MEMBER, team="")

    assert refusal(nowhere, Workspace("")) == "refused.external"


def test_those_who_can_help_are_the_listed_admins() -> None:
    rules = policy(senders="U0ALICE0001", admins=f"U0CARLA0001 {SUPPORT} *")

    assert helpers(rules) == (SUPPORT, "U0CARLA0001")
