"""Messages: stored once, moving the conversation where they should, refused where somebody else holds it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.actions import perform
from conversations.models import Conversation, Message, Offer, OutboxEntry
from conversations.states import OfferKind, Status
from routing.kinds import Channel
from routing.models import WorkStream
from tests import factories, invariants
from tests.conversations.api.caller import error_of, message_body


def send(caller, conversation, **changes):
    return caller.post(f"/conversations/{getattr(conversation, 'pk', conversation)}/messages", message_body(**changes))


def reply(caller, conversation, person, **changes):
    return send(caller, conversation, **{"from": "representative", "representative": person.email} | changes)


@pytest.fixture
def make(harbor, api):
    """A conversation in harbor's Orders."""

    def made(**fields):
        with harbor.scope():
            return factories.make_conversation(queue=harbor.orders, **fields)

    return made


def fresh(cast, row):
    with cast.scope():
        return Conversation.objects.get(pk=row.pk)


def test_a_customers_message_is_stored_and_the_row_shows_it(harbor, api, make):
    row = make(status=Status.ACTIVE, representative=harbor.ana)
    response = send(api, row, external_id="m-1", text="Any news?")
    assert response.status_code == 201
    with harbor.scope():
        message = Message.objects.get()
        after = fresh(harbor, row)
    assert response.json() == {
        "id": message.pk,
        "external_id": "m-1",
        "conversation_id": row.pk,
        "number": row.number,
        "status": "active",
        "previous_id": None,
    }
    assert after.unanswered_since == after.last_customer_message_at == message.created_at
    assert (after.row_stamp, after.version) == (row.row_stamp + 1, row.version)


def test_a_repeated_message_is_stored_once(harbor, api, make):
    row = make()
    first, second = (send(api, row, external_id="m-1", text=text) for text in ("One", "Two"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    with harbor.scope():
        assert [message.text for message in Message.objects.all()] == ["One"]


def test_a_reply_to_an_open_conversation_picks_it_for_the_person(harbor, api, make):
    row = make()
    assert reply(api, row, harbor.ana).json()["status"] == "active"
    after = fresh(harbor, row)
    assert after.representative_id == harbor.ana.pk
    assert after.first_response_at is not None
    with harbor.scope():
        picked = AuditEvent.objects.get(action=AuditAction.PICKED)
        assert picked.membership_id == harbor.agent.pk, "the person is recorded, not the key"
        said = (
            OutboxEntry.objects.filter(kind="customer_message").order_by("pk").values_list("message__author", flat=True)
        )
        assert list(said) == ["system", "representative"], "the customer is told who is there, then reads the reply"
        invariants.assert_all()


def test_a_reply_picks_it_also_where_the_desk_lets_nobody_pick(harbor, api, make):
    """Whoever has replied in another system has it; the setting is the desk's (docs/integrators.md)."""
    row = make(channel=Channel.SMS)
    with harbor.scope():
        WorkStream.objects.update(picking_allowed=False)
        (result,) = perform("pick", [row.pk], actor=harbor.actor(harbor.agent))
        assert result.code == "no_picking"
    assert reply(api, row, harbor.ana).json()["status"] == "active"
    assert fresh(harbor, row).representative_id == harbor.ana.pk
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.PICKED).count() == 1
        invariants.assert_all()


def test_a_reply_by_somebody_outside_its_queue_does_not_pick_it(harbor, api, make):
    row = make()
    with harbor.scope():
        stranger = factories.make_representative("Ben Osei")
    response = reply(api, row, stranger)
    assert (response.status_code, error_of(response)["code"]) == (409, "not_in_queue")
    assert error_of(response)["message"] == "The representative doesn't serve the conversation's queue."
    assert fresh(harbor, row).status == Status.OPEN


def test_a_reply_to_a_waiting_conversation_rejoins_it(harbor, api, make):
    row = make(channel=Channel.SMS, status=Status.WAITING, representative=harbor.ana)
    assert reply(api, row, harbor.ana).json()["status"] == "active"
    with harbor.scope():
        assert AuditEvent.objects.get().action == AuditAction.REOPENED
        invariants.assert_all()


def test_a_reply_accepts_the_offer_made_to_the_same_person(harbor, api, make):
    row = make()
    with harbor.scope():
        perform(
            "assign_to_representative", [row.pk], actor=harbor.actor(), parameters={"representative": harbor.ana.pk}
        )
    assert reply(api, row, harbor.ana).json()["status"] == "active"
    assert fresh(harbor, row).accepted_at is not None
    with harbor.scope():
        invariants.assert_all()


def offered_to(cast, person, row, kind):
    """Awaiting the person's answer; a supervisor's assignment, made to look like routing's where that is asked for."""
    with cast.scope():
        target = {"representative": person.pk}
        perform("assign_to_representative", [row.pk], actor=cast.actor(), parameters=target)
        Offer.objects.update(kind=kind)


def test_an_offer_of_routings_yields_to_who_replied_in_fact(harbor, api, make):
    row = make()
    with harbor.scope():
        ben = factories.make_representative("Ben", queues=[harbor.orders])
    offered_to(harbor, ben, row, OfferKind.ROUTING)
    assert reply(api, row, harbor.ana).json()["status"] == "active"
    after = fresh(harbor, row)
    assert (after.representative_id, after.decline_count) == (harbor.ana.pk, 0)
    with harbor.scope():
        assert Offer.objects.get().outcome == "withdrawn"
        ben.refresh_from_db()
        assert ben.units_used == 0
        invariants.assert_all()


@pytest.mark.parametrize("kind", [OfferKind.ASSIGN, OfferKind.ROUTING])
def test_an_offer_stays_where_a_supervisor_made_it_or_the_other_could_not_have_picked(harbor, api, make, kind):
    row = make()
    with harbor.scope():
        stranger = factories.make_representative("Ben", queues=[harbor.orders] if kind == OfferKind.ASSIGN else [])
    offered_to(harbor, harbor.ana, row, kind)
    response = reply(api, row, stranger)
    assert (response.status_code, error_of(response)["code"]) == (409, "not_offered")
    with harbor.scope():
        assert Offer.objects.get().outcome == "pending"
        invariants.assert_all()


@pytest.mark.parametrize(
    ("status", "channel", "code"),
    [
        (Status.ACTIVE, Channel.LIVE_CHAT, "not_yours"),
        (Status.WAITING, Channel.SMS, "not_yours"),
        (Status.WRAP_UP, Channel.LIVE_CHAT, "is_wrap_up"),
        (Status.CLOSED, Channel.LIVE_CHAT, "is_closed"),
        (Status.OPEN, Channel.LIVE_CHAT, "not_in_queue"),
    ],
)
def test_a_reply_by_somebody_who_does_not_hold_it_is_refused(harbor, api, make, status, channel, code):
    row = make(status=status, channel=channel, **({} if status == Status.OPEN else {"representative": harbor.ana}))
    with harbor.scope():
        other = factories.make_representative("Ben")
    response = reply(api, row, other)
    assert (response.status_code, error_of(response)["code"]) == (409, code)
    with harbor.scope():
        assert not Message.objects.exists()
    assert fresh(harbor, row).version == row.version


@pytest.mark.parametrize("who", ["unknown", "foreign", "inactive"])
def test_a_reply_by_nobody_of_the_organization_is_refused(harbor, summit, api, make, who):
    row = make()
    with harbor.scope():
        gone = factories.make_representative("Gone", queues=[harbor.orders], is_active=False)
    with summit.scope():
        foreign = factories.make_representative("Foreign")
    email = {"unknown": "nobody@example.com", "foreign": foreign.email, "inactive": gone.email}[who]
    response = send(api, row, **{"from": "representative", "representative": email})
    assert (response.status_code, error_of(response)["code"]) == (422, "unknown_representative")
    assert list(error_of(response)["fields"]) == ["representative"]


def test_a_customer_who_writes_to_a_waiting_conversation_opens_it_again(harbor, api, make):
    row = make(channel=Channel.SMS, status=Status.WAITING, representative=harbor.ana)
    assert send(api, row).json()["status"] == "open"
    with harbor.scope():
        assert AuditEvent.objects.get().action == AuditAction.CUSTOMER_RETURNED
        invariants.assert_all()


@pytest.mark.parametrize("channel", [Channel.LIVE_CHAT, Channel.SMS])
def test_a_customer_who_writes_to_a_closed_conversation_goes_on_in_a_linked_one(harbor, api, make, channel):
    row = make(channel=channel, status=Status.CLOSED)
    first = send(api, row, external_id="after-1")
    given = first.json()
    assert (first.status_code, given["status"], given["previous_id"]) == (201, "open", row.pk)
    assert given["conversation_id"] != row.pk
    assert send(api, row, external_id="after-1").json()["conversation_id"] == given["conversation_id"], "repeated"
    assert send(api, row).json()["conversation_id"] == given["conversation_id"], "the next one goes on there"
    linked = fresh(harbor, Conversation(pk=given["conversation_id"]))
    assert (linked.subject, linked.customer_id) == (row.subject, row.customer_id)
    assert fresh(harbor, row).status == "closed"
    with harbor.scope():
        invariants.assert_all()


def test_records_have_no_messages(harbor, api):
    with harbor.scope():
        row = factories.make_conversation(channel=Channel.RECORD)
    assert error_of(send(api, row))["code"] == "record_not_possible"


@pytest.mark.parametrize("pk", [0, 999_999_999, 2**63, 10**30])
def test_an_unknown_conversation_is_not_found(api, pk):
    assert send(api, pk).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * (28 * 1024 + 1)}, "text"),
        ({"text": "é" * 14_337}, "text"),
        ({"text": ["x"]}, "text"),
        ({"from": "supervisor"}, "from"),
        ({"from": None}, "from"),
        ({"external_id": None}, "external_id"),
        ({"external_id": "conversation:1"}, "external_id"),
        ({"representative": "nobody"}, "representative"),
    ],
)
def test_what_makes_no_sense_is_named(api, make, changes, field):
    response = send(api, make(), **changes)
    assert response.status_code == 422
    assert list(error_of(response)["fields"]) == [field]


def test_a_representatives_message_names_the_representative(api, make):
    assert send(api, make(), **{"from": "representative"}).status_code == 422
    assert send(api, make(), representative="ana@example.com").status_code == 422


def test_a_text_of_exactly_28_kb_is_taken(api, make):
    assert send(api, make(), text="é" * (14 * 1024)).status_code == 201


@pytest.mark.parametrize(("author", "queries"), [("customer", 11), ("representative", 13)])
def test_a_message_takes_a_fixed_number_of_queries(harbor, api, make, author, queries):
    row = make(status=Status.ACTIVE, representative=harbor.ana)
    who = {"from": "representative", "representative": harbor.ana.email} if author == "representative" else {}
    for _ in range(3):
        send(api, row, **who)
    with CaptureQueriesContext(connection) as captured:
        assert send(api, row, **who).status_code == 201
    assert len(captured) == queries, "\n".join(query["sql"][:120] for query in captured)
