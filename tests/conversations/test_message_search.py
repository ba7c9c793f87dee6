"""Search in what was said: who may, what is found, and what stays hidden."""

from dataclasses import replace

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations import search
from conversations.filters import ConversationFilter
from conversations.live_view import ConversationListView
from conversations.models import Conversation, Message
from conversations.selection import Selection
from conversations.states import Author, Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_message

CARD = "4111 1111 1111 1111"


def read(cast, query, member=None):
    """The filter of a query string; call inside the scope."""
    return ConversationFilter.from_query(QueryDict(query), cast.actor(member))


def found(cast, query, member=None):
    with cast.scope():
        return set(read(cast, query, member).rows())


@pytest.fixture
def said(harbor):
    """Three conversations, one of which speaks of a zeppelin in its messages alone."""
    with harbor.scope():
        flown, other, closed = (
            make_conversation(queue=harbor.orders, status=status)
            for status in (Status.ACTIVE, Status.ACTIVE, Status.CLOSED)
        )
        make_message(flown, "My zeppelin hasn’t landed")
        make_message(flown, "It should have been here yesterday")
        make_message(other, "Where is my parcel?")
        make_message(closed, "A zeppelin of long ago")
    return flown, other, closed


def test_words_of_one_message_are_found_by_choice(harbor, said):
    flown, _, closed = said
    assert found(harbor, "q=zeppelin") == set()
    assert found(harbor, "q=zeppelin&messages=1") == {flown}
    assert found(harbor, "q=ZEPP+land&messages=1") == {flown}
    assert found(harbor, "q=zeppelin+yesterday&messages=1") == set()
    assert found(harbor, "q=zeppelin&messages=1&status=any") == {flown, closed}
    assert found(harbor, f"q=zeppelin&messages=1&queue={harbor.refunds.pk}") == set()


def test_subjects_are_searched_as_well(harbor, said):
    with harbor.scope():
        named = make_conversation(queue=harbor.orders, subject="Zeppelin")
    assert found(harbor, "q=zeppelin&messages=1") == {said[0], named}


def test_short_words_are_looked_for_as_they_are(harbor, said):
    assert found(harbor, "q=my&messages=1") == {said[0], said[1]}
    assert found(harbor, "q=m&messages=1") == set()


def test_frequent_words_are_found_row_by_row(harbor, said, monkeypatch):
    for name in ("FEW", "FEW_MESSAGES"):
        with monkeypatch.context() as patched:
            patched.setattr(search, name, 0)
            assert found(harbor, "q=zeppelin&messages=1") == {said[0]}, name
            assert found(harbor, "q=zeppelin&messages=1&status=any") == {said[0], said[2]}, name
            assert found(harbor, "q=xylophone&messages=1") == set(), name


def test_internal_messages_are_found_by_those_who_may_watch(harbor, said):
    with harbor.scope():
        make_message(
            said[1], "The orchid is with legal", visibility=Message.Visibility.INTERNAL, author=Author.SUPERVISOR
        )
    assert found(harbor, "q=orchid&messages=1") == {said[1]}


def test_hidden_numbers_are_not_found_and_what_is_shown_of_them_is(harbor, said):
    with harbor.scope():
        make_message(said[1], f"My card is {CARD}, thanks")
        Message.objects.bulk_create(
            [Message(conversation=said[1], author=Author.CUSTOMER, text="IBAN GB82WEST12345698765432")]
        )
    for typed in ("4111", "4111111111111111", CARD.replace(" ", "+"), "GB82WEST12345698765432", "west"):
        assert found(harbor, f"q={typed}&messages=1") == set(), typed
    assert found(harbor, "q=1111+thanks&messages=1") == {said[1]}
    assert found(harbor, "q=iban&messages=1") == {said[1]}


def test_what_was_masked_once_is_masked_anew_with_another_text(harbor, said):
    with harbor.scope():
        message = make_message(said[1], f"My card is {CARD}")
        assert message.masked_text == "My card is •••• 1111"
        message.text = "Never mind"
        message.save()
        assert message.masked_text is None
    assert found(harbor, "q=1111&messages=1") == set()
    assert found(harbor, "q=mind&messages=1") == {said[1]}


def test_without_supervisor_monitor_it_is_refused_by_name(harbor, said):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[Toggle.ASSIGN])
        shown = read(harbor, "q=zeppelin&messages=1")
        assert shown.notices == [
            "Messages can’t be searched, so nothing matches: Supervisor Monitor is switched off in your organization."
        ]
        assert not shown.rows().exists()
        assert not read(harbor, "q=parcel&messages=1").rows().exists()
        assert read(harbor, "q=zeppelin").notices == []
    page = harbor.client().get(harbor.url("conversations/"), {"q": "zeppelin"}).content.decode()
    assert 'name="messages"' not in page


def test_whoever_takes_no_supervisor_actions_searches_no_messages(harbor, said):
    with harbor.scope():
        api = replace(harbor.actor(), api_access=True)
        shown = ConversationFilter.from_query(QueryDict("q=zeppelin&messages=1"), api)
        assert shown.notices
        assert not shown.rows().exists()


def test_where_consent_is_asked_for_only_consenting_conversations_are_searched(harbor, said):
    with harbor.scope():
        OrganizationSettings.objects.update(consent_required=True)
    assert found(harbor, "q=zeppelin&messages=1") == set()
    with harbor.scope():
        Conversation.objects.filter(pk=said[0].pk).update(monitoring_consent=True)
    assert found(harbor, "q=zeppelin&messages=1") == {said[0]}


def test_the_search_stays_inside_scope_and_organization(harbor, summit, said):
    with summit.scope():
        make_message(make_conversation(queue=summit.orders), "Our zeppelin")
    assert found(harbor, "q=zeppelin&messages=1", harbor.scoped) == set()
    assert {row.organization_id for row in found(harbor, "q=zeppelin&messages=1")} == {harbor.organization.pk}
    assert found(harbor, f"q=%23{summit.organization.pk}&messages=1") == set()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from search_messages('zeppelin', false, 100, 100)")
        assert cursor.fetchone() == (0,), "without an organization there is nothing to search"


def test_records_are_searched_in_their_own_list(harbor):
    with harbor.scope():
        record = make_conversation(queue=harbor.orders, channel=Channel.RECORD, status=Status.ACTIVE)
        make_message(record, "Waiting for the zeppelin", visibility=Message.Visibility.INTERNAL)
    answer = harbor.client().get(harbor.url("conversations/records/"), {"q": "zeppelin", "messages": "1"})
    assert f"conversation-{record.pk}" in answer.content.decode()


def test_the_choice_is_a_chip_part_of_the_address_and_of_a_view(harbor, said):
    with harbor.scope():
        shown = read(harbor, "messages=1&q=zeppelin")
        assert shown.definition == "q=zeppelin&messages=1"
        assert [(chip.label, chip.value, chip.query_without) for chip in shown.chips()][-1] == (
            "Search",
            "also in messages",
            "q=zeppelin",
        )
        assert read(harbor, "messages=1").is_default
        assert read(harbor, "q=zeppelin&messages=yes").notices
        selected = Selection.from_request(QueryDict("all=1&query=q%3Dzeppelin%26messages%3D1"), harbor.actor())
        assert selected.count == 1
    page = harbor.client().get(harbor.url("conversations/"), {"q": "zeppelin", "messages": "1"}).content.decode()
    assert 'name="messages" value="1" form="filter-form" checked' in page
    assert page.count('type="hidden" name="messages"') == 1, "the form of the columns alone carries it along"


def test_the_export_holds_what_the_list_shows_and_the_log_no_words(harbor, said):
    url = harbor.url("conversations/export/file/")
    answer = harbor.client().get(url, {"q": "zeppelin", "messages": "1"})
    assert b"".join(answer.streaming_content).count(b"\r\n") == 2
    with harbor.scope():
        told = AuditEvent.objects.latest("pk").after
    assert told["searched"] is True
    assert told["messages"] == ["1"]
    assert "zeppelin" not in str(told)


def test_a_live_list_of_whoever_may_not_is_another_one(harbor, said):
    with harbor.scope():
        allowed = ConversationListView(harbor.actor(), QueryDict("q=zeppelin&messages=1"))
        refused = ConversationListView(replace(harbor.actor(), toggles=frozenset()), QueryDict("q=zeppelin&messages=1"))
        assert [id for id, _ in allowed.read().rows] == [said[0].pk]
        assert refused.read().rows == ()
        assert allowed.key != refused.key


def test_a_search_costs_two_queries_more(harbor, said):
    with harbor.scope():
        for query, cost in (("q=parcel", 1), ("q=parcel&messages=1", 2)):
            shown = read(harbor, query)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                shown.rows()
            assert len(queries) == cost


def test_the_api_searches_no_messages(harbor, said):
    with harbor.scope():
        shown = ConversationFilter.from_query(
            QueryDict("q=zeppelin&messages=1"), replace(harbor.actor(), membership_id=None, roles=frozenset())
        )
        assert [wrong.name for wrong in shown.senseless] == ["messages"]


def test_every_search_is_planned_for_its_own_words(harbor):
    """A plan kept for all words in a connection stops using the index."""
    with connection.cursor() as cursor:
        cursor.execute("select proname, proconfig from pg_proc where proname like 'search\\_%'")
        settings = dict(cursor.fetchall())
    assert set(settings) == {"search_conversations", "search_messages"}
    assert all("plan_cache_mode=force_custom_plan" in config for config in settings.values())
