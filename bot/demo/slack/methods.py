"""The Web API's methods, and the table of the scopes and rate tiers they have."""

import dataclasses
from collections.abc import Callable

from bot.demo.slack import file_methods, posting
from bot.demo.slack.blockkit import check_blocks, check_view
from bot.demo.slack.call import Call
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.messages import Channel
from bot.demo.slack.people import Group
from bot.demo.slack.schema import Problem
from bot.demo.slack.views import View
from bot.demo.slack.workspace import APP_ID, BOT_ID, BOT_USER, DOMAIN, TEAM, TEAM_NAME

BY_KIND = {"public": "channels:read", "private": "groups:read", "im": "im:read"}


def auth_test(_: Call) -> Json:
    """auth.test."""
    return {
        "url": f"https://{DOMAIN}.slack.com/",
        "team": TEAM_NAME,
        "user": "bot",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    """api.test."""
    return {"args": call.args}


def team_info(_: Call) -> Json:
    """team.info."""
    return {"team": {"id": TEAM, "name": TEAM_NAME, "domain": DOMAIN, "email_domain": ""}}


def bots_info(call: Call) -> Json:
    """bots.info."""
    if call.text("bot") not in {"", BOT_ID}:
        raise Refusal("bot_not_found")
    app = call.workspace.app
    bot = {"id": BOT_ID, "deleted": False, "name": app.bot_name}
    return {"bot": {**bot, "app_id": APP_ID, "user_id": BOT_USER}}


def users_info(call: Call) -> Json:
    """users.info."""
    return {"user": call.user("user").payload(TEAM, locale=call.flag("include_locale"))}


def users_list(call: Call) -> Json:
    """users.list: nobody of another workspace."""
    members = [one.payload(TEAM) for one in call.workspace.people.values() if one.team_id == TEAM]
    return {"members": members, "response_metadata": {"next_cursor": ""}}


def _paid(call: Call) -> None:
    if call.workspace.plan == "free":
        raise Refusal("plan_upgrade_required")


def _enabled(call: Call, group: Group) -> bool:
    return call.flag("include_disabled") or not group.date_delete


def usergroups_list(call: Call) -> Json:
    """usergroups.list."""
    _paid(call)
    users = call.flag("include_users")
    groups = [one for one in call.workspace.groups.values() if _enabled(call, one)]
    return {"usergroups": [one.payload(TEAM, users=users) for one in groups]}


def usergroups_users_list(call: Call) -> Json:
    """usergroups.users.list."""
    _paid(call)
    group = call.workspace.groups.get(call.need("usergroup"))
    if group is None or not _enabled(call, group):
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


def _readable(call: Call) -> Channel:
    """Find a conversation and check the scope that its kind needs."""
    channel = call.channel()
    needed = BY_KIND[channel.kind]
    if needed not in call.workspace.app.scopes:
        provided = ",".join(sorted(call.workspace.app.scopes))
        raise Refusal("missing_scope", needed=needed, provided=provided)
    return channel


def conversations_info(call: Call) -> Json:
    """conversations.info."""
    return {"channel": _readable(call).payload(BOT_USER)}


def conversations_members(call: Call) -> Json:
    """conversations.members."""
    members = sorted(_readable(call).members)
    return {"members": members, "response_metadata": {"next_cursor": ""}}


def conversations_open(call: Call) -> Json:
    """conversations.open, for one person."""
    user = call.user("users")
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    return {"channel": {"id": call.workspace.direct(user.id).id}}


def _view_answer(view: View) -> Json:
    return {"view": view.payload(TEAM, APP_ID, BOT_ID)}


def _spec(call: Call) -> object:
    call.need("view")
    return call.structure("view")


def views_open(call: Call) -> Json:
    """views.open."""
    spec = _spec(call)
    return _view_answer(call.workspace.views.open(call.need("trigger_id"), spec))


def views_push(call: Call) -> Json:
    """views.push."""
    spec = _spec(call)
    return _view_answer(call.workspace.views.push(call.need("trigger_id"), spec))


def views_update(call: Call) -> Json:
    """views.update."""
    spec = _spec(call)
    if not call.text("external_id"):
        call.need("view_id")
    views = call.workspace.views
    view = views.find(call.text("view_id") or None, call.text("external_id") or None)
    return _view_answer(views.update(view, spec, call.text("hash") or None))


def views_publish(call: Call) -> Json:
    """views.publish."""
    if not call.workspace.app.home_tab:
        raise Refusal("not_enabled")
    spec = _spec(call)
    user = call.user("user_id").id
    views = call.workspace.views
    return _view_answer(views.publish(user, spec, call.text("hash") or None))


def blocks_validate(call: Call) -> Json:
    """blocks.validate: exactly one of view, blocks and message."""
    given = [name for name in ("view", "blocks", "message") if call.args.get(name)]
    if len(given) != 1:
        raise Refusal("invalid_arguments")
    one = call.structure(given[0])
    if given == ["view"]:
        kind = str(one.get("type", "")) if isinstance(one, dict) else ""
        found = check_view(one, kind="home" if kind == "home" else "modal")
    elif given == ["message"]:
        blocks = one.get("blocks") if isinstance(one, dict) else None
        found = check_blocks(blocks, unknown=call.workspace.unknown_blocks)
    else:
        found = check_blocks(one, "", unknown=call.workspace.unknown_blocks)
    if found:
        raise Refusal(f"invalid_{given[0]}", errors=[_told(problem) for problem in found])
    return {}


def _told(problem: Problem) -> Json:
    code = "failed_constraint"
    return {"pointer": problem.pointer, "code": code, "message": problem.message}


def connections_open(call: Call) -> Json:
    """apps.connections.open: a websocket address that is good for one connection."""
    address = call.workspace.base_url.replace("http://", "ws://")
    return {"url": f"{address}/link?ticket={call.socket.ticket()}&app={APP_ID}"}


@dataclasses.dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does, the scope and the rate tier it has."""

    run: Callable[[Call], Json]
    tier: int | None = None
    scope: str = ""
    app_token: bool = False


METHODS = {
    "api.test": Method(api_test, 4),
    "apps.connections.open": Method(connections_open, 3, app_token=True),
    "auth.test": Method(auth_test),
    "blocks.validate": Method(blocks_validate, 4),
    "bots.info": Method(bots_info, 3, "users:read"),
    "chat.delete": Method(posting.delete, 3, "chat:write"),
    "chat.getPermalink": Method(posting.permalink),
    "chat.postEphemeral": Method(posting.post_ephemeral, 4, "chat:write"),
    "chat.postMessage": Method(posting.post, None, "chat:write"),
    "chat.update": Method(posting.update, 3, "chat:write"),
    "conversations.info": Method(conversations_info, 3),
    "conversations.members": Method(conversations_members, 4),
    "conversations.open": Method(conversations_open, 3, "im:write"),
    "files.completeUploadExternal": Method(file_methods.complete_upload, 4, "files:write"),
    "files.getUploadURLExternal": Method(file_methods.get_upload_url, 4, "files:write"),
    "files.info": Method(file_methods.info, 4, "files:read"),
    "team.info": Method(team_info, 3, "team:read"),
    "usergroups.list": Method(usergroups_list, 2, "usergroups:read"),
    "usergroups.users.list": Method(usergroups_users_list, 2, "usergroups:read"),
    "users.info": Method(users_info, 4, "users:read"),
    "users.list": Method(users_list, 2, "users:read"),
    "views.open": Method(views_open, 4),
    "views.publish": Method(views_publish, 4),
    "views.push": Method(views_push, 4),
    "views.update": Method(views_update, 4),
}
