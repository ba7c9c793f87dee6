"""Close and reopen, divert and end it, the message: what a queue does with what comes and what waits."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Invalid, NotFound, Refused
from contact_center.tenancy.access import system_actor
from conversations.actions import overflow
from conversations.chat.opening import why_closed
from conversations.floor import queues
from conversations.models import Conversation
from conversations.offer_plan import plan_offers
from conversations.states import Phase, Status
from routing.floor import FloorAction
from routing.kinds import Channel, Kind
from routing.models import Queue
from routing.overflow import gates
from tests.factories import make_conversation, make_queue, make_representative, make_work_stream
from tests.invariants import assert_all

CLOSE, REOPEN = FloorAction.CLOSE_QUEUE, FloorAction.REOPEN_QUEUE
DIVERT, END = FloorAction.DIVERT_QUEUE, FloorAction.END_DIVERTING


def act(cast, action, queue, member=None, now=None, **parameters):
    [result] = queues.perform(
        action,
        [queue.pk],
        actor=cast.actor(member),
        parameters=parameters,
        operation_id=uuid.uuid4(),
        single=True,
        now=now,
    )
    return result


def swept(cast, now=None):
    now = now or timezone.now()
    return overflow.sweep(gates(now), actor=system_actor(cast.organization.pk), now=now, limit=200)


def admitted(cast, *rows):
    return overflow.admit([row.pk for row in rows], actor=system_actor(cast.organization.pk), now=timezone.now())


def now_of(row):
    return Conversation.objects.get(pk=row.pk)


@pytest.fixture
def ben(harbor):
    with harbor.scope():
        return make_representative("Ben", queues=[harbor.orders, harbor.refunds])


def test_a_closed_queue_tells_new_chats_and_those_in_line_are_still_offered(harbor, ben):
    with harbor.scope():
        waits = make_conversation(queue=harbor.orders)
        act(harbor, FloorAction.SET_QUEUE_MESSAGE, harbor.orders, text="We moved house.")
        act(harbor, CLOSE, harbor.orders)
        new = make_conversation(queue=harbor.orders, created_at=timezone.now() + timedelta(seconds=1))
        kept = make_conversation(
            queue=harbor.orders, channel=Channel.SMS, created_at=timezone.now() + timedelta(seconds=1)
        )
        assert admitted(harbor, new, kept) == {new.pk}
        assert now_of(new).phase is Phase.CLOSED
        assert swept(harbor, timezone.now() + timedelta(minutes=1)) == set()
        later = timezone.now() + timedelta(minutes=1)
        offers = plan_offers(later, held=overflow.held_back(gates(later)), most=10).offers
        assert set(offers) == {waits.pk}
        stream = make_work_stream(queue=harbor.orders)
        assert why_closed(stream, now=later) == "We moved house."
        act(harbor, REOPEN, harbor.orders)
        assert why_closed(stream, now=later) == ""
        assert set(plan_offers(later, held=overflow.held_back(gates(later)), most=10).offers) == {waits.pk, kept.pk}
        assert_all()


def test_what_waits_moves_where_the_supervisor_chose(harbor, ben):
    with harbor.scope():
        waits = make_conversation(queue=harbor.orders)
        result = act(harbor, CLOSE, harbor.orders, target=harbor.refunds.pk)
        assert result.after["waiting_moves_to_id"] == harbor.refunds.pk
        assert swept(harbor) == {waits.pk}
        assert now_of(waits).queue_id == harbor.refunds.pk
        assert swept(harbor) == set()
        assert_all()


def test_closed_for_a_while_it_opens_by_itself(harbor):
    with harbor.scope():
        act(harbor, CLOSE, harbor.orders, minutes="15")
        stream = make_work_stream(queue=harbor.orders)
        assert why_closed(stream, now=timezone.now()) != ""
        assert why_closed(stream, now=timezone.now() + timedelta(minutes=16)) == ""


def test_new_work_goes_to_the_other_queue_and_what_waits_goes_along_where_asked(harbor, ben):
    with harbor.scope():
        waits = make_conversation(queue=harbor.orders)
        act(harbor, DIVERT, harbor.orders, target=harbor.refunds.pk)
        new = make_conversation(queue=harbor.orders)
        assert admitted(harbor, new) == {new.pk}
        assert now_of(new).queue_id == harbor.refunds.pk
        assert swept(harbor) == set()
        act(harbor, END, harbor.orders)
        act(harbor, DIVERT, harbor.orders, target=harbor.refunds.pk, waiting=True)
        assert swept(harbor) == {waits.pk}
        act(harbor, END, harbor.orders)
        stays = make_conversation(queue=harbor.orders)
        assert admitted(harbor, stays) == set()
        assert_all()


def test_a_target_that_can_take_nothing_leaves_the_work_where_it_is(harbor, ben):
    with harbor.scope():
        act(harbor, DIVERT, harbor.orders, target=harbor.refunds.pk)
        Queue.objects.filter(pk=harbor.refunds.pk).update(is_active=False)
        new = make_conversation(queue=harbor.orders)
        assert admitted(harbor, new) == set()
        assert now_of(new).queue_id == harbor.orders.pk
        Queue.objects.filter(pk=harbor.refunds.pk).update(is_active=True)
        act(harbor, CLOSE, harbor.refunds)
        assert admitted(harbor, make_conversation(queue=harbor.orders)) == set()


def test_work_never_goes_round_in_a_circle(harbor, ben):
    with harbor.scope():
        third = make_queue("Returns")
        ben.queue_memberships.create(queue=third)
        act(harbor, DIVERT, harbor.orders, target=harbor.refunds.pk)
        said = {}
        for name, queue, target in (
            ("back", harbor.refunds, harbor.orders),
            ("on", harbor.refunds, third),
            ("chain", third, harbor.orders),
            ("itself", third, third),
            ("again", harbor.orders, harbor.refunds),
        ):
            with pytest.raises(Refused) as refusal:
                act(harbor, DIVERT, queue, target=target.pk)
            said[name] = (refusal.value.code, refusal.value.sentence)
        assert said["back"] == (
            "diverts_back",
            "Orders diverts its work to Refunds: it would go round in a circle.",
        )
        assert said["on"] == ("diverted_here", "Refunds takes what Orders diverts. End that first.")
        assert said["chain"] == ("diverts_itself", "Orders diverts its own work. Choose the queue it diverts to.")
        assert said["itself"][0] == "diverts_to_itself"
        assert said["again"][0] == "diverts_already"


def test_targets_of_another_kind_inactive_closed_or_without_members_are_refused(harbor, ben):
    with harbor.scope():
        calls, empty = make_queue("Calls", kind=Kind.VOICE), make_queue("Empty")
        gone = make_queue("Gone", is_active=False)
        codes = []
        for target in (calls, empty, gone):
            with pytest.raises(Refused) as refusal:
                act(harbor, DIVERT, harbor.orders, target=target.pk)
            codes.append(refusal.value.code)
        assert codes == ["queue_of_other_kind", "queue_without_members", "queue_inactive"]
        act(harbor, CLOSE, harbor.refunds)
        with pytest.raises(Refused) as refusal:
            act(harbor, DIVERT, harbor.orders, target=harbor.refunds.pk)
        assert refusal.value.sentence == "Refunds is closed."
        with pytest.raises(Invalid):
            act(harbor, DIVERT, harbor.orders)


def test_twice_is_refused_and_each_is_audited_once(harbor):
    with harbor.scope():
        for action in (REOPEN, END):
            with pytest.raises(Refused):
                act(harbor, action, harbor.orders)
        act(harbor, CLOSE, harbor.orders)
        with pytest.raises(Refused):
            act(harbor, CLOSE, harbor.orders)
        event = AuditEvent.objects.get(action=AuditAction.QUEUE_CLOSED)
        assert (event.object_type, event.object_id, event.membership_id) == (
            "queue",
            harbor.orders.pk,
            harbor.supervisor.pk,
        )
        act(harbor, FloorAction.SET_QUEUE_MESSAGE, harbor.orders, text="Back at noon.")
        assert "noon" not in str(list(AuditEvent.objects.values_list("before", "after")))


def test_only_supervisors_who_see_the_queue_may(harbor, summit):
    with harbor.scope():
        for member in (harbor.agent, harbor.admin, harbor.auditor):
            with pytest.raises(Refused):
                act(harbor, CLOSE, harbor.orders, member=member)
        with pytest.raises(NotFound):
            act(harbor, CLOSE, harbor.orders, member=harbor.scoped)
        with pytest.raises(NotFound):
            act(harbor, CLOSE, summit.orders)
        act(harbor, CLOSE, harbor.refunds, member=harbor.scoped)
        assert Queue.objects.get(pk=harbor.refunds.pk).closed_at is not None
        assert make_conversation(queue=harbor.orders, status=Status.OPEN)


def test_the_beat_finds_what_is_to_move_when_the_word_about_it_was_lost(harbor, ben):
    with harbor.scope():
        make_work_stream(queue=harbor.orders, distribution="pick")
        make_conversation(queue=harbor.orders)
        assert harbor.organization.pk not in to_dispatch()
        act(harbor, CLOSE, harbor.orders, target=harbor.refunds.pk)
        assert harbor.organization.pk in to_dispatch()


def to_dispatch():
    with connection.cursor() as cursor:
        cursor.execute("select organizations_with_work_to_dispatch()")
        return {row[0] for row in cursor.fetchall()}
