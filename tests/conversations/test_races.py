"""People and machines who want the same conversation at the same moment, over real connections.

In each race one wins, the other is told what it is now, nothing is lost, and the audit is complete.
"""

import threading
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Conflict, Invalid, Refused
from contact_center.tenancy.access import system_actor
from conversations.actions import perform
from conversations.actions.disconnection import run_due
from conversations.intake.conversations import receive_conversations
from conversations.intake.messages import receive_messages
from conversations.intake.parcels import ConversationParcel, CustomerParcel, MessageParcel, RecordParcel
from conversations.intake.records import receive_records
from conversations.models import Conversation, Message, Offer, RecordItem
from conversations.states import OfferOutcome, Status
from routing.kinds import Channel, Kind
from routing.models import Queue, Representative, WorkStream
from tests import factories, invariants
from tests.admin_pages import errors_of, no_rows, queue_form, url
from tests.cast import make_cast
from tests.concurrency import at_once, at_one_moment, uncommitted

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ROUNDS = 5


@pytest.fixture
def cast():
    return make_cast("harbor")


def audited(conversation):
    events = AuditEvent.objects.filter(conversation_id=conversation.pk).order_by("pk")
    return [AuditAction(action) for action in events.values_list("action", flat=True)]


def single(cast, action, row, *, member=None, **parameters):
    """What a dialog does: the version the person saw, and the answer at once."""
    return perform(
        action,
        [row.pk],
        actor=cast.actor(member),
        parameters=parameters,
        versions={row.pk: row.version},
        single=True,
    )


def customer_writes(cast, row, name="late"):
    parcel = MessageParcel(row.pk, f"{name}-{row.pk}", "Are you still there?")
    return receive_messages([parcel], actor=system_actor(cast.organization), now=timezone.now())[0]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_two_supervisors_assign_the_same_conversation(cast, _):
    with cast.scope():
        row = factories.make_conversation(queue=cast.orders)
        ben = factories.make_representative("Ben Osei", queues=[cast.orders])
    answers = at_once(
        cast,
        lambda: single(cast, "assign_to_representative", row, representative=cast.ana.pk),
        lambda: single(cast, "assign_to_representative", row, member=cast.second, representative=ben.pk),
    )
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(lost) == 1, answers
    with cast.scope():
        offer = Offer.objects.get()
        assert offer.representative.name in lost[0].current
        assert audited(row) == [AuditAction.ASSIGNED_TO_REPRESENTATIVE]
        invariants.assert_all()


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_customers_message_arrives_during_a_force_close(cast, _):
    """Stored before the end, or in a new conversation linked to the closed one: never lost, never in a closed one."""
    with cast.scope():
        row = factories.make_conversation(
            channel=Channel.SMS, queue=cast.orders, status=Status.ACTIVE, representative=cast.ana
        )
    close = partial(single, cast, "force_close", row, reason=cast.reason.pk)
    closed, receipt = at_once(cast, close, lambda: customer_writes(cast, row))
    assert not isinstance(closed, Exception), closed
    assert receipt.error is None, receipt
    with cast.scope():
        written = Message.objects.get(author="customer")
        row.refresh_from_db()
        assert row.status == Status.CLOSED
        if written.conversation_id != row.pk:
            assert Conversation.objects.get(pk=written.conversation_id).previous_id == row.pk
        else:
            assert written.pk < Message.objects.get(conversation=row, author="system").pk
        assert Counter(audited(row))[AuditAction.FORCE_CLOSED] == 1
        invariants.assert_all()


def test_a_message_that_waits_for_a_force_close_opens_a_linked_conversation(cast):
    with cast.scope():
        row = factories.make_conversation(channel=Channel.SMS, queue=cast.orders)
    receipts = []

    def write():
        receipts.extend(at_once(cast, lambda: customer_writes(cast, row)))

    writer = threading.Thread(target=write)
    with uncommitted(cast, partial(single, cast, "force_close", row, reason=cast.reason.pk)):
        writer.start()
        writer.join(timeout=0.5)
        assert receipts == [], "it waits for the row"
    writer.join(timeout=20)
    with cast.scope():
        following = Conversation.objects.exclude(pk=row.pk).get()
        assert (receipts[0].conversation.pk, following.previous_id) == (following.pk, row.pk)
        invariants.assert_all()


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_representative_accepts_while_a_supervisor_transfers(cast, _):
    with cast.scope():
        row = factories.make_conversation(queue=cast.orders)
        ben = factories.make_representative("Ben Osei", queues=[cast.orders])
        perform("assign_to_representative", [row.pk], actor=cast.actor(), parameters={"representative": cast.ana.pk})
        row.refresh_from_db()
    accepted, transferred = at_once(
        cast,
        lambda: single(cast, "accept", row, member=cast.agent),
        lambda: single(cast, "transfer_to_representative", row, member=cast.second, representative=ben.pk),
    )
    lost = [answer for answer in (accepted, transferred) if isinstance(answer, Conflict | Refused)]
    assert len(lost) == 1, (accepted, transferred)
    assert "changed" in lost[0].sentence
    with cast.scope():
        row.refresh_from_db()
        outcomes = sorted(Offer.objects.values_list("outcome", flat=True))
        if lost[0] is transferred:
            assert (row.representative_id, outcomes) == (cast.ana.pk, [OfferOutcome.ACCEPTED])
        else:
            assert (row.representative_id, outcomes) == (ben.pk, [OfferOutcome.PENDING, OfferOutcome.WITHDRAWN])
        assert len(audited(row)) == 2
        invariants.assert_all()


@pytest.mark.parametrize("_", range(ROUNDS))
def test_two_representatives_pick_the_same_conversation(cast, _):
    with cast.scope():
        row = factories.make_conversation(queue=cast.orders)
        member = factories.make_member("ben@harbor.example", "representative")
        ben = factories.make_representative("Ben Osei", queues=[cast.orders], membership=member)
    answers = at_once(
        cast,
        lambda: single(cast, "pick", row, member=cast.agent),
        lambda: single(cast, "pick", row, member=member),
    )
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(lost) == 1, answers
    with cast.scope():
        row.refresh_from_db()
        assert row.representative_id in (cast.ana.pk, ben.pk)
        assert audited(row) == [AuditAction.PICKED]
        invariants.assert_all()


def test_a_queue_is_deactivated_between_preview_and_run(cast):
    with cast.scope():
        rows = factories.make_conversations(3, queue=cast.orders)
        factories.make_representative(queues=[cast.refunds])
        versions = {row.pk: row.version for row in rows}
        cast.refunds.is_active = False
        cast.refunds.save()
        results = perform(
            "assign_to_queue",
            versions,
            actor=cast.actor(),
            parameters={"queue": cast.refunds.pk},
            versions=versions,
            bulk=True,
        )
        assert {(result.outcome, result.code) for result in results} == {("skipped", "queue_inactive")}
        assert set(Conversation.objects.values_list("queue_id", flat=True)) == {cast.orders.pk}
        assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("action", "parameter", "target", "told"),
    [
        ("assign_to_queue", "queue", "refunds", "The queue has been deactivated."),
        ("assign_to_representative", "representative", "ana", "Choose a representative."),
    ],
)
def test_a_supervisor_who_meets_a_deactivation_is_told_that_the_target_is_gone(cast, action, parameter, target, told):
    with cast.scope():
        row = factories.make_conversation(queue=cast.orders)
    gone, answers = getattr(cast, target), []

    def deactivate():
        type(gone).objects.select_for_update(of=("self",)).get(pk=gone.pk)
        type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    def assign():
        answers.extend(at_once(cast, lambda: single(cast, action, row, **{parameter: gone.pk})))

    supervisor = threading.Thread(target=assign)
    with uncommitted(cast, deactivate):
        supervisor.start()
        supervisor.join(timeout=0.5)
        assert answers == [], "it waits for the target"
    supervisor.join(timeout=20)
    assert isinstance(answers[0], Refused | Invalid)
    assert answers[0].sentence == told
    with cast.scope():
        row.refresh_from_db()
        assert (row.queue_id, row.status) == (cast.orders.pk, Status.OPEN)


@pytest.mark.parametrize(
    ("action", "target", "form"),
    [
        ("assign_to_queue", "refunds", lambda row: queue_form(name=row.name)),
        ("assign_to_representative", "ana", lambda row: person_form(row)),
    ],
)
def test_nothing_is_deactivated_while_work_is_on_its_way_to_it(cast, action, target, form):
    with cast.scope():
        conversation = factories.make_conversation(queue=cast.orders)
    row = getattr(cast, target)
    client, answers = cast.client(cast.admin), []

    def deactivate():
        answers.extend(at_one_moment(lambda: client.post(url(type(row), "change", row.pk), form(row))))

    administrator = threading.Thread(target=deactivate)
    chosen = {"queue" if row == cast.refunds else "representative": row.pk}
    with uncommitted(cast, partial(single, cast, action, conversation, **chosen)):
        administrator.start()
        administrator.join(timeout=2)
        assert answers == [], "it waits until the work is there"
    administrator.join(timeout=20)
    assert "holds 1 ongoing conversation" in errors_of(answers[0])["is_active"][0]
    with cast.scope():
        row.refresh_from_db()
        assert row.is_active


def person_form(row):
    """The page of a representative, with *active* taken off."""
    return {
        "name": row.name,
        "email": row.email,
        "type": row.type,
        "membership": row.membership_id,
        "default_presence": row.default_presence,
        "total_units": row.total_units,
        **no_rows("queue_memberships", "skills"),
    }


def test_whoever_looks_after_lost_desks_holds_nobody_while_it_waits_for_somebody(cast):
    """It is one transaction, and people are locked in id order everywhere."""
    now = timezone.now()
    long_ago = now - timedelta(minutes=5)
    with cast.scope():
        factories.make_conversation(queue=cast.orders, status=Status.ACTIVE, representative=cast.ana)
        Representative.objects.filter(pk=cast.ana.pk).update(desk_lost_at=long_ago, desk_due_at=long_ago)
        other = factories.make_representative("Ben Osei", queues=[cast.orders])
        Representative.objects.filter(pk=other.pk).update(units_return_at=long_ago)
    answers = []

    def look():
        work = partial(run_due, actor=system_actor(cast.organization), now=now)
        answers.extend(at_once(cast, work))

    looking = threading.Thread(target=look)
    with uncommitted(cast, lambda: Representative.objects.select_for_update(of=("self",)).get(pk=cast.ana.pk)):
        looking.start()
        looking.join(timeout=1)
        assert answers == [], "it waits for Ana"
        with cast.scope():
            assert Representative.objects.select_for_update(of=("self",), nowait=True).get(pk=other.pk)
    looking.join(timeout=20)
    assert answers == [1]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_opposite_batches_of_the_same_conversations_dont_lock_each_other_out(cast, _):
    """Everybody locks in id order, whatever the order of the ids that were asked for."""
    with cast.scope():
        rows = factories.make_conversations(30, queue=cast.orders)
        ids = [row.pk for row in rows]
    parameters = {"reason": cast.reason.pk}
    answers = at_once(
        cast,
        lambda: perform("force_close", ids, actor=cast.actor(), parameters=parameters, bulk=True),
        lambda: perform("force_close", ids[::-1], actor=cast.actor(cast.second), parameters=parameters, bulk=True),
    )
    outcomes = Counter(result.outcome for answer in answers for result in answer)
    assert outcomes == {"succeeded": 30, "skipped": 30}
    with cast.scope():
        assert AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED).count() == 30
        invariants.assert_all()


def record_for(cast):
    parcel = RecordParcel("case-1", "case", "Case 1", queue="Cases", work_stream="records")
    return receive_records([parcel], actor=system_actor(cast.organization), now=timezone.now())[0]


@pytest.fixture
def cases(cast):
    """A queue that is nobody's default, so that it may be deactivated."""
    with cast.scope():
        factories.make_work_stream(Channel.RECORD, slug="records")
        return factories.make_queue("Cases", kind=Kind.RECORD)


def test_a_record_that_meets_the_deactivation_of_its_queue_is_refused(cast, cases):
    answers = []

    def deactivate():
        Queue.objects.select_for_update(of=("self",)).get(pk=cases.pk)
        Queue.objects.filter(pk=cases.pk).update(is_active=False)

    arriving = threading.Thread(target=lambda: answers.extend(at_once(cast, lambda: record_for(cast))))
    with uncommitted(cast, deactivate):
        arriving.start()
        arriving.join(timeout=1)
        assert answers == [], "it waits for the queue"
    arriving.join(timeout=20)
    assert answers[0].error.fields == {"queue": "The queue “Cases” has been deactivated."}
    with cast.scope():
        assert not Conversation.objects.exists()
        assert not RecordItem.objects.exists()


def test_a_queue_is_not_deactivated_while_a_record_is_on_its_way_to_it(cast, cases):
    client, answers = cast.client(cast.admin), []
    form = queue_form(name=cases.name, kind=Kind.RECORD)
    post = lambda: client.post(url(Queue, "change", cases.pk), form)  # noqa: E731
    administrator = threading.Thread(target=lambda: answers.extend(at_one_moment(post)))
    with uncommitted(cast, partial(record_for, cast)):
        administrator.start()
        administrator.join(timeout=2)
        assert answers == [], "it waits until the work is there"
    administrator.join(timeout=20)
    assert "holds 1 ongoing conversation" in errors_of(answers[0])["is_active"][0]


def test_a_conversation_that_meets_a_new_default_queue_arrives_there(cast):
    with cast.scope():
        stream = factories.make_work_stream(Channel.SMS, queue=cast.orders)
    parcel = ConversationParcel("sms-1", stream.slug, "Lamp", CustomerParcel("c-1", "Amara"), "It is broken.")
    receive = partial(receive_conversations, [parcel], actor=system_actor(cast.organization), now=timezone.now())
    answers = []

    def replace():
        Queue.objects.select_for_update(of=("self",)).get(pk=cast.orders.pk)
        WorkStream.objects.filter(pk=stream.pk).update(default_queue=cast.refunds)
        Queue.objects.filter(pk=cast.orders.pk).update(is_active=False)

    arriving = threading.Thread(target=lambda: answers.extend(at_once(cast, receive)))
    with uncommitted(cast, replace):
        arriving.start()
        arriving.join(timeout=1)
        assert answers == []
    arriving.join(timeout=20)
    with cast.scope():
        assert Conversation.objects.get().queue_id == cast.refunds.pk
