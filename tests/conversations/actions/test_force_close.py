"""Force Close: what it does to each state, who is told, and who is refused."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Conflict, Invalid, NotFound, Refused
from contact_center.tenancy.toggles import Toggle
from conversations.actions import perform
from conversations.actions.supervisor import FORCE_CLOSED_LINE
from conversations.models import Conversation, Message, Notification, OutboxEntry
from conversations.states import Status, StatusReason
from routing.kinds import Channel
from tests import factories, invariants

STATES = [
    (Status.OPEN, None),
    (Status.ACTIVE, StatusReason.AWAITING_ACCEPTANCE),
    (Status.ACTIVE, StatusReason.IN_CONVERSATION),
    (Status.WAITING, None),
    (Status.WRAP_UP, None),
]


def close(cast, *rows, actor=None, **arguments):
    return perform(
        "force_close",
        [row.pk for row in rows],
        actor=actor or cast.actor(),
        parameters={"reason": cast.reason.pk, "note": ""},
        **arguments,
    )


@pytest.mark.parametrize(("status", "reason"), STATES)
def test_it_closes_from_every_ongoing_state_and_frees_the_units(harbor, status, reason):
    with harbor.scope():
        held = None if status == Status.OPEN else harbor.ana
        if reason == StatusReason.AWAITING_ACCEPTANCE:
            row = factories.make_conversation(queue=harbor.orders)
            target = {"representative": harbor.ana.pk}
            perform("assign_to_representative", [row.pk], actor=harbor.actor(), parameters=target)
        else:
            row = factories.make_conversation(channel=Channel.SMS, status=status, representative=held)
        assert [result.outcome for result in close(harbor, row)] == ["succeeded"]
        row.refresh_from_db()
        assert (row.status, row.status_reason) == (Status.CLOSED, StatusReason.FORCE_CLOSED)
        assert row.force_close_reason_id == harbor.reason.pk
        harbor.ana.refresh_from_db()
        assert harbor.ana.units_used == 0
        invariants.assert_all()


def test_it_counts_as_abandoned_only_when_nobody_ever_accepted(harbor):
    with harbor.scope():
        never, talked = factories.make_conversation(), factories.make_conversation(status=Status.ACTIVE)
        close(harbor, never, talked)
        abandoned = dict(Conversation.objects.values_list("pk", "is_abandoned"))
        assert abandoned == {never.pk: True, talked.pk: False}


def test_what_an_ai_agent_held_to_the_end_is_not_abandoned(harbor):
    with harbor.scope():
        bot = factories.make_representative("Harbor bot", type="ai_agent")
        row = factories.make_conversation(status=Status.ACTIVE, representative=bot)
        Conversation.objects.filter(pk=row.pk).update(first_accepted_at=None)
        close(harbor, row)
        assert Conversation.objects.get(pk=row.pk).is_abandoned is False


def test_customer_and_representative_are_told_once(harbor):
    with harbor.scope():
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana)
        close(harbor, row)
        message = Message.objects.get(conversation=row)
        assert (message.text, message.author, message.visibility) == (FORCE_CLOSED_LINE, "system", "public")
        assert OutboxEntry.objects.get(conversation=row).message_id == message.pk
        notice = Notification.objects.get()
        assert notice.membership_id == harbor.agent.pk
        assert harbor.reason.label in notice.text


def test_it_is_audited_once_with_before_and_after_and_no_texts(harbor):
    with harbor.scope():
        row = factories.make_conversation(subject="A very private subject")
        close(harbor, row)
        event = AuditEvent.objects.get(action=AuditAction.FORCE_CLOSED)
        assert event.membership_id == harbor.supervisor.pk
        assert (event.before["status"], event.after["status"]) == ("open", "closed")
        assert "private" not in f"{event.before}{event.after}"


def test_a_conversation_closed_already_is_skipped_with_the_reason(harbor):
    with harbor.scope():
        row = factories.make_conversation(status=Status.CLOSED)
        (result,) = close(harbor, row, bulk=True)
        assert (result.outcome, result.code, result.sentence) == ("skipped", "is_closed", "It is already closed.")
        assert not AuditEvent.objects.exists()


def test_voice_and_records_are_skipped_in_bulk_and_a_single_call_is_closed(harbor):
    with harbor.scope():
        voice = factories.make_conversation(channel=Channel.VOICE)
        record = factories.make_conversation(channel=Channel.RECORD)
        assert [result.code for result in close(harbor, voice, record, bulk=True)] == [
            "bulk_voice",
            "record_force_close",
        ]
        assert [result.outcome for result in close(harbor, voice)] == ["succeeded"]


def test_a_foreign_conversation_is_not_found_and_untouched(harbor, summit):
    with summit.scope():
        foreign = factories.make_conversation()
    with harbor.scope():
        assert [result.code for result in close(harbor, foreign)] == ["not_found"]
        with pytest.raises(NotFound):
            close(harbor, foreign, single=True)
    with summit.scope():
        assert Conversation.objects.get(pk=foreign.pk).status == Status.OPEN


def test_a_scoped_supervisor_closes_in_the_own_queues_only(harbor):
    with harbor.scope():
        elsewhere = factories.make_conversation(queue=harbor.orders)
        own = factories.make_conversation(queue=harbor.refunds)
        results = close(harbor, elsewhere, own, actor=harbor.actor(harbor.scoped))
        assert [result.code for result in results] == ["not_found", ""]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"toggles": frozenset(Toggle) - {Toggle.FORCE_CLOSE}}, "force_close_off"),
        ({"api_access": True}, "api_access"),
        ({"roles": frozenset({"administrator"})}, "not_supervisor"),
    ],
)
def test_without_the_right_nothing_is_closed(harbor, change, code):
    with harbor.scope():
        row = factories.make_conversation()
        actor = replace(harbor.actor(), **change)
        assert [result.code for result in close(harbor, row, actor=actor)] == [code]
        with pytest.raises(Refused) as refused:
            close(harbor, row, actor=actor, single=True)
        assert refused.value.code == code
        row.refresh_from_db()
        assert row.status == Status.OPEN


def test_a_single_one_that_changed_answers_with_what_it_is_now(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        perform("pick", [row.pk], actor=harbor.actor(harbor.agent))
        with pytest.raises(Conflict) as conflict:
            close(harbor, row, versions={row.pk: row.version}, single=True)
        assert conflict.value.current == "Active with Ana Ruiz in Orders"
        assert Conversation.objects.get(pk=row.pk).status == Status.ACTIVE


def test_in_bulk_a_changed_one_is_closed_while_the_table_still_allows_it(harbor):
    with harbor.scope():
        picked, gone = factories.make_conversations(2, queue=harbor.orders)
        perform("pick", [picked.pk], actor=harbor.actor(harbor.agent))
        close(harbor, gone)
        versions = {picked.pk: picked.version, gone.pk: gone.version}
        results = close(harbor, picked, gone, versions=versions, bulk=True)
        assert [(result.outcome, result.code) for result in results] == [("succeeded", ""), ("skipped", "changed")]
        assert results[1].sentence == "Changed since selected: now Closed."


def test_it_needs_a_reason_of_the_own_organization(harbor, summit):
    with harbor.scope():
        row = factories.make_conversation()
        for reason in (None, "", "x", summit.reason.pk, 0):
            with pytest.raises(Invalid) as invalid:
                perform("force_close", [row.pk], actor=harbor.actor(), parameters={"reason": reason})
            assert invalid.value.fields == {"reason": "Choose a reason."}


@pytest.mark.parametrize("count", [1, 50])
def test_the_number_of_statements_does_not_grow(harbor, count):
    with harbor.scope():
        rows = factories.make_conversations(count, status=Status.ACTIVE, representative=harbor.ana)
        actor = harbor.actor()
        with CaptureQueriesContext(connection) as queries:
            close(harbor, *rows, actor=actor, bulk=True)
        statements = [query for query in queries if "SAVEPOINT" not in query["sql"]]
        assert len(statements) == 16


def test_a_pending_transfer_is_cancelled_and_both_get_their_units_back(harbor):
    with harbor.scope():
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders])
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        perform("transfer_to_representative", [row.pk], actor=harbor.actor(), parameters={"representative": ben.pk})
        ben.refresh_from_db()
        assert ben.units_used == factories.UNITS
        close(harbor, row)
        assert row.offers.get().outcome == "withdrawn"
        invariants.assert_all()
