"""Home with everything real but Slack."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from typing_extensions import override

from bot.demo.slack.blockkit import check_view
from bot.errors import TryLater
from bot.locales import LANGUAGES, load
from bot.sends import Status
from bot.slack.home import Home, view
from bot.slack.home.state import HomeState
from bot.slack.home.view import SEARCH, Screen
from bot.slack.platform.directory import SlackDirectory
from bot.templates import Template
from tests.builders import ALICE, CARLA, make_send, make_template
from tests.builders.people import slack_says
from tests.fakes import FakeSlack
from tests.fakes.repositories import FakeCatalogue

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
EACH = pytest.mark.parametrize("language", LANGUAGES)
CHANNEL = "C0SOPORTE01"

# All that may come alive in Home: channels, admins, and moments in the reader's own time zone.
OURS = re.compile(r"<#[CG]\w+>|<@[UW]\w+>|<!subteam\^S\w+>|<!date\^\d+\^[^|>]+\|[^|>]+UTC>")


def make_screen(**changes: Any) -> Screen:
    screen = Screen(
        HomeState(),
        sends=(make_send(Status.SENT),),
        templates=(make_template(),),
        has_catalogue=True,
        is_admin=False,
        helpers=f"<@{CARLA}>",
    )
    return replace(screen, **changes)


def draw(language: str = "en", **changes: Any) -> dict[str, Any]:
    drawn: dict[str, Any] = view.build(make_screen(**changes), WORDS[language])
    return drawn


def numbered_templates(count: int, **changes: Any) -> tuple[Template, ...]:
    """Make templates called `Aviso 001` and so on."""
    return tuple(
        make_template(name=f"Aviso {number:03}", id=f"{number:020}", **changes)
        for number in range(1, count + 1)
    )


def elements(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """Give everything that can be pressed or filled."""
    found: list[dict[str, Any]] = []
    for block in drawn["blocks"]:
        found += block.get("elements", []) if block["type"] == "actions" else []
        found += [block[name] for name in ("accessory", "element") if name in block]
    return found


def pressable(drawn: dict[str, Any], action_id: str) -> list[dict[str, Any]]:
    return [each for each in elements(drawn) if each["action_id"] == action_id]


def texts(node: object) -> Iterator[str]:
    """Give every text in which Slack's markup works."""
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for each in node.values():
            yield from texts(each)


def says(drawn: dict[str, Any]) -> str:
    return "\n".join(texts(drawn))


def names(drawn: dict[str, Any]) -> list[str]:
    """Give the names of the templates that are shown."""
    return re.findall(r"^\*(.+?)\*", says(drawn), flags=re.MULTILINE)


LONG = "<&>" * 25
LONGEST: dict[str, Any] = {
    "name": LONG,
    "body": "&" * 1024,
    "header": "&" * 60,
    "language": "zh_HK",
    "channels": tuple(f"C{number:010}" for number in range(200)),
}


@dataclass
class Catalogue(FakeCatalogue):
    """Templates, which may be out of reach."""

    templates: tuple[Template, ...] = ()
    is_away: bool = False

    @override
    async def all(self) -> tuple[Template, ...]:
        if self.is_away:
            raise TryLater("database.unreachable")
        return self.templates


@dataclass
class Stage:
    """Home, what it is made from, and what Slack was given to show."""

    home: Home
    slack: "HomeSlack"
    catalogue: Catalogue
    directory: SlackDirectory

    async def open(self, user: str = ALICE, **event: Any) -> dict[str, Any]:
        await self.home.on_opened({"tab": "home", "user": user, **event})
        return self.slack.homes[user]

    async def press(self, action: dict[str, Any]) -> dict[str, Any]:
        body = {"type": "block_actions", "user": {"id": ALICE}, "actions": [action]}
        listener = self.home.on_search if action["action_id"] == SEARCH else self.home.on_move
        await listener(ack=self.slack.ack, body=body)  # type: ignore[arg-type]
        return self.slack.homes[ALICE]


@dataclass
class HomeSlack(FakeSlack):
    """Slack with room for Homes."""

    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)
    acks: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def views_publish(
        self,
        *,
        user_id: str,
        view: dict[str, Any],
        hash: str | None,  # noqa: A002 - Slack's own name for it
    ) -> dict[str, Any]:
        if self.raises.get("views.publish"):
            raise self.raises["views.publish"].pop(0)
        assert check_view(view, kind="home") == []
        if hash and hash != self.versions.get(user_id):
            raise slack_says("hash_conflict")
        self.homes[user_id] = view
        self.published.append(user_id)
        self.versions[user_id] = f"{len(self.published)}.abc"
        return {"ok": True, "view": {"hash": self.versions[user_id]}}

    async def ack(self) -> None:
        self.acks += 1
