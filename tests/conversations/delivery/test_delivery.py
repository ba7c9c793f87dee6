"""Deliveries over a real HTTP server: signed, tried again with the same key, given up in the end, never private."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from conversations.actions import perform
from conversations.delivery import claims
from conversations.delivery.parcels import Parcel
from conversations.delivery.sending import send, signature
from conversations.models import OutboxEntry
from routing.kinds import Channel
from routing.models import WorkStream
from tests import factories
from tests.receiver import receiver

__all__ = ["receiver"]


@pytest.fixture
def sms(harbor, receiver, settings):
    settings.DELIVER_TO_PRIVATE_NETWORKS = True
    with harbor.scope():
        yield factories.make_work_stream(Channel.SMS, queue=harbor.orders, delivery_url=receiver.url)


def say(cast, text="It is over.", **fields):
    row = factories.make_conversation(channel=Channel.SMS, **fields)
    perform("message_customer", [row.pk], actor=cast.actor(), parameters={"text": text})
    return row


def deliver(now=None):
    now = now or timezone.now()
    claims.settle_unaddressed(now)
    answers = [send(parcel) for parcel in claims.claim(now)]
    claims.store(answers, now)
    return answers


def test_a_message_arrives_signed_with_its_key(harbor, sms, receiver):
    row = say(harbor)
    deliver()
    ((headers, body),) = receiver.received
    entry = OutboxEntry.objects.get()
    secret = WorkStream.objects.get(pk=sms.pk).delivery_secret
    assert headers["Idempotency-Key"] == entry.idempotency_key
    assert headers["X-Console-Signature"] == signature(secret, headers["X-Console-Timestamp"], body)
    sent = json.loads(body)
    assert (sent["type"], sent["conversation"]["id"], sent["message"]["text"]) == ("message", row.pk, "It is over.")
    assert sent["message"]["from"] == "organization"
    assert (entry.status, entry.last_answer, entry.attempts) == ("sent", "200 OK", 1)


def test_a_failure_is_tried_again_later_under_the_same_key(harbor, sms, receiver):
    say(harbor)
    receiver.answers = [503]
    now = timezone.now()
    deliver(now)
    entry = OutboxEntry.objects.get()
    assert (entry.status, entry.last_answer) == ("pending", "503 Service Unavailable")
    assert deliver(now + timedelta(seconds=4)) == []
    deliver(now + timedelta(seconds=6))
    entry.refresh_from_db()
    assert (entry.status, entry.attempts) == ("sent", 2)
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.received}) == 1


def test_it_is_given_up_after_the_last_attempt_and_says_why(harbor, sms, receiver):
    say(harbor)
    receiver.answers = [500] * claims.ATTEMPTS
    now = timezone.now()
    tried = now
    deliver(tried)
    for _ in range(1, claims.ATTEMPTS):
        tried = OutboxEntry.objects.get().due_at
        deliver(tried)
    entry = OutboxEntry.objects.get()
    assert tried - now == timedelta(minutes=10, seconds=35), "as the documentation says"
    assert (entry.status, entry.attempts, entry.last_answer) == ("failed", claims.ATTEMPTS, "500 Internal Server Error")


def test_a_worker_that_dies_with_a_row_gives_it_back_with_the_lease(harbor, sms, receiver):
    say(harbor)
    now = timezone.now()
    assert len(claims.claim(now)) == 1
    assert claims.claim(now + claims.LEASE - timedelta(seconds=1)) == []
    (again,) = claims.claim(now + claims.LEASE + timedelta(seconds=1))
    assert again.attempts == 2


def test_a_redirect_is_not_followed(harbor, sms, receiver):
    say(harbor)
    receiver.answers = [302]
    (answer,) = deliver()
    assert (answer.delivered, answer.text) == (False, "302 Found")


def test_a_private_address_is_refused_unless_the_operator_allows_it(harbor, sms, receiver, settings):
    settings.DELIVER_TO_PRIVATE_NETWORKS = False
    say(harbor)
    (answer,) = deliver()
    assert not answer.delivered
    assert "private networks" in answer.text
    assert receiver.received == []


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[::1]/", "http://10.0.0.1/", "ftp://example.com/"]
)
def test_no_private_or_odd_target_is_ever_asked(url):
    answer = send(Parcel(1, "key", 1, url=url, secret="s"))
    assert not answer.delivered


def test_an_address_nobody_answers_at_is_an_answer_too(harbor, sms):
    sms.delivery_url = "http://127.0.0.1:1/"
    sms.save()
    say(harbor)
    (answer,) = deliver()
    assert (answer.delivered, answer.text) == (False, "The address could not be reached")


def test_without_an_address_it_is_read_through_the_api(harbor):
    with harbor.scope():
        say(harbor)
        assert deliver() == []
        entry = OutboxEntry.objects.get()
        assert (entry.status, entry.last_answer) == ("sent", claims.READ_ELSEWHERE)


def test_an_email_goes_to_the_customer_who_is_away(harbor, sms):
    mia = factories.make_customer("Mia", email="mia@example.com")
    say(harbor, subject="Line one\nBcc: x", customer=mia, customer_connected=False)
    deliver()
    (letter,) = mail.outbox
    assert (letter.to, letter.body, letter.subject) == (["mia@example.com"], "It is over.", "Harbor: Line one Bcc: x")
    assert set(OutboxEntry.objects.values_list("kind", "status")) == {("customer_message", "sent"), ("email", "sent")}


def test_another_organizations_outbox_is_not_taken(harbor, summit):
    with summit.scope():
        say(summit)
    with harbor.scope():
        assert claims.claim(timezone.now()) == []


def test_the_check_in_the_documentation_takes_what_is_genuine_and_nothing_else(harbor, sms, receiver):
    text = Path(__file__).parents[3].joinpath("docs/integrators.md").read_text()
    documented: dict = {}
    exec(re.search(r"```python\n(.*?)```", text, re.S)[1], documented)  # noqa: S102 - our own documentation
    is_genuine = documented["is_genuine"]
    say(harbor)
    deliver()
    ((headers, body),) = receiver.received
    secret = WorkStream.objects.get(pk=sms.pk).delivery_secret
    assert is_genuine(secret, headers, body.encode())
    assert not is_genuine("another secret", headers, body.encode())
    assert not is_genuine(secret, headers, body.encode() + b" ")
    assert not is_genuine(secret, headers | {"X-Console-Timestamp": "1700000000"}, body.encode())


def test_pages_of_the_message_are_told_of_a_settled_delivery(harbor, django_capture_on_commit_callbacks):
    with harbor.scope():
        row = factories.make_conversation()
        perform("message_customer", [row.pk], actor=harbor.actor(), parameters={"text": "It is over."})
        # Else it would go out with what the message itself told them.
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks() as told:
            assert claims.settle_unaddressed(timezone.now()) == 1
        assert [(each.kind, each.ids) for each in told] == [("conversation", {row.pk})]
        assert claims.settle_unaddressed(timezone.now()) == 0


def test_a_webhook_switched_off_since_gets_nothing_more(harbor, sms, receiver):
    say(harbor)
    sms.delivery_url = ""
    sms.save()
    (answer,) = [send(parcel) for parcel in claims.claim(timezone.now())]
    assert (answer.delivered, receiver.received) == (False, [])
    assert "switched off" in answer.text


def test_what_was_leased_but_not_tried_is_due_at_once_and_not_counted(harbor, sms):
    say(harbor)
    now = timezone.now()
    (parcel,) = claims.claim(now)
    claims.give_back([parcel], now)
    entry = OutboxEntry.objects.get()
    assert (entry.attempts, entry.due_at) == (0, now)


def test_who_has_lost_the_lease_takes_nothing_back_from_who_has_it(harbor, sms, receiver):
    """A worker that was stopped for longer than its lease goes on: the row is another's by now."""
    say(harbor)
    now = timezone.now()
    (old,) = claims.claim(now)
    (new,) = claims.claim(now + claims.LEASE + timedelta(seconds=1))
    claims.give_back([old], now)
    entry = OutboxEntry.objects.get()
    assert (entry.attempts, entry.due_at) == (2, new.lease)
    claims.store([replace(send(old), delivered=False, text="No answer")], now)
    entry.refresh_from_db()
    assert (entry.attempts, entry.due_at, entry.last_answer) == (2, new.lease, "")


def test_what_arrived_has_arrived_also_when_the_lease_was_lost(harbor, sms, receiver):
    say(harbor)
    now = timezone.now()
    (old,) = claims.claim(now)
    claims.claim(now + claims.LEASE + timedelta(seconds=1))
    claims.store([send(old)], now)
    assert OutboxEntry.objects.get().status == "sent"


def test_a_row_that_can_not_be_sent_is_an_answer_and_keeps_no_other(harbor):
    answer = send(Parcel(1, "key", 1, address="not an address\nBcc: x", subject="s", text="t"))
    assert not answer.delivered
