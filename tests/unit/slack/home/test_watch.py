"""Homes that were opened lately are drawn again once a send of their people has changed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from typing_extensions import override

from bot.errors import TryLater
from bot.repositories import SendChange
from bot.slack.home import watch
from bot.slack.home.state import HomeState
from bot.slack.home.watch import HomeWatch, OpenHome
from tests.builders import ALICE, CARLA
from tests.fakes.repositories import FakeSends

BRUNO = "U0BRUNO0001"
TICK = 0.005


@dataclass
class Changes(FakeSends):
    """What happened, by number."""

    happened: dict[int, SendChange] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    @override
    async def whose_changed(self, after: int) -> Mapping[int, SendChange]:
        self.asked.append(after)
        if self.raises:
            raise self.raises.pop()
        return {number: user for number, user in self.happened.items() if number > after}

    def happen(self, user: str, *, is_planned: bool = False) -> None:
        number = max(self.happened, default=0) + 1
        self.happened[number] = SendChange(user, is_planned)


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(1000):
        if is_so():
            return
        await asyncio.sleep(TICK)
    raise AssertionError("not so in time")


@dataclass
class Scene:
    """The watch, its clock, and whose Homes it had drawn."""

    changes: Changes = field(default_factory=Changes)
    clock: float = 1000.0
    drawn: list[str] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = HomeWatch(self.changes, every=TICK, now=lambda: self.clock)

    async def draw(self, user: str) -> None:
        self.drawn.append(user)
        if self.raises:
            raise self.raises.pop()

    async def open(self, *users: str) -> None:
        """Let people open Home; what is drawn because of that alone is left out."""
        for user in users:
            self.watch.opened(user, OpenHome(HomeState(), "1.a", "as it was"), self.draw)
        await self.looks(2)
        for _ in users:
            await self.passes(2.0)
        self.drawn.clear()

    async def looks(self, count: int) -> None:
        """Wait until it has looked so often again, and done what comes of it."""
        wanted = len(self.changes.asked) + count + 1
        await until(lambda: len(self.changes.asked) >= wanted)

    async def passes(self, seconds: float) -> None:
        self.clock += seconds
        await self.looks(2)


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene()
    yield made
    await made.watch.close()


async def test_a_home_is_drawn_again_once_after_a_send_went_through_its_statuses(
    scene: Scene,
) -> None:
    await scene.open(ALICE)
    for _ in range(3):
        scene.changes.happen(ALICE)
        await scene.looks(1)
        assert scene.drawn == []

    await scene.passes(1.0)
    await scene.passes(10.0)

    assert scene.drawn == [ALICE]


async def test_who_has_not_opened_home_gets_none(scene: Scene) -> None:
    await scene.open(ALICE)
    scene.changes.happen(BRUNO)

    await scene.looks(1)
    await scene.passes(10.0)

    assert scene.drawn == []


async def test_what_is_planned_by_anybody_is_drawn_for_who_sees_all_of_that(scene: Scene) -> None:
    await scene.open(ALICE)
    sees_all = OpenHome(HomeState(), "1.a", "as it was", sees_planned=True)
    scene.watch.opened(CARLA, sees_all, scene.draw)
    await scene.passes(2.0)
    scene.drawn.clear()

    scene.changes.happen(BRUNO)
    await scene.passes(2.0)
    after_a_plain_one = [*scene.drawn]
    scene.changes.happen(BRUNO, is_planned=True)
    await scene.looks(1)
    await scene.passes(2.0)

    assert after_a_plain_one == []
    assert scene.drawn == [CARLA]


async def test_without_an_open_home_nothing_is_asked(scene: Scene) -> None:
    scene.changes.happen(BRUNO)

    await asyncio.sleep(TICK * 5)

    assert scene.changes.asked == []


async def test_an_hour_after_it_was_opened_nobody_looks_any_more(scene: Scene) -> None:
    await scene.open(ALICE)
    scene.clock += watch.OPEN_SECONDS
    await asyncio.sleep(TICK * 5)
    asked = len(scene.changes.asked)
    scene.changes.happen(ALICE)

    await asyncio.sleep(TICK * 5)

    assert scene.watch.find(ALICE) is None
    assert scene.drawn == []
    assert len(scene.changes.asked) == asked


async def test_opened_again_after_that_it_is_watched_again(scene: Scene) -> None:
    await scene.open(ALICE)
    scene.clock += watch.OPEN_SECONDS
    await asyncio.sleep(TICK * 5)
    await scene.open(ALICE)
    scene.changes.happen(ALICE)

    await scene.looks(1)
    await scene.passes(1.0)

    assert scene.drawn == [ALICE]


async def test_what_never_rests_is_drawn_all_the_same(scene: Scene) -> None:
    await scene.open(ALICE)
    for _ in range(12):
        scene.changes.happen(ALICE)
        await scene.passes(0.5)

    assert scene.drawn == [ALICE]


async def test_one_home_is_drawn_between_two_pauses_the_longest_waiting_first(
    scene: Scene,
) -> None:
    people = [f"U{number:010}" for number in range(5)]
    await scene.open(*people)
    for user in reversed(people):
        scene.changes.happen(user)
        await scene.looks(1)
    scene.clock += 10.0
    before = len(scene.changes.asked)

    await until(lambda: len(scene.drawn) == len(people))

    assert scene.drawn == people[::-1]
    assert len(scene.changes.asked) - before >= len(people) - 1


async def test_an_event_that_is_seen_late_counts_once(scene: Scene) -> None:
    scene.changes.happened = {1: SendChange(BRUNO), 3: SendChange(BRUNO)}
    await scene.open(ALICE)
    scene.changes.happened[2] = SendChange(ALICE)

    await scene.looks(1)
    await scene.passes(1.0)
    await scene.passes(10.0)

    assert scene.drawn == [ALICE]


async def test_only_the_last_events_are_asked_for(scene: Scene) -> None:
    scene.changes.happened = dict.fromkeys(range(1, 1001), SendChange(BRUNO))
    await scene.open(ALICE)

    assert scene.changes.asked[0] == 0
    assert set(scene.changes.asked[1:]) == {1000 - watch.OVERLAP}


async def test_so_many_homes_are_remembered_and_no_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "HOMES_KEPT", 2)

    await scene.open(ALICE, BRUNO, CARLA)

    found = [user for user in (ALICE, BRUNO, CARLA) if scene.watch.find(user)]
    assert found == [BRUNO, CARLA]


@pytest.mark.parametrize("error", [TryLater("slack.unreachable"), TryLater("slack.limited")])
async def test_what_goes_wrong_is_silent_and_the_next_one_is_drawn(
    scene: Scene, error: TryLater, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.open(ALICE, BRUNO)
    scene.raises = [error]
    caplog.set_level("INFO")
    for user in (ALICE, BRUNO):
        scene.changes.happen(user)
    await scene.looks(1)

    await scene.passes(1.0)
    await scene.passes(1.0)

    assert sorted(scene.drawn) == [ALICE, BRUNO]
    assert [(each.message, each.levelname) for each in caplog.records] == [
        ("home not drawn", "INFO")
    ]


async def test_while_slack_wants_a_pause_there_is_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.open(ALICE)
    scene.raises = [TryLater("slack.limited", after=30.0)]
    scene.changes.happen(ALICE)
    await scene.looks(1)
    scene.clock += 1.0
    await until(lambda: bool(scene.drawn))
    asked = len(scene.changes.asked)

    await asyncio.sleep(TICK * 10)

    assert len(scene.changes.asked) == asked


async def test_while_the_database_is_away_it_is_asked_seldom(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PAUSE", TICK * 4)
    await scene.open(ALICE)
    scene.changes.raises = [TryLater("database.unreachable")]
    caplog.set_level("INFO")
    await scene.looks(2)
    scene.changes.happen(ALICE)

    await scene.looks(1)
    await scene.passes(1.0)

    assert [each.message for each in caplog.records] == ["homes not looked at"]
    assert scene.drawn == [ALICE]
