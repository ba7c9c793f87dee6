"""The proof that an internal message reaches no customer: every page, socket, call, webhook and e-mail is tried."""

import json
import uuid

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from contact_center.api import api
from contact_center.live.entry import Entry
from contact_center.live.protocol import NOT_SIGNED_IN, AccessEnded
from contact_center.live.registry import live_view_names
from contact_center.tenancy.models import ApiKey
from conversations.actions import perform
from conversations.chat.consumers import ChatDoor
from conversations.delivery import claims
from conversations.delivery.sending import send
from conversations.models import Conversation, Customer, Message, OutboxEntry, WebhookEndpoint
from conversations.rules import Action
from routing.kinds import Channel
from tests import factories
from tests.architecture.places import places_below
from tests.conversations.monitoring.steps import do, join
from tests.receiver import receiver

__all__ = ["receiver"]

INTERNAL = ("She-is-right-give-her-the-refund", "I-will-do-it-in-a-moment", "Wrap-up-says-nobody-told-her")
PUBLIC = "We-send-you-a-new-one"
CHAT_KEY = "harbor-chat"


@pytest.fixture
def talk(harbor, receiver, settings):
    """A chat of a customer with an e-mail address, on a stream and with a webhook that deliver to somebody's server."""
    settings.DELIVER_TO_PRIVATE_NETWORKS = True
    with harbor.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders, chat_key=CHAT_KEY, delivery_url=receiver.url)
        WebhookEndpoint.objects.create(url=receiver.url, secret="s" * 64)
    customer = Client()
    customer.get(f"/chat/{CHAT_KEY}/")
    question = {"name": "Mia", "question": "It arrived broken.", "token": uuid.uuid4()}
    customer.post(f"/chat/{CHAT_KEY}/start/", question)
    with harbor.scope():
        Customer.objects.update(email="mia@example.com")
        row = Conversation.objects.get()
        perform(Action.PICK, [row.pk], actor=harbor.actor(harbor.agent), single=True)
    return customer, row


def speak(harbor, row):
    """Everybody writes internally, in the talk and after it; what is public proves that the ways are open."""
    join(harbor, row)
    do(harbor, Action.CONSULTANT_NOTE, row, text=INTERNAL[0])
    do(harbor, Action.CONSULTANT_MESSAGE, row, text=PUBLIC)
    ana = harbor.actor(harbor.agent)
    with harbor.scope():
        perform(Action.INTERNAL_NOTE, [row.pk], actor=ana, parameters={"text": INTERNAL[1]}, single=True)
        # Away, so that what is sent goes out by e-mail as well.
        Conversation.objects.update(customer_connected=False, customer_seen_at=None)
    do(harbor, Action.MESSAGE_CUSTOMER, row, text=PUBLIC)
    with harbor.scope():
        perform(Action.END, [row.pk], actor=ana, single=True)
    do(harbor, Action.CONSULTANT_NOTE, row, text=INTERNAL[2])
    do(harbor, Action.LEAVE, row)


def on_pages(customer):
    """Every address of the customer's chat, as the customer opens it."""
    places = places_below("/chat/")
    assert len(places) >= 5
    return [text_of(customer.get(place.url(key=CHAT_KEY))) for place in places]


def over_the_socket(harbor, customer):
    """All that the customer's own socket can send, also were it asked for the lines of every message there is."""
    scope = {
        "url_route": {"kwargs": {"key": CHAT_KEY}},
        "cookies": {name: morsel.value for name, morsel in customer.cookies.items()},
        "headers": [(b"host", b"testserver"), (b"origin", b"http://testserver")],
        "client": ("127.0.0.1", 1),
    }
    _, view = ChatDoor.of(scope)._resolve()
    with harbor.scope():
        snapshot = view.read()
        everything = list(Message.objects.values_list("pk", flat=True))
        assert set(pk for pk, _ in snapshot.rows) < set(everything)
        rows = list(view.render_rows(everything).values())
        return [*rows, view.render_page(rows), view.render_counters(snapshot.counters)]


def text_of(response):
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def through_the_api(harbor, row):
    """Every reading call that the API's own document lists."""
    with harbor.scope():
        _, key = ApiKey.issue("Reader")
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        if "get" in methods:
            url = path.replace("{conversation_id}", str(row.pk))
            assert "{" not in url, f"say in this test what {url} may be"
            found.append(text_of(Client().get(f"{url}?limit=200", headers={"Authorization": f"Bearer {key}"})))
    assert len(found) >= 3
    return found


def delivered(harbor, receiver):
    """What left for the stream's address, the webhook and the mailbox; and what waits to leave."""
    with harbor.scope():
        now = timezone.now()
        claims.settle_unaddressed(now)
        while parcels := claims.claim(now):
            claims.store([send(parcel) for parcel in parcels], now)
        waiting = [str(values) for values in OutboxEntry.objects.values()]
        assert not OutboxEntry.objects.filter(message__visibility="internal").exists()
    letters = [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    assert receiver.received
    assert letters
    return [*(body for _, body in receiver.received), *letters, *waiting]


def test_it_reaches_the_customer_by_no_way(harbor, receiver, talk):
    customer, row = talk
    speak(harbor, row)
    ways = {
        "pages": on_pages(customer),
        "socket": over_the_socket(harbor, customer),
        "api": through_the_api(harbor, row),
        "deliveries": delivered(harbor, receiver),
    }
    for way, texts in ways.items():
        assert any(PUBLIC in text for text in texts), f"nothing at all came by {way}, so it proves nothing"
        for secret in INTERNAL:
            assert not any(secret in text or secret in json.dumps(text) for text in texts), way


def test_no_socket_of_the_console_opens_to_the_customer(harbor, talk):
    customer, row = talk
    speak(harbor, row)
    for name in live_view_names():
        scope = {
            "url_route": {"kwargs": {"organization": harbor.slug, "view": name}},
            "cookies": {key: morsel.value for key, morsel in customer.cookies.items()},
            "query_string": f"id={row.pk}&c={row.pk}".encode(),
        }
        assert django_settings.SESSION_COOKIE_NAME not in scope["cookies"]
        with pytest.raises(AccessEnded) as refused:
            Entry.of(scope)._resolve()
        assert refused.value.code == NOT_SIGNED_IN


def test_the_colleagues_do_read_it(harbor, talk):
    _, row = talk
    speak(harbor, row)
    page = text_of(harbor.client().get(harbor.url(f"conversations/{row.pk}/")))
    assert all(secret in page for secret in INTERNAL)
