"""Up to 1,000 messages in one call, an answer for each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation, Message
from conversations.states import Status
from routing.kinds import Channel
from tests import factories, invariants
from tests.conversations.api.caller import error_of, message_body


def item(row, **changes):
    return {"conversation": getattr(row, "pk", row), **message_body(**changes)}


def by(person):
    return {"from": "representative", "representative": person.email}


def send(caller, items):
    response = caller.post("/messages/batch", {"messages": items})
    assert response.status_code == 200, response.content
    return response.json()


def test_every_item_gets_its_answer_and_a_wrong_one_stops_no_other(harbor, summit, api):
    with harbor.scope():
        open_one, closed = (
            factories.make_conversation(queue=harbor.orders),
            factories.make_conversation(status=Status.CLOSED),
        )
    with summit.scope():
        foreign = factories.make_conversation()
    items = [
        item(open_one, external_id="a"),
        "nonsense",
        item(open_one, external_id="a"),
        item(foreign),
        item(open_one, text=""),
        item(closed),
        item(closed, **by(harbor.ana)),
        item(open_one, **by(harbor.ana)),
    ]
    body = send(api, items)
    assert [answer["status"] for answer in body["answers"]] == [201, 422, 200, 404, 422, 201, 409, 201]
    assert [answer["position"] for answer in body["answers"]] == list(range(8))
    assert (body["stored"], body["repeated"], body["refused"]) == (3, 1, 4)
    assert body["answers"][0]["message"]["id"] == body["answers"][2]["message"]["id"]
    assert all(("error" in answer) == (answer["status"] > 201) for answer in body["answers"])
    with harbor.scope():
        assert Message.objects.exclude(author="system").count() == 3
        invariants.assert_all()


def test_a_batch_may_be_sent_again(harbor, api):
    with harbor.scope():
        rows = factories.make_conversations(3, queue=harbor.orders)
    items = [item(row) for row in rows for _ in range(2)]
    first, second = send(api, items), send(api, items)
    assert (first["stored"], second["stored"], second["repeated"]) == (6, 0, 6)
    assert [answer["message"]["id"] for answer in first["answers"]] == [
        answer["message"]["id"] for answer in second["answers"]
    ]


def test_the_order_within_a_conversation_is_kept_when_people_take_turns(harbor, api):
    with harbor.scope():
        one, two = factories.make_conversations(2, queue=harbor.orders)
    turns = ["customer", "customer", "representative", "customer", "representative", "representative"]
    items = [
        item(row, text=f"{position}", **(by(harbor.ana) if author == "representative" else {}))
        for position, author in enumerate(turns)
        for row in (one, two)
    ]
    assert send(api, items)["stored"] == 12
    with harbor.scope():
        for row in (one, two):
            said = Message.objects.filter(conversation=row).exclude(author="system").order_by("pk")
            said = said.values_list("text", "author")
            assert list(said) == [(f"{position}", author) for position, author in enumerate(turns)]
            assert Conversation.objects.get(pk=row.pk).representative_id == harbor.ana.pk
        invariants.assert_all()


def test_several_closed_conversations_of_a_persistent_customer_go_on_in_one(harbor, api):
    with harbor.scope():
        customer = factories.make_customer()
        rows = factories.make_conversations(2, channel=Channel.SMS, status=Status.CLOSED, customer=customer)
    answers = send(api, [item(row) for row in rows])["answers"]
    assert len({answer["message"]["conversation_id"] for answer in answers}) == 1
    with harbor.scope():
        assert Conversation.objects.get(previous__isnull=False).previous_id == rows[1].pk


def test_a_twin_of_a_refused_item_is_refused_too(harbor, api):
    with harbor.scope():
        row = factories.make_conversation(status=Status.CLOSED)
    twin = item(row, **by(harbor.ana))
    assert [answer["status"] for answer in send(api, [twin, twin])["answers"]] == [409, 409]


@pytest.mark.parametrize("messages", [[], [{}] * 1_001, None, "x"])
def test_none_or_more_than_a_thousand_items_are_refused(api, messages):
    response = api.post("/messages/batch", {"messages": messages})
    assert response.status_code == 422
    assert list(error_of(response)["fields"]) == ["messages"]


def test_a_thousand_messages_take_as_many_queries_as_two(harbor, api):
    with harbor.scope():
        rows = factories.make_conversations(50, queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
    counts = []
    for number in (2, 1_000):
        items = [item(rows[position % 50]) for position in range(number)]
        send(api, items[:1])
        with CaptureQueriesContext(connection) as captured:
            body = send(api, [item(rows[position % 50]) for position in range(number)])
        assert body["stored"] == number
        counts.append(len(captured))
    assert counts == [12, 12]
