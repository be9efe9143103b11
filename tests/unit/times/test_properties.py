"""What holds for every moment, zone and language, above all round the changes of the clocks."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.times import (
    Ask,
    Asker,
    Change,
    Mistake,
    Moment,
    Reading,
    check_again,
    in_zones,
    read,
    recompute,
    resolve,
    show,
    wall_time,
)
from tests.unit.times.scene import ANY, wall, zone

# Where clocks change at two in the night, at midnight, changed once, never did; by half hours, too.
PLACES = (
    *("America/Santiago", "America/Sao_Paulo", "America/New_York", "America/Asuncion"),
    *(
        "America/Havana",
        "America/Panama",
        "America/Caracas",
        "America/St_Johns",
        "Australia/Lord_Howe",
    ),
    *("America/Scoresbysund", "Pacific/Apia", "UTC"),
)
# The hours round some changes in those places, of which the years of hypothesis meet few.
CHANGES = [
    datetime.fromisoformat(f"{each}+00:00")
    for each in (
        *("2026-09-06 04:00", "2026-04-05 03:00", "2018-11-04 03:00", "2019-02-17 02:00"),
        *("2027-03-14 07:00", "2027-11-07 06:00", "2023-10-01 04:00", "2024-03-24 03:00"),
        *("2026-03-08 05:00", "2025-11-02 05:00", "2011-12-30 10:00"),
    )
]
NEAR_CHANGES = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-3 * 24 * 60, 3 * 24 * 60),
)
MOMENTS = st.one_of(
    NEAR_CHANGES,
    st.datetimes(wall("2018-01-01"), wall("2037-01-01"), timezones=st.just(UTC)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)
TIMES = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
ASKERS = st.builds(Asker, MOMENTS, st.sampled_from(PLACES).map(zone), st.sampled_from(ANY))
DAYS = ["", "mañana", "hoy", "tomorrow", "amanhã", "lunes", "segunda-feira", "on friday", "el 15"]
DAYS += ["15/3", "3/11", "14 de marzo", "next sunday", "domingo", "pasado mañana"]
CLOCKS = [
    "at 9",
    "at midnight",
    "a las 12 de la noche",
    "ao meio-dia",
    "às 9h",
    "at 2:30am",
    "a la 1",
]
CLOCKS += ["0:30", "1:30", "2:30", "23:30", "a las 0:00"]
TEXTS = st.builds("{} {}".format, st.sampled_from(DAYS), st.sampled_from(CLOCKS))


def moments(reading: Reading | None) -> tuple[Moment, ...]:
    match reading:
        case Moment():
            return (reading,)
        case Ask():
            return reading.choices
        case Mistake():
            return reading.instead
        case None:
            return ()


@given(TEXTS, ASKERS)
def test_nothing_is_in_the_past_or_too_far_ahead(text: str, asker: Asker) -> None:
    for moment in moments(read(text, asker)):
        assert timedelta(0) < moment.instant - asker.now <= timedelta(days=90)
        assert check_again(moment, asker) == moment


@given(TEXTS, ASKERS)
def test_a_question_has_choices_and_the_soonest_is_first(text: str, asker: Asker) -> None:
    reading = read(text, asker)

    if isinstance(reading, Ask):
        instants = [each.instant for each in reading.choices]
        assert instants
        assert instants == sorted(set(instants))


@given(TIMES, ASKERS)
def test_without_a_day_it_is_the_next_time_that_clocks_show_it(clock: time, asker: Asker) -> None:
    moment = read(f"a las {clock:%H:%M}", asker)

    assert isinstance(moment, Moment)
    assert moment.wall.time() == clock
    days = (moment.wall.date() - asker.wall.date()).days
    earlier = [
        resolve(moment.wall - timedelta(days=back), asker.zone) for back in range(1, days + 1)
    ]
    assert all(each.instant <= asker.now or each.wall <= asker.wall for each in earlier)


@given(ASKERS, st.integers(1, 90 * 24 * 60 - 1), st.sampled_from(ANY))
@example(Asker(CHANGES[4] - timedelta(days=3), zone("America/New_York"), "en"), 3 * 24 * 60, "en")
@example(Asker(CHANGES[5] - timedelta(days=3), zone("America/New_York"), "en"), 3 * 24 * 60, "es")
def test_what_is_shown_is_read_back(asker: Asker, minutes: int, language: str) -> None:
    then = wall_time(asker.now + timedelta(minutes=minutes), asker.zone).replace(second=0)
    moment = resolve(then, asker.zone)
    is_ahead = not isinstance(check_again(moment, asker), Mistake)

    again = read(show(moment, language), Asker(asker.now, asker.zone, language))

    if is_ahead:
        assert isinstance(again, Moment)
        assert again.instant == moment.instant


@given(MOMENTS, st.sampled_from(PLACES))
def test_every_instant_is_some_wall_time_of_every_place(instant: datetime, place: str) -> None:
    shown = wall_time(instant, zone(place))

    moment = resolve(shown, zone(place))

    assert moment.change is not Change.SKIPPED
    assert moment.shown_wall == shown
    assert moment.instant <= instant
    assert (moment.instant == instant) or moment.change is Change.DOUBLED


@given(NEAR_CHANGES, st.sampled_from(PLACES), TIMES)
def test_a_skipped_time_only_moves_forward(near: datetime, place: str, clock: time) -> None:
    asked = datetime.combine(wall_time(near, zone(place)).date(), clock)

    moment = resolve(asked, zone(place))

    assert (moment.shown_wall > asked) == (moment.change is Change.SKIPPED)
    assert moment.shown_wall >= asked


@given(MOMENTS.map(lambda moment: moment.replace(tzinfo=None)), st.sampled_from(PLACES))
def test_the_same_rules_give_the_same_instant(asked: datetime, place: str) -> None:
    moment = resolve(asked, zone(place))

    assert recompute(moment) == (moment, False)


@given(MOMENTS, st.sampled_from(PLACES), st.sampled_from(PLACES), st.sampled_from(ANY))
def test_both_clocks_show_the_same_instant(
    instant: datetime, sender: str, recipient: str, language: str
) -> None:
    shown = in_zones(instant, zone(sender), zone(recipient), language)

    assert len(shown) == 1 + (sender != recipient)
    assert all(each.day and each.time and each.zone for each in shown)


@given(st.text(max_size=60), ASKERS)
def test_any_text_is_read_or_not(text: str, asker: Asker) -> None:
    assert all(each.instant > asker.now for each in moments(read(text, asker)))
