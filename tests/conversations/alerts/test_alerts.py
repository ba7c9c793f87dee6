"""Alerts: once per crossing, to whom the queue concerns, ignored by one, done for all, over by themselves."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from contact_center.live.registry import factory_of
from contact_center.tenancy.models import OrganizationSettings
from conversations.actions import perform
from conversations.actions.mood import store_sentiment
from conversations.alerts.kinds import KINDS
from conversations.alerts.presenters import items
from conversations.alerts.reading import newest
from conversations.models import Alert, Conversation
from conversations.states import Status, StatusReason
from tests.factories import make_conversation, make_customer, make_queue

HTMX = {"HX-Request": "true"}


def feel(cast, row, score):
    with cast.scope():
        store_sentiment({row.pk: score}, now=timezone.now())


def seen(cast, member=None):
    """Kind and conversation of what the person sees."""
    actor = cast.actor(member)
    with cast.scope():
        return [(alert.kind, alert.conversation_id) for alert in Alert.objects.filter(pk__in=newest(actor))]


def post(cast, alert, what, member=None):
    return cast.client(member).post(cast.url(f"notifications/alerts/{alert.pk}/{what}/"), headers=HTMX)


def the_alert(cast, **fields):
    with cast.scope():
        return Alert.objects.get(**fields)


@pytest.fixture
def held(harbor):
    with harbor.scope():
        return make_conversation(
            queue=harbor.refunds, status=Status.ACTIVE, representative=harbor.ana, customer=make_customer("Kim")
        )


@pytest.fixture
def raised(harbor, held):
    with harbor.scope():
        perform("raise_hand", [held.pk], actor=harbor.actor(harbor.agent), parameters={"text": "Lawyer"}, single=True)
    return held


# --- Sentiment ---


def test_at_the_threshold_is_alerted_and_above_it_not(harbor, held):
    with harbor.scope():
        OrganizationSettings.objects.update(sentiment_alert_threshold=30)
        other = make_conversation(queue=harbor.refunds)
    feel(harbor, held, 30)
    feel(harbor, other, 31)
    assert seen(harbor) == [("sentiment", held.pk)]


def test_once_per_crossing_and_again_after_it_rose(harbor, held):
    feel(harbor, held, 20)
    first = the_alert(harbor)
    feel(harbor, held, 10)
    assert the_alert(harbor) == first
    feel(harbor, held, 60)
    assert seen(harbor) == []
    feel(harbor, held, 15)
    assert the_alert(harbor, ended_at=None).pk != first.pk


def test_it_is_over_when_the_conversation_closes(harbor, held):
    feel(harbor, held, 5)
    with harbor.scope():
        perform("force_close", [held.pk], actor=harbor.actor(), parameters={"reason": harbor.reason.pk}, single=True)
    assert seen(harbor) == []
    assert the_alert(harbor).ended_at is not None


def test_a_closed_conversation_alerts_nobody(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.refunds, status=Status.CLOSED)
    feel(harbor, row, 5)
    assert seen(harbor) == []


# --- Whom it concerns ---


def test_supervisors_whose_scope_covers_the_queue_see_it(harbor, summit, held):
    feel(harbor, held, 5)
    with harbor.scope():
        elsewhere = make_conversation(queue=harbor.orders)
    feel(harbor, elsewhere, 5)
    assert len(seen(harbor)) == len(seen(harbor, harbor.second)) == 2
    assert seen(harbor, harbor.scoped) == [("sentiment", held.pk)]
    for member in (harbor.agent, harbor.admin, harbor.auditor):
        assert seen(harbor, member) == []
    assert seen(summit) == []


def test_it_moves_with_its_conversation(harbor, held):
    feel(harbor, held, 5)
    with harbor.scope():
        Conversation.objects.filter(pk=held.pk).update(queue=make_queue("Elsewhere"))
    assert seen(harbor, harbor.scoped) == []
    assert len(seen(harbor)) == 1


def test_ignore_is_for_one_person_and_until_it_is_over(harbor, held):
    feel(harbor, held, 5)
    alert = the_alert(harbor)
    assert post(harbor, alert, "ignore").status_code == 204
    assert post(harbor, alert, "ignore").status_code == 204
    assert seen(harbor) == []
    assert len(seen(harbor, harbor.second)) == 1
    feel(harbor, held, 60)
    feel(harbor, held, 5)
    assert len(seen(harbor)) == 1


@pytest.mark.parametrize("what", ["ignore", "done"])
def test_nobody_touches_what_they_do_not_see(harbor, summit, held, what):
    feel(harbor, held, 5)
    alert = the_alert(harbor)
    with harbor.scope():
        Conversation.objects.filter(pk=held.pk).update(queue=harbor.orders)
    assert post(harbor, alert, what, harbor.scoped).status_code == 404
    assert post(harbor, alert, what, harbor.agent).status_code == 403
    assert summit.client().post(summit.url(f"notifications/alerts/{alert.pk}/{what}/")).status_code == 404


# --- Raised hand ---


def test_a_raised_hand_alerts_with_its_note(harbor, raised):
    assert seen(harbor) == [("hand", raised.pk)]
    actor = harbor.actor()
    with harbor.scope():
        (item,) = items(newest(actor), actor)
    assert (item["title"], item["done"]["reason"]) == ("Ana Ruiz raised a hand", "")
    assert "Lawyer" in item["text"]


def test_done_is_done_for_everybody(harbor, raised):
    assert post(harbor, the_alert(harbor), "done", harbor.second).status_code == 204
    assert seen(harbor) == seen(harbor, harbor.second) == []
    with harbor.scope():
        assert Conversation.objects.get(pk=raised.pk).hand_raised_at is None
    assert post(harbor, the_alert(harbor), "done").status_code == 404


def test_lowered_by_the_representative_it_is_over(harbor, raised):
    with harbor.scope():
        perform("lower_hand", [raised.pk], actor=harbor.actor(harbor.agent), single=True)
    assert seen(harbor) == []


def test_a_bad_mood_is_not_done_but_ends_by_itself(harbor, held):
    feel(harbor, held, 5)
    assert post(harbor, the_alert(harbor), "done").status_code == 404


# --- Where it shows ---


def test_the_page_shows_alerts_above_notifications(harbor, held):
    feel(harbor, held, 5)
    page = harbor.client().get(harbor.url("notifications/")).content.decode()
    assert "Very negative: Kim" in page
    assert page.index("Very negative: Kim") < page.index('id="notification-list"')
    assert "Very negative: Kim" not in harbor.client(harbor.agent).get(harbor.url("notifications/")).content.decode()


@pytest.mark.parametrize(("socket", "place"), [("notifications", "bell"), ("notification-list", "notification")])
def test_bell_and_page_are_live(harbor, held, socket, place):
    with harbor.scope():
        watched = factory_of(socket)(harbor.actor(), QueryDict())
        before = watched.read()
    feel(harbor, held, 5)
    with harbor.scope():
        after = watched.read()
        html = watched.render_counters(after.counters)
    assert before.counters != after.counters
    assert watched.concerned_by("alert", None)
    assert f'<section id="{place}-alerts"' in html
    assert "Very negative: Kim" in html
    assert not factory_of(socket)(harbor.actor(harbor.agent), QueryDict()).concerned_by("alert", None)


@pytest.mark.parametrize("socket", ["notifications", "notification-list"])
def test_what_can_be_done_follows_the_conversation(harbor, socket):
    """An offer that is accepted can be monitored; a version that has passed would be refused."""
    with harbor.scope():
        row = make_conversation(
            queue=harbor.refunds, status=Status.ACTIVE, status_reason=StatusReason.AWAITING_ACCEPTANCE
        )
    feel(harbor, row, 5)
    with harbor.scope():
        watched = factory_of(socket)(harbor.actor(), QueryDict())
        before = watched.read()
        assert "hasn&#x27;t answered yet" in watched.render_counters(before.counters)
        assert watched.concerned_by("conversation", frozenset({row.pk}))
        assert not watched.concerned_by("conversation", frozenset({row.pk + 1}))
        Conversation.objects.filter(pk=row.pk).update(
            status_reason=StatusReason.IN_CONVERSATION, representative=harbor.ana, version=7
        )
        after = watched.read()
        assert after.counters != before.counters
        html = watched.render_counters(after.counters)
    assert f"{row.pk}:7" in html
    assert "answered yet" not in html
    assert not factory_of(socket)(harbor.actor(harbor.agent), QueryDict()).concerned_by("conversation", None)


def test_markup_in_a_name_shows_as_text(harbor, held):
    with harbor.scope():
        Conversation.objects.filter(pk=held.pk).update(customer_name="<script>alert(1)</script>")
    feel(harbor, held, 5)
    assert "<script>alert(1)" not in harbor.client().get(harbor.url("notifications/")).content.decode()


def test_the_page_reads_as_often_for_many_as_for_one(harbor, django_assert_num_queries):
    actor = harbor.actor()
    with harbor.scope():
        rows = [make_conversation(queue=harbor.orders) for _ in range(5)]
    feel(harbor, rows[0], 5)
    with harbor.scope(), django_assert_num_queries(3):
        items(newest(actor), actor)
    for row in rows:
        feel(harbor, row, 5)
    with harbor.scope(), django_assert_num_queries(3):
        assert len(items(newest(actor), actor)) == 5


def test_every_kind_has_a_name_of_its_own():
    assert all(name == kind.name for name, kind in KINDS.items())
