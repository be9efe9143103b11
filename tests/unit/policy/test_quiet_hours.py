"""Quiet hours: by the recipient's own clock, daylight saving right, quiet where it may be quiet."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import time_zones
from bot.phones.zones import zones_of
from bot.policy.quiet_hours import CO, NoZone, Quiet, QuietFor, QuietHours, applies, look, parse

ROUND_THE_CLOCK = "20:00-08:00"


def rule(text: str) -> QuietHours:
    hours = parse(text)
    assert hours is not None
    return hours


def at(text: str, zone: str) -> datetime:
    """Return an instant by a place's clock; `*` after it: the second time that it shows that."""
    wall = datetime.fromisoformat(text.rstrip("*"))
    return wall.replace(tzinfo=time_zones.find(zone), fold=int(text.endswith("*"))).astimezone(UTC)


# rule, place, its clock, what its clock shows when the quiet ends; empty: it is not quiet
ONE_PLACE = [
    (ROUND_THE_CLOCK, "America/Panama", "2026-11-27 02:14", "2026-11-27 08:00"),
    (ROUND_THE_CLOCK, "America/Panama", "2026-11-27 20:00", "2026-11-28 08:00"),
    (ROUND_THE_CLOCK, "America/Panama", "2026-11-27 19:59:59", ""),
    (ROUND_THE_CLOCK, "America/Panama", "2026-11-27 07:59:59", "2026-11-27 08:00"),
    (ROUND_THE_CLOCK, "America/Panama", "2026-11-27 08:00", ""),
    (ROUND_THE_CLOCK, "America/Panama", "2026-12-31 23:59", "2027-01-01 08:00"),
    ("13:00-15:00", "America/Panama", "2026-11-27 13:00", "2026-11-27 15:00"),
    ("13:00-15:00", "America/Panama", "2026-11-27 12:59", ""),
    ("13:00-15:00", "America/Panama", "2026-11-27 15:00", ""),
    ("22:00-00:00", "America/Panama", "2026-11-27 23:59", "2026-11-28 00:00"),
    ("22:00-24:00", "America/Panama", "2026-11-27 22:00", "2026-11-28 00:00"),
    ("00:00-06:00", "America/Panama", "2026-11-27 00:00", "2026-11-27 06:00"),
    ("00:00-06:00", "America/Panama", "2026-11-27 23:59", ""),
    # The clock is moved forward over the end of the quiet: it ends with the hour that is skipped.
    ("20:00-02:30", "America/New_York", "2026-03-08 01:59", "2026-03-08 03:00"),
    ("20:00-08:00", "America/New_York", "2026-03-07 21:00", "2026-03-08 08:00"),
    ("20:00-00:00", "America/Santiago", "2026-09-05 23:00", "2026-09-06 01:00"),
    ("20:00-02:15", "Australia/Lord_Howe", "2026-10-04 01:00", "2026-10-04 02:30"),
    # The end of the quiet comes twice: it is quiet again until the second one.
    ("20:00-01:30", "America/New_York", "2026-11-01 01:10", "2026-11-01 01:30"),
    ("20:00-01:30", "America/New_York", "2026-11-01 01:40", ""),
    ("20:00-01:30", "America/New_York", "2026-11-01 01:10*", "2026-11-01 01:30*"),
    ("20:00-01:30", "America/New_York", "2026-11-01 01:30*", ""),
    ("20:00-08:00", "America/Havana", "2026-10-31 22:00", "2026-11-01 08:00"),
    # A rule of which nothing is left on the day of the change.
    ("02:00-03:00", "America/New_York", "2026-03-08 01:59", ""),
    ("02:00-03:00", "America/New_York", "2026-03-08 03:00", ""),
    # Colombia's law.
    ("CO", "America/Bogota", "2026-11-27 06:59", "2026-11-27 07:00"),
    ("CO", "America/Bogota", "2026-11-27 07:00", ""),
    ("CO", "America/Bogota", "2026-11-27 18:59", ""),
    ("CO", "America/Bogota", "2026-11-27 19:00", "2026-11-28 08:00"),
    ("CO", "America/Bogota", "2026-11-28 14:59", ""),
    ("CO", "America/Bogota", "2026-11-28 15:00", "2026-11-30 07:00"),
    ("CO", "America/Bogota", "2026-11-29 12:00", "2026-11-30 07:00"),
    ("CO", "America/Bogota", "2026-11-14 15:00", "2026-11-17 07:00"),  # Monday: Cartagena
    ("CO", "America/Bogota", "2026-07-11 15:00", "2026-07-14 07:00"),  # Monday: Chiquinquirá
    ("CO", "America/Bogota", "2026-12-24 19:00", "2026-12-26 08:00"),
    ("CO", "America/Bogota", "2026-12-31 19:00", "2027-01-02 08:00"),
    ("CO", "America/Bogota", "2027-03-24 19:00", "2027-03-27 08:00"),  # the Holy Week
    ("CO", "America/Mexico_City", "2026-11-27 06:30", "2026-11-27 07:00"),
]


@pytest.mark.parametrize(("hours", "zone", "clock", "until"), ONE_PLACE)
def test_it_is_quiet_by_the_clock_of_the_place(
    hours: str, zone: str, clock: str, until: str
) -> None:
    now = at(clock, zone)

    found = look(rule(hours), now, [zone])

    if not until:
        assert found is None
        return
    assert isinstance(found, Quiet)
    assert found.zone == zone
    assert found.local.astimezone(UTC) == now
    assert found.local.isoformat(" ").startswith(clock.rstrip("*"))
    assert found.until == at(until, zone)
    assert found.local_until is not None
    assert found.local_until.isoformat(" ").startswith(until.rstrip("*"))


WEST, EAST = "America/Eirunepe", "America/Manaus"  # an hour apart


@pytest.mark.parametrize(
    ("clock", "said", "until"),
    [
        ("2026-11-27 08:30", WEST, "2026-11-27 08:00"),
        ("2026-11-27 20:30", EAST, "2026-11-28 09:00"),
        ("2026-11-27 23:00", WEST, "2026-11-28 08:00"),
        ("2026-11-27 09:00", "", ""),
        ("2026-11-27 19:59", "", ""),
    ],
)
def test_it_is_quiet_where_it_is_quiet_in_any_of_the_places(
    clock: str, said: str, until: str
) -> None:
    found = look(rule(ROUND_THE_CLOCK), at(clock, EAST), zones_of("5597987654321"))

    if not said:
        assert found is None
        return
    assert isinstance(found, Quiet)
    assert found.zone == said
    assert found.local_until is not None
    assert found.local_until.isoformat(" ").startswith(until)


def test_two_clock_changes_on_different_days_keep_their_order() -> None:
    """Between New York's change and Havana's there is none; between Madrid's and New York's is."""
    now = at("2026-10-25 03:00", "Europe/Madrid")

    found = look(rule(ROUND_THE_CLOCK), now, ["America/New_York", "Europe/Madrid"])

    assert isinstance(found, Quiet)
    assert found.until == datetime(2026, 10, 25, 12, tzinfo=UTC)


def test_where_it_is_always_quiet_somewhere_no_end_is_said() -> None:
    now = at("2026-11-27 09:00", "Europe/Kaliningrad")

    found = look(rule("10:00-08:00"), now, ["Europe/Kaliningrad", "Asia/Kamchatka"])

    assert isinstance(found, Quiet)
    assert found.zone == "Asia/Kamchatka"
    assert found.until is None
    assert found.local_until is None


@pytest.mark.parametrize("zones", [(), ("Etc/Unknown",), ("Mars/Olympus",)])
def test_without_a_zone_a_person_is_asked(zones: tuple[str, ...]) -> None:
    assert look(CO, datetime.now(UTC), zones) == NoZone()


PLACES = st.sampled_from(
    [
        "America/Panama",
        "America/New_York",
        "America/Santiago",
        "America/Havana",
        "America/Tijuana",
        "America/Matamoros",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Europe/Madrid",
        "Africa/Casablanca",
        "Pacific/Easter",
        "Pacific/Chatham",
    ]
)
MINUTES = st.integers(0, 24 * 60 - 1)
RULES = st.one_of(
    st.just(CO),
    st.tuples(MINUTES, MINUTES)
    .filter(lambda both: both[0] != both[1])
    .map(lambda both: rule("-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in both))),
)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
CHANGES = st.sampled_from(
    [at("2026-03-08 01:30", "America/New_York"), at("2026-11-01 00:30", "America/New_York")]
)


@given(RULES, st.lists(PLACES, min_size=1, max_size=4, unique=True), INSTANTS | CHANGES, st.data())
@example(
    rule("20:00-02:30"), ["America/New_York"], at("2026-03-08 01:30", "America/New_York"), None
)
def test_the_end_is_the_first_instant_that_is_quiet_nowhere(
    hours: QuietHours, zones: list[str], now: datetime, data: st.DataObject | None
) -> None:
    def is_quiet(instant: datetime) -> bool:
        return any(hours.is_quiet(instant.astimezone(time_zones.find(zone))) for zone in zones)

    found = look(hours, now, zones)

    assert (found is not None) == is_quiet(now)
    if not isinstance(found, Quiet):
        return
    assert found.zone in zones
    assert hours.is_quiet(found.local)
    until = found.until or now + timedelta(days=12)
    assert found.until is None or not is_quiet(until)
    assert is_quiet(until - timedelta(seconds=1)) or until - now < timedelta(seconds=1)
    seconds = int((until - now).total_seconds())
    between = data.draw(st.lists(st.integers(0, max(seconds - 1, 0)), max_size=20)) if data else []
    assert all(is_quiet(now + timedelta(seconds=each)) for each in between)


@pytest.mark.parametrize("text", ["", "off", "OFF", "  "])
def test_without_a_rule_it_is_never_quiet(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", ["20:00-08:00", "20:00 - 8:00", " 20:00–08:00 "])  # noqa: RUF001
def test_a_rule_is_read_as_people_write_it(text: str) -> None:
    assert parse(text) == parse("20:00-08:00")


def test_the_preset_is_colombias_law() -> None:
    assert parse("CO") is CO
    assert parse("co ") is CO


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("20-8", "two times of day as 20:00-08:00"),
        ("PA", "CO"),
        ("20:00-08:00,22:00-09:00", "two times"),
        ("25:00-08:00", "25:00 must be a time of day"),
        ("20:60-08:00", "20:60 must be a time of day"),
        ("24:01-08:00", "24:01 must be a time of day"),
        ("08:00-08:00", "begin and end at the same time"),
        ("24:00-00:00", "begin and end at the same time"),
        ("8pm-8am", "two times"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="must") as raised:
        parse(text)

    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("category", "template", "quiet_for", "asks"),
    [
        ("marketing", None, QuietFor.MARKETING, True),
        ("utility", None, QuietFor.MARKETING, False),
        ("authentication", None, QuietFor.MARKETING, False),
        ("", None, QuietFor.MARKETING, True),
        ("service", None, QuietFor.MARKETING, True),
        ("utility", "always", QuietFor.MARKETING, True),
        ("marketing", "never", QuietFor.MARKETING, False),
        ("marketing", None, QuietFor.ALL, True),
        ("utility", None, QuietFor.ALL, True),
        ("authentication", None, QuietFor.ALL, True),
        ("utility", "never", QuietFor.ALL, False),
        ("", "never", QuietFor.ALL, False),
        ("utility", "always", QuietFor.ALL, True),
    ],
)
def test_quiet_hours_are_for_marketing_and_for_what_a_template_says(
    category: str, template: str | None, quiet_for: QuietFor, *, asks: bool
) -> None:
    assert applies(category=category, template=template, quiet_for=quiet_for) is asks
