"""Stuck work: each kind begins at its limit, by the organization's own, and is what its view shows."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from conversations.filters import ConversationFilter
from conversations.listing import LISTINGS, ONGOING
from conversations.models import AlertSettings, Conversation, Offer
from conversations.states import OfferKind, Status, StatusReason
from routing.kinds import Channel, Presence
from routing.models import Representative, WorkStream
from tests.factories import make_conversation, make_representative


def shown(cast, query, member=None, listing=ONGOING):
    with cast.scope():
        return set(ConversationFilter.from_query(QueryDict(query), cast.actor(member), listing).rows())


def aged(row, **since):
    Conversation.objects.filter(pk=row.pk).update(status_since=timezone.now() - timedelta(**since))
    return row


def offline_for(cast, **since):
    gone = timezone.now() - timedelta(**since)
    Representative.objects.filter(pk=cast.ana.pk).update(presence=Presence.OFFLINE, presence_since=gone)


def transfer(row, to, seconds, kind=OfferKind.TRANSFER):
    Conversation.objects.filter(pk=row.pk).update(transfer_pending=kind == OfferKind.TRANSFER)
    since = timezone.now() - timedelta(seconds=seconds)
    return Offer.objects.create(conversation=row, representative=to, kind=kind, units=30, offered_at=since)


def test_active_work_of_somebody_offline_is_stuck(harbor):
    with harbor.scope():
        held = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        make_conversation(queue=harbor.orders, status=Status.WRAP_UP, representative=harbor.ana)
        make_conversation(channel=Channel.RECORD, status=Status.ACTIVE, representative=harbor.ana)
        make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=make_representative())
        offline_for(harbor, minutes=2)
    assert shown(harbor, "stuck=offline") == set()
    with harbor.scope():
        offline_for(harbor, minutes=4)
    assert shown(harbor, "stuck=offline") == {held}


def test_an_ai_agent_is_never_offline(harbor):
    with harbor.scope():
        agent = make_representative(type=Representative.Type.AI_AGENT, presence=Presence.OFFLINE)
        Representative.objects.update(presence_since=timezone.now() - timedelta(hours=1))
        make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=agent)
    assert shown(harbor, "stuck=offline") == set()


def test_a_transfer_is_stuck_while_nobody_answers_it(harbor):
    with harbor.scope():
        second = make_representative(queues=[harbor.orders])
        fresh, old, routed = (
            make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana) for _ in range(3)
        )
        transfer(fresh, second, 30)
        offer = transfer(old, second, 61)
        transfer(routed, second, 300, OfferKind.ROUTING)
        awaiting = make_conversation(
            queue=harbor.orders,
            status=Status.ACTIVE,
            status_reason=StatusReason.AWAITING_ACCEPTANCE,
            representative=second,
        )
        transfer(awaiting, second, 61)
        Conversation.objects.filter(pk=awaiting.pk).update(transfer_pending=False)
    assert shown(harbor, "stuck=transfer") == {old, awaiting}
    with harbor.scope():
        Offer.objects.filter(pk=offer.pk).update(outcome="rejected")
    assert shown(harbor, "stuck=transfer") == {awaiting}


def test_a_wrap_up_is_overdue_after_the_limit_and_what_its_work_stream_gives(harbor):
    with harbor.scope():
        rows = [
            make_conversation(queue=harbor.orders, status=Status.WRAP_UP, representative=harbor.ana) for _ in range(3)
        ]
        fresh, over, given = rows
        aged(fresh, minutes=9)
        aged(over, minutes=11)
        aged(given, minutes=11)
        slow = WorkStream.objects.get(pk=given.work_stream_id)
        slow.pk, slow.slug, slow.name = None, "slow", "Slow"
        slow.wrap_up_rule, slow.wrap_up_hold_seconds = WorkStream.WrapUpRule.FOR_A_WHILE, 3_600
        slow.save(force_insert=True)
        Conversation.objects.filter(pk=given.pk).update(work_stream=slow)
    assert shown(harbor, "stuck=wrap_up") == {over}


def test_waiting_is_stuck_past_the_organizations_limit(harbor):
    with harbor.scope():
        row = aged(make_conversation(queue=harbor.orders, status=Status.WAITING, channel=Channel.SMS), hours=5)
    assert shown(harbor, "stuck=waiting") == set()
    with harbor.scope():
        AlertSettings.objects.create(waiting_hours=4)
    assert shown(harbor, "stuck=waiting") == {row}


def test_several_kinds_are_either_and_a_scope_narrows_them(harbor):
    with harbor.scope():
        waits = aged(make_conversation(queue=harbor.orders, status=Status.WAITING, channel=Channel.SMS), hours=25)
        wraps = aged(
            make_conversation(queue=harbor.refunds, status=Status.WRAP_UP, representative=harbor.ana), minutes=11
        )
    assert shown(harbor, "stuck=waiting&stuck=wrap_up") == {waits, wraps}
    assert shown(harbor, "stuck=waiting&stuck=wrap_up", harbor.scoped) == {wraps}


@pytest.mark.parametrize(
    ("view", "kind"),
    [
        ("representative-offline", "offline"),
        ("transfer-unanswered", "transfer"),
        ("wrap-up-overdue", "wrap_up"),
        ("waiting-past-limit", "waiting"),
    ],
)
def test_each_kind_is_a_view_in_a_section_of_its_own(harbor, view, kind):
    with harbor.scope():
        found = ConversationFilter.from_query(QueryDict(f"view={view}"), harbor.actor(), ONGOING)
    assert found.definition == f"stuck={kind}"
    chooser = harbor.client().get(harbor.url("conversations/views/"), {"list": "conversations"}).content.decode()
    assert chooser.index("Stuck work") < chooser.index(f'id="view-count-{view}"')


def test_a_word_that_means_nothing_matches_nothing(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
        found = ConversationFilter.from_query(QueryDict("stuck=forever"), harbor.actor(), ONGOING)
    assert found.senseless
    assert shown(harbor, "stuck=forever") == set()


def test_the_report_filters_by_it_too():
    assert "stuck" in LISTINGS["report"].filters
