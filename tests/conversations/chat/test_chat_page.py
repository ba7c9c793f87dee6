"""The customer's page: ask, read, write again, end; nothing internal, nothing of anybody else."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.actions import perform
from conversations.models import Conversation, Message
from conversations.states import Status
from routing.kinds import Channel
from tests import factories

KEY = "harbor-chat"
PAGE = f"/chat/{KEY}/"


@pytest.fixture
def stream(harbor):
    with harbor.scope():
        return factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders, chat_key=KEY)


def ask(client, question="Where is my parcel?", name="Mia Okafor", token=None):
    return client.post(f"{PAGE}start/", {"name": name, "question": question, "token": token or uuid.uuid4()})


def write(client, text, token=None):
    return client.post(f"{PAGE}write/", {"text": text, "token": token or uuid.uuid4()})


def only(harbor):
    with harbor.scope():
        return Conversation.objects.get()


def test_a_question_opens_a_conversation_in_the_streams_queue(harbor, stream):
    client = Client()
    assert "Start chat" in client.get(PAGE).text
    assert ask(client).headers["Location"] == PAGE
    row = only(harbor)
    assert (row.status, row.queue_id, row.subject, row.customer_name) == (
        Status.OPEN,
        harbor.orders.pk,
        "Where is my parcel?",
        "Mia Okafor",
    )
    page = client.get(PAGE).text
    assert "Where is my parcel?" in page
    assert "You are next in line." in page


@pytest.mark.parametrize(
    ("name", "question"), [("", "Hello"), ("Mia", ""), ("Mia", " "), ("M" * 121, "x"), ("M", "x" * 6001)]
)
def test_a_senseless_start_says_why_and_keeps_what_was_written(harbor, stream, name, question):
    answer = ask(Client(), question, name)
    assert answer.status_code == 422
    assert "field__error" in answer.text
    with harbor.scope():
        assert not Conversation.objects.exists()


def test_what_the_customer_writes_is_stored_once_even_when_sent_twice(harbor, stream):
    client, token = Client(), uuid.uuid4()
    ask(client)
    assert "Still there?" in write(client, "Still there?", token).text
    write(client, "Still there?", token)
    with harbor.scope():
        assert Message.objects.filter(text="Still there?").count() == 1


def test_an_empty_or_oversized_message_is_refused_with_a_sentence(harbor, stream):
    client = Client()
    ask(client)
    assert "Please write a message first." in write(client, "  ").text
    assert "Please keep it under 6,000 characters." in write(client, "x" * 6001).text
    with harbor.scope():
        assert Message.objects.count() == 1


def test_replies_show_by_name_and_internal_messages_never(harbor, stream):
    client = Client()
    ask(client)
    row = only(harbor)
    with harbor.scope():
        factories.make_message(row, "On its way.", author="representative", representative=harbor.ana)
        factories.make_message(row, "Difficult customer.", author="representative", visibility="internal")
    for address in (PAGE, f"{PAGE}messages/"):
        shown = client.get(address).text
        assert "Ana Ruiz" in shown
        assert "On its way." in shown
        assert "Difficult" not in shown


def test_markup_shows_as_text(harbor, stream):
    client = Client()
    ask(client, "<script>alert(1)</script>", "<b>Mia</b>")
    page = client.get(PAGE).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_force_close_reaches_the_customer_and_ends_the_asking(harbor, stream):
    client = Client()
    ask(client)
    with harbor.scope():
        perform("force_close", [only(harbor).pk], actor=harbor.actor(), parameters={"reason": harbor.reason.pk})
    shown = client.get(f"{PAGE}messages/").text
    assert "A supervisor ended the conversation." in shown
    assert "This conversation has ended." in shown
    assert "every 2s" not in shown


def test_another_visitor_sees_nothing_of_it(harbor, stream):
    first, second = Client(), Client()
    ask(first, "My secret question")
    ask(second, "Something else")
    assert "secret" not in second.get(PAGE).text
    stolen = Client()
    stolen.cookies[f"chat-{KEY}"] = f"{uuid.uuid4().hex}:{1}"
    assert "Start chat" in stolen.get(PAGE).text


def test_ending_a_live_chat_before_anybody_accepted_closes_it_as_abandoned(harbor, stream):
    client = Client()
    ask(client)
    client.post(f"{PAGE}end/")
    row = only(harbor)
    assert (row.status, row.is_abandoned) == (Status.CLOSED, True)


def test_writing_after_the_end_opens_a_linked_conversation(harbor, stream):
    client = Client()
    ask(client)
    first = only(harbor)
    client.post(f"{PAGE}end/")
    write(client, "One more thing")
    with harbor.scope():
        second = Conversation.objects.exclude(pk=first.pk).get()
        assert second.previous_id == first.pk
    assert "One more thing" in client.get(PAGE).text


@pytest.mark.parametrize("path", ["", "start/", "write/", "messages/", "end/"])
def test_an_unknown_key_is_not_found(db, path):
    client = Client()
    method = client.get if path in ("", "messages/") else client.post
    assert method(f"/chat/no-such-key/{path}").status_code == 404


def test_writing_without_a_conversation_leads_back_to_the_start(stream):
    assert write(Client(), "Hello").headers["Location"] == PAGE


def test_a_flood_is_refused_for_a_minute(harbor, stream):
    """Twice the limit and more, so that a minute that turns in between changes nothing."""
    client = Client()
    ask(client)
    answers = {client.get(f"{PAGE}messages/").status_code for _ in range(245)}
    assert answers == {200, 429}


def test_an_open_page_says_that_the_customer_is_there(harbor, stream):
    client = Client()
    ask(client)
    client.get(f"{PAGE}messages/")
    row = only(harbor)
    assert row.customer_seen_at is not None
    with harbor.scope():
        Conversation.objects.update(customer_connected=False, customer_disconnected_at=row.customer_seen_at)
    client.get(f"{PAGE}messages/")
    back = only(harbor)
    assert (back.customer_connected, back.customer_disconnected_at) == (True, None)


def test_an_open_page_costs_no_write_each_time_it_asks(harbor, stream):
    client = Client()
    ask(client)
    client.get(f"{PAGE}messages/")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(5):
            assert client.get(f"{PAGE}messages/").status_code == 200
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_a_question_to_a_closed_queue_is_answered_at_once_and_the_chat_is_over(harbor, stream):
    with harbor.scope():
        harbor.orders.closed_until = timezone.now() + timedelta(hours=1)
        harbor.orders.save()
    client = Client()
    ask(client)
    page = client.get(PAGE).text
    assert "We are closed right now." in page
    assert "This conversation has ended." in page
    assert page.index("Where is my parcel?") < page.index("We are closed right now.")


def test_a_message_of_the_organization_stands_under_its_name(harbor, stream):
    client = Client()
    ask(client)
    row = only(harbor)
    with harbor.scope():
        perform("message_customer", [row.pk], actor=harbor.actor(), parameters={"text": "Dear {customer}, <b>over</b>"})
    page = client.get(f"{PAGE}messages/").text
    assert "Harbor · <time" in page
    assert "Dear Mia Okafor, &lt;b&gt;over&lt;/b&gt;" in page
    assert harbor.actor().name not in page


def test_a_double_click_starts_one_chat(harbor, stream):
    client, token = Client(), uuid.uuid4()
    client.get(PAGE)
    ask(client, token=token)
    ask(client, token=token)
    assert only(harbor).subject == "Where is my parcel?"


def test_a_flood_without_cookies_is_refused_too(harbor, stream):
    answers = {ask(Client(), "").status_code for _ in range(245)}
    assert answers == {422, 429}
