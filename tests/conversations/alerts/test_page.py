"""The page of alerts: stuck work, what is open, who was told, who took it on; to each their own queues."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.live.registry import factory_of
from conversations.alerts import judging
from conversations.models import Alert
from conversations.states import Status
from routing.kinds import Channel
from tests.conversations.test_stuck import aged
from tests.factories import make_conversation

HTMX = {"HX-Request": "true"}
KIND = "stuck_waiting"


def raise_alert(cast, queue=None, **fields):
    with cast.scope():
        fields = {"kind": KIND, "value": 3, "told": [cast.supervisor.pk, cast.second.pk], **fields}
        return Alert.objects.create(queue=queue, **fields)


def page(cast, member=None, **query):
    return cast.client(member).get(cast.url("notifications/alerts/"), query).content.decode()


def acknowledge(cast, alert, member=None):
    return cast.client(member).post(cast.url(f"notifications/alerts/{alert.pk}/acknowledge/"), headers=HTMX)


def test_it_lists_what_is_open_and_what_is_over(harbor):
    ended = timezone.now()
    raise_alert(harbor, harbor.orders)
    raise_alert(harbor, harbor.refunds, raised_at=ended - timedelta(minutes=7), ended_at=ended)
    html = page(harbor)
    assert "Orders: 3 conversations waiting past the limit" in html
    assert "Refunds: 3 conversations waiting past the limit" in html
    assert "07:00" in html
    assert html.count('<b class="is-open">Open</b>') == 1
    assert html.count('class="alert-item"') == 1


def test_it_says_who_was_told_and_by_what(harbor):
    raise_alert(harbor, harbor.orders, mailed=[harbor.second.pk])
    html = page(harbor)
    assert "2 people, 1 by e-mail" in html
    assert f"<li>{harbor.second} <small>and by e-mail</small></li>" in html
    assert f"<li>{harbor.supervisor}</li>" in html


def test_a_scoped_supervisor_reads_of_their_own_queues(harbor):
    raise_alert(harbor, harbor.orders)
    raise_alert(harbor, harbor.refunds)
    raise_alert(harbor)
    html = page(harbor, harbor.scoped)
    assert "Refunds: 3" in html
    assert "Orders" not in html
    assert "All queues" not in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"state": "open"}, {"Orders"}),
        ({"state": "over"}, {"Refunds"}),
        ({"state": "untaken"}, {"Orders"}),
        ({"kind": "metric_backlog"}, set()),
        ({"kind": KIND}, {"Orders", "Refunds"}),
        ({"state": "nonsense"}, set()),
    ],
)
def test_its_filters(harbor, query, shown):
    raise_alert(harbor, harbor.orders)
    raise_alert(harbor, harbor.refunds, ended_at=timezone.now())
    rows = page(harbor, **query).split('<tbody id="rows">')[1].split("</tbody>")[0]
    assert {name for name in ("Orders", "Refunds") if name in rows} == shown


def test_it_counts_stuck_work_and_leads_to_it(harbor):
    with harbor.scope():
        for queue in (harbor.orders, harbor.refunds):
            aged(make_conversation(queue=queue, status=Status.WAITING, channel=Channel.SMS), hours=25)
    html = page(harbor)
    assert f'href="{harbor.url("conversations/?view=waiting-past-limit")}" data-some' in html
    assert "<b>2</b>" in html
    assert "<b>1</b>" in page(harbor, harbor.scoped)


# --- Acknowledging ---


def test_the_first_who_acknowledges_has_it_and_everybody_sees_who(harbor):
    alert = raise_alert(harbor, harbor.orders)
    assert acknowledge(harbor, alert).status_code == 204
    assert acknowledge(harbor, alert, harbor.second).status_code == 204
    with harbor.scope():
        alert.refresh_from_db()
        (event,) = AuditEvent.objects.filter(action=AuditAction.ALERT_ACKNOWLEDGED)
    assert alert.acknowledged_by_id == event.membership_id == harbor.supervisor.pk
    html = page(harbor, harbor.second)
    assert f"{harbor.supervisor} is on it" in html
    assert f"alerts/{alert.pk}/acknowledge/" not in html


def test_what_is_taken_on_rings_no_more_but_stays(harbor):
    alert = raise_alert(harbor, harbor.orders)
    with harbor.scope():
        bell = factory_of("notifications")(harbor.actor(harbor.second), QueryDict())
        assert "1<span" in bell.render_counters(bell.read().counters)
    acknowledge(harbor, alert)
    with harbor.scope():
        html = bell.render_counters(bell.read().counters)
    assert 'class="bell__count" hx-swap-oob="true" hidden' in html
    assert "is on it" in html


def test_nobody_acknowledges_what_they_do_not_see(harbor, summit):
    alert = raise_alert(harbor, harbor.orders)
    over = raise_alert(harbor, harbor.refunds, ended_at=timezone.now())
    assert acknowledge(harbor, alert, harbor.scoped).status_code == 404
    assert acknowledge(harbor, over).status_code == 404
    assert acknowledge(harbor, alert, harbor.agent).status_code == 403
    assert acknowledge(summit, alert).status_code == 404
    with harbor.scope():
        assert not Alert.objects.filter(acknowledged_at__isnull=False).exists()


# --- Who may look, and that it is live ---


def test_it_says_when_nobody_looks_any_more_and_that_somebody_does_again(harbor):
    """The worker is dead: an empty list of alerts would be a promise that nobody keeps."""
    now = timezone.now()
    said = "Nobody has looked at figures and stuck work since"
    assert said not in page(harbor)
    with harbor.scope():
        judging.judge(now - timedelta(minutes=3))
        view = factory_of("alerts")(harbor.actor(), QueryDict(""))
        before = view.read()
        assert said in view.render_counters(before.counters)
    assert said in page(harbor)
    assert (now - timedelta(minutes=3)).isoformat() in page(harbor)
    with harbor.scope():
        judging.judge(now)
        after = view.read()
        assert said not in view.render_counters(after.counters)
        assert before != after
    assert said not in page(harbor)


def test_the_page_is_for_supervisors(harbor, summit):
    raise_alert(harbor, harbor.orders)
    for member in (harbor.agent, harbor.admin, harbor.auditor):
        assert harbor.client(member).get(harbor.url("notifications/alerts/")).status_code == 403
    assert summit.client().get(harbor.url("notifications/alerts/")).status_code == 404
    assert "Orders: 3" not in page(summit)


def test_it_is_live(harbor):
    with harbor.scope():
        watched = factory_of("alerts")(harbor.actor(), QueryDict())
        assert watched.read().rows == ()
    alert = raise_alert(harbor, harbor.orders)
    assert watched.concerned_by("alert", None)
    with harbor.scope():
        before = watched.read()
        assert [pk for pk, _ in before.rows] == [alert.pk]
        assert 'id="alert-alerts"' in watched.render_counters(before.counters)
        assert "is-open" in watched.render_rows([alert.pk])[alert.pk]
    acknowledge(harbor, alert)
    with harbor.scope():
        assert watched.read().rows != before.rows


def test_it_reads_as_often_for_many_as_for_one(harbor, django_assert_num_queries):
    raise_alert(harbor, harbor.orders)
    client = harbor.client()
    client.get(harbor.url("notifications/alerts/"))
    with CaptureQueriesContext(connection) as one:
        client.get(harbor.url("notifications/alerts/"))
    for _ in range(4):
        raise_alert(harbor, harbor.refunds, ended_at=timezone.now())
    with django_assert_num_queries(len(one)):
        client.get(harbor.url("notifications/alerts/"))
