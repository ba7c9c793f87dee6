"""Cancel in the moment in which a worker makes the offer: over real second connections, nothing is left behind."""

import threading
import time
from functools import partial

import pytest
from django.db import connection, connections

from bulk_actions import deciding, execution, starting
from bulk_actions.selection import freeze
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.roles import Role
from conversations.actions import perform
from conversations.models import Conversation, Offer
from conversations.rules import Action
from conversations.selection import Selection
from conversations.states import OfferOutcome, Status
from routing.models import Representative
from tests import invariants
from tests.bulk_actions.conftest import fresh, outcomes, work
from tests.cast import make_cast
from tests.concurrency import WAITING_FOR_LOCKS, at_once, uncommitted
from tests.factories import make_conversation, make_conversations, make_member, make_representative

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def cast():
    return make_cast("harbor")


def approved(cast, action, conversation, representative):
    """A single run that a second supervisor has approved: a worker makes the offer."""
    with cast.scope():
        OrganizationSettings.objects.update(approval_actions=[action.value])
        row = Conversation.objects.get(pk=conversation.pk)
        run = freeze(action, Selection(cast.actor(), {row.pk: row.version}), actor=cast.actor())
        starting.start(run, actor=cast.actor(), parameters={"representative": representative.pk})
        run.refresh_from_db()
        assert run.status == RunStatus.AWAITING_APPROVAL
        deciding.approve(run, actor=cast.actor(cast.second))
    return fresh(cast, run)


def cancelling(cast, run):
    """Begun on a connection of its own; returned once it waits for a lock or has ended."""
    actor = cast.actor()
    failures = []

    def work_on_it():
        try:
            with cast.scope():
                starting.cancel(run, actor=actor)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work_on_it)
    thread.start()
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(WAITING_FOR_LOCKS)
            if cursor.fetchone()[0] or not thread.is_alive():
                break
        time.sleep(0.05)
    return thread, failures


def cancel_while_the_offer_is_made(cast, run):
    with uncommitted(cast, partial(execution.run_chunk, run.pk)):
        thread, failures = cancelling(cast, run)
    thread.join(timeout=20)
    assert failures == []
    return fresh(cast, run)


def test_an_offer_that_is_being_made_is_withdrawn(cast):
    with cast.scope():
        row = make_conversation(queue=cast.orders)
    run = cancel_while_the_offer_is_made(cast, approved(cast, Action.ASSIGN_TO_REPRESENTATIVE, row, cast.ana))
    assert (run.status, outcomes(cast, run)) == (RunStatus.CANCELLED, {row.pk: ("skipped", "cancelled")})
    with cast.scope():
        row.refresh_from_db()
        assert (row.status, Offer.objects.get().outcome) == (Status.OPEN, OfferOutcome.WITHDRAWN)
        assert Representative.objects.get(pk=cast.ana.pk).units_used == 0
        assert AuditEvent.objects.filter(action=AuditAction.RUN_CANCELLED, operation_id=run.key).count() == 1
        assert AuditEvent.objects.filter(action=AuditAction.OFFER_WITHDRAWN, operation_id=run.key).count() == 1
        invariants.assert_all()


def test_a_transfer_that_is_being_offered_is_withdrawn_and_nothing_else_changes(cast):
    with cast.scope():
        ben = make_representative("Ben Osei", queues=[cast.orders])
        row = make_conversation(queue=cast.orders, status=Status.ACTIVE, representative=cast.ana)
    run = cancel_while_the_offer_is_made(cast, approved(cast, Action.TRANSFER_TO_REPRESENTATIVE, row, ben))
    assert run.status == RunStatus.CANCELLED
    with cast.scope():
        row.refresh_from_db()
        assert (row.status, row.representative_id, row.transfer_pending) == (Status.ACTIVE, cast.ana.pk, False)
        assert Representative.objects.get(pk=ben.pk).units_used == 0
        invariants.assert_all()


def test_cancelled_before_a_worker_took_it_up_nothing_is_offered(cast):
    with cast.scope():
        row = make_conversation(queue=cast.orders)
    run = approved(cast, Action.ASSIGN_TO_REPRESENTATIVE, row, cast.ana)
    with cast.scope():
        starting.cancel(run, actor=cast.actor())
    run = work(cast, run)
    assert (run.status, outcomes(cast, run)) == (RunStatus.CANCELLED, {row.pk: ("skipped", "cancelled")})
    with cast.scope():
        assert not Offer.objects.exists()


@pytest.mark.parametrize("_", range(4))
def test_a_cancel_and_the_answer_at_once_leave_one_of_the_two(cast, _):
    with cast.scope():
        row = make_conversation(queue=cast.orders)
    run = approved(cast, Action.ASSIGN_TO_REPRESENTATIVE, row, cast.ana)
    with cast.scope():
        execution.run_chunk(run.pk)
    supervisor, agent = cast.actor(), cast.actor(cast.agent)
    # As the page read it: before it was approved.
    run.status = RunStatus.AWAITING_APPROVAL
    answers = at_once(
        cast,
        lambda: starting.cancel(run, actor=supervisor),
        lambda: perform(Action.ACCEPT, [row.pk], actor=agent),
    )
    assert not any(isinstance(answer, Exception) for answer in answers), answers
    with cast.scope():
        row.refresh_from_db()
        accepted = row.status == Status.ACTIVE
        invariants.assert_all()
    expected = RunStatus.COMPLETED if accepted else RunStatus.CANCELLED
    assert fresh(cast, run).status == expected


@pytest.mark.parametrize("_", range(4))
def test_a_run_of_several_is_cancelled_while_one_of_its_offers_is_answered(cast, monkeypatch, _):
    """Two are offered and two are pending: nobody waits for whoever waits for them."""
    monkeypatch.setattr(execution, "CHUNK", 2)
    monkeypatch.setattr(execution, "SMALLEST_CHUNK", 2)
    with cast.scope():
        member = make_member("ben@harbor.example", Role.REPRESENTATIVE, name="Ben Osei")
        ben = make_representative("Ben Osei", queues=[cast.orders], membership=member, total_units=500)
        rows = make_conversations(4, queue=cast.orders, status=Status.ACTIVE, representative=cast.ana)
        actor, taker = cast.actor(), cast.actor(member)
        run = freeze(Action.GIVE_TO_COLLEAGUE, Selection(actor, {row.pk: row.version for row in rows}), actor=actor)
        starting.start(run, actor=actor, parameters={"representative": ben.pk})
        run.refresh_from_db()
        execution.run_chunk(run.pk)
        offered = Offer.objects.filter(outcome=OfferOutcome.PENDING).order_by("pk").first()
    answers = at_once(
        cast,
        lambda: starting.cancel(run, actor=actor),
        lambda: perform(Action.ACCEPT, [offered.conversation_id], actor=taker),
    )
    assert not any(isinstance(answer, Exception) for answer in answers), answers
    run = work(cast, run)
    with cast.scope():
        accepted = set(Conversation.objects.filter(representative=ben).values_list("pk", flat=True))
        assert accepted <= {offered.conversation_id}
        assert not Offer.objects.filter(outcome=OfferOutcome.PENDING).exists()
        invariants.assert_all()
    said = outcomes(cast, run)
    assert {pk for pk, (outcome, _) in said.items() if outcome == "succeeded"} == accepted
    assert all(said[row.pk] == ("skipped", "cancelled") for row in rows if row.pk not in accepted)
    assert run.status == RunStatus.CANCELLED
