"""One's own notifications: shown, read, dismissed; never anybody else's."""

import uuid
from datetime import timedelta

import pytest
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from conversations.models import Notification
from tests import factories

HTMX = {"HX-Request": "true"}
QUERIES = 15


def notify(member, title="Take a break", **fields):
    fields.setdefault("expires_at", timezone.now() + timedelta(days=14))
    return Notification.objects.create(
        membership=member, kind="notify", title=title, text="You have earned it.", **fields
    )


def page(cast, member):
    return cast.client(member).get(cast.url("notifications/")).content.decode()


def post(cast, member, path, **data):
    return cast.client(member).post(cast.url(f"notifications/{path}"), data, headers=HTMX)


def read_again(cast, row):
    with cast.scope():
        row.refresh_from_db()
    return row


@pytest.mark.parametrize("name", ["supervisor", "agent", "admin", "auditor"])
def test_every_member_has_the_page_and_an_empty_one_says_so(harbor, name):
    assert "You have no notifications" in page(harbor, getattr(harbor, name))


def test_ones_own_are_listed_newest_first_and_no_others(harbor, summit):
    with harbor.scope():
        notify(harbor.agent, "First")
        notify(harbor.agent, "Second")
        notify(harbor.supervisor, "For the supervisor")
    with summit.scope():
        notify(summit.agent, "Of summit")
    text = page(harbor, harbor.agent)
    assert text.index("Second") < text.index("First")
    assert "For the supervisor" not in text
    assert "Of summit" not in text


def test_after_14_days_or_when_dismissed_it_is_gone(harbor):
    with harbor.scope():
        notify(harbor.agent, "Old", expires_at=timezone.now() - timedelta(seconds=1))
        notify(harbor.agent, "Put away", dismissed_at=timezone.now())
    text = page(harbor, harbor.agent)
    assert "Old" not in text
    assert "Put away" not in text


def test_the_page_delivers_and_does_not_yet_read(harbor):
    with harbor.scope():
        row, other = notify(harbor.agent), notify(harbor.supervisor)
    page(harbor, harbor.agent)
    assert read_again(harbor, row).delivered_at is not None
    assert row.read_at is None
    assert read_again(harbor, other).delivered_at is None


def test_what_was_shown_is_read_once(harbor):
    with harbor.scope():
        row = notify(harbor.agent)
    assert post(harbor, harbor.agent, "read/", id=[row.pk]).status_code == 204
    first = read_again(harbor, row).read_at
    assert first is not None
    assert row.delivered_at is not None
    post(harbor, harbor.agent, "read/", id=[row.pk])
    assert read_again(harbor, row).read_at == first


def test_dismissing_one_and_all(harbor):
    with harbor.scope():
        one, two, other = notify(harbor.agent), notify(harbor.agent), notify(harbor.supervisor)
    assert post(harbor, harbor.agent, f"{one.pk}/dismiss/").status_code == 204
    assert post(harbor, harbor.agent, f"{one.pk}/dismiss/").status_code == 204
    assert read_again(harbor, one).dismissed_at is not None
    assert read_again(harbor, two).dismissed_at is None
    assert post(harbor, harbor.agent, "dismiss/").status_code == 204
    assert read_again(harbor, two).dismissed_at is not None
    assert read_again(harbor, other).dismissed_at is None


def test_without_htmx_one_comes_back_to_the_page(harbor):
    response = harbor.client(harbor.agent).post(harbor.url("notifications/dismiss/"))
    assert response["Location"] == harbor.url("notifications/")


@pytest.mark.parametrize("path", ["read/", "{id}/dismiss/"])
def test_anothers_is_not_found(harbor, summit, path):
    with harbor.scope():
        colleague = notify(harbor.supervisor)
        mine = notify(harbor.agent)
    with summit.scope():
        foreign = notify(summit.agent)
    for pk in (colleague.pk, foreign.pk, 999_999_999):
        response = post(harbor, harbor.agent, path.format(id=pk), id=[mine.pk, pk])
        assert response.status_code == 404
    assert read_again(harbor, colleague).dismissed_at is None
    assert read_again(harbor, colleague).read_at is None
    # With somebody else's among them nothing is marked.
    assert read_again(harbor, mine).read_at is None


@pytest.mark.parametrize("typed", ["x", "-1", "9" * 30, "٣"])
def test_a_senseless_id_is_not_found(harbor, typed):
    assert post(harbor, harbor.agent, "read/", id=[typed]).status_code == 404


@pytest.mark.parametrize("path", ["", "read/", "dismiss/", "1/dismiss/"])
def test_strangers_are_refused(harbor, summit, path):
    assert harbor.client(summit.agent).get(harbor.url(f"notifications/{path}")).status_code == 404
    assert Client().get(harbor.url(f"notifications/{path}"))["Location"].startswith("/accounts/login/")
    method = "post" if path == "" else "get"
    assert getattr(harbor.client(harbor.agent), method)(harbor.url(f"notifications/{path}")).status_code == 405


def test_it_leads_to_where_one_looks_at_the_conversation(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        for member in (harbor.agent, harbor.supervisor, harbor.scoped, harbor.auditor):
            notify(member, conversation=row)
    assert f'href="{harbor.url(f"desk/?c={row.pk}")}"' in page(harbor, harbor.agent)
    assert f'href="{harbor.url(f"conversations/{row.pk}/")}"' in page(harbor, harbor.supervisor)
    for member in (harbor.scoped, harbor.auditor):
        assert f'{row.pk}/"' not in page(harbor, member).replace("/dismiss/", "")


def test_markup_in_a_notification_shows_as_text(harbor):
    with harbor.scope():
        notify(harbor.agent, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(harbor, harbor.agent)


@pytest.mark.parametrize("count", [0, 1, 60])
def test_it_is_read_in_a_fixed_number_of_queries(harbor, django_assert_num_queries, count):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        for _ in range(count):
            notify(harbor.supervisor, conversation=row)
    client = harbor.client()
    client.get(harbor.url("action-history/"))
    with django_assert_num_queries(QUERIES):
        client.get(harbor.url("notifications/"))


def test_receipts_say_who_was_shown_it_read_it_and_dismissed_it(harbor):
    operation = uuid.uuid4()
    with harbor.scope():
        rows = [notify(member, operation_id=operation) for member in (harbor.agent, harbor.second, harbor.scoped)]
    page(harbor, harbor.agent)
    post(harbor, harbor.second, "read/", id=[rows[1].pk])
    post(harbor, harbor.second, f"{rows[1].pk}/dismiss/")
    with harbor.scope():
        told = Notification.objects.filter(operation_id=operation)
        receipts = told.aggregate(shown=Count("delivered_at"), read=Count("read_at"), dismissed=Count("dismissed_at"))
        assert receipts == {"shown": 2, "read": 1, "dismissed": 1}
