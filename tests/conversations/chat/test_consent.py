"""The monitoring notice and the customer's answer: asked, kept with its time, changed, and never the chat's end."""

import pytest

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings
from conversations.models import Conversation, Participant
from conversations.rules import Action, needed, why_not
from conversations.states import Status


@pytest.fixture
def asking(harbor):
    with harbor.scope():
        OrganizationSettings.objects.update(consent_required=True, customer_notice="A supervisor may read along.")


def test_the_organizations_notice_stands_before_and_in_the_chat(harbor, guest):
    with harbor.scope():
        OrganizationSettings.objects.update(customer_notice="We may <b>listen</b> in.")
    assert "We may &lt;b&gt;listen&lt;/b&gt; in." in guest.page()
    guest.ask()
    page = guest.page()
    assert "We may &lt;b&gt;listen&lt;/b&gt; in." in page
    assert "I agree" not in page


def test_the_work_streams_own_notice_comes_before_the_organizations(harbor, guest, stream):
    with harbor.scope():
        OrganizationSettings.objects.update(customer_notice="Everybody's")
        stream.monitoring_notice = "Of this chat"
        stream.save()
    assert "Of this chat" in guest.page()
    assert "Everybody" not in guest.page()


def test_without_a_notice_nothing_is_shown(guest):
    guest.ask()
    assert 'class="chat__notice" hidden' in guest.page()


def test_the_answer_is_kept_with_its_time_and_may_change(harbor, asking, guest, only):
    guest.ask()
    assert "I agree" in guest.page()
    assert "You agreed." in guest.answer("yes").text
    given = only()
    assert given.monitoring_consent is True
    assert given.monitoring_consent_at is not None
    assert "You declined; nobody reads along." in guest.answer("no").text
    declined = only()
    assert declined.monitoring_consent is False
    assert declined.monitoring_consent_at > given.monitoring_consent_at
    assert declined.status == Status.OPEN
    assert declined.version == given.version
    assert "Agree after all" in guest.page()
    with harbor.scope():
        events = AuditEvent.objects.filter(action__in=(AuditAction.CONSENT_GIVEN, AuditAction.CONSENT_DECLINED))
        assert [event.after["monitoring_consent"] for event in events.order_by("pk")] == [True, False]


def test_the_same_answer_twice_is_one(harbor, asking, guest):
    guest.ask()
    guest.answer("yes")
    guest.answer("yes")
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.CONSENT_GIVEN).count() == 1


@pytest.mark.parametrize("word", ["", "maybe"])
def test_any_other_answer_is_none(asking, guest, only, word):
    guest.ask()
    guest.answer(word)
    assert only().monitoring_consent is None


def test_who_is_not_asked_answers_nothing(guest, only):
    guest.ask()
    guest.answer("yes")
    assert only().monitoring_consent is None


def test_nobody_is_asked_while_monitoring_is_switched_off(harbor, asking, guest):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    guest.ask()
    assert "I agree" not in guest.page()


def test_monitor_waits_for_consent_and_a_withdrawal_ends_it(harbor, asking, guest, only):
    def refusal():
        with harbor.scope():
            actor = harbor.actor()
            row = needed(Conversation.objects.filter(pk=only().pk), actor).get()
            found = why_not(Action.MONITOR, row, actor)
            return found.code if found else None

    guest.ask()
    with harbor.scope():
        row = only()
        Conversation.objects.filter(pk=row.pk).update(
            status=Status.ACTIVE, status_reason="in_conversation", representative=harbor.ana
        )
    assert refusal() == "no_consent"
    guest.answer("yes")
    assert refusal() is None
    with harbor.scope():
        watching = Participant.objects.create(
            conversation=row, membership=harbor.supervisor, mode=Participant.Mode.MONITOR
        )
        primary = Participant.objects.create(conversation=row, representative=harbor.ana, mode=Participant.Mode.PRIMARY)
    guest.answer("no")
    assert refusal() == "no_consent"
    with harbor.scope():
        watching.refresh_from_db()
        primary.refresh_from_db()
        assert (watching.left_at is not None, watching.left_reason) == (True, "consent_withdrawn")
        assert primary.left_at is None
        told = AuditEvent.objects.filter(conversation_id=row.pk, action=AuditAction.MONITORING_ENDED)
        assert [event.membership_id for event in told] == [harbor.supervisor.pk]
