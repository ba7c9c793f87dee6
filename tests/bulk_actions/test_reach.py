"""What became of a run outside the console: deliveries per conversation, receipts per representative, live."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from contact_center.live.registry import factory_of
from conversations.models import Notification, OutboxEntry
from conversations.states import Status
from tests.bulk_actions.conftest import work
from tests.bulk_actions.test_writing import MESSAGE, NOTIFY, held_by, open_dialog, runs, send, words
from tests.factories import make_conversation, make_conversations, make_customer, make_member, make_representative


def sent(cast, action, rows):
    send(cast, action, open_dialog(cast, action, rows))
    return work(cast, runs(cast)[0])


def page_of(cast, run, member=None):
    return words(cast.client(member).get(cast.url(f"action-history/{run.pk}/")))


def view(cast, run, member=None):
    return factory_of("run")(cast.actor(member), QueryDict(f"id={run.pk}"))


def test_the_page_of_a_run_says_how_each_message_was_delivered(harbor):
    with harbor.scope():
        away = make_customer("Mia", email="mia@example.com")
        rows = [
            make_conversation(subject="First"),
            make_conversation(subject="Second", customer=away, customer_connected=False),
            make_conversation(subject="Third", status=Status.CLOSED),
        ]
    run = sent(harbor, MESSAGE, rows)
    with harbor.scope():
        first = OutboxEntry.objects.filter(conversation_id=rows[0].pk)
        first.update(status="failed", last_answer="500 Internal Server Error")
        OutboxEntry.objects.filter(conversation_id=rows[1].pk, kind="email").update(status="sent")
    said = page_of(harbor, run)
    assert "Outcome Reason Delivery Before → after" in said
    assert "First Succeeded – Failed (500 Internal Server Error)" in said
    assert "Second Succeeded – Pending · E-mail: Sent" in said
    assert "Third Skipped It is already closed. – –" in said


def test_a_delivery_changes_the_row_of_the_run(harbor):
    with harbor.scope():
        rows = make_conversations(2)
    run = sent(harbor, MESSAGE, rows)
    with harbor.scope():
        watched = view(harbor, run)
        before = watched.read()
        OutboxEntry.objects.filter(conversation_id=rows[0].pk).update(status="sent")
        after = watched.read()
        changed = {pk for (pk, stamp), (_, old) in zip(after.rows, before.rows, strict=True) if stamp != old}
        assert len(changed) == 1
        assert "is-sent" in watched.render_rows(changed)[changed.pop()]
        assert watched.concerned_by("conversation", frozenset({rows[0].pk}))
        assert not watched.concerned_by("notification", None)


def test_receipts_say_how_far_each_notification_came(harbor):
    with harbor.scope():
        ben = make_representative("Ben Osei", membership=make_member("ben@harbor.example"))
        chloe = make_representative("Chloé Martin", membership=make_member("chloe@harbor.example"))
        rows = [*held_by(harbor.ana, 2), *held_by(ben), *held_by(chloe)]
    run = sent(harbor, NOTIFY, rows)
    with harbor.scope():
        watched = view(harbor, run)
        before = watched.read()
        now = timezone.now()
        told = Notification.objects.filter(operation_id=run.key)
        told.filter(membership=harbor.agent).update(delivered_at=now, read_at=now)
        told.filter(membership=ben.membership).update(delivered_at=now)
        assert watched.read() != before
        live = watched.render_counters(watched.read().counters)
        assert watched.concerned_by("notification", frozenset({harbor.agent.pk}))
    said = page_of(harbor, run)
    assert "Receipts Ana Ruiz Read, Ben Osei Delivered, Chloé Martin Not seen yet" in said
    assert 'id="run-receipts"' in live
    assert "Ben Osei" in live


def test_a_scoped_supervisor_sees_receipts_behind_own_conversations_only(harbor):
    with harbor.scope():
        ben = make_representative("Ben Osei", membership=make_member("ben@harbor.example"))
        rows = [*held_by(harbor.ana, queue=harbor.refunds), *held_by(ben, queue=harbor.orders)]
    run = sent(harbor, NOTIFY, rows)
    said = page_of(harbor, run, harbor.scoped)
    assert "Receipts Ana Ruiz Not seen yet" in said
    assert "Ben Osei" not in said


@pytest.mark.parametrize("action", [MESSAGE, NOTIFY])
def test_reading_takes_as_many_queries_for_two_as_for_twenty(harbor, action, django_assert_max_num_queries):
    counted = []
    for number in (2, 20):
        with harbor.scope():
            rows = held_by(harbor.ana, number)
        send(harbor, action, open_dialog(harbor, action, rows))
        with harbor.scope():
            run = max(runs(harbor), key=lambda each: each.pk)
        run = work(harbor, run)
        with harbor.scope(), django_assert_max_num_queries(40) as queries:
            watched = view(harbor, run)
            snapshot = watched.read()
            watched.render_rows([pk for pk, _ in snapshot.rows])
            watched.render_counters(snapshot.counters)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_foreign_member_sees_neither(harbor, summit):
    with harbor.scope():
        rows = held_by(harbor.ana)
    run = sent(harbor, NOTIFY, rows)
    assert harbor.client(summit.supervisor).get(harbor.url(f"action-history/{run.pk}/")).status_code == 404
    assert summit.client().get(summit.url(f"action-history/{run.pk}/")).status_code == 404
