"""Pages of the queues: what stays active and why, names, overflow."""

from django.utils import timezone

from conversations.models import Conversation
from conversations.states import Status
from routing.kinds import Channel, Kind
from routing.models import Queue
from tests import factories
from tests.admin_pages import errors_of, queue_form, url


def test_a_queue_with_ongoing_work_cannot_be_deactivated(harbor):
    with harbor.scope():
        stream_queue = factories.make_queue("Elsewhere")
        factories.make_work_stream(Channel.LIVE_CHAT, queue=stream_queue)
        conversation = factories.make_conversation(queue=harbor.orders)
    client, page = harbor.client(harbor.admin), url(Queue, "change", harbor.orders.pk)
    assert errors_of(client.post(page, queue_form())) == {
        "is_active": ["The queue holds 1 ongoing conversation; move or close it first."]
    }
    with harbor.scope():
        Conversation.objects.filter(pk=conversation.pk).update(status=Status.CLOSED, closed_at=timezone.now())
    assert client.post(page, queue_form()).status_code == 302
    with harbor.scope():
        assert Queue.objects.get(pk=harbor.orders.pk).is_active is False


def test_the_default_queue_of_a_work_stream_stays_active(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders)
    response = harbor.client(harbor.admin).post(url(Queue, "change", harbor.orders.pk), queue_form())
    assert errors_of(response) == {
        "is_active": ["New work arrives here: it is the default queue of Live chat."],
    }


def test_a_queue_is_never_deleted_and_its_type_never_changes(harbor):
    client, page = harbor.client(harbor.admin), url(Queue, "change", harbor.orders.pk)
    assert client.post(url(Queue, "delete", harbor.orders.pk)).status_code == 403
    client.post(page, queue_form(is_active="on", kind="voice", name="Orders and returns"))
    with harbor.scope():
        row = Queue.objects.get(pk=harbor.orders.pk)
    assert (row.kind, row.name) == (Kind.MESSAGING, "Orders and returns")


def test_a_name_that_is_taken_is_said_beside_the_field(harbor):
    response = harbor.client(harbor.admin).post(url(Queue, "add"), queue_form(name="Refunds", is_active="on"))
    assert errors_of(response) == {"name": ["There is already one with this value in your organization."]}


def test_the_same_name_in_another_organization_is_free(harbor, summit):
    with summit.scope():
        factories.make_queue("Only there")
    response = harbor.client(harbor.admin).post(url(Queue, "add"), queue_form(name="Only there", is_active="on"))
    assert response.status_code == 302


def overflow(**fields):
    row = {"condition": "wait", "limit": 60, "action": "transfer", **fields}
    return {"overflow_rules-TOTAL_FORMS": 1, **{f"overflow_rules-0-{name}": value for name, value in row.items()}}


def test_no_rule_ends_records(harbor):
    with harbor.scope():
        cases = factories.make_queue("Cases", kind=Kind.RECORD)
    page = url(Queue, "change", cases.pk)
    response = harbor.client(harbor.admin).post(
        page, queue_form(name="Cases", is_active="on", **overflow(action="end", target_queue=""))
    )
    (errors,) = response.context["inline_admin_formsets"][1].formset.errors
    assert errors["action"] == ["Records are never ended. Keep them, or move them to another queue."]


def test_overflow_moves_work_to_another_queue_of_the_same_type(harbor):
    with harbor.scope():
        voice = factories.make_queue("Calls", kind=Kind.VOICE)
    client, page = harbor.client(harbor.admin), url(Queue, "change", harbor.orders.pk)
    for target in (voice.pk, harbor.orders.pk, ""):
        response = client.post(page, queue_form(is_active="on", **overflow(target_queue=target)))
        assert "target_queue" in response.context["inline_admin_formsets"][1].formset.errors[0]
    saved = client.post(page, queue_form(is_active="on", **overflow(target_queue=harbor.refunds.pk)))
    assert saved.status_code == 302
    with harbor.scope():
        assert harbor.orders.overflow_rules.get().target_queue == harbor.refunds
    refused = client.post(url(Queue, "change", harbor.refunds.pk), queue_form(name="Refunds"))
    assert errors_of(refused) == {"is_active": ["Work is moved here from Orders."]}
