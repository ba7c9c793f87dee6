"""Escalation from an AI agent to people, and elevation to a call, as the organization's own systems report them."""

import pytest

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.actions import perform
from conversations.models import Conversation, Notification, QueueSegment, Session
from conversations.states import OfferOutcome, SessionClosure, Status, StatusReason
from conversations.timeline import timeline
from routing.kinds import Channel
from routing.models import OverflowRule, Representative
from tests import factories, invariants
from tests.conversations.api.caller import conversation_body, error_of


@pytest.fixture
def assistant(harbor):
    with harbor.scope():
        return Representative.objects.create(
            name="Harbor Assistant", type=Representative.Type.AI_AGENT, presence="available", total_units=0
        )


@pytest.fixture
def held(harbor, api, assistant):
    """The id of a conversation that the AI agent holds."""
    return api.post("/conversations", conversation_body(handled_by="ai_agent")).json()["id"]


def test_an_escalated_conversation_is_open_for_people_in_its_queue(harbor, api, held):
    response = api.post(f"/conversations/{held}/escalate")
    assert (response.status_code, response.json()["status"]) == (200, "open")
    with harbor.scope():
        row = Conversation.objects.get(pk=held)
        assert (row.status, row.representative_id, row.queue_id) == (Status.OPEN, None, harbor.orders.pk)
        assert QueueSegment.objects.get(conversation=row, left_at=None).entry == QueueSegment.Entry.ESCALATED
        assert Session.objects.filter(conversation=row, closure="BotTransferToAgent").count() == 1
        assert AuditEvent.objects.filter(action=AuditAction.ESCALATED, conversation_id=held).count() == 1
        invariants.assert_all()


def test_escalating_again_changes_nothing_even_when_a_person_holds_it(harbor, api, held):
    api.post(f"/conversations/{held}/escalate")
    with harbor.scope():
        perform("pick", [held], actor=harbor.actor(harbor.agent), single=True)
    response = api.post(f"/conversations/{held}/escalate")
    assert (response.status_code, response.json()["status"]) == (200, "active")
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.ESCALATED).count() == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.OPEN, "no_ai_agent_holds_it"),
        (Status.ACTIVE, "no_ai_agent_holds_it"),
        (Status.WRAP_UP, "no_ai_agent_holds_it"),
        (Status.CLOSED, "is_closed"),
    ],
)
def test_what_no_ai_agent_holds_is_refused(harbor, api, status, code):
    with harbor.scope():
        row = factories.make_conversation(status=status, queue=harbor.orders)
    response = api.post(f"/conversations/{row.pk}/escalate")
    assert (response.status_code, error_of(response)["code"]) == (409, code)


def test_what_an_ai_agent_has_ended_is_refused(harbor, api, held):
    api.post(f"/conversations/{held}/end", {"by": "customer"})
    response = api.post(f"/conversations/{held}/escalate")
    assert (response.status_code, error_of(response)["code"]) == (409, "is_closed")


@pytest.mark.parametrize(
    ("by", "reason", "closure"),
    [
        ("representative", StatusReason.ENDED_BY_AI_AGENT, SessionClosure.AI_AGENT_ENDED),
        ("customer", StatusReason.ENDED_BY_CUSTOMER, SessionClosure.CUSTOMER_ENDED),
    ],
)
def test_an_ai_agent_has_nothing_to_wrap_up(harbor, api, held, by, reason, closure):
    assert api.post(f"/conversations/{held}/end", {"by": by}).status_code == 200
    with harbor.scope():
        row = Conversation.objects.get(pk=held)
        assert (row.status, row.status_reason, row.is_abandoned) == (Status.CLOSED, reason, False)
        assert Session.objects.get(conversation_id=held).closure == closure
        invariants.assert_all()


def test_people_are_full_so_the_rule_of_the_queue_moves_it_on(harbor, api, held):
    with harbor.scope():
        OverflowRule.objects.create(
            queue=harbor.orders, condition="queue_size", limit=0, action="transfer", target_queue=harbor.refunds
        )
    assert api.post(f"/conversations/{held}/escalate").status_code == 200
    with harbor.scope():
        assert Conversation.objects.get(pk=held).queue_id == harbor.refunds.pk
        invariants.assert_all()


@pytest.mark.parametrize("to", ["voice", "video"])
def test_an_elevated_conversation_stays_messaging_and_is_not_transferred_any_more(harbor, api, to):
    with harbor.scope():
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders])
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana, queue=harbor.orders)
    for _ in range(2):
        response = api.post(f"/conversations/{row.pk}/elevate", {"to": to})
        assert (response.status_code, response.json()["status"]) == (200, "active")
    with harbor.scope():
        row.refresh_from_db()
        assert (row.elevated_to, row.kind) == (to, "messaging")
        assert AuditEvent.objects.filter(action=AuditAction.ELEVATED).count() == 1
        (result,) = perform(
            "transfer_to_representative", [row.pk], actor=harbor.actor(), parameters={"representative": ben.pk}
        )
        assert (result.outcome, result.code) == ("skipped", "elevated")


def test_a_pending_transfer_is_withdrawn_by_the_elevation(harbor, api):
    with harbor.scope():
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders])
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana, queue=harbor.orders)
        perform("transfer_to_representative", [row.pk], actor=harbor.actor(), parameters={"representative": ben.pk})
    assert api.post(f"/conversations/{row.pk}/elevate", {"to": "voice"}).status_code == 200
    with harbor.scope():
        assert row.offers.get().outcome == OfferOutcome.WITHDRAWN
        event = AuditEvent.objects.get(action=AuditAction.ELEVATED)
        assert (event.after["elevated_to"], event.after["withdrawn_from"]) == ("voice", ben.pk)
        assert "Transfer to Ben Osei withdrawn" in timeline(row.pk)[0].detail
        invariants.assert_all()


def test_both_sides_of_the_transfer_are_told_that_the_elevation_withdrew_it(harbor, api):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative", name="Ben Osei")
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders], membership=member)
        row = factories.make_conversation(
            status=Status.ACTIVE, representative=harbor.ana, queue=harbor.orders, subject="Where is my parcel?"
        )
        perform("transfer_to_representative", [row.pk], actor=harbor.actor(), parameters={"representative": ben.pk})
    for _ in range(2):
        assert api.post(f"/conversations/{row.pk}/elevate", {"to": "voice"}).status_code == 200
    why = "because the conversation was elevated to a call."
    gave = f"“Where is my parcel?”: the transfer to Ben Osei was withdrawn, {why}"
    was_to_take = f"“Where is my parcel?”: it is no longer offered to you, {why}"
    with harbor.scope():
        told = Notification.objects.filter(kind="transfer_withdrawn", conversation_id=row.pk)
        assert dict(told.values_list("membership_id", "text")) == {
            harbor.supervisor.pk: gave,
            harbor.agent.pk: gave,
            member.pk: was_to_take,
        }
        assert set(told.values_list("title", flat=True)) == {f"The transfer of {row.number} was withdrawn"}


def test_without_a_transfer_an_elevation_tells_nobody(harbor, api):
    with harbor.scope():
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana, queue=harbor.orders)
    assert api.post(f"/conversations/{row.pk}/elevate", {"to": "video"}).status_code == 200
    with harbor.scope():
        assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("channel", "status", "code"),
    [
        (Channel.LIVE_CHAT, Status.OPEN, "is_open"),
        (Channel.SMS, Status.WAITING, "is_waiting"),
        (Channel.LIVE_CHAT, Status.WRAP_UP, "is_wrap_up"),
        (Channel.LIVE_CHAT, Status.CLOSED, "is_closed"),
        (Channel.VOICE, Status.ACTIVE, "voice_not_possible"),
        (Channel.RECORD, Status.ACTIVE, "record_not_possible"),
    ],
)
def test_elevation_is_refused_where_nobody_talks_by_text(harbor, api, channel, status, code):
    with harbor.scope():
        row = factories.make_conversation(status=status, channel=channel)
    response = api.post(f"/conversations/{row.pk}/elevate", {"to": "voice"})
    assert (response.status_code, error_of(response)["code"]) == (409, code)


def test_elevation_to_something_else_is_a_mistake(api, held):
    response = api.post(f"/conversations/{held}/elevate", {"to": "fax"})
    assert (response.status_code, list(error_of(response)["fields"])) == (422, ["to"])
