"""Push routing: what is offered first, to whom, how often, and who is never offered anything."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import system_actor
from conversations import dispatch, offer_plan
from conversations.actions import perform
from conversations.actions.automatic import moves_by_overflow
from conversations.actions.context import Context
from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote, run_due_timers
from conversations.models import Conversation, ConversationSkill, Offer
from conversations.rules import Action
from conversations.states import OfferKind, OfferOutcome, Priority, Status, StatusReason
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
    WorkStream,
)
from routing.models.intents import UserGroupIntentGroup, UserGroupMember
from tests import factories, invariants

NOW = timezone.now()


def run(cast, now=None):
    return dispatch.run(actor=system_actor(cast.organization), now=now or timezone.now())


def offered():
    """Conversation id → the name of whom it is offered to."""
    pending = Offer.objects.filter(outcome=OfferOutcome.PENDING)
    return dict(pending.values_list("conversation_id", "representative__name"))


def time_out(cast, now):
    run_due_timers(actor=system_actor(cast.organization), now=now)


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


# --- what nobody can take keeps nothing behind it waiting ---


def asking_for(rows, **skills):
    for name, proficiency in skills.items():
        skill, _ = Skill.objects.get_or_create(name=name)
        for row in rows:
            ConversationSkill.objects.create(conversation=row, skill=skill, proficiency=proficiency)


def knows(person, **skills):
    for name, proficiency in skills.items():
        skill, _ = Skill.objects.get_or_create(name=name)
        RepresentativeSkill.objects.create(representative=person, skill=skill, proficiency=proficiency)


def a_skill_nobody_has(cast):
    asking_for(factories.make_conversations(5, queue=cast.orders), German=5)


def one_skill_each_of_two_people(cast):
    ben = factories.make_representative("Ben Osei", queues=[cast.orders], total_units=30)
    knows(cast.ana, German=5)
    knows(ben, Spanish=5)
    asking_for(factories.make_conversations(5, queue=cast.orders), German=5, Spanish=4)


def more_units_than_anybody_has(cast):
    factories.make_work_stream(Channel.SMS, queue=cast.orders)
    WorkStream.objects.filter(channel=Channel.SMS).update(units_per_conversation=200)
    factories.make_conversations(5, channel=Channel.SMS, queue=cast.orders)


def a_presence_nobody_has(cast):
    factories.make_work_stream(Channel.SMS, queue=cast.orders, allowed_presences=[Presence.AWAY])
    factories.make_conversations(5, channel=Channel.SMS, queue=cast.orders)


def an_intent_nobody_there_serves(cast):
    group = IntentGroup.objects.create(family=IntentFamily.objects.create(name="Retail"), name="After sales")
    UserGroupIntentGroup.objects.create(user_group=UserGroup.objects.create(name="Team"), intent_group=group)
    factories.make_conversations(5, queue=cast.orders, intent=Intent.objects.create(group=group, name="Return"))


@pytest.mark.parametrize(
    "fill",
    [
        a_skill_nobody_has,
        one_skill_each_of_two_people,
        more_units_than_anybody_has,
        a_presence_nobody_has,
        an_intent_nobody_there_serves,
    ],
)
def test_what_nobody_can_take_keeps_nothing_behind_it_waiting(harbor, monkeypatch, fill):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    monkeypatch.setattr(offer_plan, "LOTS", 3)
    with harbor.scope():
        fill(harbor)
        behind = factories.make_conversation(queue=harbor.orders, created_at=NOW)
        run(harbor)
        assert list(offered()) == [behind.pk]


def test_what_each_asks_for_something_else_is_gone_through_in_lots(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    monkeypatch.setattr(offer_plan, "MOST_LACKS", 1)
    with harbor.scope():
        for number, row in enumerate(factories.make_conversations(6, queue=harbor.orders)):
            asking_for([row], **{f"Skill {number}": 1})
        behind = factories.make_conversation(queue=harbor.orders, created_at=NOW)
        run(harbor)
        assert list(offered()) == [behind.pk]


def test_the_order_holds_beyond_what_nobody_can_take(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 3)
    with harbor.scope():
        a_skill_nobody_has(harbor)
        Representative.objects.filter(pk=harbor.ana.pk).update(total_units=60)
        later = factories.make_conversations(4, queue=harbor.orders, created_at=NOW)
        urgent = factories.make_conversation(queue=harbor.orders, created_at=NOW, priority=Priority.HIGH)
        run(harbor)
        assert set(offered()) == {urgent.pk, later[0].pk}
        invariants.assert_all()


def test_who_held_it_before_gets_it_beyond_what_nobody_else_can_take(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(presence=Presence.DO_NOT_DISTURB, presence_held=True)
        factories.make_work_stream(Channel.SMS, queue=harbor.orders, keep_same_representative=True)
        factories.make_conversations(5, channel=Channel.SMS, queue=harbor.orders, created_at=NOW - timedelta(hours=9))
        row = factories.make_conversation(
            channel=Channel.SMS, queue=harbor.orders, status=Status.WAITING, representative=harbor.ana
        )
        customer_wrote([Said(row.pk, "", "Hello again")], actor=harbor.actor(), now=NOW)
        run(harbor)
        assert offered() == {row.pk: "Ana Ruiz"}


def test_a_run_reads_so_many_lots_at_most(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    monkeypatch.setattr(offer_plan, "LOTS", 3)
    monkeypatch.setattr(offer_plan, "MOST_LACKS", 0)
    with harbor.scope():
        asking_for(factories.make_conversations(30, queue=harbor.orders), German=5)
        with CaptureQueriesContext(connection) as queries:
            assert run(harbor) is False
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 9 + 2 * 3


def test_nothing_further_is_read_once_nobody_has_units_left(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    with harbor.scope():
        Representative.objects.update(units_used=100)
        factories.make_conversations(30, queue=harbor.orders)
        with CaptureQueriesContext(connection) as queries:
            run(harbor)
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 9


# --- passes and declines ---


def test_a_pass_ends_when_everybody_was_offered_it_once_and_the_next_begins_a_minute_later(harbor):
    with harbor.scope():
        factories.make_representative("Ben Osei", queues=[harbor.orders], total_units=90)
        row = factories.make_conversation(queue=harbor.orders, created_at=NOW)
        who = []
        for minute in (0, 3):
            run(harbor, NOW + timedelta(minutes=minute))
            who += offered().values()
            time_out(harbor, NOW + timedelta(minutes=minute + 2.5))
        assert who == ["Ana Ruiz", "Ben Osei"]
        over = NOW + timedelta(minutes=6)
        run(harbor, over)
        row.refresh_from_db()
        assert (row.status, row.decline_count, row.next_pass_at) == (Status.OPEN, 2, over + timedelta(seconds=60))
        run(harbor, over + timedelta(seconds=59))
        assert offered() == {}
        run(harbor, over + timedelta(seconds=61))
        assert offered() == {row.pk: "Ana Ruiz"}


def test_a_pass_does_not_end_while_somebody_eligible_has_no_room(harbor):
    with harbor.scope():
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders], total_units=90)
        row = factories.make_conversation(queue=harbor.orders, created_at=NOW)
        Representative.objects.filter(pk=ben.pk).update(units_used=90)
        run(harbor, NOW)
        time_out(harbor, NOW + timedelta(minutes=3))
        run(harbor, NOW + timedelta(minutes=3))
        row.refresh_from_db()
        assert (row.status, row.next_pass_at) == (Status.OPEN, None)
        Representative.objects.filter(pk=ben.pk).update(units_used=0)
        run(harbor, NOW + timedelta(minutes=4))
        assert offered() == {row.pk: "Ben Osei"}


def test_who_declined_it_three_times_is_skipped(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, created_at=NOW)
        moment = NOW
        for _ in range(3):
            run(harbor, moment)
            assert offered() == {row.pk: "Ana Ruiz"}
            time_out(harbor, moment + timedelta(seconds=130))
            run(harbor, moment + timedelta(seconds=131))
            moment += timedelta(minutes=4)
        run(harbor, moment)
        assert offered() == {}
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders])
        run(harbor, moment + timedelta(minutes=2))
        assert offered() == {row.pk: ben.name}


def declined(row, person, times):
    """So often, an hour ago."""
    hour_ago = timezone.now() - timedelta(hours=1)
    Offer.objects.bulk_create(
        Offer(
            conversation=row,
            representative=person,
            kind=OfferKind.ROUTING,
            units=30,
            offered_at=hour_ago,
            outcome=OfferOutcome.REJECTED,
        )
        for _ in range(times)
    )
    Conversation.objects.filter(pk=row.pk).update(decline_count=times)


def test_what_comes_back_to_the_queue_later_is_offered_to_everybody_again(harbor):
    """Three declines count for one stay in a queue (docs/decisions/0016)."""
    with harbor.scope():
        factories.make_work_stream(Channel.SMS, queue=harbor.orders)
        row = factories.make_conversation(
            channel=Channel.SMS,
            queue=harbor.orders,
            created_at=NOW - timedelta(hours=2),
            status=Status.WAITING,
            representative=harbor.ana,
        )
        declined(row, harbor.ana, 3)
        customer_wrote([Said(row.pk, "", "Hello again")], actor=harbor.actor(), now=timezone.now())
        row.refresh_from_db()
        assert row.decline_count == 0
        run(harbor)
        assert offered() == {row.pk: "Ana Ruiz"}


def test_what_was_declined_in_this_stay_is_not_offered_to_them_again(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, created_at=NOW - timedelta(hours=2))
        declined(row, harbor.ana, 3)
        run(harbor)
        assert offered() == {}


def test_overflow_does_not_forget_how_many_declined(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, decline_count=100)
        context = Context(system_actor(harbor.organization), Action.ASSIGN_TO_QUEUE, NOW, uuid.uuid4(), {})
        assert "decline_count" not in moves_by_overflow(row, harbor.refunds.pk, context).fields


def test_after_a_hundred_declines_only_a_supervisor_moves_it(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, decline_count=100)
        run(harbor)
        assert offered() == {}
        (result,) = perform("pick", [row.pk], actor=harbor.actor(harbor.agent))
        assert (result.outcome, result.code) == ("skipped", "declined_too_often")
        perform("assign_to_queue", [row.pk], actor=harbor.actor(), parameters={"queue": harbor.refunds.pk})
        run(harbor)
        assert offered() == {row.pk: "Ana Ruiz"}


def test_another_queue_begins_a_pass_of_its_own(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, created_at=NOW, next_pass_at=NOW + timedelta(minutes=5))
        run(harbor, NOW)
        assert offered() == {}
        perform("assign_to_queue", [row.pk], actor=harbor.actor(), parameters={"queue": harbor.refunds.pk})
        run(harbor)
        assert offered() == {row.pk: "Ana Ruiz"}


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
