"""Push routing: what is offered first, to whom, and who is never offered anything."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations import offer_plan
from conversations.actions import perform
from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote
from conversations.models import Conversation, ConversationSkill, Offer
from conversations.states import OfferKind, Priority, Status, StatusReason
from routing.kinds import Channel, Kind, Presence
from routing.models import (
    Intent,
    IntentFamily,
    IntentGroup,
    OperatingHours,
    Representative,
    RepresentativeSkill,
    Skill,
    UserGroup,
)
from routing.models.intents import UserGroupIntentGroup, UserGroupMember
from tests import factories, invariants
from tests.conversations.dispatching import NOW, offered, run

# --- whom ---


def test_the_member_with_the_most_free_units_gets_it_and_the_units_are_reserved(harbor):
    with harbor.scope():
        factories.make_representative("Ben Osei", queues=[harbor.orders], total_units=150)
        row = factories.make_conversation(queue=harbor.orders)
        run(harbor)
        row.refresh_from_db()
        assert (row.status, row.status_reason, row.units_held) == ("active", StatusReason.AWAITING_ACCEPTANCE, 30)
        offer = Offer.objects.get()
        assert (offer.kind, offer.representative.name, offer.units) == (OfferKind.ROUTING, "Ben Osei", 30)
        assert offer.representative.units_used == 30
        assert offer.expires_at - offer.offered_at == timedelta(seconds=120)
        event = AuditEvent.objects.get(action=AuditAction.OFFERED)
        assert (event.membership_id, event.conversation_id) == (None, row.pk)
        invariants.assert_all()


def test_of_two_with_as_many_free_units_the_one_idle_longest_gets_it(harbor):
    with harbor.scope():
        early = NOW - timedelta(hours=1)
        factories.make_representative("Ben Osei", queues=[harbor.orders], idle_since=early)
        row = factories.make_conversation(queue=harbor.orders)
        run(harbor)
        assert offered() == {row.pk: "Ben Osei"}


@pytest.mark.parametrize(
    "change",
    [
        {"presence": Presence.AWAY},
        {"presence": Presence.INACTIVE},
        {"is_active": False},
        {"type": Representative.Type.AI_AGENT},
        {"total_units": 29},
        {"units_used": 71},
    ],
)
def test_who_may_not_take_it_is_not_offered_it(harbor, change):
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(**change)
        row = factories.make_conversation(queue=harbor.orders)
        assert not run(harbor)
        assert offered() == {}
        row.refresh_from_db()
        assert row.status == Status.OPEN


def test_only_members_of_the_queue_are_offered_it(harbor):
    with harbor.scope():
        elsewhere = factories.make_queue("Elsewhere")
        factories.make_conversation(queue=elsewhere)
        run(harbor)
        assert offered() == {}


def test_a_member_whose_account_was_switched_off_is_not_offered_it(harbor):
    with harbor.scope():
        harbor.agent.is_active = False
        harbor.agent.save()
        factories.make_conversation(queue=harbor.orders)
        run(harbor)
        assert offered() == {}


@pytest.mark.parametrize(("proficiency", "gets_it"), [(None, False), (4, False), (5, True), (9, True)])
def test_the_required_skill_is_needed_with_at_least_the_proficiency(harbor, proficiency, gets_it):
    with harbor.scope():
        german = Skill.objects.create(name="German")
        if proficiency:
            RepresentativeSkill.objects.create(representative=harbor.ana, skill=german, proficiency=proficiency)
        row = factories.make_conversation(queue=harbor.orders)
        ConversationSkill.objects.create(conversation=row, skill=german, proficiency=5)
        run(harbor)
        assert bool(offered()) is gets_it


@pytest.mark.parametrize(
    ("serves", "somebody_serves", "gets_it"), [(True, True, True), (False, True, False), (False, False, True)]
)
def test_an_intent_goes_to_the_user_groups_that_serve_its_group(harbor, serves, somebody_serves, gets_it):
    with harbor.scope():
        group = IntentGroup.objects.create(family=IntentFamily.objects.create(name="Retail"), name="After sales")
        intent = Intent.objects.create(group=group, name="Return item")
        team = UserGroup.objects.create(name="After-sales team")
        if somebody_serves:
            UserGroupIntentGroup.objects.create(user_group=team, intent_group=group)
        if serves:
            UserGroupMember.objects.create(user_group=team, representative=harbor.ana)
        factories.make_conversation(queue=harbor.orders, intent=intent)
        run(harbor)
        assert bool(offered()) is gets_it


def test_who_held_it_before_gets_it_again_where_the_work_stream_keeps_the_representative(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.SMS, queue=harbor.orders, keep_same_representative=True)
        factories.make_representative("Ben Osei", queues=[harbor.orders], total_units=500)
        row = factories.make_conversation(
            channel=Channel.SMS, queue=harbor.orders, status=Status.WAITING, representative=harbor.ana
        )
        Representative.objects.filter(pk=harbor.ana.pk).update(presence=Presence.DO_NOT_DISTURB, presence_held=True)
        customer_wrote([Said(row.pk, "", "Hello again")], actor=harbor.actor(), now=NOW)
        run(harbor)
        assert offered() == {row.pk: "Ana Ruiz"}


@pytest.mark.parametrize("change", [{"presence": Presence.OFFLINE}, {"units_used": 90}])
def test_somebody_else_gets_it_when_who_held_it_is_gone_or_full(harbor, change):
    with harbor.scope():
        factories.make_work_stream(Channel.SMS, queue=harbor.orders, keep_same_representative=True)
        factories.make_representative("Ben Osei", queues=[harbor.orders])
        row = factories.make_conversation(
            channel=Channel.SMS, queue=harbor.orders, status=Status.WAITING, representative=harbor.ana
        )
        Representative.objects.filter(pk=harbor.ana.pk).update(**change)
        customer_wrote([Said(row.pk, "", "Hello again")], actor=harbor.actor(), now=NOW)
        run(harbor)
        assert offered() == {row.pk: "Ben Osei"}


# --- what first ---


def test_queue_priority_comes_first_then_priority_then_age(harbor):
    with harbor.scope():
        urgent, unset = factories.make_queue("Urgent", priority=1), factories.make_queue("Unset")
        later = factories.make_queue("Later", priority=2)
        ana = factories.make_representative("Bo Lind", queues=[urgent, later, unset], total_units=120)
        make = factories.make_conversation
        hour = timedelta(hours=1)
        last = make(queue=unset, priority=Priority.HIGH, created_at=NOW - 9 * hour)
        fourth = make(queue=later, priority=Priority.HIGH, created_at=NOW - 8 * hour)
        third = make(queue=urgent, priority=Priority.NORMAL, created_at=NOW - hour)
        second = make(queue=urgent, priority=Priority.NORMAL, created_at=NOW - 2 * hour)
        first = make(queue=urgent, priority=Priority.HIGH, created_at=NOW - hour / 2)
        run(harbor)
        assert set(offered()) == {first.pk, second.pk, third.pk, fourth.pk}
        ana.refresh_from_db()
        assert (ana.units_used, ana.presence) == (120, Presence.DO_NOT_DISTURB)
        perform("force_close", [first.pk], actor=harbor.actor(), parameters={"reason": harbor.reason.pk})
        run(harbor)
        assert last.pk in offered()


def test_a_full_queue_that_nobody_serves_keeps_no_other_waiting(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 3)
    with harbor.scope():
        unserved = factories.make_queue("Night", priority=1)
        factories.make_representative("Ben Osei", queues=[unserved], presence=Presence.OFFLINE)
        factories.make_conversations(3, queue=unserved)
        row = factories.make_conversation(queue=harbor.orders)
        run(harbor)
        assert offered() == {row.pk: "Ana Ruiz"}


def test_nobody_is_offered_more_than_they_have_free(harbor):
    with harbor.scope():
        factories.make_representative("Ben Osei", queues=[harbor.orders], total_units=65)
        factories.make_conversations(9, queue=harbor.orders)
        run(harbor)
        used = Representative.objects.values_list("units_used", "total_units")
        assert all(units <= total for units, total in used)
        assert len(offered()) == 5
        invariants.assert_all()


def test_pick_work_streams_and_what_is_held_already_are_left_alone(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.SMS, queue=harbor.orders, distribution="pick")
        factories.make_conversation(channel=Channel.SMS, queue=harbor.orders)
        factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        run(harbor)
        assert offered() == {}


def test_calls_and_records_of_push_work_streams_are_offered_too(harbor):
    with harbor.scope():
        for channel, kind in ((Channel.VOICE, Kind.VOICE), (Channel.RECORD, Kind.RECORD)):
            queue = factories.make_queue(kind=kind)
            factories.make_representative(f"Member of {kind}", queues=[queue])
            factories.make_conversation(channel=channel, queue=queue)
        run(harbor)
        assert set(offered().values()) == {"Member of voice", "Member of record"}
        invariants.assert_all()


def test_a_closed_queue_holds_its_persistent_work(harbor):
    with harbor.scope():
        hours = OperatingHours.objects.create(name="Never now", weekly=closed_now())
        queue = factories.make_queue("Office", operating_hours=hours)
        factories.make_representative("Ben Osei", queues=[queue])
        row = factories.make_conversation(channel=Channel.SMS, queue=queue)
        run(harbor)
        assert offered() == {}
        hours.weekly = {}
        hours.save()
        run(harbor)
        assert offered() == {row.pk: "Ben Osei"}


def closed_now():
    """Open for one minute of the day after tomorrow."""
    return {str((timezone.now() + timedelta(days=2)).weekday()): [["11:00", "11:01"]]}


# --- walls and costs ---


def test_another_organization_is_neither_offered_nor_asked(harbor, summit):
    with summit.scope():
        foreign = factories.make_conversation(queue=summit.orders)
    with harbor.scope():
        own = factories.make_conversation(queue=harbor.orders)
        run(harbor)
        assert set(offered()) == {own.pk}
    with summit.scope():
        foreign.refresh_from_db()
        assert (foreign.status, Offer.objects.count()) == (Status.OPEN, 0)
        assert Representative.objects.get(pk=summit.ana.pk).units_used == 0


def test_only_organizations_with_something_to_offer_are_found(harbor, summit):
    with summit.scope():
        factories.make_conversation(queue=summit.orders, decline_count=100)
        factories.make_conversation(queue=summit.orders, next_pass_at=timezone.now() + timedelta(hours=1))
        factories.make_conversation(queue=summit.orders, status=Status.ACTIVE)
    with harbor.scope():
        factories.make_conversation(queue=harbor.orders)
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_work_to_dispatch()")
        assert cursor.fetchall() == [(harbor.organization.pk,)]


@pytest.mark.parametrize("count", [1, 50])
def test_the_number_of_statements_does_not_grow(harbor, count):
    with harbor.scope():
        for _ in range(20):
            factories.make_representative(queues=[harbor.orders])
        factories.make_conversations(count, queue=harbor.orders)
        with CaptureQueriesContext(connection) as queries:
            run(harbor)
        assert Conversation.objects.filter(status=Status.ACTIVE).count() == count
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 19
        invariants.assert_all()


@pytest.mark.parametrize("count", [1, 50])
def test_looking_in_vain_costs_little(harbor, count):
    with harbor.scope():
        Representative.objects.update(presence=Presence.OFFLINE)
        factories.make_conversations(count, queue=harbor.orders)
        with CaptureQueriesContext(connection) as queries:
            run(harbor)
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 9
