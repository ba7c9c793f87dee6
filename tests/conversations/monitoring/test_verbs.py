"""Monitor, join, write, leave, take over: what each does, and when it is refused."""

import pytest

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import NotFound, Refused
from contact_center.tenancy.models import OrganizationSettings
from conversations.actions import perform
from conversations.models import Conversation, Notification, OutboxEntry, Participant
from conversations.rules import Action
from conversations.states import Status, StatusReason
from routing.kinds import Channel
from routing.models import Representative
from tests import factories, invariants
from tests.conversations.monitoring.steps import consultants, do, join, ledger, monitor, said


@pytest.fixture
def talk(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)


def events(cast, conversation):
    with cast.scope():
        rows = AuditEvent.objects.filter(conversation_id=conversation.pk).order_by("id")
        return [AuditAction(row.action) for row in rows]


def fresh(cast, conversation):
    with cast.scope():
        return Conversation.objects.get(pk=conversation.pk)


# --- Monitor ---


def test_monitoring_stands_in_ledger_and_audit_and_changes_nothing_else(harbor, talk):
    row = monitor(harbor, talk)
    assert (row.membership_id, row.left_at) == (harbor.supervisor.pk, None)
    assert row.added_at == row.seen_at
    assert events(harbor, talk) == [AuditAction.MONITORING_STARTED]
    after = fresh(harbor, talk)
    assert (after.version, after.units_held, after.representative_id) == (1, talk.units_held, harbor.ana.pk)
    assert said(harbor, talk) == []


def test_a_second_tab_is_the_same_monitoring(harbor, talk):
    monitor(harbor, talk)
    monitor(harbor, talk)
    assert len(ledger(harbor, talk)) == 1
    assert events(harbor, talk) == [AuditAction.MONITORING_STARTED]


def test_two_supervisors_monitor_side_by_side(harbor, talk):
    monitor(harbor, talk)
    monitor(harbor, talk, harbor.second)
    assert {row.membership_id for row in ledger(harbor, talk)} == {harbor.supervisor.pk, harbor.second.pk}


def test_stopping_says_when_and_a_new_monitoring_is_a_row_of_its_own(harbor, talk):
    monitor(harbor, talk)
    do(harbor, Action.STOP_MONITORING, talk)
    (row,) = ledger(harbor, talk)
    assert row.left_reason == "Stopped"
    assert row.left_at >= row.added_at
    monitor(harbor, talk)
    assert len(ledger(harbor, talk)) == 2
    assert events(harbor, talk)[:2] == [AuditAction.MONITORING_STARTED, AuditAction.MONITORING_ENDED]


def test_stopping_without_monitoring_is_refused(harbor, talk):
    monitor(harbor, talk, harbor.second)
    with pytest.raises(Refused, match="Monitor the conversation first"):
        do(harbor, Action.STOP_MONITORING, talk)
    assert ledger(harbor, talk)[0].left_at is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [(Status.OPEN, None), (Status.ACTIVE, StatusReason.AWAITING_ACCEPTANCE), (Status.CLOSED, None)],
)
def test_what_nobody_has_accepted_or_is_closed_is_not_monitored(harbor, status, reason):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=status, status_reason=reason)
    with pytest.raises(Refused):
        monitor(harbor, row)


def test_ones_own_conversation_is_never_monitored(harbor, talk):
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(membership=harbor.supervisor)
    with pytest.raises(Refused, match="your own conversation"):
        monitor(harbor, talk)


def test_without_the_consent_that_is_required_it_is_refused_until_it_is_given(harbor, talk):
    with harbor.scope():
        OrganizationSettings.objects.update(consent_required=True)
    with pytest.raises(Refused, match="hasn't consented"):
        monitor(harbor, talk)
    with harbor.scope():
        Conversation.objects.update(monitoring_consent=True)
    monitor(harbor, talk)


def test_a_foreign_conversation_and_one_out_of_scope_are_not_found(harbor, summit, talk):
    with summit.scope():
        foreign = factories.make_conversation(queue=summit.orders, status=Status.ACTIVE)
    for conversation, member in ((foreign, harbor.supervisor), (talk, harbor.scoped)):
        with pytest.raises(NotFound):
            monitor(harbor, conversation, member)


def test_closing_ends_every_monitoring(harbor, talk):
    monitor(harbor, talk)
    join(harbor, talk, harbor.second)
    do(harbor, Action.FORCE_CLOSE, talk, reason=harbor.reason.pk)
    assert all(row.left_at for row in ledger(harbor, talk))
    assert consultants(harbor, talk) == []


def test_a_closed_transcript_is_read_under_the_same_ledger(harbor):
    with harbor.scope():
        closed = factories.make_conversation(queue=harbor.orders, status=Status.CLOSED)
    do(harbor, Action.READ_TRANSCRIPT, closed)
    do(harbor, Action.READ_TRANSCRIPT, closed)
    assert [row.assign_reason for row in ledger(harbor, closed)] == ["SupervisorReadClosed"]
    assert events(harbor, closed) == [AuditAction.TRANSCRIPT_READ]


def test_only_a_closed_one_is_read_without_monitoring(harbor, talk):
    with pytest.raises(Refused, match="while you monitor"):
        do(harbor, Action.READ_TRANSCRIPT, talk)


def test_nobody_monitors_while_the_toggle_is_off(harbor, talk):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    for action in (Action.MONITOR, Action.JOIN):
        with pytest.raises(Refused, match="switched off"):
            do(harbor, action, talk)


def test_monitoring_starts_the_clock_of_the_auto_close_again(harbor, talk):
    with harbor.scope():
        talk.work_stream.active_auto_close_seconds = 3600
        talk.work_stream.save()
        Conversation.objects.update(due_at=talk.created_at)
    monitor(harbor, talk)
    assert (fresh(harbor, talk).due_at - ledger(harbor, talk)[0].added_at).total_seconds() == 3600


# --- Join and leave ---


def test_joining_tells_customer_and_representative_by_name(harbor, talk):
    join(harbor, talk)
    name = str(harbor.supervisor)
    assert said(harbor, talk) == [("system", "public", f"{name} joined as a consultant.")]
    with harbor.scope():
        notice = Notification.objects.get(membership=harbor.agent)
        assert notice.kind == "joined"
        assert name in notice.title
        assert OutboxEntry.objects.filter(kind="customer_message").count() == 1
        invariants.assert_all()
    assert [row.membership_id for row in consultants(harbor, talk)] == [harbor.supervisor.pk]
    assert fresh(harbor, talk).version == 1


def test_leaving_tells_them_too_and_monitoring_goes_on(harbor, talk):
    join(harbor, talk)
    do(harbor, Action.LEAVE, talk)
    assert said(harbor, talk)[-1] == ("system", "public", f"{harbor.supervisor} left the conversation.")
    assert consultants(harbor, talk) == []
    assert ledger(harbor, talk)[0].left_at is None


def test_stopping_to_monitor_leaves_the_chat_as_well(harbor, talk):
    join(harbor, talk)
    do(harbor, Action.STOP_MONITORING, talk)
    assert consultants(harbor, talk) == []
    assert said(harbor, talk)[-1][2].endswith("left the conversation.")


def test_joining_needs_monitoring_and_happens_once(harbor, talk):
    with pytest.raises(Refused, match="Monitor the conversation first"):
        do(harbor, Action.JOIN, talk)
    join(harbor, talk)
    with pytest.raises(Refused, match="joined it already"):
        do(harbor, Action.JOIN, talk)


def test_the_sixth_consultant_is_refused(harbor, talk):
    with harbor.scope():
        Participant.objects.bulk_create(
            Participant(conversation=talk, mode="consult", representative=factories.make_representative())
            for _ in range(4)
        )
    join(harbor, talk)
    monitor(harbor, talk, harbor.second)
    with pytest.raises(Refused, match="Five consultants"):
        do(harbor, Action.JOIN, talk, harbor.second)
    do(harbor, Action.LEAVE, talk)
    do(harbor, Action.JOIN, talk, harbor.second)


@pytest.mark.parametrize(("channel", "status"), [(Channel.LIVE_CHAT, Status.WRAP_UP), (Channel.VOICE, Status.ACTIVE)])
def test_in_wrap_up_and_on_the_phone_everything_stays_internal(harbor, channel, status):
    with harbor.scope():
        row = factories.make_conversation(channel=channel, queue=harbor.orders, status=status)
    join(harbor, row)
    do(harbor, Action.CONSULTANT_NOTE, row, text="Offer a refund.")
    with pytest.raises(Refused, match="internal messages only"):
        do(harbor, Action.CONSULTANT_MESSAGE, row, text="Hello")
    do(harbor, Action.LEAVE, row)
    assert {visibility for _, visibility, _ in said(harbor, row)} == {"internal"}
    with harbor.scope():
        assert not OutboxEntry.objects.filter(kind__in=["customer_message", "email"]).exists()


def test_what_waits_or_is_a_record_is_monitored_but_not_joined(harbor):
    with harbor.scope():
        waiting = factories.make_conversation(channel=Channel.SMS, queue=harbor.orders, status=Status.WAITING)
        record = factories.make_conversation(channel=Channel.RECORD, status=Status.ACTIVE)
    for row in (waiting, record):
        monitor(harbor, row)
        with pytest.raises(Refused):
            do(harbor, Action.JOIN, row)


def test_a_consultant_writes_to_whom_they_choose_and_each_message_once(harbor, talk):
    join(harbor, talk)
    do(harbor, Action.CONSULTANT_NOTE, talk, text="Offer a refund.", token="t1")
    do(harbor, Action.CONSULTANT_MESSAGE, talk, text="I can help with that.", token="t2")
    with pytest.raises(Refused, match="sent already"):
        do(harbor, Action.CONSULTANT_MESSAGE, talk, text="I can help with that.", token="t2")
    assert said(harbor, talk)[1:] == [
        ("supervisor", "internal", "Offer a refund."),
        ("supervisor", "public", "I can help with that."),
    ]
    with harbor.scope():
        # The line that tells of the joining, and the public message.
        assert OutboxEntry.objects.filter(kind="customer_message").count() == 2
        wrote = AuditEvent.objects.filter(action=AuditAction.CONSULTANT_WROTE).order_by("id")
        assert [event.after["visibility"] for event in wrote] == ["internal", "public"]
        assert "refund" not in str([event.after for event in AuditEvent.objects.all()])


def test_who_has_not_joined_writes_nothing(harbor, talk):
    monitor(harbor, talk)
    for action in (Action.CONSULTANT_NOTE, Action.CONSULTANT_MESSAGE):
        with pytest.raises(Refused, match="Join the conversation first"):
            do(harbor, action, talk, text="Hello")
    assert said(harbor, talk) == []


# --- Take over ---


@pytest.fixture
def profile(harbor):
    """The supervisor's own, in the queue of the talk."""
    with harbor.scope():
        return factories.make_representative("Sam Park", queues=[harbor.orders], membership=harbor.supervisor)


def test_taking_over_moves_the_units_and_keeps_the_first_as_consultant(harbor, talk, profile):
    join(harbor, talk)
    do(harbor, Action.TAKE_OVER, talk)
    after = fresh(harbor, talk)
    assert (after.representative_id, after.status, after.version) == (profile.pk, Status.ACTIVE, 2)
    with harbor.scope():
        assert [
            each.units_used for each in Representative.objects.filter(pk__in=[harbor.ana.pk, profile.pk]).order_by("pk")
        ] == [0, 30]
        invariants.assert_all()
        notice = Notification.objects.filter(membership=harbor.agent, kind="taken_over").get()
        assert talk.number in notice.title
    assert [row.representative_id for row in consultants(harbor, talk)] == [harbor.ana.pk]
    assert ledger(harbor, talk)[0].left_reason == "TookOver"
    assert said(harbor, talk)[-1] == ("system", "public", "Sam Park has taken over the conversation.")


def test_what_waits_is_taken_over_too_without_a_word_to_the_customer(harbor, profile):
    with harbor.scope():
        row = factories.make_conversation(
            channel=Channel.SMS, queue=harbor.orders, status=Status.WAITING, representative=harbor.ana
        )
    do(harbor, Action.TAKE_OVER, row)
    after = fresh(harbor, row)
    assert (after.representative_id, after.status) == (profile.pk, Status.ACTIVE)
    assert consultants(harbor, row) == []
    assert {visibility for _, visibility, _ in said(harbor, row)} == {"internal"}
    with harbor.scope():
        invariants.assert_all()


def test_taking_over_needs_a_profile_and_the_toggle_and_is_not_done_twice(harbor, talk, profile):
    with pytest.raises(Refused, match="representative profile"):
        do(harbor, Action.TAKE_OVER, talk, harbor.second)
    do(harbor, Action.TAKE_OVER, talk)
    with pytest.raises(Refused, match="yours already"):
        do(harbor, Action.TAKE_OVER, talk)
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=["supervisor_monitor"])
    with pytest.raises(Refused, match="Supervisor Transfer is switched off"):
        do(harbor, Action.TAKE_OVER, talk)


def test_a_representative_has_none_of_these_verbs(harbor, talk):
    with harbor.scope():
        for action in (Action.MONITOR, Action.JOIN, Action.CONSULTANT_MESSAGE, Action.TAKE_OVER):
            (result,) = perform(action, [talk.pk], actor=harbor.actor(harbor.agent), parameters={"text": "x"})
            assert result.code == "not_supervisor"
