"""People, groups and conversations as Slack describes them."""

from bot.demo.slack.seed import (
    ALICE,
    BRUNO,
    EXTERNAL,
    GONE,
    GUEST,
    HELPER,
    LUCIA,
    PRIVATE,
    SECRET,
    SOPORTE,
    SUPPORT,
    VENTAS,
)
from tests.demo.kinds import Json, Start, World, error_of


async def test_people_are_described_as_slack_does(world: World) -> None:
    slack, app = world

    async def about(user: str) -> Json:
        told = await app.client.users_info(user=user, include_locale=True)
        return dict(told["user"])

    assert (await about(ALICE))["locale"] == "es-ES"
    assert (await about(GUEST))["is_restricted"] is True
    assert (await about(HELPER))["is_bot"] is True
    assert (await about(GONE))["deleted"] is True
    outside = await about(EXTERNAL)
    assert outside["team_id"] != (await about(ALICE))["team_id"]
    assert "is_restricted" not in outside
    assert "locale" not in outside
    assert await error_of(app.client.users_info(user="U0NOBODY001")) == "user_not_found"
    members = (await app.client.users_list())["members"]
    assert EXTERNAL not in [one["id"] for one in members]
    slack.workspace.add_person("U0NEW000001", "nueva", is_restricted=True)
    assert (await about("U0NEW000001"))["name"] == "nueva"


async def test_user_groups_belong_to_paid_plans(world: World) -> None:
    slack, app = world
    client = app.client
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]
    users = (await client.usergroups_users_list(usergroup=SUPPORT))["users"]
    slack.workspace.set_group(SUPPORT, [], disabled=True)
    enabled = (await client.usergroups_list())["usergroups"]
    disabled = await error_of(client.usergroups_users_list(usergroup=SUPPORT))
    slack.workspace.set_plan("free")

    assert group["users"] == users == [ALICE, BRUNO, LUCIA]
    assert group["user_count"] == "3"
    assert enabled == []
    assert disabled == "no_such_subteam"
    assert await error_of(client.usergroups_list()) == "plan_upgrade_required"
    listing = client.usergroups_users_list(usergroup=SUPPORT)
    assert await error_of(listing) == "plan_upgrade_required"


async def test_conversations_need_the_scope_of_their_kind(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("channels:read")
    _slack, app = await start()
    client = app.client

    inside = (await client.conversations_info(channel=SOPORTE))["channel"]
    outside = (await client.conversations_info(channel=VENTAS))["channel"]
    members = (await client.conversations_members(channel=SOPORTE))["members"]

    assert (inside["is_member"], outside["is_member"]) == (True, False)
    assert ALICE in members
    assert await error_of(client.conversations_info(channel=PRIVATE)) == "missing_scope"
    assert await error_of(client.conversations_info(channel=SECRET)) == "channel_not_found"


async def test_a_direct_message_is_described_by_its_person(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"] += ["im:read", "team:read"]
    slack, app = await start()

    told = await app.client.conversations_info(channel=slack.person(ALICE).dm_channel)

    assert told["channel"]["user"] == ALICE
    assert (await app.client.team_info())["team"]["id"] == "T0STANDIN01"


async def test_who_the_bot_is(world: World) -> None:
    _, app = world
    client = app.client

    told = await client.auth_test()
    bot = (await client.bots_info(bot=told["bot_id"]))["bot"]

    assert bot["user_id"] == told["user_id"]
    assert "chat:write" in told.headers["X-OAuth-Scopes"]
    assert (await client.api_test(foo="1"))["args"]["foo"] == "1"
    assert await error_of(client.bots_info(bot="B0NOTHING")) == "bot_not_found"
