"""Records through the API: routed once each, in the right queue, and resolved where they are kept."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.actions import perform
from conversations.models import Conversation, Customer, Notification, RecordItem
from conversations.rules import Action
from conversations.states import Status, StatusReason
from routing.kinds import Channel, Kind
from tests import factories, invariants
from tests.conversations.api.caller import conversation_body, error_of, record_body


@pytest.fixture
def cases(harbor):
    """A queue for records, with its work stream."""
    with harbor.scope():
        queue = factories.make_queue("Cases", kind=Kind.RECORD)
        factories.make_work_stream(Channel.RECORD, queue=queue, slug="records")
        return queue


# --- Routing ---


def test_a_record_opens_a_conversation_in_its_queue(harbor, api, cases):
    body = record_body(priority="high", customer={"external_id": "c-1", "name": "Amara Okafor"})
    response = api.post("/records", body)
    assert response.status_code == 201, response.content
    given = response.json()
    assert given == {
        "id": given["id"],
        "number": f"C-{given['id']}",
        "status": "open",
        "external_id": body["external_id"],
        "record_type": "case",
    }
    with harbor.scope():
        row = Conversation.objects.select_related("record").get(pk=given["id"])
        assert (row.kind, row.channel, row.queue, row.priority) == (Kind.RECORD, Channel.RECORD, cases, 2)
        assert (row.subject, row.customer_name) == ("Awning torn in the storm", "Amara Okafor")
        item = row.record
        assert (item.record_type, item.case_number, item.regarding) == ("case", "CAS-01201-X7Z1", "Okafor household")
        assert [event.action for event in AuditEvent.objects.all()] == [AuditAction.CREATED]
        invariants.assert_all()
    assert f'id="conversation-{row.pk}"' in harbor.client().get(harbor.url("conversations/records/")).content.decode()


def test_the_same_id_again_answers_with_what_exists(harbor, api, cases):
    body = record_body()
    first, second = api.post("/records", body), api.post("/records", body | {"title": "Another", "queue": "Nowhere"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    with harbor.scope():
        assert (Conversation.objects.count(), RecordItem.objects.count()) == (1, 1)
        assert RecordItem.objects.get().title == body["title"]


def test_a_record_and_a_chat_may_carry_the_same_id(api, cases):
    assert api.post("/records", record_body(external_id="one")).status_code == 201
    assert api.post("/conversations", conversation_body(external_id="one")).status_code == 201


def test_a_removed_record_is_found_again_not_opened_again(harbor, api, cases):
    body = record_body()
    row = api.post("/records", body).json()["id"]
    with harbor.scope():
        perform(Action.REMOVE, [row], actor=harbor.actor())
    again = api.post("/records", body)
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, row, "closed")


@pytest.mark.parametrize("place", ["name", "id", "text id", "stream", "both"])
def test_a_queue_is_named_or_numbered_and_a_work_stream_fills_its_own(harbor, api, cases, place):
    with harbor.scope():
        other = factories.make_queue("E-mails", kind=Kind.RECORD)
    where, expected = {
        "name": ({"queue": "E-mails"}, other),
        "id": ({"queue": other.pk}, other),
        "text id": ({"queue": str(other.pk)}, other),
        "stream": ({"queue": None, "work_stream": "records"}, cases),
        "both": ({"queue": "E-mails", "work_stream": "records"}, other),
    }[place]
    given = api.post("/records", record_body(**where))
    assert given.status_code == 201, given.content
    with harbor.scope():
        row = Conversation.objects.get()
        assert (row.queue, row.work_stream.slug) == (expected, "records")


def test_without_a_work_stream_that_fills_the_queue_the_first_for_records_is_taken(harbor, api, cases):
    with harbor.scope():
        other = factories.make_queue("Returns", kind=Kind.RECORD)
        own = factories.make_work_stream(Channel.RECORD, queue=other, slug="returns")
    api.post("/records", record_body(queue="Returns"))
    with harbor.scope():
        assert Conversation.objects.get().work_stream == own


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"external_id": None}, "external_id"),
        ({"external_id": " "}, "external_id"),
        ({"record_type": "letter"}, "record_type"),
        ({"record_type": None}, "record_type"),
        ({"title": " "}, "title"),
        ({"title": "x" * 251}, "title"),
        ({"case_number": "x" * 41}, "case_number"),
        ({"regarding": "x" * 251}, "regarding"),
        ({"regarding": "a\0b"}, "regarding"),
        ({"priority": "urgent"}, "priority"),
        ({"queue": "Nowhere"}, "queue"),
        ({"queue": "Orders"}, "queue"),
        ({"queue": 99999999999999999999}, "queue"),
        ({"queue": True}, "queue"),
        ({"queue": None, "work_stream": "carrier-pigeon"}, "work_stream"),
        ({"queue": None, "work_stream": "live-chat"}, "work_stream"),
        ({"customer": {"external_id": "x"}}, "customer.name"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_stored(harbor, api, cases, changes, field):
    response = api.post("/records", record_body(**changes))
    assert response.status_code == 422, response.content
    assert list(error_of(response)["fields"]) == [field]
    with harbor.scope():
        assert not Conversation.objects.exists()
        assert not RecordItem.objects.exists()
        assert not Customer.objects.exists()


def test_a_record_that_is_to_go_nowhere_is_refused(api, cases):
    response = api.post("/records", record_body(queue=None))
    assert response.status_code == 422
    assert "Name a queue or a work stream." in error_of(response)["message"]


def test_deactivated_queues_and_streams_take_nothing(harbor, api, cases):
    with harbor.scope():
        factories.make_queue("Shut", kind=Kind.RECORD, is_active=False)
        factories.make_work_stream(Channel.RECORD, queue=cases, slug="old", is_active=False)
    for where in ({"queue": "Shut"}, {"queue": None, "work_stream": "old"}):
        assert api.post("/records", record_body(**where)).status_code == 422


def test_without_any_work_stream_for_records_that_is_said(harbor, api):
    with harbor.scope():
        factories.make_queue("Cases", kind=Kind.RECORD)
    assert "No work stream for records is set up." in error_of(api.post("/records", record_body()))["message"]


def test_queues_and_streams_of_another_organization_are_unknown(summit, api, cases):
    with summit.scope():
        foreign = factories.make_queue("Secret", kind=Kind.RECORD)
        factories.make_work_stream(Channel.RECORD, queue=foreign, slug="secret-stream")
    for where in ({"queue": "Secret"}, {"queue": foreign.pk}, {"queue": None, "work_stream": "secret-stream"}):
        assert api.post("/records", record_body(**where)).status_code == 422


def test_the_same_id_in_another_organization_is_another_record(summit, api, foreign_api, cases):
    with summit.scope():
        queue = factories.make_queue("Cases", kind=Kind.RECORD)
        factories.make_work_stream(Channel.RECORD, queue=queue, slug="records")
    body = record_body()
    mine, theirs = api.post("/records", body), foreign_api.post("/records", body)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


def test_routing_takes_a_fixed_number_of_queries(api, cases):
    for _ in range(2):
        api.post("/records", record_body())
    with CaptureQueriesContext(connection) as captured:
        assert api.post("/records", record_body()).status_code == 201
    with CaptureQueriesContext(connection) as again:
        assert api.post("/records", record_body()).status_code == 201
    assert len(captured) == len(again) <= 24, "\n".join(query["sql"][:120] for query in captured)


# --- Resolving ---


def test_a_resolved_record_closes_and_whoever_held_it_is_told(harbor, api, cases):
    row = api.post("/records", record_body()).json()["id"]
    with harbor.scope():
        perform(
            Action.ASSIGN_TO_REPRESENTATIVE, [row], actor=harbor.actor(), parameters={"representative": harbor.ana.pk}
        )
        perform(Action.ACCEPT, [row], actor=harbor.actor(harbor.agent))
    response = api.post(f"/records/{row}/resolve")
    assert (response.status_code, response.json()["status"]) == (200, "closed")
    with harbor.scope():
        closed = Conversation.objects.select_related("record").get(pk=row)
        assert (closed.status_reason, closed.units_held) == (StatusReason.RESOLVED, 0)
        assert closed.record.resolved_at == closed.closed_at
        assert list(Notification.objects.filter(kind="resolved").values_list("membership_id", flat=True)) == [
            harbor.agent.pk
        ]
        harbor.ana.refresh_from_db()
        assert harbor.ana.units_used == 0
        invariants.assert_all()


def test_resolving_again_changes_nothing(harbor, api, cases):
    row = api.post("/records", record_body()).json()["id"]
    answers = [api.post(f"/records/{row}/resolve") for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.RESOLVED).count() == 1
        assert Conversation.objects.get().version == 2


def test_it_is_resolved_from_every_ongoing_state(harbor, api, cases):
    with harbor.scope():
        awaiting = factories.make_conversation(channel=Channel.RECORD, queue=cases)
        active, transferred = factories.make_conversations(
            2, channel=Channel.RECORD, queue=cases, status=Status.ACTIVE, representative=harbor.ana
        )
        perform(
            Action.ASSIGN_TO_REPRESENTATIVE,
            [awaiting.pk],
            actor=harbor.actor(),
            parameters={"representative": harbor.ana.pk},
        )
        ben = factories.make_representative("Ben", queues=[cases])
        perform(
            Action.TRANSFER_TO_REPRESENTATIVE,
            [transferred.pk],
            actor=harbor.actor(),
            parameters={"representative": ben.pk},
        )
    for row in (awaiting, active, transferred):
        assert api.post(f"/records/{row.pk}/resolve").json()["status"] == "closed"
    with harbor.scope():
        invariants.assert_all()
        assert not RecordItem.objects.filter(resolved_at=None).exists()


def test_a_removed_record_stays_removed_and_is_resolved_all_the_same(harbor, api, cases):
    row = api.post("/records", record_body()).json()["id"]
    with harbor.scope():
        perform(Action.REMOVE, [row], actor=harbor.actor())
    assert api.post(f"/records/{row}/resolve").json()["status"] == "closed"
    with harbor.scope():
        closed = Conversation.objects.select_related("record").get(pk=row)
        assert closed.status_reason == StatusReason.REMOVED
        assert closed.record.resolved_at is not None


def test_what_is_no_record_is_not_found(harbor, api, cases):
    chat = api.post("/conversations", conversation_body()).json()["id"]
    for id in (chat, 999_999_999, 2**63, 10**30):
        response = api.post(f"/records/{id}/resolve")
        assert (response.status_code, error_of(response)["code"]) == (404, "not_found")
    with harbor.scope():
        assert Conversation.objects.get().status == Status.OPEN


def test_a_record_of_another_organization_is_not_found(harbor, api, foreign_api, cases):
    row = api.post("/records", record_body()).json()["id"]
    assert foreign_api.post(f"/records/{row}/resolve").status_code == 404
    with harbor.scope():
        assert Conversation.objects.get().status == Status.OPEN


def test_a_representative_who_resolves_on_the_desk_resolves_the_record(harbor, api, cases):
    with harbor.scope():
        row = factories.make_conversation(
            channel=Channel.RECORD, queue=cases, status=Status.ACTIVE, representative=harbor.ana
        )
        perform(Action.RESOLVE, [row.pk], actor=harbor.actor(harbor.agent))
        assert RecordItem.objects.get(pk=row.record_id).resolved_at is not None


# --- Reading ---


def test_a_record_is_read_with_what_it_is_about(api, foreign_api, cases):
    body = record_body()
    row = api.post("/records", body).json()["id"]
    chat = api.post("/conversations", conversation_body()).json()["id"]
    read = api.get(f"/conversations/{row}").json()
    assert read["record"] == {
        "external_id": body["external_id"],
        "record_type": "case",
        "case_number": "CAS-01201-X7Z1",
        "regarding": "Okafor household",
        "resolved_at": None,
    }
    assert api.get(f"/conversations/{chat}").json()["record"] is None
    path = f"/conversations?external_id={body['external_id']}"
    assert [each["id"] for each in api.get(path).json()["conversations"]] == [row]
    assert foreign_api.get(path).json()["conversations"] == []
    assert [each["id"] for each in api.get("/conversations?record_type=case").json()["conversations"]] == [row]


# --- The search ---


@pytest.mark.parametrize(
    "typed",
    [
        "CAS-01201-X7Z1",
        "cas-012",
        "CAS-01201",
        "01201",
        "x7z1",
        "okafor",
        "household okafor",
        "awning CAS-01",
        "torn oka",
    ],
)
def test_case_number_and_regarding_are_found(harbor, api, cases, typed):
    row = api.post("/records", record_body()).json()["id"]
    api.post("/records", record_body(case_number="CAS-09999-AAAA", regarding="Lindqvist", title="Loose tile"))
    for path in ("conversations/records/", "conversations/"):
        rows = harbor.client().get(harbor.url(path), {"q": typed}).context["rows"]
        assert [int(each.id) for each in rows] == [row], path


def test_the_search_stays_inside_the_organization(harbor, summit, api, cases):
    with summit.scope():
        queue = factories.make_queue("Cases", kind=Kind.RECORD)
        factories.make_conversation(channel=Channel.RECORD, queue=queue, record_reference="CAS-01201-X7Z1")
    assert harbor.client().get(harbor.url("conversations/records/?q=CAS-01201")).context["rows"] == []
