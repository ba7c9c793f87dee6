"""The bell and the page of notifications as the hub reads them."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from contact_center.live.registry import factory_of
from conversations.models import Notification
from conversations.notifications import reading
from conversations.notifications.live_view import IN_BELL


def view(cast, member, name="notifications"):
    return factory_of(name)(cast.actor(member), QueryDict())


def notify(member, title="Take a break"):
    life = timezone.now() + timedelta(days=14)
    return Notification.objects.create(membership=member, kind="notify", title=title, text="Now.", expires_at=life)


def test_the_bell_counts_all_and_shows_the_newest(harbor):
    with harbor.scope():
        rows = [notify(harbor.agent) for _ in range(IN_BELL + 3)]
        snapshot = view(harbor, harbor.agent).read()
    assert [pk for pk, _ in snapshot.rows] == [row.pk for row in reversed(rows)][:IN_BELL]
    assert snapshot.counters == {"unread": IN_BELL + 3}


def test_reading_it_for_a_browser_delivers(harbor):
    with harbor.scope():
        mine, other = notify(harbor.agent), notify(harbor.supervisor)
        view(harbor, harbor.agent).read()
        mine.refresh_from_db()
        other.refresh_from_db()
    assert (mine.delivered_at is not None, other.delivered_at) == (True, None)
    assert mine.read_at is None


def test_a_read_one_changes_its_row_and_the_count(harbor):
    with harbor.scope():
        row = notify(harbor.agent)
        watched = view(harbor, harbor.agent)
        before = watched.read()
        reading.mark_read(harbor.actor(harbor.agent), [row.pk])
        after = watched.read()
    assert (before.rows, after.rows) == (((row.pk, True),), ((row.pk, False),))
    assert after.counters == {"unread": 0}
    assert "hidden" in watched.render_counters(after.counters)


def test_it_hears_of_its_own_member_only(harbor):
    watched = view(harbor, harbor.agent)
    assert watched.concerned_by("notification", frozenset({harbor.agent.pk}))
    assert watched.concerned_by("notification", None)
    assert not watched.concerned_by("notification", frozenset({harbor.supervisor.pk}))
    assert not watched.concerned_by("conversation", None)


@pytest.mark.parametrize("name", ["notifications", "notification-list"])
def test_anothers_are_not_rendered_and_views_are_not_shared(harbor, name):
    with harbor.scope():
        other = notify(harbor.supervisor)
        watched = view(harbor, harbor.agent, name)
        assert watched.render_rows([other.pk]) == {}
    assert watched.key != view(harbor, harbor.second, name).key


PLACES = [("notifications", "bell-list"), ("notification-list", "notification-list")]


@pytest.mark.parametrize(("name", "container"), PLACES)
def test_rows_and_page_fit_the_container(harbor, name, container):
    with harbor.scope():
        row = notify(harbor.agent, "<b>Hello</b>")
        watched = view(harbor, harbor.agent, name)
        html = watched.render_rows([row.pk])[row.pk].strip()
        assert html.startswith(f'<li id="{watched.row_dom_id(row.pk)}"')
        assert "<b>Hello" not in html
        page = watched.render_page([html])
    assert page.strip().startswith(f'<ul id="{container}"')
    assert html in page
    assert watched.container_id == container


def test_a_bell_is_read_in_three_statements(harbor, django_assert_num_queries):
    with harbor.scope():
        for _ in range(5):
            notify(harbor.agent)
        watched = view(harbor, harbor.agent)
        with django_assert_num_queries(3):
            watched.read()
