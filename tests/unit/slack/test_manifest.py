"""The app's manifest: as small as it can be, as Slack wants it, and the one in manifests/."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.__main__ import main
from bot.slack import manifest
from bot.slack.notifications.cards import ACTIONS
from bot.slack.platform import events
from bot.slack.send_form import listeners
from tests.paths import ROOT

# Slack's own, from github.com/slackapi/manifest-schema, taken in early 2026.
SCHEMA = json.loads(Path(__file__).with_name("manifest.schema.json").read_text())
URL = "https://bot.example.com/slack/events"
EITHER = pytest.mark.parametrize("url", [URL, ""], ids=["http", "socket"])


@EITHER
def test_it_keeps_to_slack_s_schema(url: str) -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(manifest.build(url))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("http", ["--url", "https://bot.example.com"]), ("socket", ["--socket"])],
)
def test_the_files_are_what_the_command_prints(
    capsys: pytest.CaptureFixture[str], name: str, arguments: list[str]
) -> None:
    code = main(["manifest", *arguments])

    assert code == 0
    assert capsys.readouterr().out == ROOT.joinpath("manifests", f"{name}.json").read_text()


@pytest.mark.parametrize(
    "url",
    [
        "https://bot.example.com",
        "https://bot.example.com/",
        "https://bot.example.com/slack/events",
        "https://bot.example.com/slack/events/",
    ],
)
def test_an_address_may_be_given_in_any_form(capsys: pytest.CaptureFixture[str], url: str) -> None:
    main(["manifest", "--url", url])

    assert json.loads(capsys.readouterr().out) == manifest.build(URL)


@pytest.mark.parametrize("arguments", [[], ["--url", "http://bot.example.com"], ["--url", ""]])
def test_a_manifest_needs_a_way_for_slack_to_reach_the_bot(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    code = main(["manifest", *arguments])

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert "https://" in printed.err


def addresses(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for each in value.values() for found in addresses(each)]
    if isinstance(value, list):
        return [found for each in value for found in addresses(each)]
    return [value] if isinstance(value, str) and "://" in value else []


def test_over_http_everything_goes_to_one_address() -> None:
    assert addresses(manifest.build(URL)) == [URL] * 4


def test_over_socket_mode_there_is_no_address() -> None:
    made = manifest.build("")

    assert addresses(made) == []
    assert made["settings"]["socket_mode_enabled"]


@EITHER
def test_it_asks_for_the_least_that_the_bot_needs(url: str) -> None:
    scopes = manifest.build(url)["oauth_config"]["scopes"]

    assert scopes == {"bot": ["chat:write", "commands", "usergroups:read", "users:read"]}


@EITHER
def test_the_bot_has_a_home_and_can_write_to_a_person(url: str) -> None:
    made = manifest.build(url)

    home = made["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert "app_home_opened" in made["settings"]["event_subscriptions"]["bot_events"]


@EITHER
def test_what_the_bot_listens_to_is_there(url: str) -> None:
    made = manifest.build(url)

    features, settings = made["features"], made["settings"]
    assert [each["command"] for each in features["slash_commands"]] == [listeners.COMMAND]
    assert {each["callback_id"]: each["type"] for each in features["shortcuts"]} == {
        listeners.FROM_MESSAGE: "message",
        listeners.GLOBAL: "global",
    }
    assert settings["event_subscriptions"]["bot_events"] == sorted(events.EVENTS)
    assert settings["interactivity"]["is_enabled"] is bool(ACTIONS)
