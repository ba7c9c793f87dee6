"""A changed sentiment threshold: open conversations are judged at once, in both directions, once per crossing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations.alerts import threshold
from conversations.alerts.threshold_tasks import judge_again
from conversations.models import Alert, Conversation
from conversations.states import Status
from routing.kinds import Channel
from tests.admin_pages import url
from tests.contact_center.tenancy.admin.test_organization import settings_form
from tests.factories import make_conversation


def change(cast, score):
    """As an administrator does it; the task runs at once."""
    with cast.scope():
        row = OrganizationSettings.objects.get()
    form = settings_form(cast, *map(Toggle, row.toggles), sentiment_alert_threshold=str(score))[1]
    return cast.client(cast.admin).post(url(OrganizationSettings, "change", row.pk), form)


def felt(cast, score, **fields):
    with cast.scope():
        row = make_conversation(queue=cast.orders, **fields)
        Conversation.objects.filter(pk=row.pk).update(sentiment_score=score)
        return row


def judge(cast, after=0):
    with cast.scope():
        return threshold.judge_next(after, now=timezone.now())


def alerted(cast):
    with cast.scope():
        return set(Alert.objects.filter(kind="sentiment", ended_at=None).values_list("conversation_id", flat=True))


@pytest.fixture
def sent(monkeypatch):
    calls = []
    monkeypatch.setattr(judge_again, "delay_on_commit", lambda **given: calls.append(given))
    return calls


def test_the_administration_s_change_sends_the_task_and_any_other_change_none(harbor, sent):
    assert change(harbor, 25).status_code == 302
    assert sent == []
    assert change(harbor, 40).status_code == 302
    assert sent == [{"organization_id": harbor.organization.pk}]
    with harbor.scope():
        assert OrganizationSettings.objects.get().sentiment_alert_threshold == 40


def test_raised_it_alerts_of_what_is_below_now_and_lowered_it_ends_what_is_not(harbor):
    low, middle, high = (felt(harbor, score) for score in (10, 35, 60))
    judge(harbor)
    assert alerted(harbor) == {low.pk}
    with harbor.scope():
        first = Alert.objects.get()
        OrganizationSettings.objects.update(sentiment_alert_threshold=40)
    judge(harbor)
    judge(harbor)
    assert alerted(harbor) == {low.pk, middle.pk}
    assert high.pk not in alerted(harbor)
    with harbor.scope():
        assert Alert.objects.filter(conversation=low).get() == first, "a crossing alerts once"
        OrganizationSettings.objects.update(sentiment_alert_threshold=5)
    judge(harbor)
    assert alerted(harbor) == set()


def test_what_is_closed_has_no_customer_who_writes_or_was_never_measured_alerts_nobody(harbor):
    felt(harbor, 5, status=Status.CLOSED)
    felt(harbor, 5, channel=Channel.VOICE)
    felt(harbor, None)
    judge(harbor)
    assert alerted(harbor) == set()


def test_it_goes_on_batch_by_batch(harbor, sent, monkeypatch):
    rows = [felt(harbor, 5) for _ in range(5)]
    monkeypatch.setattr(threshold, "BATCH", 2)
    assert judge(harbor) == rows[1].pk
    judge_again(organization_id=harbor.organization.pk, after=rows[1].pk)
    assert sent == [{"organization_id": harbor.organization.pk, "after": rows[3].pk}]
    judge_again(organization_id=harbor.organization.pk, after=rows[3].pk)
    assert len(sent) == 1
    assert alerted(harbor) == {row.pk for row in rows}


def test_many_take_as_many_statements_as_few(harbor):
    counts = []
    for number in (2, 20):
        for _ in range(number):
            felt(harbor, 5)
        with CaptureQueriesContext(connection) as statements:
            judge(harbor)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_another_organization_s_conversations_stay_as_they_are(harbor, summit):
    theirs = felt(summit, 5)
    judge(harbor)
    assert alerted(summit) == set()
    judge(summit)
    assert alerted(summit) == {theirs.pk}
