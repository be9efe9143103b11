"""Wall times and instants: what daylight saving skips and doubles, and rules that change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import time_zones
from bot.locales import load
from bot.times import (
    Asker,
    Change,
    Mistake,
    Moment,
    check_again,
    cut,
    in_zones,
    read,
    recompute,
    resolve,
    said,
    show,
)
from tests.unit.times.scene import ANY, NOW, asker, wall, zone

# What the clocks of a place do with a wall time, and the instant that is meant.
CLOCKS = [
    ("America/New_York", "2027-03-14 02:30", Change.SKIPPED, "2027-03-14 07:30", "03:30"),
    ("America/New_York", "2027-03-14 01:59", Change.NONE, "2027-03-14 06:59", "01:59"),
    ("America/New_York", "2027-03-14 03:00", Change.NONE, "2027-03-14 07:00", "03:00"),
    ("America/New_York", "2027-11-07 01:30", Change.DOUBLED, "2027-11-07 05:30", "01:30"),
    ("America/New_York", "2027-11-07 02:00", Change.NONE, "2027-11-07 07:00", "02:00"),
    ("America/Santiago", "2026-09-06 00:30", Change.SKIPPED, "2026-09-06 04:30", "01:30"),
    ("America/Santiago", "2026-04-04 23:30", Change.DOUBLED, "2026-04-05 02:30", "23:30"),
    ("America/Sao_Paulo", "2018-11-04 00:00", Change.SKIPPED, "2018-11-04 03:00", "01:00"),
    ("America/Sao_Paulo", "2019-02-16 23:15", Change.DOUBLED, "2019-02-17 01:15", "23:15"),
    ("America/Sao_Paulo", "2027-11-07 00:30", Change.NONE, "2027-11-07 03:30", "00:30"),
    ("America/Asuncion", "2023-10-01 00:30", Change.SKIPPED, "2023-10-01 04:30", "01:30"),
    ("America/Asuncion", "2024-03-23 23:30", Change.DOUBLED, "2024-03-24 02:30", "23:30"),
    ("America/Asuncion", "2027-03-28 00:30", Change.NONE, "2027-03-28 03:30", "00:30"),
    ("America/Havana", "2026-03-08 00:30", Change.SKIPPED, "2026-03-08 05:30", "01:30"),
    ("America/Havana", "2025-11-02 00:30", Change.DOUBLED, "2025-11-02 04:30", "00:30"),
    ("America/Panama", "2027-03-14 02:30", Change.NONE, "2027-03-14 07:30", "02:30"),
]


@pytest.mark.parametrize(("place", "asked", "change", "instant", "shown"), CLOCKS)
def test_a_skipped_time_moves_forward_and_a_doubled_one_is_the_first(
    place: str, asked: str, change: Change, instant: str, shown: str
) -> None:
    moment = resolve(wall(asked), zone(place))

    assert moment.change == change
    assert moment.instant == datetime.fromisoformat(f"{instant}+00:00")
    assert f"{moment.shown_wall:%H:%M}" == shown
    assert f"{moment.wall:%Y-%m-%d %H:%M}" == asked


@pytest.mark.parametrize("language", ANY)
@pytest.mark.parametrize(
    ("now", "text", "key", "shown"),
    [
        ("2027-03-14T05:00Z", "at 2:30am", "time.skipped", ("3:30 AM", "03:30")),
        ("2027-11-07T03:00Z", "at 1:30am", "time.doubled", ("1:30 AM", "01:30")),
    ],
)
def test_what_daylight_saving_does_is_said(
    language: str, now: str, text: str, key: str, shown: tuple[str, str]
) -> None:
    moment = read(text, asker(language, datetime.fromisoformat(now), "America/New_York"))

    assert isinstance(moment, Moment)
    note = said(moment, language)
    assert note is not None
    assert note.key == key
    assert shown[language != "en"] in load(language)(note.key, **note.values)


def test_of_a_usual_time_nothing_is_said() -> None:
    moment = read("mañana 9:00", asker())

    assert isinstance(moment, Moment)
    assert said(moment, "es") is None


@pytest.mark.parametrize(
    ("now", "text", "instant"),
    [
        # 1:40 for the first time, and for the second: 1:30 is past both times.
        ("2027-11-07T05:40Z", "at 1:30am", "2027-11-08T06:30Z"),
        ("2027-11-07T06:40Z", "at 1:30am", "2027-11-08T06:30Z"),
        # 1:10 for the second time: the first 1:30 is past.
        ("2027-11-07T06:10Z", "at 1:30am", "2027-11-08T06:30Z"),
        ("2027-11-07T05:10Z", "at 1:30am", "2027-11-07T05:30Z"),
        # 3:10 on the day without a 2:30.
        ("2027-03-14T07:10Z", "at 2:30am", "2027-03-15T06:30Z"),
        ("2027-03-14T06:50Z", "at 2:30am", "2027-03-14T07:30Z"),
        ("2027-11-07T06:10Z", "sunday 1:30am", "2027-11-14T06:30Z"),
    ],
)
def test_the_next_such_moment_while_clocks_change(now: str, text: str, instant: str) -> None:
    moment = read(text, asker("en", datetime.fromisoformat(now), "America/New_York"))

    assert isinstance(moment, Moment)
    assert moment.instant == datetime.fromisoformat(instant)


def kept_by_the_rules_of(place: str) -> Moment:
    """Give a moment that was kept while Panama had other rules, those of another place."""
    return replace(resolve(wall("2027-06-01 09:00"), zone(place)), zone=zone(), rules="2020a")


def test_a_moment_is_computed_anew_by_wall_time_when_the_rules_change() -> None:
    before = kept_by_the_rules_of("America/Asuncion")

    anew, is_moved = recompute(before)

    assert is_moved
    assert (anew.wall, anew.instant) == (before.wall, datetime(2027, 6, 1, 14, tzinfo=UTC))
    assert recompute(anew) == (anew, False)


def test_a_moment_that_stays_has_not_moved() -> None:
    before = kept_by_the_rules_of("America/Bogota")

    anew, is_moved = recompute(before)

    assert not is_moved
    assert anew.rules == time_zones.version()


@pytest.mark.parametrize(
    ("later", "key"),
    [
        (timedelta(0), ""),
        (timedelta(hours=22, minutes=59), ""),
        (timedelta(hours=23), "time.past"),
        (timedelta(days=9), "time.past"),
    ],
)
def test_a_moment_is_looked_at_again_since_a_form_ages(later: timedelta, key: str) -> None:
    moment = read("mañana 9:00", asker())
    assert isinstance(moment, Moment)

    again = check_again(moment, asker("es", NOW + later))

    assert (again.problem.key if isinstance(again, Mistake) else "") == key


def test_what_was_chosen_too_far_ahead_is_refused_as_well() -> None:
    moment = resolve(wall("2027-08-03 10:01"), zone())

    again = check_again(moment, asker())

    assert isinstance(again, Mistake)
    assert again.problem.key == "time.too_far"
    assert dict(again.problem.values) == {"days": 90, "last": "martes 3 de agosto"}


@pytest.mark.parametrize(
    ("language", "sender", "recipient"),
    [
        ("en", ("Thursday, May 6", "9:00 AM", "America/Panama"), ("Thursday, May 6", "11:00 AM")),
        ("es", ("jueves 6 de mayo", "09:00", "America/Panama"), ("jueves 6 de mayo", "11:00")),
        (
            "pt",
            ("quinta-feira, 6 de maio", "09:00", "America/Panama"),
            ("quinta-feira, 6 de maio", "11:00"),
        ),
    ],
)
def test_a_moment_is_shown_by_both_clocks(
    language: str, sender: tuple[str, ...], recipient: tuple[str, ...]
) -> None:
    moment = read("tomorrow 9:00", asker(language))
    assert isinstance(moment, Moment)

    here, there = in_zones(moment.instant, zone(), zone("America/Sao_Paulo"), language)

    assert (here.day, here.time, here.zone) == sender
    assert (there.day, there.time) == recipient
    assert show(moment, language) == f"{here.day}, {here.time}"


@pytest.mark.parametrize("recipient", [None, "America/Panama"])
def test_one_clock_is_enough_for_one_zone(recipient: str | None) -> None:
    other = zone(recipient) if recipient else None

    assert len(in_zones(NOW, zone(), other, "es")) == 1


@pytest.mark.parametrize("language", ANY)
def test_every_sentence_can_be_said(language: str) -> None:
    texts = [
        "hoy 9:00",
        "at 9",
        "midnight",
        "06/07 at 9",
        "next friday 9:00",
        "mañana",
        "1/1/27 9:00",
    ]
    texts += ["2029-01-01 9:00", "lunes 11 de mayo 9:00"]
    readings = [read(each, asker("en")) for each in texts]
    asker_es = Asker(NOW, zone(), language)
    problems = [each.problem for each in readings if isinstance(each, Mistake)]
    problems += [each for each in [cut("x mañana", 0, asker_es).note] if each]

    sentences = [load(language)(each.key, **each.values) for each in problems]

    assert len(problems) == 6
    assert all("{" not in each for each in sentences)
