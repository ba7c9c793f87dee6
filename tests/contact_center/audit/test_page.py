"""The audit page: who sees it, what it shows in words, and what it never shows."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.audit.presenters import change_in_words
from contact_center.audit.record import record
from conversations.actions import perform
from conversations.rules import Action
from tests.factories import make_conversation, make_customer


def get(cast, query="", member=None):
    return cast.client(member or cast.auditor).get(cast.url(f"audit/{query}"))


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def shown(cast, query=""):
    return [int(pk) for pk in re.findall(r'<tr id="event-(\d+)"', get(cast, query).content.decode())]


@pytest.fixture
def closed(harbor):
    """One conversation, force closed by the supervisor."""
    with harbor.scope():
        conversation = make_conversation(subject="Private matter", customer=make_customer("Carla Customer"))
        parameters = {"reason": harbor.reason.pk}
        perform(Action.FORCE_CLOSE, [conversation.pk], actor=harbor.actor(), parameters=parameters)
    return conversation


def test_it_says_who_did_what_to_which_conversation(harbor, closed):
    words = text(get(harbor))
    assert f"Supervisor Force closed by a supervisor C-{closed.pk} status open → closed" in words


def test_it_holds_neither_subjects_nor_customers(harbor, closed):
    words = text(get(harbor))
    assert "Private matter" not in words
    assert "Carla" not in words


def test_newest_first_in_pages_that_neither_repeat_nor_miss_one(harbor):
    with harbor.scope():
        for number in range(60):
            record(AuditAction.EXPORTED, actor=harbor.actor(), object_type="action_history", object_id=number)
    pages, url = [], "?size=25"
    while url:
        page = get(harbor, url).content.decode()
        pages += [int(pk) for pk in re.findall(r'<tr id="event-(\d+)"', page)]
        following = re.search(r'rel="next" href="[^"?]+(\?[^"]+)"', page)
        url = following and following[1].replace("&amp;", "&")
    assert pages == sorted(pages, reverse=True)
    assert len(pages) == len(set(pages)) == 60


def test_each_filter_lets_its_own_through(harbor, closed):
    with harbor.scope():
        record(AuditAction.RUN_STARTED, actor=harbor.actor(harbor.second), object_type="bulk_action", object_id=5)
        by_conversation = set(AuditEvent.objects.filter(conversation_id=closed.pk).values_list("pk", flat=True))
        run = AuditEvent.objects.get(action=AuditAction.RUN_STARTED).pk
    everything = set(shown(harbor))
    assert set(shown(harbor, "?action=runs")) == {run}
    assert set(shown(harbor, f"?conversation=C-{closed.pk}")) == by_conversation
    assert set(shown(harbor, f"?conversation={closed.pk}")) == by_conversation
    assert set(shown(harbor, f"?person={harbor.second.pk}")) == {run}
    assert run not in shown(harbor, f"?person={harbor.supervisor.pk}")
    assert set(shown(harbor, "?date=today")) == everything
    assert shown(harbor, f"?date={(timezone.now() - timedelta(days=3)).date().isoformat()}") == []


@pytest.mark.parametrize("query", ["action=x", "person=0", "date=soon", "conversation=abc", "conversation=%00"])
def test_a_senseless_value_is_named_and_matches_nothing(harbor, closed, query):
    assert shown(harbor, f"?{query}") == []
    assert "isn’t a value of the filter" in text(get(harbor, f"?{query}"))


def test_administrators_and_auditors_see_it_in_their_navigation(harbor):
    for member in (harbor.admin, harbor.auditor):
        response = get(harbor, member=member)
        assert response.status_code == 200
        assert f'href="{harbor.url("audit/")}"' in response.content.decode()


def test_others_are_told_why_not(harbor):
    for member in (harbor.supervisor, harbor.scoped, harbor.agent):
        response = get(harbor, member=member)
        assert response.status_code == 403
        assert "The audit log is for administrators and auditors." in text(response)


def test_it_shows_nothing_of_another_organization(harbor, summit, closed):
    assert get(summit, member=summit.admin).status_code == 200
    assert shown(summit) == shown(summit, f"?conversation={closed.pk}") == []
    assert summit.client(summit.auditor).get(harbor.url("audit/")).status_code == 404


def test_it_takes_the_same_queries_for_one_event_and_for_fifty(harbor, django_assert_num_queries):
    client = harbor.client(harbor.auditor)
    client.get(harbor.url("audit/"))
    for number in (1, 49):
        with harbor.scope():
            for _ in range(number):
                record(AuditAction.EXPORTED, actor=harbor.actor(), object_type="action_history")
        with django_assert_num_queries(QUERIES):
            client.get(harbor.url("audit/"))


QUERIES = 16


def test_only_what_differs_is_told():
    assert change_in_words({"status": "open", "queue_id": 4}, {"status": "closed", "queue_id": 4}) == (
        "status open → closed"
    )
    assert change_in_words({}, {"toggles": ["force_close"]}) == "toggles force close"
    assert change_in_words({"due": None}, {"due": None}) == ""
