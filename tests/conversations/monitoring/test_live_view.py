"""The transcript's socket: only what may be watched, and that it is read keeps the ledger's row open."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from contact_center.errors import NotFound, Refused
from contact_center.live.registry import factory_of
from contact_center.tenancy.models import OrganizationSettings
from conversations.models import Conversation, Participant
from conversations.rules import Action
from conversations.states import Status
from conversations.typing import Side, has_stopped, is_typing
from tests import factories
from tests.conversations.monitoring.steps import do, join, ledger, monitor


@pytest.fixture
def talk(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        factories.make_message(row, "First")
        return row


def view(cast, query, member=None, name="transcript"):
    return factory_of(name)(cast.actor(member), QueryDict(query))


def test_it_holds_what_was_said_while_one_monitors(harbor, talk):
    monitor(harbor, talk)
    with harbor.scope():
        watched = view(harbor, f"id={talk.pk}")
        factories.make_message(talk, "4111 1111 1111 1111")
        ids = [id for id, _ in watched.read().rows]
        rows = watched.render_rows(ids)
    assert ["First" in rows[ids[0]], "•••• 1111" in rows[ids[1]]] == [True, True]
    assert rows[ids[0]].strip().startswith(f'<li id="message-{ids[0]}"')


def test_it_begins_where_the_page_does(harbor, talk):
    monitor(harbor, talk)
    with harbor.scope():
        later = factories.make_message(talk, "Second")
        assert [id for id, _ in view(harbor, f"id={talk.pk}&from={later.pk}").read().rows] == [later.pk]


def test_it_is_empty_for_who_does_not_monitor_and_empties_when_they_stop(harbor, talk):
    with harbor.scope():
        assert view(harbor, f"id={talk.pk}").read().rows == ()
    monitor(harbor, talk)
    with harbor.scope():
        mine, hers = view(harbor, f"id={talk.pk}"), view(harbor, f"id={talk.pk}", harbor.second)
        assert len(mine.read().rows) == 1
        assert hers.read().rows == ()
    do(harbor, Action.STOP_MONITORING, talk)
    with harbor.scope():
        assert mine.read().rows == ()


def test_what_is_rendered_is_of_this_conversation_only(harbor, talk):
    with harbor.scope():
        other = factories.make_message(factories.make_conversation(queue=harbor.orders), "Elsewhere")
        assert view(harbor, f"id={talk.pk}").render_rows([other.pk]) == {}


def test_reading_it_says_that_the_page_is_open(harbor, talk):
    monitor(harbor, talk)
    long_ago = timezone.now() - timedelta(seconds=40)
    with harbor.scope():
        Participant.objects.filter(mode="monitor").update(seen_at=long_ago)
        view(harbor, f"id={talk.pk}").read()
    assert ledger(harbor, talk)[0].seen_at > long_ago + timedelta(seconds=30)


def test_two_people_have_views_of_their_own_and_two_tabs_share_one(harbor, talk):
    with harbor.scope():
        keys = {view(harbor, f"id={talk.pk}", member).key for member in (None, None, harbor.second)}
    assert len(keys) == 2


def test_it_hears_of_its_own_conversation(harbor, talk):
    with harbor.scope():
        watched = view(harbor, f"id={talk.pk}")
    assert watched.concerned_by("conversation", frozenset({talk.pk}))
    assert not watched.concerned_by("conversation", frozenset({talk.pk + 1}))


def test_it_is_closed_to_everybody_without_the_right(harbor, summit, talk):
    with harbor.scope():
        for member in (harbor.admin, harbor.auditor, harbor.agent):
            with pytest.raises(Refused):
                view(harbor, f"id={talk.pk}", member)
        for query in (f"id={talk.pk}", "id=", "id=x", f"id={'9' * 30}"):
            with pytest.raises(NotFound):
                view(harbor, query, harbor.scoped)
        OrganizationSettings.objects.update(toggles=[])
        with pytest.raises(Refused):
            view(harbor, f"id={talk.pk}")
    with summit.scope(), pytest.raises(NotFound):
        view(summit, f"id={talk.pk}")


def test_a_read_is_a_fixed_number_of_queries(harbor, talk, django_assert_num_queries):
    monitor(harbor, talk)
    with harbor.scope():
        for number in range(30):
            factories.make_message(talk, f"Line {number}")
        watched = view(harbor, f"id={talk.pk}")
        with django_assert_num_queries(4):
            ids = [id for id, _ in watched.read().rows]
        with django_assert_num_queries(1):
            assert len(watched.render_rows(ids)) == 31


def test_the_conversations_own_socket_carries_no_line_of_the_transcript(harbor, talk):
    """It leaves them alone: they are kept by the key of the ledger's row."""
    monitor(harbor, talk)
    with harbor.scope():
        watched = view(harbor, f"id={talk.pk}", name="conversation")
        text = watched.render_counters(watched.read().counters)
    assert "First" not in text
    assert f'data-keep="{talk.pk}:{ledger(harbor, talk)[0].pk}"' in text


# --- Typing ---


def words(watched):
    return watched.render_counters(watched.read().counters)


@pytest.fixture
def silence(harbor, talk):
    """Marks live in Redis, past the test's transaction."""
    for side, who in ((Side.CUSTOMER, 0), (Side.REPRESENTATIVE, harbor.ana.pk), (Side.SUPERVISOR, harbor.second.pk)):
        has_stopped(harbor.organization.pk, talk.pk, side, who)


@pytest.mark.usefixtures("silence")
def test_it_names_who_is_typing_the_customer_first(harbor, talk):
    monitor(harbor, talk)
    with harbor.scope():
        Conversation.objects.filter(pk=talk.pk).update(customer_name="Mia <b>Okafor</b>")
        watched = view(harbor, f"id={talk.pk}")
        assert "is typing" not in words(watched)
        is_typing(harbor.organization.pk, talk.pk, Side.REPRESENTATIVE, harbor.ana.pk)
        assert "Ana Ruiz is typing" in words(watched)
        is_typing(harbor.organization.pk, talk.pk, Side.CUSTOMER)
        assert "Mia &lt;b&gt;Okafor&lt;/b&gt;, Ana Ruiz are typing" in words(watched)
        assert watched.concerned_by("typing", frozenset({talk.pk}))
        assert not watched.concerned_by("typing", frozenset({talk.pk + 1}))


@pytest.mark.usefixtures("silence")
def test_nobody_is_told_that_they_type_themselves(harbor, talk):
    join(harbor, talk, harbor.second)
    monitor(harbor, talk)
    is_typing(harbor.organization.pk, talk.pk, Side.SUPERVISOR, harbor.second.pk)
    with harbor.scope():
        assert "is typing" not in words(view(harbor, f"id={talk.pk}", harbor.second))
        assert f"{harbor.second} is typing" in words(view(harbor, f"id={talk.pk}"))


@pytest.mark.usefixtures("silence")
def test_who_does_not_watch_learns_of_nobody_typing(harbor, talk):
    is_typing(harbor.organization.pk, talk.pk, Side.CUSTOMER)
    with harbor.scope():
        watched = view(harbor, f"id={talk.pk}")
        assert watched.read().counters == {}
        assert "is typing" not in words(watched)
