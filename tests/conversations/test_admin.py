"""Pages of closed conversations, saved views and webhooks in the Django admin."""

import pytest

from contact_center.audit.actions import AuditAction
from conversations.models import Conversation, SavedView, WebhookEndpoint
from conversations.states import Status
from routing.kinds import Channel
from tests import factories
from tests.admin_pages import errors_of, events, url


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/hook",
        "http://localhost:8000/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://172.16.0.9/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0.0.0.0/",
        "http://user@127.0.0.1/",
        "http://printer.local/",
        "ftp://93.184.216.34/",
    ],
)
def test_webhooks_never_point_into_a_private_network(harbor, target):
    response = harbor.client(harbor.admin).post(url(WebhookEndpoint, "add"), {"url": target, "is_active": "on"})
    assert list(errors_of(response)) == ["url"]


def test_a_webhook_to_a_public_address_gets_a_secret(harbor):
    response = harbor.client(harbor.admin).post(
        url(WebhookEndpoint, "add"), {"url": "https://93.184.216.34/hook", "is_active": "on"}
    )
    assert response.status_code == 302
    with harbor.scope():
        row = WebhookEndpoint.objects.get()
    assert len(row.secret) == 64
    (event,) = events(harbor, AuditAction.CONFIGURATION_CHANGED)
    assert "93.184" not in str(event.after)
    assert row.secret not in str(event.after)


@pytest.fixture
def closed(harbor):
    with harbor.scope():
        row = factories.make_conversation(status=Status.CLOSED, subject="Private subject", channel=Channel.SMS)
        row.supervisor_note = "Private note"
        row.save()
        factories.make_message(row, "Private words")
        factories.make_conversation(status=Status.OPEN, subject="Private open")
    return row


def test_closed_conversations_show_ids_and_states_and_no_word_of_theirs(harbor, closed):
    client = harbor.client(harbor.admin)
    pages = [
        url(Conversation),
        f"{url(Conversation)}?q=C-{closed.pk}",
        f"{url(Conversation)}?q=private",
        url(Conversation, "change", closed.pk),
        url(Conversation, "delete", closed.pk),
        url(Conversation, "history", closed.pk),
    ]
    for page in pages:
        body = client.get(page).content.decode()
        assert "Private" not in body, page
        assert closed.customer_name not in body, page
    assert f"C-{closed.pk}" in client.get(pages[1]).content.decode()


def test_a_closed_conversation_is_deleted_and_that_is_audited(harbor, closed):
    response = harbor.client(harbor.admin).post(url(Conversation, "delete", closed.pk), {"post": "yes"})
    assert response.status_code == 302
    with harbor.scope():
        assert not Conversation.objects.filter(pk=closed.pk).exists()
    (event,) = events(harbor, AuditAction.DELETED)
    assert (event.object_type, event.object_id, event.before["status"]) == ("conversation", closed.pk, "closed")
    assert "Private" not in str(event.before)


def test_an_ongoing_conversation_cannot_be_reached(harbor, closed):
    with harbor.scope():
        row = Conversation.objects.exclude(pk=closed.pk).get()
    harbor.client(harbor.admin).post(url(Conversation, "delete", row.pk), {"post": "yes"})
    with harbor.scope():
        assert Conversation.objects.filter(pk=row.pk).exists()


def test_a_saved_view_is_deleted_with_its_shares(harbor):
    with harbor.scope():
        view = SavedView.objects.create(owner=harbor.supervisor, name="Mine")
        view.shares.create(membership=harbor.second)
    assert harbor.client(harbor.admin).post(url(SavedView, "delete", view.pk), {"post": "yes"}).status_code == 302
    with harbor.scope():
        assert not SavedView.objects.exists()
    (event,) = events(harbor, AuditAction.DELETED)
    assert "Mine" not in str(event.before)
