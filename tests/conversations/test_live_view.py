"""The list as the hub reads it: the page's own rows, counts and order."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from contact_center.errors import NotFound, Refused
from contact_center.live.registry import factory_of
from conversations.models import Conversation
from conversations.states import Status
from tests.factories import make_conversation, make_conversations


def view(cast, query="", member=None, name="conversations"):
    return factory_of(name)(cast.actor(member), QueryDict(query))


def close(conversation):
    Conversation.objects.filter(pk=conversation.pk).update(status=Status.CLOSED, closed_at=timezone.now())


def test_it_reads_what_the_page_shows(harbor):
    with harbor.scope():
        first, second = make_conversations(2, queue=harbor.orders)
        snapshot = view(harbor).read()
    assert snapshot.rows == ((second.pk, 1), (first.pk, 1))
    assert snapshot.counters["count"] == "2"


def test_what_no_longer_matches_leaves(harbor):
    with harbor.scope():
        first, second = make_conversations(2, queue=harbor.orders)
        watched = view(harbor)
        close(second)
        assert watched.read().rows == ((first.pk, 1),)


def test_its_rows_are_those_of_the_page(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders, subject="A & B")
        row = view(harbor).render_rows([conversation.pk])[conversation.pk]
    assert row.strip() in harbor.client().get(harbor.url("conversations/")).content.decode()
    assert row.startswith(f'<tr id="conversation-{conversation.pk}"')


def test_foreign_and_out_of_scope_rows_are_not_rendered(harbor, summit):
    with summit.scope():
        foreign = make_conversation(queue=summit.orders)
    with harbor.scope():
        order = make_conversation(queue=harbor.orders)
        assert view(harbor, member=harbor.scoped).render_rows([foreign.pk, order.pk]) == {}


def test_equal_lists_share_a_view_and_different_ones_do_not(harbor, summit):
    with harbor.scope():
        all_queues, second = view(harbor), view(harbor, member=harbor.second)
        assert all_queues.key == second.key
        assert view(harbor, "status=waiting&status=open").key == view(harbor, "status=open&status=waiting&x=1").key
        others = [
            view(harbor, member=harbor.scoped),
            view(harbor, "status=open"),
            view(harbor, "sort=wait"),
            view(harbor, "size=25"),
        ]
    with summit.scope():
        others.append(view(summit))
    assert len({all_queues.key, *(other.key for other in others)}) == 6


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, member):
    with harbor.scope(), pytest.raises(Refused):
        view(harbor, member=getattr(harbor, member))


def test_the_page_and_its_counters_are_what_the_browser_swaps(harbor):
    with harbor.scope():
        make_conversations(60, queue=harbor.orders)
        watched = view(harbor)
        snapshot = watched.read()
        assert watched.render_page(["<tr></tr>"]) == '<tbody id="rows" hx-swap-oob="morph"><tr></tr></tbody>'
        counters = watched.render_counters(snapshot.counters)
    assert '<span id="count" class="count" title="Conversations that match" hx-swap-oob="true">60</span>' in counters
    assert '<span id="match-count" hx-swap-oob="true">60</span>' in counters
    assert 'rel="next"' in counters


@pytest.mark.parametrize("count", [1, 50, 200])
def test_a_read_is_two_queries_and_rendering_one(harbor, django_assert_num_queries, count):
    with harbor.scope():
        rows = make_conversations(count, queue=harbor.orders)
        watched = view(harbor, "size=200")
        with django_assert_num_queries(2):
            watched.read()
        with django_assert_num_queries(1):
            assert len(watched.render_rows([row.pk for row in rows])) == count


def test_a_later_page_stays_where_it_begins(harbor):
    with harbor.scope():
        rows = make_conversations(30, queue=harbor.orders)
        following = view(harbor, "size=25").read().counters["next"]
        later = view(harbor, f"size=25&after={following}")
        before = later.read().rows
        make_conversation(queue=harbor.orders, created_at=timezone.now())
        assert later.read().rows == before
    assert [id for id, _ in before] == [row.pk for row in reversed(rows[:5])]


# --- One conversation ---


def test_a_conversations_page_hears_of_itself_only(harbor):
    with harbor.scope():
        one, other = make_conversations(2, queue=harbor.orders)
        watched = view(harbor, f"id={one.pk}", name="conversation")
    assert watched.concerned_by("conversation", frozenset({one.pk}))
    assert watched.concerned_by("conversation", None)
    assert not watched.concerned_by("conversation", frozenset({other.pk}))
    assert not watched.concerned_by("bulk_action", frozenset({one.pk}))


def test_a_conversations_page_shows_what_became_of_it(harbor):
    with harbor.scope():
        one = make_conversation(queue=harbor.orders)
        watched = view(harbor, f"id={one.pk}", name="conversation")
        close(one)
        text = watched.render_counters(watched.read().counters)
    assert 'data-status="closed"' in text
    assert text.count('hx-swap-oob="morph"') == 5


def test_it_can_not_be_watched_out_of_scope(harbor, summit):
    with summit.scope():
        foreign = make_conversation(queue=summit.orders)
    with harbor.scope():
        order = make_conversation(queue=harbor.orders)
        for id in (foreign.pk, order.pk, "", "x", "9" * 30):
            with pytest.raises(NotFound):
                view(harbor, f"id={id}", harbor.scoped, "conversation")
        with pytest.raises(Refused):
            view(harbor, f"id={order.pk}", harbor.auditor, "conversation")
