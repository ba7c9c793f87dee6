"""How many conversations each view shows, counted once for all who see the same."""

import dataclasses

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from contact_center.live.registry import factory_of
from conversations.listing import ONGOING, RECORDS
from conversations.saved_views import changing, counts
from conversations.saved_views.counts import shared_view_counts, view_counts
from conversations.saved_views.reading import views_of
from tests.factories import make_conversation, make_conversations


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(counts, "_counted", {})


@pytest.fixture
def work(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        make_conversation(queue=harbor.refunds)


def shared(cast, member=None, listing=ONGOING):
    actor = cast.actor(member)
    return shared_view_counts(actor, listing, views_of(actor, listing.name))


def test_a_second_person_with_the_same_sight_costs_one_query(harbor, work):
    with harbor.scope():
        first = shared(harbor)
        live = factory_of("view-counts")(harbor.actor(harbor.second), QueryDict("list=conversations"))
        with CaptureQueriesContext(connection) as captured:
            snapshot = live.read()
    assert snapshot.counters["counts"] == first
    assert len(captured) == 1, "which views the person has"


def test_ones_own_view_is_counted_beside_what_is_known(harbor, work):
    with harbor.scope():
        shared(harbor)
        saved = changing.save_new(harbor.actor(harbor.second), "conversations", "Refunds", f"queue={harbor.refunds.pk}")
        found = shared(harbor, harbor.second)
    assert (found["all"], found[str(saved.pk)]) == ("4", "1")


def test_who_sees_something_else_is_counted_for_apart(harbor, summit, work):
    with harbor.scope():
        assert shared(harbor)["all"] == "4"
        assert shared(harbor, harbor.scoped)["all"] == "1"
        assert shared(harbor, listing=RECORDS)["all"] == "0"
        elsewhere = dataclasses.replace(harbor.actor(), time_zone="Pacific/Auckland")
        with CaptureQueriesContext(connection) as captured:
            shared_view_counts(elsewhere, ONGOING, views_of(elsewhere, "conversations"))
        assert len(captured) > 1, "today isn't the same day there"
    with summit.scope():
        assert shared(summit)["all"] == "0"


def test_what_was_counted_is_forgotten_soon(harbor, work, monkeypatch):
    with harbor.scope():
        shared(harbor)
        make_conversation(queue=harbor.orders)
        assert view_counts(harbor.actor(), ONGOING, views_of(harbor.actor(), "conversations"))["all"] == "5"
        assert shared(harbor)["all"] == "4", "of a moment ago"
        monkeypatch.setattr(counts, "SHARED_SECONDS", 0)
        assert shared(harbor)["all"] == "5"
