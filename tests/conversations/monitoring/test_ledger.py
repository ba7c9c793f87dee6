"""Who reads the ledger: administrators and auditors, and representatives what concerns them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import NoticeAcknowledgement, OrganizationSettings
from conversations.models import Conversation, Participant
from conversations.rules import Action
from conversations.states import Status
from tests import factories
from tests.conversations.monitoring.steps import do, monitor

LEDGER, OWN = "audit/monitoring/", "desk/monitoring/"


@pytest.fixture
def talk(harbor):
    with harbor.scope():
        return factories.make_conversation(
            queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana, subject="About a secret illness"
        )


def listed(cast, path, member):
    return cast.client(member).get(cast.url(path))


@pytest.mark.parametrize("member", ["admin", "auditor"])
def test_it_says_who_watched_what_when_and_how_long_and_nothing_of_what_was_said(harbor, talk, member):
    with harbor.scope():
        factories.make_message(talk, "Something private")
    monitor(harbor, talk)
    with harbor.scope():
        began = timezone.now() - timedelta(minutes=7)
        Participant.objects.filter(mode="monitor").update(added_at=began, left_at=began + timedelta(minutes=3))
    monitor(harbor, talk, harbor.second)
    response = listed(harbor, LEDGER, getattr(harbor, member))
    rows = response.context["rows"]
    assert [(row["person"], row["number"], row["representative"], row["lasted"]) for row in rows] == [
        (str(harbor.second), talk.number, "Ana Ruiz", ""),
        (str(harbor.supervisor), talk.number, "Ana Ruiz", "03:00"),
    ]
    text = response.content.decode()
    assert "must not be used for decisions on employment" in text
    for private in ("Something private", "secret illness", talk.customer_name):
        assert private not in text


def test_supervisors_and_representatives_have_no_access_to_it(harbor):
    for member in (harbor.supervisor, harbor.agent):
        assert listed(harbor, LEDGER, member).status_code == 403


def test_a_representative_sees_who_watched_what_they_took_part_in(harbor, talk):
    with harbor.scope():
        other = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
    for row in (talk, other):
        monitor(harbor, row)
    assert [row["number"] for row in listed(harbor, OWN, harbor.agent).context["rows"]] == [talk.number]


def test_who_came_later_is_not_concerned(harbor, talk):
    monitor(harbor, talk)
    do(harbor, Action.STOP_MONITORING, talk)
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative")
        ben = factories.make_representative("Ben", queues=[harbor.orders], membership=member)
        Participant.objects.create(
            conversation=talk, representative=ben, mode="consult", joined_at=timezone.now() + timedelta(minutes=1)
        )
    assert listed(harbor, OWN, member).context["rows"] == []


def test_what_was_left_waiting_and_read_after_closing_concerns_them_still(harbor, talk):
    with harbor.scope():
        Participant.objects.filter(conversation=talk).update(left_at=timezone.now())
        Conversation.objects.filter(pk=talk.pk).update(
            status=Status.CLOSED, closed_at=timezone.now(), representative=None, units_held=0
        )
    do(harbor, Action.READ_TRANSCRIPT, talk)
    (row,) = listed(harbor, OWN, harbor.agent).context["rows"]
    assert row["what"] == "Read after closing"


def test_the_organization_decides_whether_they_see_it(harbor, talk):
    monitor(harbor, talk)
    with harbor.scope():
        OrganizationSettings.objects.update(representatives_see_monitoring=False)
    assert listed(harbor, OWN, harbor.agent).status_code == 403
    assert listed(harbor, LEDGER, harbor.admin).context["rows"]


def test_who_has_no_profile_is_told_so(harbor):
    with harbor.scope():
        member = factories.make_member("new@harbor.example", "representative")
    assert listed(harbor, OWN, member).status_code == 403


def test_nothing_of_another_organization_is_in_it(harbor, summit, talk):
    monitor(harbor, talk)
    assert listed(summit, LEDGER, summit.admin).context["rows"] == []


@pytest.mark.parametrize("count", [1, 30])
def test_it_is_read_in_a_fixed_number_of_queries(harbor, talk, django_assert_num_queries, count):
    with harbor.scope():
        Participant.objects.bulk_create(
            Participant(conversation=talk, membership=harbor.supervisor, mode="monitor", left_at=timezone.now())
            for _ in range(count)
        )
    client = harbor.client(harbor.admin)
    client.get(harbor.url(LEDGER))
    with django_assert_num_queries(14):
        client.get(harbor.url(LEDGER))


# --- The notice ---


def notice_shown(harbor, member=None):
    return "Your conversations may be monitored" in listed(harbor, "desk/", member or harbor.agent).content.decode()


def test_a_representative_acknowledges_the_notice_once(harbor):
    assert notice_shown(harbor)
    client = harbor.client(harbor.agent)
    for _ in range(2):
        assert client.post(harbor.url("desk/notice/")).url == harbor.url("desk/")
    assert not notice_shown(harbor)
    with harbor.scope():
        (row,) = NoticeAcknowledgement.objects.all()
        assert (row.membership_id, row.notice, row.version) == (harbor.agent.pk, "monitoring", 1)
        assert AuditEvent.objects.filter(action=AuditAction.NOTICE_ACKNOWLEDGED).count() == 1


def test_a_new_version_is_asked_for_again(harbor, monkeypatch):
    harbor.client(harbor.agent).post(harbor.url("desk/notice/"))
    monkeypatch.setattr("conversations.monitoring.notice.REPRESENTATIVE_NOTICE_VERSION", 2)
    assert notice_shown(harbor)


def test_nobody_is_asked_where_nobody_monitors(harbor):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    assert not notice_shown(harbor)


def test_acknowledging_is_for_representatives(harbor):
    assert harbor.client().post(harbor.url("desk/notice/")).status_code == 403
    assert harbor.client(harbor.agent).get(harbor.url("desk/notice/")).status_code == 405
