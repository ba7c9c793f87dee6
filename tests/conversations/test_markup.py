"""What customers and people type shows as text: on every page that shows it and over the sockets; runs have theirs."""

import pytest

from conversations.chat.live_view import ChatView
from conversations.chat.visitors import Visitor
from conversations.desk.parts import render_desk
from conversations.models import Customer
from conversations.states import Status
from routing.kinds import Channel
from tests import factories
from tests.conversations.chat.conftest import KEY, PAGE, Guest

MARKUP = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"


@pytest.fixture
def row(harbor):
    """A conversation all of whose words are markup, held by a representative of such a name."""
    with harbor.scope():
        harbor.ana.name = f"Ana {MARKUP}"
        harbor.ana.save()
        customer = factories.make_customer(f"Mia {MARKUP}")
        row = factories.make_conversation(
            queue=harbor.orders,
            status=Status.ACTIVE,
            representative=harbor.ana,
            subject=f"Subject {MARKUP}",
            customer=customer,
        )
        factories.make_message(row, f"Said {MARKUP}")
        factories.make_message(row, f"Replied {MARKUP}", author="representative", representative=harbor.ana)
        return row


def assert_text(page, *words):
    assert "<img src=x" not in page
    for word in words:
        assert f"{word} {ESCAPED}" in page


@pytest.mark.parametrize("path", ["conversations/", "conversations/?q=img", "conversations/?status=active"])
def test_the_list_shows_it_as_text(harbor, row, path):
    assert_text(harbor.client().get(harbor.url(path)).text, "Subject", "Mia", "Ana")


def test_the_conversations_page_shows_it_as_text(harbor, row):
    assert_text(harbor.client().get(harbor.url(f"conversations/{row.pk}/")).text, "Subject", "Mia", "Ana")


def test_the_desk_shows_it_as_text(harbor, row):
    page = harbor.client(harbor.agent).get(harbor.url(f"desk/?c={row.pk}")).text
    assert_text(page, "Subject", "Mia", "Said", "Replied")
    with harbor.scope():
        rendered = render_desk(harbor.actor(harbor.agent), row.pk)
    assert_text("".join(rendered.parts.values()), "Subject", "Mia", "Said", "Replied")


def test_the_chat_shows_it_as_text_on_the_page_and_over_the_socket(harbor):
    with harbor.scope():
        stream = factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders, chat_key=KEY)
    guest = Guest()
    guest.ask(f"Asked {MARKUP}", f"Mia {MARKUP}")
    with harbor.scope():
        customer = Customer.objects.get()
        row = customer.conversations.get()
        harbor.ana.name = f"Ana {MARKUP}"
        harbor.ana.save()
        row.representative, row.status, row.status_reason = harbor.ana, Status.ACTIVE, "in_conversation"
        row.save()
        factories.make_message(row, f"Replied {MARKUP}", author="representative", representative=harbor.ana)
        visitor = Visitor.of_cookie(guest.cookies[f"chat-{KEY}"].value, KEY)
        lines, parts = ChatView(visitor, stream, harbor.organization, customer.pk).whole()
    for shown in (lines + "".join(parts.values()), guest.page(), guest.write(f"Wrote {MARKUP}").text):
        assert_text(shown, "Asked", "Replied", "Ana")
    refused = guest.post(f"{PAGE}start/", {"name": MARKUP, "question": "", "token": "x"})
    assert_text(refused.text)
