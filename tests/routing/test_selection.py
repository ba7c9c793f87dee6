"""The best of several people: the most free units, then idle longest."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.selection import best

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Taker:
    pk: int
    free_units: int
    idle_since: datetime


PEOPLE = st.lists(
    st.builds(
        Taker,
        pk=st.integers(1, 50),
        free_units=st.integers(-100, 200),
        idle_since=st.integers(0, 90).map(lambda minutes: NOON - timedelta(minutes=minutes)),
    ),
    unique_by=lambda taker: taker.pk,
    max_size=8,
)


@given(PEOPLE)
def test_nobody_has_more_free_units_and_nobody_with_as_many_is_idle_longer(people):
    chosen = best(people)
    assert (chosen is None) == (people == [])
    for other in people:
        assert other.free_units <= chosen.free_units
        if other.free_units == chosen.free_units:
            assert other.idle_since >= chosen.idle_since


@given(PEOPLE)
def test_the_order_in_which_people_are_named_does_not_matter(people):
    assert {best(order) for order in itertools.islice(itertools.permutations(people), 24)} == {best(people)}


@given(PEOPLE, st.builds(Taker, pk=st.just(99), free_units=st.integers(-100, 200), idle_since=st.just(NOON)))
def test_one_more_person_can_only_win_by_being_better(people, other):
    before, after = best(people), best([*people, other])
    assert after in (before, other)
    if after is other and before is not None:
        assert (other.free_units, NOON - other.idle_since) >= (before.free_units, NOON - before.idle_since)
