"""The customer's page: ask, read, write again, end; nothing internal, nothing of anybody else."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.actions import perform
from conversations.models import Conversation, Message
from conversations.states import Status
from routing.kinds import Channel
from tests import factories
from tests.conversations.chat.conftest import PAGE, Guest


def test_a_question_opens_a_conversation_in_the_streams_queue(harbor, guest, only):
    assert "Start chat" in guest.page()
    assert guest.ask().headers["Location"] == PAGE
    row = only()
    assert (row.status, row.queue_id, row.subject, row.customer_name) == (
        Status.OPEN,
        harbor.orders.pk,
        "Where is my parcel?",
        "Mia Okafor",
    )
    assert "Where is my parcel?" in guest.page()


def test_lists_show_no_whole_card_number_that_was_asked_about(harbor, guest, only):
    guest.ask(question="Why was 4111 1111 1111 1111 charged twice?")
    row = only()
    assert row.subject == "Why was •••• 1111 charged twice?"
    with harbor.scope():
        assert row.messages.get().text == "Why was 4111 1111 1111 1111 charged twice?"


@pytest.mark.parametrize(
    ("name", "question"),
    [("", "Hello"), ("Mia", ""), ("Mia", " "), ("M" * 121, "x"), ("M", "x" * 6001), ("M", "nul\x00")],
)
def test_a_senseless_start_says_why_and_keeps_what_was_written(harbor, guest, name, question):
    answer = guest.ask(question, name)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    if question.strip() and "\x00" not in question:
        assert question in answer.text
    with harbor.scope():
        assert not Conversation.objects.exists()


def test_what_the_customer_writes_is_stored_once_even_when_sent_twice(harbor, guest):
    token = uuid.uuid4()
    guest.ask()
    assert "Still there?" in guest.write("Still there?", token).text
    guest.write("Still there?", token)
    with harbor.scope():
        assert Message.objects.filter(text="Still there?").count() == 1


def test_the_page_knows_its_own_message_again_by_the_name_it_gave_it(guest):
    token = uuid.uuid4()
    guest.ask()
    assert f'data-token="{token.hex}"' in guest.write("Still there?", token).text
    guest.post(f"{PAGE}end/")
    after = uuid.uuid4()
    assert f'data-token="{after.hex}"' in guest.write("One more thing", after).text


def test_a_name_that_two_visitors_give_their_messages_stands_for_two(harbor, guest):
    token, other = uuid.uuid4(), Guest()
    for visitor, text in ((guest, "Mine"), (other, "Not yours")):
        visitor.ask(text)
        answer = visitor.write(f"{text} again", token)
        assert f"{text} again" in answer.text
    assert "Not yours" not in guest.page()
    with harbor.scope():
        assert Message.objects.filter(text__endswith="again").count() == 2


def test_an_empty_or_oversized_message_is_refused_with_a_sentence(harbor, guest):
    guest.ask()
    empty, long = guest.write("  "), guest.write("x" * 6001)
    assert (empty.status_code, empty.json()) == (422, {"error": "Please write a message first."})
    assert long.status_code == 422
    assert long.json()["error"].startswith("This is too long: please keep it under 6,000 characters.")
    with harbor.scope():
        assert Message.objects.count() == 1


def test_lines_end_with_one_character_as_the_browser_counts_them(harbor, guest):
    guest.ask()
    assert guest.write("x\r\n" * 2_999).status_code == 200


def test_replies_show_by_name_and_internal_messages_never(harbor, guest, only):
    guest.ask()
    row = only()
    with harbor.scope():
        factories.make_message(row, "On its way.", author="representative", representative=harbor.ana)
        factories.make_message(row, "Difficult customer.", author="representative", visibility="internal")
        factories.make_message(row, "Keep calm.", author="supervisor", visibility="internal")
        factories.make_message(row, "I can help.", author="supervisor", membership=harbor.supervisor)
    for shown in (guest.page(), guest.asks_for_news(), guest.write("Thank you").text):
        assert "Ana Ruiz · <time" in shown
        assert "On its way." in shown
        assert "Supervisor · <time" in shown
        assert "I can help." in shown
        assert "Difficult" not in shown
        assert "Keep calm" not in shown


def test_a_force_close_reaches_the_customer_and_offers_a_new_conversation(harbor, guest, only):
    guest.ask()
    with harbor.scope():
        perform("force_close", [only().pk], actor=harbor.actor(), parameters={"reason": harbor.reason.pk})
    shown = guest.asks_for_news()
    assert "A supervisor ended the conversation." in shown
    assert "This conversation has ended." in shown
    assert "Start a new conversation" in shown
    assert "chat-composer" not in shown


def test_another_visitor_sees_nothing_of_it(guest):
    guest.ask("My secret question")
    other = Guest()
    other.ask("Something else")
    for shown in (other.page(), other.asks_for_news(), other.write("And?").text):
        assert "secret" not in shown


def test_a_cookie_that_nobody_signed_or_of_another_page_opens_nothing(harbor, summit, guest, stream):
    guest.ask("My secret question")
    with summit.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=summit.orders, chat_key="summit-chat")
    value = guest.cookies["chat-harbor-chat"].value
    stolen = Guest()
    stolen.cookies["chat-harbor-chat"] = value.replace(value[0], "0" if value[0] != "0" else "1", 1)
    assert "Start chat" in stolen.page()
    elsewhere = Guest()
    elsewhere.cookies["chat-summit-chat"] = value
    assert "Start chat" in elsewhere.get("/chat/summit-chat/").text


def test_ending_a_live_chat_before_anybody_accepted_closes_it_as_abandoned(guest, only):
    guest.ask()
    guest.post(f"{PAGE}end/")
    assert (only().status, only().is_abandoned) == (Status.CLOSED, True)


@pytest.mark.parametrize("how", ["ask", "write"])
def test_whoever_goes_on_after_the_end_gets_a_linked_conversation(harbor, guest, only, how):
    guest.ask()
    first = only()
    guest.post(f"{PAGE}end/")
    assert "Start chat" in guest.get(f"{PAGE}?new").text
    getattr(guest, how)("One more thing")
    with harbor.scope():
        second = Conversation.objects.exclude(pk=first.pk).get()
        assert second.previous_id == first.pk
    shown = guest.page()
    assert "One more thing" in shown
    assert "Where is my parcel?" not in shown


def test_in_wrap_up_nobody_answers_any_more_so_another_conversation_follows(harbor, guest, only):
    guest.ask()
    row = only()
    with harbor.scope():
        perform("pick", [row.pk], actor=harbor.actor(harbor.agent))
        perform("end", [row.pk], actor=harbor.actor(harbor.agent))
    token = uuid.uuid4()
    for _ in range(2):
        guest.write("Wait, one more thing", token)
    with harbor.scope():
        second = Conversation.objects.exclude(pk=row.pk).get()
        assert (second.previous_id, second.subject) == (row.pk, "Where is my parcel?")
        assert Message.objects.filter(conversation=second).count() == 1


def test_a_question_asked_while_a_chat_goes_on_in_another_tab_is_added_to_it(harbor, guest, only):
    guest.ask()
    guest.ask("And where is the other one?")
    assert only().subject == "Where is my parcel?"
    assert "And where is the other one?" in guest.page()


def test_a_chat_that_ended_long_ago_is_not_shown_again(harbor, guest, only):
    guest.ask("My secret question")
    guest.post(f"{PAGE}end/")
    assert "secret" in guest.page()
    with harbor.scope():
        Conversation.objects.update(status_since=timezone.now() - timedelta(days=2))
    assert "secret" not in guest.page()


def test_a_persistent_chat_finds_its_conversation_again(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.PERSISTENT_CHAT, queue=harbor.orders, chat_key="harbor-chat")
    guest = Guest()
    guest.ask()
    assert "We have your message. You can close this page and come back to it." in guest.page()
    assert "End chat</button></form>" not in guest.page()
    with harbor.scope():
        row = Conversation.objects.get()
        perform("pick", [row.pk], actor=harbor.actor(harbor.agent))
        perform("leave_waiting", [row.pk], actor=harbor.actor(harbor.agent))
    assert "Write whenever you like." in guest.page()
    guest.write("Here I am again")
    with harbor.scope():
        assert Conversation.objects.get().status == Status.OPEN


@pytest.mark.parametrize("path", ["", "start/", "write/", "messages/", "consent/", "end/", "embed.js", "shop/"])
def test_an_unknown_key_is_not_found(db, path):
    client = Guest()
    method = client.get if path in ("", "messages/", "embed.js", "shop/") else client.post
    assert method(f"/chat/no-such-key/{path}").status_code == 404


def test_the_chat_of_a_closed_organization_is_not_found(harbor, guest):
    harbor.organization.is_active = False
    harbor.organization.save()
    for path in ("", "messages/", "embed.js"):
        assert guest.get(f"{PAGE}{path}").status_code == 404


def test_writing_without_a_conversation_leads_back_to_the_start(guest):
    assert guest.write("Hello").headers["Location"] == PAGE


def test_a_browser_that_keeps_no_cookie_is_told_before_its_question_is_lost(harbor, guest):
    answer = guest.post(f"{PAGE}start/", {"name": "Mia", "question": "Where is it?", "token": uuid.uuid4()})
    assert answer.status_code == 422
    assert "doesn’t keep this chat’s cookie" in answer.text
    assert "Where is it?" in answer.text
    assert 'target="_blank"' in answer.text
    with harbor.scope():
        assert not Conversation.objects.exists()


def test_what_another_page_sends_is_refused(harbor, guest):
    guest.ask()
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        assert guest.write("Give it to me", Origin=origin).status_code == 403
        assert guest.ask(headers={"Origin": origin}).status_code == 403
    assert guest.write("It is me", Origin="http://testserver").status_code == 200
    with harbor.scope():
        assert not Message.objects.filter(text="Give it to me").exists()


def test_an_open_page_says_that_the_customer_is_there(harbor, guest, only):
    guest.ask()
    guest.asks_for_news()
    row = only()
    assert row.customer_seen_at is not None
    with harbor.scope():
        Conversation.objects.update(customer_connected=False, customer_disconnected_at=row.customer_seen_at)
    guest.asks_for_news()
    assert (only().customer_connected, only().customer_disconnected_at) == (True, None)


def test_an_open_page_costs_few_reads_and_no_write_each_time_it_asks(guest):
    guest.ask()
    guest.asks_for_news()
    with CaptureQueriesContext(connection) as queries:
        guest.asks_for_news()
    statements = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "UPDATE", "INSERT"))]
    assert not [sql for sql in statements if not sql.startswith("SELECT")]
    # Work stream, conversation twice, line (three), settings, which lines, lines.
    assert len(statements) == 9


def test_a_question_to_a_closed_queue_is_answered_at_once_and_the_chat_is_over(harbor, guest):
    guest.get(PAGE)
    with harbor.scope():
        harbor.orders.closed_until = timezone.now() + timedelta(hours=1)
        harbor.orders.save()
    guest.ask()
    page = guest.page()
    assert "This conversation has ended." in page
    assert page.index("Where is my parcel?") < page.index("We are closed right now.")


def test_who_comes_while_it_is_closed_is_told_before_writing(harbor, guest):
    with harbor.scope():
        harbor.orders.closed_until = timezone.now() + timedelta(hours=1)
        harbor.orders.customer_message = "We are moving house until Monday."
        harbor.orders.save()
    page = guest.page()
    assert "We are moving house until Monday." in page
    assert "Your question" not in page


def test_a_message_of_the_organization_stands_under_its_name(harbor, guest, only):
    guest.ask()
    parameters = {"text": "Dear {customer}, <b>over</b>"}
    with harbor.scope():
        perform("message_customer", [only().pk], actor=harbor.actor(), parameters=parameters)
    page = guest.asks_for_news()
    assert "Harbor · <time" in page
    assert "Dear Mia Okafor, &lt;b&gt;over&lt;/b&gt;" in page
    assert harbor.actor().name not in page


def test_a_double_click_starts_one_chat(guest, only):
    token = uuid.uuid4()
    guest.ask(token=token)
    guest.ask(token=token)
    assert only().subject == "Where is my parcel?"


def test_the_cookie_lives_in_a_frame_over_https_and_nowhere_else(guest, settings):
    plain = guest.get(PAGE).cookies["chat-harbor-chat"].OutputString()
    assert "SameSite=Lax" in plain
    assert "HttpOnly" in plain
    assert f"Path={PAGE}" in plain
    settings.SESSION_COOKIE_SECURE = True
    secure = guest.get(PAGE).cookies["chat-harbor-chat"].OutputString()
    assert {"SameSite=None", "Secure", "HttpOnly", "Partitioned"} <= set(secure.split("; "))
