"""What a person selected, and what the selection comes to."""

import re

import pytest
from django.http import QueryDict

from contact_center.errors import Invalid
from conversations.models import Conversation
from conversations.selection import LIMIT, Selection
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations


def select(cast, query, member=None):
    return Selection.from_request(QueryDict(query), cast.actor(member))


def test_conversations_are_chosen_one_by_one_with_the_version_that_was_seen(harbor):
    with harbor.scope():
        one, two = make_conversations(2, queue=harbor.orders)
        selection = select(harbor, f"id={two.pk}:3&id={one.pk}:1")
        assert selection.versions == {two.pk: 3, one.pk: 1}
        assert list(selection.queryset()) == [one, two]
        assert (selection.count, selection.single, selection.description) == (2, False, "2 conversations")


def test_foreign_and_out_of_scope_ones_are_counted_but_not_seen(harbor, summit):
    with summit.scope():
        foreign = make_conversation(queue=summit.orders)
    with harbor.scope():
        order = make_conversation(queue=harbor.orders)
        selection = select(harbor, f"id={foreign.pk}:1&id={order.pk}:1", harbor.scoped)
        assert selection.count == 2
        assert list(selection.queryset()) == []


def test_all_that_match_means_what_the_list_shows(harbor):
    with harbor.scope():
        first, second = make_conversations(2, queue=harbor.orders)
        make_conversation(queue=harbor.refunds)
        selection = select(harbor, f"all=1&query=queue%3D{harbor.orders.pk}%26sort%3Dcreated%26after%3Dx")
        assert list(selection.queryset()) == [first, second]
        assert (selection.count, selection.versions) == (2, {})
        assert selection.description == "all 2 with Status is not Closed, Queue Orders"


def test_all_that_match_stays_inside_the_scope(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
        refund = make_conversation(queue=harbor.refunds)
        assert list(select(harbor, "all=1&query=", harbor.scoped).queryset()) == [refund]


def test_more_than_the_limit_is_never_cut_silently(harbor):
    with harbor.scope():
        rows = make_conversations(LIMIT + 2, queue=harbor.orders)
        selection = select(harbor, "all=1&query=")
        assert selection.is_too_large
        assert selection.matching.number == LIMIT + 2
        first = select(harbor, "all=1&query=sort%3Dcreated&first=1000")
        assert not first.is_too_large
        assert [row.pk for row in first.queryset()] == [row.pk for row in rows[:LIMIT]]
        assert first.queryset().filter(status=Status.OPEN).count() == LIMIT
        assert first.description == "the first 1,000 with Status is not Closed"


@pytest.mark.parametrize(
    "query", ["", "id=", "id=5", "id=x:1", "id=0:1", "id=5:-1", "all=0", "id=99999999999999999999:1"]
)
def test_what_can_not_be_read_is_refused(harbor, query):
    with harbor.scope(), pytest.raises(Invalid):
        select(harbor, query)


def test_more_than_a_thousand_one_by_one_are_refused(harbor):
    with harbor.scope(), pytest.raises(Invalid, match="Select at most 1,000"):
        select(harbor, "&".join(f"id={number}:1" for number in range(1, LIMIT + 2)))


def summary(cast, data, member=None):
    return cast.client(member).post(cast.url("conversations/selection-summary/"), data)


def test_the_summary_says_how_many_can_be_force_closed_and_why_not_the_others(harbor):
    with harbor.scope():
        open_ones = make_conversations(2, queue=harbor.orders)
        closed = make_conversation(queue=harbor.orders, status=Status.CLOSED)
    text = summary(harbor, {"id": [f"{row.pk}:1" for row in [*open_ones, closed]]}).content.decode()
    assert "2 can be force closed, 1 can’t: It is already closed." in text
    text = summary(harbor, {"id": f"{closed.pk}:1"}).content.decode()
    assert "None can be force closed" in text


def test_one_line_says_the_most_of_it_and_the_rest_stands_behind_it(harbor):
    with harbor.scope():
        open_ones = make_conversations(2, queue=harbor.orders)
        active = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
    line = re.compile(r"<summary[^>]*>([^<]*)")
    for rows, words in (
        ([*open_ones, active], "3 can be force closed, 3 messaged and 5 more"),
        (open_ones[:1], "can be assigned, force closed and 4 more"),
    ):
        text = summary(harbor, {"id": [f"{row.pk}:1" for row in rows]}).content.decode()
        assert line.search(text)[1] == words
        assert "can be messaged" in text


def test_the_summary_counts_all_that_match(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        make_conversation(channel=Channel.RECORD)
    text = summary(harbor, {"all": "1", "query": ""}).content.decode()
    assert "3 can be force closed, 1 can’t" in text


def test_what_is_gone_is_said_without_a_name(harbor, summit):
    with summit.scope():
        foreign = make_conversation(queue=summit.orders, subject="Foreign subject")
    text = summary(harbor, {"id": f"{foreign.pk}:1"}).content.decode()
    assert "Not found, or not in your queues." in text
    assert "Foreign subject" not in text


def test_a_summary_needs_a_selection_and_a_supervisor(harbor):
    response = summary(harbor, {})
    assert response.status_code == 422
    assert "Select one or more conversations first." in response.content.decode()
    assert summary(harbor, {"id": "1:1"}, harbor.auditor).status_code == 403
    assert harbor.client().get(harbor.url("conversations/selection-summary/")).status_code == 405


@pytest.mark.parametrize("count", [1, 200])
def test_the_summary_takes_a_fixed_number_of_queries(harbor, django_assert_num_queries, count):
    with harbor.scope():
        rows = make_conversations(count, queue=harbor.orders)
    client = harbor.client()
    client.get(harbor.url("conversations/"))
    data = {"id": [f"{row.pk}:1" for row in rows]}
    with django_assert_num_queries(10):
        client.post(harbor.url("conversations/selection-summary/"), data)


def test_a_thousand_chosen_one_by_one_fit_into_a_request(harbor):
    with harbor.scope():
        rows = make_conversations(LIMIT, queue=harbor.orders)
    response = summary(harbor, {"id": [f"{row.pk}:1" for row in rows]})
    assert "1,000 can be force closed" in response.content.decode()
    with harbor.scope():
        assert Conversation.objects.count() == LIMIT
