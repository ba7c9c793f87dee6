"""purge_expired: what retention says goes, with all that hangs on it; everything else, and everybody else's, stays."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.forms import CharField
from django.utils import timezone

from bulk_actions.kinds import KINDS
from bulk_actions.kinds.run_kind import TypedText
from bulk_actions.models import BulkAction
from bulk_actions.presenters import parameters
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import Membership, OrganizationSettings
from conversations import retention
from conversations.models import (
    Alert,
    Conversation,
    Customer,
    Message,
    Notification,
    OutboxEntry,
    Participant,
    QueueSegment,
    Session,
)
from conversations.states import Author, Status
from routing.models import PresenceChange
from tests.factories import make_conversation, make_customer

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def run(**options):
    out = StringIO()
    call_command("purge_expired", stdout=out, **options)
    return out.getvalue()


def closed(cast, days, **fields):
    """A conversation closed so many days ago, with a customer of its own and something said."""
    with cast.scope():
        ago = timezone.now() - timedelta(days=days)
        customer = make_customer(created_at=ago)
        row = make_conversation(queue=cast.orders, status=Status.CLOSED, customer=customer, **fields)
        Conversation.objects.filter(pk=row.pk).update(closed_at=ago, created_at=ago)
        Message.objects.create(conversation=row, author=Author.CUSTOMER, text="My secret")
        return row


def keep(cast, days):
    with cast.scope():
        OrganizationSettings.objects.update(retention_days=days)


def there(cast):
    with cast.scope():
        return set(Conversation.objects.values_list("pk", flat=True))


def test_what_was_closed_before_goes_and_what_is_younger_or_ongoing_stays(harbor):
    keep(harbor, 30)
    old, young = closed(harbor, 31), closed(harbor, 29)
    with harbor.scope():
        ongoing = make_conversation(queue=harbor.orders, created_at=timezone.now() - timedelta(days=400))
    assert "1 conversations deleted" in run()
    assert there(harbor) == {young.pk, ongoing.pk}
    with harbor.scope():
        for model in (Message, Session, QueueSegment, Participant):
            assert not model.objects.filter(conversation_id=old.pk).exists(), model
        assert Customer.objects.filter(pk=young.customer_id).exists()
        assert not Customer.objects.filter(pk=old.customer_id).exists()


def test_without_retention_everything_is_kept(harbor):
    row = closed(harbor, 4_000)
    assert "harbor: keeps everything." in run()
    assert there(harbor) == {row.pk}


def test_another_organization_is_left_alone(harbor, summit):
    keep(harbor, 30)
    keep(summit, 30)
    mine, theirs = closed(harbor, 60), closed(summit, 60)
    run(organization="harbor")
    assert (there(harbor), there(summit)) == (set(), {theirs.pk})
    with summit.scope():
        assert not AuditEvent.objects.filter(action=AuditAction.PURGED).exists()
    assert mine.pk != theirs.pk


def test_a_dry_run_says_how_many_and_deletes_nothing(harbor):
    keep(harbor, 30)
    row = closed(harbor, 31)
    assert "harbor: 1 closed more than 30 days ago would be deleted." in run(dry_run=True)
    assert there(harbor) == {row.pk}


def test_each_lot_is_audited_by_its_number_alone(harbor, monkeypatch):
    monkeypatch.setattr(retention, "LOT", 2)
    keep(harbor, 30)
    for _ in range(5):
        closed(harbor, 31)
    run()
    with harbor.scope():
        events = AuditEvent.objects.filter(action=AuditAction.PURGED, object_type="conversation").order_by("pk")
        assert [event.after for event in events] == [{"deleted": number, "days": 30} for number in (2, 2, 1)]
        assert "secret" not in str(list(AuditEvent.objects.values_list("before", "after")))


def test_stopped_in_the_middle_the_next_run_goes_on(harbor, monkeypatch):
    monkeypatch.setattr(retention, "LOT", 2)
    keep(harbor, 30)
    for _ in range(5):
        closed(harbor, 31)
    lots = retention.purge(harbor.organization, 30, timezone.now())
    assert next(lots) == 2
    lots.close()
    assert len(there(harbor)) == 3
    run()
    assert there(harbor) == set()
    with harbor.scope():
        purged = AuditEvent.objects.filter(action=AuditAction.PURGED, object_type="conversation")
        assert sum(event.after["deleted"] for event in purged) == 5


def test_a_conversation_that_followed_an_old_one_stays(harbor):
    keep(harbor, 30)
    old = closed(harbor, 31)
    with harbor.scope():
        after = make_conversation(queue=harbor.orders, previous=old)
    run()
    with harbor.scope():
        assert Conversation.objects.get(pk=after.pk).previous_id is None


def test_a_customer_who_is_in_touch_again_stays(harbor):
    keep(harbor, 30)
    old = closed(harbor, 31)
    with harbor.scope():
        make_conversation(queue=harbor.orders, customer=old.customer)
    run()
    with harbor.scope():
        assert Customer.objects.filter(pk=old.customer_id).exists()


def test_what_hangs_on_no_conversation_goes_with_age(harbor):
    keep(harbor, 30)
    now = timezone.now()
    old, young = now - timedelta(days=31), now - timedelta(days=1)
    with harbor.scope():
        member = Membership.objects.get(pk=harbor.agent.pk)
        for moment in (old, young):
            Alert.objects.create(kind="stuck_waiting", queue=harbor.orders, raised_at=moment, ended_at=moment)
            Notification.objects.create(membership=member, kind="x", title="x", text="x", expires_at=moment)
        for status, moment in (("sent", old), ("sent", young), ("pending", old)):
            key = f"{status}{moment}"
            OutboxEntry.objects.create(kind="email", idempotency_key=key, status=status, created_at=moment)
        still = Alert.objects.create(kind="stuck_wrap_up", queue=harbor.orders, raised_at=old)
    run()
    with harbor.scope():
        assert set(Alert.objects.values_list("ended_at", flat=True)) == {young, None}
        assert Alert.objects.filter(pk=still.pk).exists()
        assert not Notification.objects.exists()
        assert set(OutboxEntry.objects.values_list("status", "created_at")) == {("sent", young), ("pending", old)}


def test_of_presences_the_one_that_was_current_then_is_kept(harbor):
    keep(harbor, 30)
    now = timezone.now()
    with harbor.scope():
        PresenceChange.objects.all().delete()
        for days, presence in ((50, "away"), (40, "busy"), (31, "available"), (1, "offline")):
            PresenceChange.objects.create(
                representative=harbor.ana, presence=presence, since=now - timedelta(days=days)
            )
    run()
    with harbor.scope():
        assert set(PresenceChange.objects.values_list("presence", flat=True)) == {"available", "offline"}


# --- Runs ---


def done(cast, action, days, **parameters):
    with cast.scope():
        return BulkAction.objects.create(
            action=action,
            title=str(parameters.get("title", "As it was")),
            parameters=parameters,
            created_by=cast.supervisor,
            status="completed",
            total=2,
            created_at=timezone.now() - timedelta(days=days),
        )


@pytest.mark.parametrize(
    ("action", "typed", "kept"),
    [
        ("message_customer", {"text": "About Mia’s secret"}, {}),
        ("notify", {"title": "Mia’s secret", "text": "About Mia’s secret"}, {}),
        ("force_close", {"note": "Mia’s secret"}, {"reason": 3, "reason_label": "Storm"}),
        ("pin_note", {"text": "Mia’s secret"}, {}),
        ("remove", {"reason": "Mia’s secret"}, {}),
        ("set_queue_message", {"text": "Mia’s secret"}, {}),
    ],
)
def test_what_was_typed_for_a_run_goes_and_the_run_stays(harbor, summit, monkeypatch, action, typed, kept):
    monkeypatch.setattr(retention, "LOT", 2)
    keep(harbor, 30)
    old = [done(harbor, action, 31, **typed, **kept) for _ in range(3)]
    young, foreign = done(harbor, action, 29, **typed, **kept), done(summit, action, 31, **typed, **kept)
    run()
    run()
    with harbor.scope():
        for each in old:
            each.refresh_from_db()
            assert (each.parameters, each.total, each.status) == (kept, 2, "completed")
            assert "secret" not in each.title
            assert {line["value"] for line in parameters(each, with_texts=True)} >= {"No longer kept"}
        young.refresh_from_db()
        assert young.parameters == {**typed, **kept}
        told = AuditEvent.objects.filter(action=AuditAction.PURGED, object_type="bulkaction").order_by("pk")
        assert [event.after for event in told] == [{"deleted": 2}, {"deleted": 1}]
    with summit.scope():
        foreign.refresh_from_db()
        assert foreign.parameters == {**typed, **kept}


def test_every_field_that_people_type_into_freely_is_named(harbor):
    for kind in KINDS.values():
        with harbor.scope():
            form = kind.form({}, run=BulkAction(), actor=harbor.actor())
            free = {name for name, field in form.fields.items() if type(field) in (CharField, TypedText)}
        assert free - {"new"} <= set(kind.words), kind.action


def test_without_the_owner_it_says_what_is_missing(harbor, monkeypatch):
    monkeypatch.delitem(settings.DATABASES, "owner")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        run()


def test_an_organization_that_is_not_there_is_named(harbor):
    with pytest.raises(CommandError, match="nowhere"):
        run(organization="nowhere")
