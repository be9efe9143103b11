"""What Slack says of people and groups, and how long it is believed."""

import asyncio
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.documented_errors_of_rights import ERRORS
from bot.errors import NotAllowed, TryLater, Unchecked
from bot.policy.approvals import Approvers
from bot.policy.people import Policy, Right
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.events import Events
from tests.builders import ALICE
from tests.builders.people import FULL, HERE, SALES, SUPPORT, slack_says
from tests.fakes import FakeSlack

MANY = [f"S0GROUP{number:03}" for number in range(25)]
FACTS = ("team_id", "deleted", "is_bot", "is_restricted")


def directory(slack: FakeSlack, *, senders: str = SUPPORT, admins: str = "") -> SlackDirectory:
    policy = Policy(frozenset(senders.split()), frozenset(admins.split()))
    return SlackDirectory(cast(AsyncWebClient, slack), HERE, policy)


@pytest.fixture
def slack() -> FakeSlack:
    made = FakeSlack()
    made.users[ALICE] = dict(FULL)
    made.groups[SUPPORT] = [ALICE]
    made.groups[SALES] = []
    return made


HALF_TOLD: list[object] = [
    *({name: v for name, v in FULL.items() if name != field} for field in FACTS),
    *({**FULL, field: None} for field in FACTS),
    {**FULL, "deleted": "false"},
    {**FULL, "deleted": 0},
    {**FULL, "is_bot": []},
    {**FULL, "team_id": ["T0ACME00001"]},
    {**FULL, "team_id": ""},
    {**FULL, "team_id": "E0ACME00001"},
    {**FULL, "team_id": "E0ACME00001", "enterprise_user": {"enterprise_id": "E0ACME00001"}},
    {},
    None,
    [],
    "U0ALICE0001",
]


@pytest.mark.parametrize("told", HALF_TOLD)
async def test_who_is_half_told_of_could_not_be_checked(slack: FakeSlack, told: Any) -> None:
    """Only a fact refuses; what Slack does not say lets nobody in, and refuses nobody."""
    slack.users[ALICE] = told
    asker = directory(slack, senders="*")

    with pytest.raises(Unchecked) as raised:
        await asker.check(ALICE)

    assert raised.value.values["code"] == "incomplete"
    slack.users[ALICE] = dict(FULL)
    assert (await asker.check(ALICE)).id == ALICE


async def test_a_member_of_a_group_may_send(slack: FakeSlack) -> None:
    person = await directory(slack).check(ALICE)

    assert person.locale == "es-LA"
    assert sorted(slack.asked) == [SUPPORT, ALICE]


async def test_somebody_else_may_not(slack: FakeSlack) -> None:
    with pytest.raises(NotAllowed):
        await directory(slack, senders=SALES).check(ALICE)


async def test_rights_are_told_apart(slack: FakeSlack) -> None:
    with pytest.raises(NotAllowed):
        await directory(slack).check(ALICE, Right.ADMINISTER)


def errors_of(method: str) -> list[str]:
    return [*ERRORS[method], "invented_tomorrow"]


@pytest.mark.parametrize("code", errors_of("users.info"))
async def test_a_person_about_whom_slack_says_an_error_could_not_be_checked(
    slack: FakeSlack, code: str
) -> None:
    slack.raises[ALICE] = [slack_says(code)]

    with pytest.raises(TryLater):
        await directory(slack, senders="*").check(ALICE)


@pytest.mark.parametrize("code", errors_of("usergroups.users.list"))
async def test_a_group_that_cannot_be_read_refuses_nobody_and_lets_nobody_in(
    slack: FakeSlack, code: str
) -> None:
    slack.raises[SUPPORT] = [slack_says(code)]
    del slack.groups[SUPPORT]

    with pytest.raises(TryLater):
        await directory(slack).check(ALICE)


@pytest.mark.parametrize("code", errors_of("usergroups.list"))
async def test_groups_that_cannot_be_read_together_refuse_nobody_and_let_nobody_in(
    slack: FakeSlack, code: str
) -> None:
    slack.raises["usergroups.list"] = [slack_says(code)]
    slack.raises.update({each: [slack_says(code)] for each in MANY})

    with pytest.raises(TryLater):
        await directory(slack, senders=" ".join(MANY)).check(ALICE)


@pytest.mark.parametrize("users", [None, "U0ALICE0001", {"U0ALICE0001": True}, 7])
async def test_a_group_whose_members_are_no_list_was_not_read(slack: FakeSlack, users: Any) -> None:
    slack.groups[SUPPORT] = users

    with pytest.raises(Unchecked):
        await directory(slack).check(ALICE)


async def test_who_is_in_none_of_the_groups_that_were_read_is_refused(slack: FakeSlack) -> None:
    slack.groups = {each: [] for each in MANY}

    with pytest.raises(NotAllowed) as raised:
        await directory(slack, senders=" ".join(MANY)).check(ALICE)

    assert raised.value.key == "refused.not_listed"


async def test_one_of_many_groups_that_slack_does_not_know_refuses_nobody(slack: FakeSlack) -> None:
    slack.groups = {each: [] for each in MANY[1:]}

    with pytest.raises(Unchecked) as raised:
        await directory(slack, senders=" ".join(MANY)).check(ALICE)

    assert raised.value.values["code"] == "no_such_subteam"


@pytest.mark.parametrize("senders", [SUPPORT, f"{SUPPORT} S1 S2 S3 S4"])
async def test_a_group_that_was_disabled_holds_nobody(slack: FakeSlack, senders: str) -> None:
    slack.groups = {SUPPORT: [ALICE], "S1": [], "S2": [], "S3": [], "S4": []}
    slack.disabled.add(SUPPORT)
    slack.raises[SUPPORT] = [slack_says("no_such_subteam")]

    with pytest.raises(NotAllowed) as raised:
        await directory(slack, senders=senders).check(ALICE)

    assert raised.value.key == "refused.not_listed"


@pytest.mark.parametrize("count", [4, 21, 60])
async def test_a_member_of_one_of_many_groups_may_send_after_two_questions(
    slack: FakeSlack, count: int
) -> None:
    """Slack takes twenty questions about single groups a minute."""
    groups = [f"S0GROUP{number:03}" for number in range(count)]
    slack.groups = {each: [] for each in groups} | {groups[-1]: [ALICE]}

    assert (await directory(slack, senders=" ".join(groups)).check(ALICE)).id == ALICE
    assert sorted(slack.asked) == [ALICE, "usergroups.list"]


async def test_an_answer_is_believed_for_a_minute(slack: FakeSlack) -> None:
    asker = directory(slack)

    for _ in range(3):
        await asker.check(ALICE)

    assert sorted(slack.asked) == [SUPPORT, ALICE]


async def test_an_event_about_a_person_makes_slack_be_asked_anew(slack: FakeSlack) -> None:
    asker = directory(slack)
    await asker.check(ALICE)
    slack.users[ALICE]["is_restricted"] = True

    await Events(asker).on_user_change({"type": "user_change", "user": {"id": ALICE}})

    with pytest.raises(NotAllowed):
        await asker.check(ALICE)


async def test_an_event_about_a_group_s_members_makes_slack_be_asked_anew(
    slack: FakeSlack,
) -> None:
    asker = directory(slack)
    await asker.check(ALICE)
    slack.groups[SUPPORT] = []

    await Events(asker).on_members_changed({"subteam_id": SUPPORT})

    with pytest.raises(NotAllowed):
        await asker.check(ALICE)


async def test_an_event_about_a_group_makes_slack_be_asked_anew(slack: FakeSlack) -> None:
    asker = directory(slack)
    await asker.check(ALICE)
    slack.groups[SUPPORT] = []

    await Events(asker).on_group_updated({"subteam": {"id": SUPPORT}})

    with pytest.raises(NotAllowed):
        await asker.check(ALICE)


@pytest.mark.parametrize("event", [{}, {"user": None}, {"subteam": None}, {"subteam_id": None}])
async def test_an_event_without_contents_does_no_harm(
    slack: FakeSlack, event: dict[str, Any]
) -> None:
    events = Events(directory(slack))

    await events.on_user_change(event)
    await events.on_members_changed(event)
    await events.on_group_updated(event)


async def test_two_askers_share_one_question(slack: FakeSlack) -> None:
    asker = directory(slack)
    go_on = asyncio.Event()

    async def answers() -> None:
        await go_on.wait()

    slack.answers = answers
    both = [asyncio.create_task(asker.check(ALICE)) for _ in range(2)]
    await slack.until_asked(2)
    go_on.set()
    await asyncio.gather(*both)

    assert sorted(slack.asked) == [SUPPORT, ALICE]


async def test_one_asker_who_leaves_does_not_take_the_answer_from_the_others(
    slack: FakeSlack,
) -> None:
    asker = directory(slack)
    go_on = asyncio.Event()

    async def answers() -> None:
        await go_on.wait()

    slack.answers = answers
    impatient = asyncio.create_task(asker.check(ALICE))
    patient = asyncio.create_task(asker.check(ALICE))
    await slack.until_asked(2)
    impatient.cancel()
    go_on.set()

    assert (await patient).id == ALICE
    assert sorted(slack.asked) == [SUPPORT, ALICE]


async def test_the_person_and_the_groups_are_asked_side_by_side(slack: FakeSlack) -> None:
    asker = directory(slack, senders=f"{SUPPORT} {SALES}")
    together = asyncio.Event()

    async def answers() -> None:
        if len(slack.asked) == 3:
            together.set()
        async with asyncio.timeout(60):
            await together.wait()

    slack.answers = answers

    assert (await asker.check(ALICE)).id == ALICE


@pytest.mark.parametrize(
    "error",
    [
        slack_says("internal_error", 500),
        TimeoutError(),
    ],
)
async def test_an_error_is_not_kept(slack: FakeSlack, error: Exception) -> None:
    slack.raises[ALICE] = [error]
    asker = directory(slack)

    with pytest.raises(TryLater):
        await asker.check(ALICE)

    assert (await asker.check(ALICE)).id == ALICE


async def test_many_groups_are_asked_for_at_once(slack: FakeSlack) -> None:
    groups = [f"S0GROUP{number:03}" for number in range(25)]
    slack.groups = {each: [ALICE] if each.endswith("7") else [] for each in groups}
    asker = directory(slack)
    asker.begin_to_ask(ALICE, groups)

    found = [each for each in groups if await asker.is_among(ALICE, [each])]

    assert found == ["S0GROUP007", "S0GROUP017"]
    assert slack.asked == ["usergroups.list"]


async def test_an_error_that_nobody_foresaw_is_not_kept_either(slack: FakeSlack) -> None:
    slack.raises[ALICE] = [ZeroDivisionError()]
    asker = directory(slack)

    with pytest.raises(ZeroDivisionError):
        await asker.check(ALICE)

    assert (await asker.check(ALICE)).id == ALICE


async def test_slack_s_own_pause_is_handed_on(slack: FakeSlack) -> None:
    slack.raises[ALICE] = [slack_says("ratelimited", 429, **{"Retry-After": "7"})]

    with pytest.raises(TryLater) as raised:
        await directory(slack).check(ALICE)

    assert (raised.value.key, raised.value.after) == ("slack.limited", 7.0)


async def test_a_locale_that_cannot_be_had_is_empty(slack: FakeSlack) -> None:
    slack.raises[ALICE] = [TimeoutError()]
    asker = directory(slack)

    first, second = await asker.locale(ALICE), await asker.locale(ALICE)

    assert (first, second) == ("", "es-LA")


# The first day to begin is that of UTC+14, the last one that of UTC-11.
FIRST, LAST = "Pacific/Kiritimati", "Pacific/Pago_Pago"


@pytest.mark.parametrize(
    ("told", "setting", "zone"),
    [
        (FIRST, LAST, FIRST),
        (LAST, FIRST, LAST),
        ("", LAST, LAST),
        (None, FIRST, FIRST),
        ("Mars/Olympus", FIRST, FIRST),
    ],
)
async def test_today_is_the_day_where_the_person_is(
    slack: FakeSlack, told: str | None, setting: str, zone: str
) -> None:
    slack.users[ALICE] = {**FULL, "tz": told}
    made = SlackDirectory(
        cast(AsyncWebClient, slack), HERE, Policy(frozenset({"*"}), frozenset()), setting
    )
    assert (await made.check(ALICE)).tz == (told or "")

    # These two never have the same day.
    other = LAST if zone == FIRST else FIRST
    assert made.today(ALICE) == datetime.now(ZoneInfo(zone)).date()
    assert made.today(ALICE) != datetime.now(ZoneInfo(other)).date()


def test_somebody_unknown_yet_is_where_the_setting_says(slack: FakeSlack) -> None:
    made = SlackDirectory(
        cast(AsyncWebClient, slack), HERE, Policy(frozenset(), frozenset()), FIRST
    )

    assert made.today(ALICE) == datetime.now(ZoneInfo(FIRST)).date()


GUEST, BEN = "U0GUEST0001", "U0BEN000001"


@pytest.mark.parametrize(
    ("listed", "people", "is_open"),
    [
        ("", (), False),
        (f"{ALICE} {GUEST}", (ALICE,), False),
        (f"{SUPPORT} {BEN}", (ALICE, BEN), False),
        (f"* {ALICE}", (ALICE,), True),
        (f"S0UNREAD001 {ALICE}", (ALICE,), True),
        # Only a fact leaves somebody out.
        (f"{ALICE} U0UNREAD001", (ALICE, "U0UNREAD001"), False),
    ],
)
async def test_who_may_approve(
    slack: FakeSlack, listed: str, people: tuple[str, ...], *, is_open: bool
) -> None:
    slack.users[GUEST] = {**FULL, "is_restricted": True}
    slack.users[BEN] = dict(FULL)
    slack.users["U0UNREAD001"] = {}
    slack.raises["S0UNREAD001"] = [TryLater("slack.unreachable")]
    policy = Policy(frozenset(), frozenset(), frozenset(listed.split()))
    asker = SlackDirectory(cast(AsyncWebClient, slack), HERE, policy)

    assert await asker.approvers() == Approvers(people, is_open=is_open)
