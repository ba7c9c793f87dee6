"""Message Customer and Notify CSR: who gets what, once, and who is left out with which reason."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.errors import Invalid
from conversations.actions import perform
from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote
from conversations.models import Conversation, Message, Notification, OutboxEntry
from conversations.states import Status
from routing.kinds import Channel
from tests import factories, invariants


def message(cast, *rows, text="The outage is over.", **arguments):
    ids = [row.pk for row in rows]
    return perform("message_customer", ids, actor=cast.actor(), parameters={"text": text}, **arguments)


def notify(cast, *rows, title="Outage", text="Tell customers that it is over.", **arguments):
    ids = [row.pk for row in rows]
    return perform("notify", ids, actor=cast.actor(), parameters={"title": title, "text": text}, **arguments)


def test_a_message_goes_out_in_the_organizations_name_and_is_no_reply(harbor):
    with harbor.scope():
        now = timezone.now()
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana, unanswered_since=now)
        assert [result.outcome for result in message(harbor, row)] == ["succeeded"]
        stored = Message.objects.get()
        assert (stored.author, stored.visibility, stored.text) == ("organization", "public", "The outage is over.")
        assert OutboxEntry.objects.get().message_id == stored.pk
        row.refresh_from_db()
        assert (row.status, row.first_response_at, row.unanswered_since) == (Status.ACTIVE, None, now)


def test_an_open_persistent_one_waits_and_the_answer_brings_it_back(harbor):
    with harbor.scope():
        row = factories.make_conversation(channel=Channel.SMS, queue=harbor.orders)
        message(harbor, row)
        row.refresh_from_db()
        assert (row.status, row.representative_id) == (Status.WAITING, None)
        invariants.assert_all()
        customer_wrote([Said(row.pk, "answer", "Thanks")], actor=harbor.actor(), now=timezone.now())
        row.refresh_from_db()
        assert row.status == Status.OPEN
        invariants.assert_all()


def test_an_open_live_chat_stays_open(harbor):
    with harbor.scope():
        row = factories.make_conversation(channel=Channel.LIVE_CHAT)
        message(harbor, row)
        row.refresh_from_db()
        assert row.status == Status.OPEN


def test_placeholders_are_filled_for_each_customer_and_only_once(harbor):
    with harbor.scope():
        row = factories.make_conversation(subject="{number}", customer=factories.make_customer("Mia"))
        message(harbor, row, text="Dear {customer}, about “{subject}” ({number}): {organization}")
        assert Message.objects.get().text == f"Dear Mia, about “{{number}}” (C-{row.pk}): Harbor"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write a message first."),
        ("  \n ", "Write a message first."),
        ("x" * 1001, "Keep it to 1,000 characters; it has 1,001."),
        ("Dear {name}", "There is no placeholder {name}. You can use {customer}, {number}, {subject}, {organization}."),
    ],
)
def test_a_senseless_message_is_refused_and_nothing_is_sent(harbor, text, sentence):
    with harbor.scope():
        row = factories.make_conversation()
        with pytest.raises(Invalid) as invalid:
            message(harbor, row, text=text)
        assert invalid.value.fields == {"text": sentence}
        assert not Message.objects.exists()


def test_it_goes_by_email_too_where_the_customer_is_away(harbor):
    with harbor.scope():
        mia = factories.make_customer("Mia", email="mia@example.com")
        away = factories.make_conversation(customer=mia, customer_connected=False)
        factories.make_conversation(customer=mia)
        message(harbor, *[away])
        assert sorted(OutboxEntry.objects.values_list("kind", flat=True)) == ["customer_message", "email"]
        assert OutboxEntry.objects.get(kind="email").payload == {"to": "mia@example.com"}


def test_who_opted_out_and_a_closed_whatsapp_window_are_skipped_with_the_reason(harbor):
    with harbor.scope():
        gone = factories.make_conversation(customer=factories.make_customer(opted_out_at=timezone.now()))
        silent, fresh = (factories.make_conversation(channel=Channel.WHATSAPP) for _ in range(2))
        silent.last_customer_message_at = timezone.now() - timedelta(hours=25)
        silent.save()
        codes = [result.code for result in message(harbor, gone, silent, fresh, bulk=True)]
        assert codes == ["opted_out", "whatsapp_window", ""]


def test_the_whatsapp_window_is_open_where_the_customer_wrote_in_another_conversation_of_the_address(harbor):
    long_ago, lately = timezone.now() - timedelta(days=3), timezone.now() - timedelta(hours=2)
    with harbor.scope():
        mia, leo = factories.make_customer("Mia"), factories.make_customer("Leo")
        other = factories.make_work_stream(Channel.WHATSAPP, slug="whatsapp-support", queue=harbor.orders)
        old = [factories.make_conversation(channel=Channel.WHATSAPP, customer=each) for each in (mia, leo)]
        Conversation.objects.update(last_customer_message_at=long_ago)
        factories.make_conversation(channel=Channel.WHATSAPP, customer=mia, status=Status.CLOSED, created_at=lately)
        # Leo wrote to another address of the organization, and there alone.
        elsewhere = factories.make_conversation(channel=Channel.WHATSAPP, customer=leo, created_at=lately)
        Conversation.objects.filter(pk=elsewhere.pk).update(work_stream=other)
        assert [result.code for result in message(harbor, *old, bulk=True)] == ["", "whatsapp_window"]


def test_notify_reaches_each_representative_once_over_all_chunks_of_a_run(harbor):
    with harbor.scope():
        rows = factories.make_conversations(10, status=Status.ACTIVE, representative=harbor.ana)
        run = uuid.uuid4()
        for chunk in (rows[:5], rows[5:]):
            results = notify(harbor, *chunk, bulk=True, operation_id=run)
            assert {result.outcome for result in results} == {"succeeded"}
        notice = Notification.objects.get()
        assert (notice.membership_id, notice.title, notice.conversation_id) == (harbor.agent.pk, "Outage", None)


def test_notify_skips_who_is_nobody_an_ai_agent_or_without_an_account(harbor):
    with harbor.scope():
        bot = factories.make_representative(type="ai_agent")
        rows = [
            factories.make_conversation(),
            factories.make_conversation(status=Status.ACTIVE, representative=bot),
            factories.make_conversation(status=Status.ACTIVE),
            factories.make_conversation(channel=Channel.VOICE, status=Status.ACTIVE, representative=harbor.ana),
        ]
        codes = [result.code for result in notify(harbor, *rows, bulk=True)]
        assert codes == ["no_representative", "no_representative", "no_account", "voice_not_possible"]
        assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("title", "text", "fields"),
    [
        ("", "Hello", {"title": "Write a title first."}),
        ("x" * 101, "Hello", {"title": "Keep it to 100 characters; it has 101."}),
        ("Hi", "", {"text": "Write a message first."}),
        ("Hi", "x" * 1001, {"text": "Keep it to 1,000 characters; it has 1,001."}),
    ],
)
def test_notify_needs_a_title_and_a_message_within_their_limits(harbor, title, text, fields):
    with harbor.scope():
        row = factories.make_conversation(status=Status.ACTIVE, representative=harbor.ana)
        with pytest.raises(Invalid) as invalid:
            notify(harbor, row, title=title, text=text)
        assert invalid.value.fields == fields


def test_a_foreign_conversation_gets_no_message(harbor, summit):
    with summit.scope():
        foreign = factories.make_conversation()
    with harbor.scope():
        assert [result.code for result in message(harbor, foreign)] == ["not_found"]
    with summit.scope():
        assert not Message.objects.exists()


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize("send", [message, notify])
def test_the_number_of_statements_does_not_grow(harbor, send, count):
    with harbor.scope():
        rows = factories.make_conversations(count, status=Status.ACTIVE, representative=harbor.ana)
        with CaptureQueriesContext(connection) as queries:
            send(harbor, *rows, bulk=True)
        statements = [query for query in queries if "SAVEPOINT" not in query["sql"]]
        assert len(statements) == 11
