"""Push routing: passes over a queue's members, what they decline, and when it begins anew."""

import uuid
from datetime import timedelta

from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations.actions import perform
from conversations.actions.automatic import moves_by_overflow
from conversations.actions.context import Context
from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote
from conversations.models import Conversation, Offer
from conversations.rules import Action
from conversations.states import OfferKind, OfferOutcome, Status
from routing.kinds import Channel
from routing.models import (
    Representative,
)
from tests import factories
from tests.conversations.dispatching import NOW, offered, run, time_out


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


def test_who_was_relieved_of_it_is_asked_again_only_after_everybody_else(harbor):
    with harbor.scope():
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders], total_units=90)
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        Representative.objects.filter(pk=ben.pk).update(units_used=60)
        (done,) = perform(Action.RETURN_TO_QUEUE, [row.pk], actor=harbor.actor(), now=NOW)
        assert done.outcome == "succeeded", done.sentence
        run(harbor, NOW)
        assert offered() == {row.pk: "Ben Osei"}, "though Ana has more room now"
        over = NOW + timedelta(minutes=3)
        time_out(harbor, over)
        run(harbor, over)
        assert offered() == {}
        run(harbor, over + timedelta(seconds=61))
        assert offered() == {row.pk: "Ana Ruiz"}
