"""The app's manifest: as small as it can be, as Slack wants it, and the one in manifests/."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.__main__ import main
from bot.locales import LANGUAGES
from bot.slack import manifest
from bot.slack.notifications.buttons import ACTIONS
from bot.slack.platform import events
from bot.slack.send_form import listeners
from bot.slack.subcommands.parse import Topic, read
from tests.paths import ROOT

# Slack's own, from github.com/slackapi/manifest-schema, taken in early 2026.
SCHEMA = json.loads(Path(__file__).with_name("manifest.schema.json").read_text())
URL = "https://bot.example.com/slack/events"
EACH = pytest.mark.parametrize("language", LANGUAGES)
EITHER = pytest.mark.parametrize("url", [URL, ""], ids=["http", "socket"])
# Slack's, the smallest for each kind of text: a shortcut's name, the app's description.
LIMITS = {"name": 24, "description": 140, "usage_hint": 1000}


@EITHER
@EACH
def test_it_keeps_to_slack_s_schema(url: str, language: str) -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(manifest.build(url, language))


def sayings(made: Any) -> Iterator[tuple[str, str]]:
    """Give every text in a manifest that people read, with what it is."""
    features = made["features"]
    for each in (made["display_information"], *features["slash_commands"], *features["shortcuts"]):
        yield from ((key, each[key]) for key in LIMITS if key in each)


@EACH
def test_its_words_fit_into_slack_s_menus(language: str) -> None:
    said = list(sayings(manifest.build(URL, language)))

    assert len(said) == 10
    assert [text for key, text in said if not 0 < len(text) <= LIMITS[key]] == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_all_that_people_read_is_in_the_language_but_the_app_s_name(language: str) -> None:
    english = [text for _, text in sayings(manifest.build(URL))]
    said = [text for _, text in sayings(manifest.build(URL, language))]

    assert set(said) & set(english) == {"WhatsApp templates"}


@EITHER
@EACH
def test_a_language_changes_words_alone(url: str, language: str) -> None:
    made, english = manifest.build(url, language), manifest.build(url)

    for each in (made, english):
        each["display_information"]["description"] = ""
        for one in (*each["features"]["slash_commands"], *each["features"]["shortcuts"]):
            one.update(dict.fromkeys(("name", "description", "usage_hint"), ""))
    assert made == english


@EACH
@pytest.mark.parametrize(
    ("url", "arguments"), [(URL, ["--url", "https://bot.example.com"]), ("", ["--socket"])]
)
def test_the_command_prints_it_in_a_language(
    capsys: pytest.CaptureFixture[str], url: str, arguments: list[str], language: str
) -> None:
    main(["manifest", *arguments, "--language", language])

    printed = capsys.readouterr().out
    assert json.loads(printed) == manifest.build(url, language)
    assert "\\u" not in printed


def test_a_language_that_the_bot_does_not_speak_is_wrong_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["manifest", "--socket", "--language", "de"])

    assert ended.value.code == 2
    printed = capsys.readouterr().err
    assert all(repr(each) in printed for each in LANGUAGES)


@EACH
def test_the_hint_s_word_for_help_is_understood(language: str) -> None:
    hint = manifest.build(URL, language)["features"]["slash_commands"][0]["usage_hint"]

    asked = read(hint.rpartition("| ")[2])

    assert asked is not None
    assert asked.topic is Topic.HELP


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

    assert scopes == {
        "bot": [
            "channels:read",
            "chat:write",
            "commands",
            "files:read",
            "files:write",
            "groups:read",
            "usergroups:read",
            "users:read",
        ]
    }


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
        "bulk_from_message": "message",
        listeners.GLOBAL: "global",
    }
    assert settings["event_subscriptions"]["bot_events"] == sorted(events.EVENTS)
    assert settings["interactivity"]["is_enabled"] is bool(ACTIONS)
