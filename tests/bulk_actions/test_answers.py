"""Runs that offer to a representative: they wait for the answer and end with it, in its transaction."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_actions import execution, starting, sweeping
from bulk_actions.kinds import KINDS
from bulk_actions.limits import STALLED_AFTER
from bulk_actions.models import BulkAction
from bulk_actions.selection import freeze
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Refused
from contact_center.tenancy.access import system_actor
from conversations.actions import lifecycle as conversation_lifecycle
from conversations.actions import perform
from conversations.models import Conversation, Offer
from conversations.rules import Action
from conversations.selection import Selection
from conversations.states import Status
from routing.models import Representative
from tests.bulk_actions.conftest import fresh, outcomes, work
from tests.factories import make_conversation, make_member, make_representative


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    for action in (Action.ASSIGN_TO_REPRESENTATIVE, Action.TRANSFER_TO_REPRESENTATIVE):
        if action not in KINDS:
            monkeypatch.setitem(KINDS, action, replace(KINDS[Action.FORCE_CLOSE], action=action))


def offering(cast, conversation, action=Action.ASSIGN_TO_REPRESENTATIVE, representative=None, member=None):
    """The single run of a supervisor's choice, proceeded with."""
    actor = cast.actor(member)
    with cast.scope():
        conversation = Conversation.objects.get(pk=conversation.pk)
        run = freeze(action, Selection(actor, {conversation.pk: conversation.version}), actor=actor)
        chosen = representative or cast.ana
        starting.start(run, actor=actor, parameters={"representative": chosen.pk})
    return fresh(cast, run)


def answer(cast, action, conversation, member=None):
    with cast.scope():
        perform(action, [conversation.pk], actor=cast.actor(member or cast.agent), single=True)


@pytest.fixture
def open_one(harbor):
    with harbor.scope():
        return make_conversation(queue=harbor.orders)


def test_the_run_is_running_until_the_offer_is_answered(harbor, open_one):
    run = offering(harbor, open_one)
    assert (run.status, run.succeeded, run.ended_at) == (RunStatus.RUNNING, 0, None)
    assert outcomes(harbor, run) == {open_one.pk: ("offered", "")}


def test_accepted_is_completed(harbor, open_one):
    run = offering(harbor, open_one)
    answer(harbor, Action.ACCEPT, open_one)
    run = fresh(harbor, run)
    assert (run.status, run.succeeded, run.failed) == (RunStatus.COMPLETED, 1, 0)
    assert run.status_sentence == "Ana Ruiz accepted it."
    assert outcomes(harbor, run) == {open_one.pk: ("succeeded", "")}
    with harbor.scope():
        assert run.items.get().after["status_reason"] == "in_conversation"
        assert AuditEvent.objects.filter(action=AuditAction.RUN_FINISHED, operation_id=run.key).count() == 1


def test_rejected_is_failed_with_the_name(harbor, open_one):
    run = offering(harbor, open_one)
    answer(harbor, Action.REJECT, open_one)
    run = fresh(harbor, run)
    assert (run.status, run.succeeded, run.failed) == (RunStatus.FAILED, 0, 1)
    assert run.status_sentence == "Ana Ruiz rejected it."
    assert outcomes(harbor, run) == {open_one.pk: ("failed", "offer_rejected")}


def test_unanswered_is_failed_with_the_time(harbor, open_one):
    run = offering(harbor, open_one)
    with harbor.scope():
        Offer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        conversation_lifecycle.run_due_timers(actor=system_actor(harbor.organization), now=timezone.now())
    run = fresh(harbor, run)
    assert run.status == RunStatus.FAILED
    assert run.status_sentence == "Ana Ruiz didn’t answer within 120 seconds."


def test_withdrawn_by_a_force_close_says_so(harbor, open_one):
    run = offering(harbor, open_one)
    with harbor.scope():
        perform(Action.FORCE_CLOSE, [open_one.pk], actor=harbor.actor(), parameters={"reason": harbor.reason.pk})
    run = fresh(harbor, run)
    assert (run.status, outcomes(harbor, run)) == (RunStatus.FAILED, {open_one.pk: ("failed", "offer_withdrawn")})
    assert run.status_sentence == "The offer to Ana Ruiz was withdrawn: force closed by a supervisor."


def test_a_transfer_ends_the_run_of_the_offer_it_replaces(harbor, open_one):
    first = offering(harbor, open_one)
    with harbor.scope():
        ben = make_representative("Ben Osei", queues=[harbor.orders])
    second = offering(harbor, open_one, Action.TRANSFER_TO_REPRESENTATIVE, ben)
    assert fresh(harbor, first).status == RunStatus.FAILED
    assert second.status == RunStatus.RUNNING


def test_routings_own_offers_concern_no_run(harbor, open_one, django_assert_num_queries):
    run = offering(harbor, open_one)
    answer(harbor, Action.ACCEPT, open_one)
    before = fresh(harbor, run)
    with harbor.scope():
        other = make_conversation(queue=harbor.orders)
        Offer.objects.create(conversation_id=other.pk, representative=harbor.ana, kind="routing", units=0)
        Conversation.objects.filter(pk=other.pk).update(
            status=Status.ACTIVE, status_reason="awaiting_acceptance", representative_id=harbor.ana.pk
        )
    answer(harbor, Action.REJECT, other)
    assert fresh(harbor, run).row_stamp == before.row_stamp


def test_a_pending_transfer_is_settled_by_its_answer(harbor):
    with harbor.scope():
        ben = make_representative("Ben Osei", queues=[harbor.orders], membership=make_member("ben@harbor.example"))
        held = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
    run = offering(harbor, held, Action.TRANSFER_TO_REPRESENTATIVE, ben)
    assert run.status == RunStatus.RUNNING
    with harbor.scope():
        Offer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        conversation_lifecycle.run_due_timers(actor=system_actor(harbor.organization), now=timezone.now())
        held.refresh_from_db()
    assert (held.representative_id, held.transfer_pending) == (harbor.ana.pk, False)
    assert fresh(harbor, run).status_sentence == "Ben Osei didn’t answer within 120 seconds."


# --- What the machinery leaves alone ---


def test_the_sweeper_leaves_it_alone(harbor, open_one):
    run = offering(harbor, open_one)
    long_ago = timezone.now() - 10 * STALLED_AFTER
    with harbor.scope():
        BulkAction.objects.filter(pk=run.pk).update(moved_at=long_ago, started_at=long_ago)
    assert sweeping.take_up_stalled(harbor.organization.pk) == []


def test_a_stray_task_does_nothing_to_it(harbor, open_one):
    run = work(harbor, offering(harbor, open_one))
    assert (run.status, outcomes(harbor, run)) == (RunStatus.RUNNING, {open_one.pk: ("offered", "")})
    with harbor.scope():
        assert Offer.objects.count() == 1


def test_it_does_not_make_other_runs_take_smaller_turns(harbor, open_one):
    with harbor.scope():
        alone = execution.chunk_size()
    offering(harbor, open_one)
    with harbor.scope():
        assert execution.chunk_size() == alone


# --- Cancel ---


def test_cancel_withdraws_the_offer(harbor, open_one):
    run = offering(harbor, open_one)
    with harbor.scope():
        starting.cancel(run, actor=harbor.actor(harbor.second))
        open_one.refresh_from_db()
        assert Offer.objects.get().outcome == "withdrawn"
        assert Representative.objects.get(pk=harbor.ana.pk).units_used == 0
    assert (open_one.status, open_one.representative_id) == (Status.OPEN, None)
    run = fresh(harbor, run)
    assert (run.status, outcomes(harbor, run)) == (RunStatus.CANCELLED, {open_one.pk: ("skipped", "cancelled")})


def test_cancel_of_a_pending_transfer_changes_nothing_else(harbor):
    with harbor.scope():
        ben = make_representative("Ben Osei", queues=[harbor.orders])
        held = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
    run = offering(harbor, held, Action.TRANSFER_TO_REPRESENTATIVE, ben)
    with harbor.scope():
        starting.cancel(run, actor=harbor.actor())
        held.refresh_from_db()
    assert (held.status, held.representative_id, held.transfer_pending) == (Status.ACTIVE, harbor.ana.pk, False)
    assert fresh(harbor, run).status == RunStatus.CANCELLED


def test_cancel_after_the_answer_changes_nothing(harbor, open_one):
    run = offering(harbor, open_one)
    answer(harbor, Action.ACCEPT, open_one)
    with harbor.scope():
        starting.cancel(run, actor=harbor.actor())
        open_one.refresh_from_db()
    assert (open_one.status, fresh(harbor, run).status) == (Status.ACTIVE, RunStatus.COMPLETED)


def test_cancel_by_somebody_without_its_queue_is_refused(harbor, open_one):
    run = offering(harbor, open_one)
    with harbor.scope(), pytest.raises(Refused):
        starting.cancel(run, actor=harbor.actor(harbor.scoped))
    assert fresh(harbor, run).status == RunStatus.RUNNING
