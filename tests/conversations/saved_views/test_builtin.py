"""The views everybody has, and that every one of them is kept live."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_center.live.registry import factory_of
from conversations.filters import ConversationFilter
from conversations.listing import LISTINGS, ONGOING
from conversations.models import Conversation
from conversations.saved_views.builtin import BUILT_IN
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations

EVERY = [(name, view) for name, views in BUILT_IN.items() for view in views]


def rows_of(cast, key, listing=ONGOING):
    with cast.scope():
        return set(ConversationFilter.from_query(QueryDict(f"view={key}"), cast.actor(), listing).rows())


@pytest.mark.parametrize(("name", "view"), EVERY, ids=lambda value: getattr(value, "key", value))
def test_its_query_is_canonical_and_makes_sense(harbor, name, view):
    with harbor.scope():
        shown = ConversationFilter.from_query(QueryDict(view.query), harbor.actor(), LISTINGS[name])
        assert shown.definition == view.query
        assert shown.senseless == ()
        there = ConversationFilter.from_query(QueryDict(f"view={view.key}"), harbor.actor(), LISTINGS[name])
        assert (there.definition, there.is_edited) == (view.query, False)


def test_each_shows_what_its_name_says(harbor):
    now = timezone.now()
    with harbor.scope():
        chat, call = make_conversation(queue=harbor.orders), make_conversation(channel=Channel.VOICE)
        case = make_conversation(channel=Channel.RECORD)
        held = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        waiting = make_conversation(queue=harbor.orders, status=Status.WAITING, channel=Channel.SMS)
        wrapping = make_conversation(queue=harbor.orders, status=Status.WRAP_UP, representative=harbor.ana)
        angry = make_conversation(queue=harbor.orders, sentiment_score=12)
        content = make_conversation(queue=harbor.orders, sentiment_score=80)
        old = make_conversation(queue=harbor.orders, created_at=now - timedelta(hours=25))
        silent = make_conversation(queue=harbor.orders, unanswered_since=now - timedelta(minutes=11))
        fresh = make_conversation(queue=harbor.orders, unanswered_since=now - timedelta(minutes=9))
        just = make_conversation(queue=harbor.orders, status=Status.CLOSED)
        before = make_conversation(queue=harbor.orders, status=Status.CLOSED)
        Conversation.objects.filter(pk=before.pk).update(closed_at=now - timedelta(hours=25))
        everything = set(Conversation.objects.exclude(status=Status.CLOSED))
    assert rows_of(harbor, "all") == everything
    assert rows_of(harbor, "messaging") == everything - {call, case}
    assert rows_of(harbor, "voice") == {call}
    assert rows_of(harbor, "records") == {case}
    assert not {held, wrapping} & rows_of(harbor, "unassigned")
    assert chat in rows_of(harbor, "unassigned")
    assert rows_of(harbor, "waiting") == {waiting}
    assert rows_of(harbor, "wrap-up") == {wrapping}
    assert rows_of(harbor, "negative") == {angry}
    assert content not in rows_of(harbor, "negative")
    assert rows_of(harbor, "no-reply") == {silent}
    assert fresh not in rows_of(harbor, "no-reply")
    assert rows_of(harbor, "older-than-24h") == {old}
    assert rows_of(harbor, "closed-24h") == {just}
    assert rows_of(harbor, "high-priority", LISTINGS["records"]) == set()


def test_the_longest_wait_comes_first_and_is_leafed_through_without_a_gap(harbor):
    now = timezone.now()
    with harbor.scope():
        waits = [row.pk for row in make_conversations(60, queue=harbor.orders)]
        for pk, minutes in zip(waits, (90, 3, 40, 7, 200, 12) * 10, strict=True):
            Conversation.objects.filter(pk=pk).update(queued_at=now - timedelta(minutes=minutes))
        fresh = make_conversation(queue=harbor.orders)
        Conversation.objects.filter(pk=fresh.pk).update(queued_at=now - timedelta(seconds=30))
        expected = list(
            Conversation.objects.filter(pk__in=waits).order_by("queued_at", "-pk").values_list("pk", flat=True)
        )
    client, url, seen = harbor.client(), harbor.url("conversations/?view=longest-wait&size=25"), []
    while url:
        response = client.get(url)
        seen += [int(row.id) for row in response.context["rows"]]
        url = response.context["pagination"]["next_url"]
    assert seen == expected


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 11), st.sampled_from(["close", "take", "leave", "wrap", "anger", "answer", "age", "wait"])
    ),
    min_size=1,
    max_size=14,
)


def change(conversation, deed, cast):
    now = timezone.now()
    rows = Conversation.objects.filter(pk=conversation.pk).exclude(status=Status.CLOSED)
    held = {"representative": cast.ana, "accepted_at": now}
    fields = {
        "close": {"status": Status.CLOSED, "closed_at": now, "representative": None},
        "take": {"status": Status.ACTIVE, **held},
        "leave": {"status": Status.WAITING, **held},
        "wrap": {"status": Status.WRAP_UP, **held},
        "anger": {"sentiment_score": 5},
        "answer": {"unanswered_since": None},
        "age": {"created_at": now - timedelta(days=2)},
        "wait": {"queued_at": now - timedelta(hours=3), "unanswered_since": now - timedelta(hours=3)},
    }
    rows.update(row_stamp=conversation.row_stamp + 1, **fields[deed])
    conversation.row_stamp += 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_after_random_changes_every_live_view_equals_a_fresh_page(harbor, changes):
    """Built-in ones, and one that somebody made: what the hub reads is what a page opened now shows."""
    queries = [f"view={view.key}" for view in BUILT_IN["conversations"]]
    queries += ["sentiment=very_negative&sort=status,-wait&columns=subject,wait,intent", "q=parcel&status=any"]
    with harbor.scope():
        rows = make_conversations(12, queue=harbor.orders, subject="Parcel")
        watched = {query: factory_of("conversations")(harbor.actor(), QueryDict(query)) for query in queries}
        for position, deed in changes:
            change(rows[position], deed, harbor)
        found = {query: [id for id, _ in view.read().rows] for query, view in watched.items()}
    client = harbor.client()
    for query, ids in found.items():
        page = client.get(harbor.url(f"conversations/?{query}"))
        assert ids == [int(row.id) for row in page.context["rows"]], query
    with harbor.scope():
        Conversation.objects.all().delete()
