"""Opening conversations: once each, in the right place, with a sentence for everything that is wrong."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.models import Conversation, Customer, Message
from conversations.states import Status
from routing.kinds import Channel
from routing.models import Intent, IntentFamily, IntentGroup, Representative, Skill
from tests import factories, invariants
from tests.conversations.api.caller import conversation_body, error_of, message_body


def test_a_new_conversation_waits_in_its_queue_with_the_first_message(harbor, api):
    body = conversation_body(priority="high")
    response = api.post("/conversations", body)
    assert response.status_code == 201
    given = response.json()
    assert given == {
        "id": given["id"],
        "number": f"C-{given['id']}",
        "status": "open",
        "external_id": body["external_id"],
        "previous_id": None,
    }
    with harbor.scope():
        row = Conversation.objects.get(pk=given["id"])
        assert (row.queue, row.priority, row.customer_name) == (harbor.orders, 2, "Amara Okafor")
        assert row.last_customer_message_at is not None
        assert row.unanswered_since is not None
        (message,) = Message.objects.all()
        assert (message.author, message.text) == ("customer", body["message"])
        assert [event.action for event in AuditEvent.objects.all()] == [AuditAction.CREATED]
        invariants.assert_all()


def test_the_same_id_again_answers_with_what_exists(harbor, api):
    body = conversation_body()
    first, second = api.post("/conversations", body), api.post("/conversations", body | {"subject": "Another"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    with harbor.scope():
        assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


def test_a_customer_with_an_ongoing_persistent_conversation_goes_on_in_it(harbor, api):
    first = api.post("/conversations", conversation_body(work_stream="sms")).json()
    with harbor.scope():
        customer = Customer.objects.get()
    again = conversation_body(work_stream="sms", customer={"external_id": customer.external_id, "name": "Amara O."})
    second = api.post("/conversations", again)
    assert (second.status_code, second.json()["id"]) == (200, first["id"])
    assert api.post("/conversations", again).json()["id"] == first["id"], "repeated"
    with harbor.scope():
        assert Conversation.objects.count() == 1
        assert [message.external_id for message in Message.objects.order_by("pk")] == [
            f"conversation:{first['external_id']}",
            f"conversation:{again['external_id']}",
        ]
        assert Customer.objects.get().name == "Amara O."


def test_a_waiting_conversation_is_open_again_when_its_customer_writes(harbor, api):
    with harbor.scope():
        row = factories.make_conversation(
            channel=Channel.SMS, status=Status.WAITING, representative=harbor.ana, queue=harbor.orders
        )
        customer = row.customer
    body = conversation_body(work_stream="sms", customer={"external_id": customer.external_id, "name": customer.name})
    assert api.post("/conversations", body).json()["id"] == row.pk
    with harbor.scope():
        row.refresh_from_db()
        assert (row.status, row.representative) == ("open", None)
        invariants.assert_all()


def test_a_live_chat_is_opened_beside_the_customers_ongoing_one(api):
    customer = {"external_id": "one-person", "name": "One Person"}
    first = api.post("/conversations", conversation_body(customer=customer)).json()
    second = api.post("/conversations", conversation_body(customer=customer))
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]


def test_intent_skills_and_ai_agent_are_taken_by_name(harbor, api):
    with harbor.scope():
        group = IntentGroup.objects.create(family=IntentFamily.objects.create(name="Retail"), name="After sales")
        intent = Intent.objects.create(group=group, name="Return item")
        Skill.objects.create(name="German")
        agent = factories.make_representative("Harbor Assistant", type=Representative.Type.AI_AGENT)
    body = conversation_body(intent="Return item", skills=["German"], handled_by="ai_agent")
    given = api.post("/conversations", body).json()
    assert given["status"] == "active"
    with harbor.scope():
        row = Conversation.objects.get()
        assert (row.intent, row.representative) == (intent, agent)
        assert [(each.skill.name, each.proficiency) for each in row.required_skills.all()] == [("German", 1)]
        invariants.assert_all()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"external_id": None}, "external_id"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 101}, "external_id"),
        ({"work_stream": "carrier-pigeon"}, "work_stream"),
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 251}, "subject"),
        ({"subject": 7}, "subject"),
        ({"subject": "a\0b"}, "subject"),
        ({"message": "\ud800"}, "message"),
        ({"message": "é" * 14_337}, "message"),
        ({"customer": {"external_id": "x"}}, "customer.name"),
        ({"customer": {"external_id": "x", "name": "X", "email": "nobody"}}, "customer.email"),
        ({"customer": "Amara"}, "customer"),
        ({"priority": "urgent"}, "priority"),
        ({"intent": "Unheard of"}, "intent"),
        ({"skills": ["Unheard of"]}, "skills"),
        ({"skills": [{"name": "German", "proficiency": 11}]}, "skills.0.proficiency"),
        ({"handled_by": "nobody"}, "handled_by"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_stored(harbor, api, changes, field):
    response = api.post("/conversations", conversation_body(**changes))
    assert response.status_code == 422, response.content
    assert list(error_of(response)["fields"]) == [field]
    with harbor.scope():
        assert not Conversation.objects.exists()
        assert not Customer.objects.exists()


@pytest.mark.parametrize("raw", ["", "{", "\xff", "NaN"])
def test_what_is_no_json_is_told_apart_from_what_makes_no_sense(api, raw):
    response = api.post("/conversations", raw=raw)
    assert response.status_code in (400, 422)
    error_of(response)


@pytest.mark.parametrize("raw", ["[]", "null", '"text"', "5"])
def test_json_that_is_no_object_is_refused(api, raw):
    assert api.post("/conversations", raw=raw).status_code == 422


def test_work_streams_for_records_or_switched_off_take_no_conversations(harbor, api):
    with harbor.scope():
        factories.make_work_stream(Channel.RECORD)
        factories.make_work_stream(Channel.WHATSAPP, is_active=False)
    for slug in ("record", "whatsapp"):
        assert api.post("/conversations", conversation_body(work_stream=slug)).status_code == 422


def test_an_ai_agent_that_is_not_there_is_said(api):
    response = api.post("/conversations", conversation_body(handled_by="ai_agent"))
    assert (response.status_code, error_of(response)["code"]) == (409, "no_ai_agent")


@pytest.mark.parametrize(("stream", "queries"), [("live-chat", 24), ("sms", 25)])
def test_opening_takes_a_fixed_number_of_queries(harbor, api, stream, queries):
    for _ in range(3):
        api.post("/conversations", conversation_body(work_stream=stream))
    with CaptureQueriesContext(connection) as captured:
        assert api.post("/conversations", conversation_body(work_stream=stream)).status_code == 201
    assert len(captured) == queries, "\n".join(query["sql"][:120] for query in captured)


def test_a_live_chat_for_a_closed_queue_is_answered_and_over_while_persistent_work_is_held(harbor, api):
    with harbor.scope():
        harbor.orders.closed_until = timezone.now() + timedelta(hours=1)
        harbor.orders.save()
    chat = api.post("/conversations", conversation_body(work_stream="live-chat"))
    assert (chat.status_code, chat.json()["status"]) == (201, "closed")
    assert api.post("/conversations", conversation_body(work_stream="sms")).json()["status"] == "open"
    texts = [one["text"] for one in api.get(f"/conversations/{chat.json()['id']}/messages").json()["messages"]]
    assert texts[1].startswith("We are closed right now.")
    again = api.post(f"/conversations/{chat.json()['id']}/messages", message_body())
    assert (again.status_code, again.json()["status"]) == (201, "closed")
    assert again.json()["previous_id"] == chat.json()["id"]
