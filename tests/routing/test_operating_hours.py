"""Opening hours: in their own time zone, past midnight, and none at all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.models import OperatingHours, Queue
from routing.operating_hours import is_open, queue_is_open

# Monday to Friday, nine to five.
WEEKDAYS = {str(day): [["09:00", "17:00"]] for day in range(5)}


def hours(weekly, time_zone="UTC"):
    return OperatingHours(name="Office", weekly=weekly, time_zone=time_zone)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-03-02T08:59", False),
        ("2026-03-02T09:00", True),
        ("2026-03-02T16:59", True),
        ("2026-03-02T17:00", False),
        ("2026-03-07T12:00", False),
    ],
)
def test_weekdays_from_nine_to_five(moment, open_):
    assert is_open(hours(WEEKDAYS), at(moment)) is open_


@pytest.mark.parametrize("weekly", [{}, {"0": [], "5": []}])
def test_without_any_stretch_it_is_open_day_and_night(weekly):
    assert is_open(hours(weekly), at("2026-03-08T03:00"))
    assert is_open(None, at("2026-03-08T03:00"))


@pytest.mark.parametrize(
    ("moment", "open_"),
    [("2026-03-06T21:59", False), ("2026-03-06T22:00", True), ("2026-03-07T05:59", True), ("2026-03-07T06:00", False)],
)
def test_a_night_shift_goes_on_past_midnight(moment, open_):
    assert is_open(hours({"4": [["22:00", "06:00"]]}), at(moment)) is open_


def test_a_sunday_night_goes_on_into_monday():
    assert is_open(hours({"6": [["20:00", "02:00"]]}), at("2026-03-02T01:30"))
    assert not is_open(hours({"6": [["20:00", "02:00"]]}), at("2026-03-03T01:30"))


def test_the_hours_are_those_of_their_own_time_zone_in_summer_and_in_winter():
    amsterdam = hours(WEEKDAYS, "Europe/Amsterdam")
    assert is_open(amsterdam, at("2026-01-05T08:30"))
    assert not is_open(amsterdam, at("2026-01-05T07:30"))
    assert is_open(amsterdam, at("2026-07-06T07:30"))


def test_an_unknown_time_zone_is_read_as_utc():
    assert is_open(hours(WEEKDAYS, "Mars/Olympus"), at("2026-03-02T09:30"))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_it_is_open_inside_a_stretch_and_closed_inside_its_complement(moment):
    day, night = (
        hours({str(d): [["08:00", "20:00"]] for d in range(7)}),
        hours({str(d): [["20:00", "08:00"]] for d in range(7)}),
    )
    assert is_open(day, moment) is not is_open(night, moment)


def test_a_queue_that_somebody_closed_for_a_while_is_closed_until_then():
    noon = at("2026-03-02T12:00")
    queue = Queue(name="Orders", closed_until=noon + timedelta(minutes=5))
    assert not queue_is_open(queue, noon)
    assert queue_is_open(queue, noon + timedelta(minutes=5))
