"""Chunks of a run: what they do, what they leave alone, and what stops them."""

import pytest
from django.db import OperationalError, connection

from bulk_actions import execution, finishing, starting
from bulk_actions.limits import CHUNK, SMALLEST_CHUNK
from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Refused
from contact_center.tenancy.models import Membership, OrganizationSettings
from contact_center.tenancy.roles import Role
from conversations.models import Conversation, ForceCloseReason, Message, Notification, OutboxEntry
from conversations.notifications import presenters
from conversations.states import Status
from routing.kinds import Channel
from routing.models import QueueScope
from tests.bulk_actions.conftest import fresh, outcomes, work
from tests.factories import make_conversation, make_conversations, make_representative

DONE = ("succeeded", "")


def statuses(conversations):
    return set(Conversation.objects.filter(pk__in=[each.pk for each in conversations]).values_list("status", flat=True))


def test_what_the_preview_said_is_what_happens(harbor, started):
    with harbor.scope():
        ana = make_representative(total_units=1_000)
        can = [
            *make_conversations(3, queue=harbor.orders),
            *make_conversations(3, queue=harbor.orders, status=Status.ACTIVE, representative=ana),
            *make_conversations(2, queue=harbor.orders, status=Status.WAITING, channel=Channel.WHATSAPP),
        ]
        cannot = [make_conversation(status=Status.CLOSED), make_conversation(channel=Channel.VOICE)]
    run = started(harbor, [*can, *cannot])
    assert (run.status, run.total, run.eligible, run.skipped) == (RunStatus.QUEUED, 10, 8, 2)
    run = work(harbor, run)
    assert (run.status, run.succeeded, run.skipped, run.failed) == (RunStatus.COMPLETED, 8, 2, 0)
    assert run.ended_at is not None
    with harbor.scope():
        assert statuses(can) == {Status.CLOSED}
        assert statuses(cannot[1:]) == {Status.OPEN}
    assert outcomes(harbor, run) == {each.pk: DONE for each in can} | {
        cannot[0].pk: ("skipped", "is_closed"),
        cannot[1].pk: ("skipped", "bulk_voice"),
    }


def test_every_conversation_gets_one_audit_event_one_line_and_one_delivery(harbor, started):
    with harbor.scope():
        conversations = make_conversations(5)
    run = work(harbor, started(harbor, conversations))
    with harbor.scope():
        events = AuditEvent.objects.filter(operation_id=run.key, action=AuditAction.FORCE_CLOSED)
        ids = sorted(each.pk for each in conversations)
        assert sorted(events.values_list("conversation_id", flat=True)) == ids
        assert set(events.values_list("membership_id", flat=True)) == {harbor.supervisor.pk}
        assert sorted(Message.objects.values_list("conversation_id", flat=True)) == ids
        assert sorted(OutboxEntry.objects.values_list("conversation_id", flat=True)) == ids


def test_the_run_itself_is_audited_at_its_start_and_its_end(harbor, started):
    with harbor.scope():
        conversations = make_conversations(2)
    run = work(harbor, started(harbor, conversations))
    with harbor.scope():
        events = AuditEvent.objects.filter(operation_id=run.key, object_type="bulk_action").order_by("id")
        assert [(event.action, event.object_id, event.membership_id) for event in events] == [
            (AuditAction.RUN_STARTED, run.pk, harbor.supervisor.pk),
            (AuditAction.RUN_FINISHED, run.pk, harbor.supervisor.pk),
        ]


def test_changed_since_selected_but_still_allowed_is_done(harbor, started):
    with harbor.scope():
        changed, same = make_conversations(2)
    run = started(harbor, [changed, same])
    with harbor.scope():
        Conversation.objects.filter(pk=changed.pk).update(version=9, priority=2)
    run = work(harbor, run)
    assert outcomes(harbor, run) == {changed.pk: DONE, same.pk: DONE}


def test_changed_since_selected_and_no_longer_allowed_is_skipped_with_what_it_is_now(harbor, started):
    with harbor.scope():
        gone, same = make_conversations(2)
    run = started(harbor, [gone, same])
    with harbor.scope():
        Conversation.objects.filter(pk=gone.pk).update(version=2, status=Status.CLOSED, closed_at=gone.created_at)
    run = work(harbor, run)
    assert outcomes(harbor, run) == {gone.pk: ("skipped", "changed"), same.pk: DONE}
    assert run.status == RunStatus.COMPLETED
    with harbor.scope():
        assert run.items.get(target_id=gone.pk).sentence == "Changed since selected: now Closed."


def test_what_comes_to_match_later_is_left_alone(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
        later = make_conversation()
    work(harbor, run)
    with harbor.scope():
        assert statuses([later]) == {Status.OPEN}


def test_what_the_preview_refused_is_not_done_even_when_it_would_be_allowed_by_now(harbor, started):
    with harbor.scope():
        chat, call = make_conversation(), make_conversation(channel=Channel.VOICE)
    run = started(harbor, [chat, call])
    with harbor.scope():
        Conversation.objects.filter(pk=call.pk).update(kind="messaging", channel="live_chat", mode="live_chat")
    run = work(harbor, run)
    assert outcomes(harbor, run) == {chat.pk: DONE, call.pk: ("skipped", "bulk_voice")}


def test_one_bad_item_does_not_stop_the_rest(harbor, started):
    """Its representative holds fewer units than it gives back, which the database refuses."""
    with harbor.scope():
        good = make_conversations(9)
        bad = make_conversation(status=Status.ACTIVE)
        bad.representative.units_used = 0
        bad.representative.save(update_fields=["units_used"])
        more = make_conversations(6)
    run = work(harbor, started(harbor, [*good, bad, *more]))
    assert outcomes(harbor, run) == {each.pk: DONE for each in [*good, *more]} | {bad.pk: ("failed", "failed")}
    assert (run.status, run.succeeded, run.failed) == (RunStatus.COMPLETED_WITH_ERRORS, 15, 1)
    with harbor.scope():
        assert statuses([bad]) == {Status.ACTIVE}
        assert AuditEvent.objects.filter(conversation_id=bad.pk).count() == 0
        assert "unexpected error" in run.items.get(target_id=bad.pk).sentence


def test_a_run_in_which_everything_fails_has_failed(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(3))
        ForceCloseReason.objects.update(is_active=False)
    run = work(harbor, run)
    assert (run.status, run.failed) == (RunStatus.FAILED, 3)
    with harbor.scope():
        assert set(run.items.values_list("sentence", flat=True)) == {"Choose a reason."}


def test_an_outage_of_the_database_is_no_fault_of_an_item(harbor, started, monkeypatch):
    with harbor.scope():
        run = started(harbor, make_conversations(3))
        connection.execute_wrappers.append(_broken_line)
        try:
            with pytest.raises(OperationalError):
                execution.results_of(run, execution.claim(run, CHUNK))
        finally:
            connection.execute_wrappers.remove(_broken_line)
    assert {outcome for outcome, _ in outcomes(harbor, run).values()} == {"pending"}


def _broken_line(execute, sql, parameters, many, context):
    if "conversations_conversation" in sql:
        raise OperationalError("the connection is lost")
    return execute(sql, parameters, many, context)


def test_cancel_skips_what_is_pending_and_leaves_what_is_done(harbor, started):
    with harbor.scope():
        conversations = make_conversations(CHUNK + 10)
    run = started(harbor, conversations)
    run = work(harbor, run, chunks=1)
    assert (run.status, run.succeeded) == (RunStatus.RUNNING, CHUNK)
    with harbor.scope():
        starting.cancel(run, actor=harbor.actor(harbor.second))
    run = work(harbor, run)
    assert (run.status, run.succeeded, run.skipped) == (RunStatus.CANCELLED, CHUNK, 10)
    assert sorted(set(outcomes(harbor, run).values())) == [("skipped", "cancelled"), DONE]
    with harbor.scope():
        assert Conversation.objects.filter(status=Status.OPEN).count() == 10
        event = AuditEvent.objects.get(operation_id=run.key, action=AuditAction.RUN_CANCELLED)
        assert event.membership_id == harbor.second.pk


def test_whoever_started_a_run_hears_who_cancelled_it_and_what_was_left_undone(harbor, started):
    with harbor.scope():
        conversations = make_conversations(CHUNK + 10)
    run = work(harbor, started(harbor, conversations), chunks=1)
    with harbor.scope():
        starting.cancel(run, actor=harbor.actor(harbor.second))
        starting.cancel(fresh(harbor, run), actor=harbor.actor(harbor.second))
        told = Notification.objects.get(kind="run_cancelled")
        assert told.membership_id == harbor.supervisor.pk
        assert told.title == f"{harbor.actor(harbor.second).name} cancelled your run"
        assert told.text == f"{run.title}. 10 of {CHUNK + 10} were left undone."
        item = presenters.items([told], harbor.actor())[told.pk]
        assert item["url"] == harbor.url(f"action-history/{run.pk}/")


def test_a_run_cancelled_before_its_turn_says_that_nothing_was_done_and_ones_own_says_nothing(harbor, started):
    with harbor.scope():
        run, own = started(harbor, make_conversations(2)), started(harbor, make_conversations(2))
        starting.cancel(own, actor=harbor.actor())
        starting.cancel(run, actor=harbor.actor(harbor.second))
        assert Notification.objects.get(kind="run_cancelled").text == f"{run.title}. Nothing of it was done."


def test_cancelling_twice_or_after_the_end_changes_nothing(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
        for _ in range(2):
            starting.cancel(fresh(harbor, run), actor=harbor.actor())
        assert AuditEvent.objects.filter(action=AuditAction.RUN_CANCELLED).count() == 1
    ended = work(harbor, run)
    with harbor.scope():
        starting.cancel(ended, actor=harbor.actor())
    assert fresh(harbor, run).row_stamp == ended.row_stamp


def test_a_run_is_cancelled_by_whose_queues_cover_it(harbor, started):
    with harbor.scope():
        run = started(harbor, [make_conversation(queue=harbor.orders), make_conversation(queue=harbor.refunds)])
        with pytest.raises(Refused):
            starting.cancel(run, actor=harbor.actor(harbor.scoped))
        inside = started(harbor, make_conversations(2, queue=harbor.refunds))
        starting.cancel(inside, actor=harbor.actor(harbor.scoped))
    assert work(harbor, inside).status == RunStatus.CANCELLED


def half_done(cast, started):
    with cast.scope():
        conversations = make_conversations(CHUNK + 5, queue=cast.orders)
    return work(cast, started(cast, conversations), chunks=1)


def codes_of_the_rest(cast, run):
    return {code for outcome, code in outcomes(cast, run).values() if outcome == "skipped"}


def test_a_toggle_switched_off_in_between_stops_the_rest(harbor, started):
    run = half_done(harbor, started)
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    run = work(harbor, run)
    assert (run.succeeded, run.skipped, codes_of_the_rest(harbor, run)) == (CHUNK, 5, {"force_close_off"})
    assert run.status == RunStatus.COMPLETED_WITH_ERRORS


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"roles": [Role.AUDITOR]}, "not_supervisor"),
        ({"api_access": True}, "api_access"),
        ({"is_active": False}, "no_right"),
        ({"all_queues": False}, "not_found"),
    ],
)
def test_a_right_lost_in_between_stops_the_rest(harbor, started, change, code):
    run = half_done(harbor, started)
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(**change)
    run = work(harbor, run)
    assert (run.succeeded, run.skipped, codes_of_the_rest(harbor, run)) == (CHUNK, 5, {code})


def test_the_scope_of_the_moment_decides(harbor, started):
    with harbor.scope():
        run = started(harbor, [make_conversation(queue=harbor.orders), make_conversation(queue=harbor.refunds)])
        Membership.objects.filter(pk=harbor.supervisor.pk).update(all_queues=False)
        QueueScope.objects.create(membership=harbor.supervisor, queue=harbor.refunds)
    run = work(harbor, run)
    assert sorted(outcomes(harbor, run).values()) == [("skipped", "not_found"), DONE]


def test_a_run_ends_once_and_not_before_every_item_has_its_outcome(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
        assert finishing.finish(run.pk) is False
    run = work(harbor, run)
    with harbor.scope():
        assert finishing.finish(run.pk) is False
        assert execution.run_chunk(run.pk) is execution.Next.NOTHING
        assert AuditEvent.objects.filter(action=AuditAction.RUN_FINISHED).count() == 1


def test_a_chunk_takes_the_same_statements_for_ten_and_for_two_hundred(harbor, started, django_assert_num_queries):
    with harbor.scope():
        ana = make_representative(total_units=10_000)
        few, many = (
            started(harbor, make_conversations(number, status=Status.ACTIVE, representative=ana))
            for number in (10, CHUNK)
        )
    for run in (few, many):
        # Alone, so that the chunk is as large as it gets.
        with harbor.scope():
            BulkAction.objects.exclude(pk=run.pk).update(status=RunStatus.CANCELLED)
            BulkAction.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED)
        with harbor.scope(), django_assert_num_queries(STATEMENTS_OF_A_CHUNK):
            execution.run_chunk(run.pk)


STATEMENTS_OF_A_CHUNK = 29


def test_an_organization_with_many_runs_takes_smaller_turns(harbor, summit, started):
    def size(cast):
        with cast.scope():
            return execution.chunk_size()

    def one_more(cast):
        with cast.scope():
            started(cast, make_conversations(2))

    one_more(harbor)
    assert size(harbor) == CHUNK
    one_more(harbor)
    assert size(harbor) == CHUNK // 2
    for _ in range(4):
        one_more(harbor)
    assert size(harbor) == SMALLEST_CHUNK
    assert size(summit) == CHUNK
