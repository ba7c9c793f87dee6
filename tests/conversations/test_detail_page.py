"""A conversation's own page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.tenancy.access import system_actor
from conversations.models import Conversation, ConversationTag, Tag
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations, make_customer


def page(cast, conversation, member=None):
    return cast.client(member).get(
        cast.url(f"conversations/{conversation if isinstance(conversation, int) else conversation.pk}/")
    )


def test_it_shows_facts_participants_and_earlier_conversations(harbor):
    with harbor.scope():
        customer = make_customer("Mbali Okafor", email="mbali@example.com")
        before = make_conversation(queue=harbor.orders, customer=customer, status=Status.CLOSED, subject="Last year")
        now = make_conversation(queue=harbor.orders, customer=customer, status=Status.ACTIVE, representative=harbor.ana)
    response = page(harbor, now)
    text = response.content.decode()
    assert {"Mbali Okafor", "mbali@example.com", "Live chat"} <= {
        fact.get("value") for fact in response.context["facts"]
    }
    assert [person["name"] for person in response.context["participants"]] == ["Ana Ruiz"]
    assert [other["number"] for other in response.context["earlier"]] == [before.number]
    assert f'<h1 title="{now.subject}"' in text


def test_the_timeline_says_who_did_what(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders, status=Status.CLOSED)
        state = {"status": "open", "queue_id": harbor.orders.pk, "priority": 1}
        record(AuditAction.CREATED, actor=_system(harbor), conversation_id=conversation.pk, after=state)
        record(
            AuditAction.OFFERED,
            actor=_system(harbor),
            conversation_id=conversation.pk,
            before=state,
            after=state | {"status": "active", "representative_id": harbor.ana.pk},
        )
        record(
            AuditAction.FORCE_CLOSED,
            actor=harbor.actor(),
            conversation_id=conversation.pk,
            before=state,
            after=state | {"status": "closed", "force_close_reason_id": harbor.reason.pk},
        )
    lines = [(entry.sentence, entry.detail) for entry in page(harbor, conversation).context["timeline"]]
    assert lines == [
        ("Supervisor opened the transcript", ""),
        ("Supervisor force closed it", "Outage resolved · Open → Closed"),
        ("Offered to Ana Ruiz", "Open → Active"),
        ("Arrived in Orders", ""),
    ]


def _system(cast):
    return system_actor(cast.organization)


def test_every_kind_of_event_has_words(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
        for action in AuditAction:
            record(action, actor=_system(harbor), conversation_id=conversation.pk)
    entries = page(harbor, conversation).context["timeline"]
    assert len(entries) == len(AuditAction)
    assert not any("{" in entry.sentence for entry in entries)


def test_absent_foreign_and_out_of_scope_ones_look_alike(harbor, summit):
    with summit.scope():
        foreign = make_conversation(queue=summit.orders)
    with harbor.scope():
        order = make_conversation(queue=harbor.orders)
    answers = [page(harbor, 987654321), page(harbor, foreign), page(harbor, order, harbor.scoped), page(harbor, 10**30)]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1


def test_a_scoped_supervisor_opens_what_is_in_scope(harbor):
    with harbor.scope():
        refund = make_conversation(queue=harbor.refunds)
    assert page(harbor, refund, harbor.scoped).status_code == 200


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, member):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
    assert page(harbor, conversation, getattr(harbor, member)).status_code == 403


def test_another_customers_conversations_are_not_listed_as_earlier_ones(harbor):
    with harbor.scope():
        record_item = make_conversation(channel=Channel.RECORD)
        make_conversation(channel=Channel.RECORD)
    assert page(harbor, record_item).context["earlier"] == []


def test_markup_shows_as_text(harbor):
    with harbor.scope():
        conversation = make_conversation(
            queue=harbor.orders, subject="<img src=x>", customer=make_customer("<i>Eve</i>")
        )
    text = page(harbor, conversation).content.decode()
    assert "<img src=x>" not in text
    assert "<i>Eve" not in text


def test_tags_the_pinned_note_and_what_is_due_are_on_the_page(harbor):
    now = timezone.now()
    with harbor.scope():
        conversation = make_conversation(
            queue=harbor.orders,
            supervisor_note="Call back <today>",
            target_due_at=now + timedelta(minutes=10),
            target_risk_at=now + timedelta(minutes=8),
        )
        for name in ("VIP", "Press"):
            tag = Tag.objects.create(name=name)
            ConversationTag.objects.create(conversation=conversation, tag=tag)
    response = page(harbor, conversation)
    text = response.content.decode()
    assert response.context["conversation"]["tags"] == ["Press", "VIP"]
    assert "Call back &lt;today&gt;" in text
    (due,) = [fact for fact in response.context["facts"] if fact["label"] == "Due in"]
    assert due["amber"] == "120"
    assert 'data-kind="due" data-amber="120"' in text


def test_without_tags_and_note_nothing_stands_for_them(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
    text = page(harbor, conversation).content.decode()
    assert "Pinned note" not in text
    assert "conversation-head__tags" not in text


@pytest.mark.parametrize("events", [0, 1, 50])
def test_it_is_read_in_a_fixed_number_of_queries(harbor, django_assert_num_queries, events):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        for _ in range(events):
            record(AuditAction.NOTIFIED, actor=harbor.actor(), conversation_id=conversation.pk)
        make_conversations(3, queue=harbor.orders, customer=conversation.customer)
        assert Conversation.objects.count() == 4
    client = harbor.client()
    client.get(harbor.url("conversations/"))
    with django_assert_num_queries(23):
        client.get(harbor.url(f"conversations/{conversation.pk}/"))
