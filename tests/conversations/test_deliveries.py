"""What left the console for a conversation, on its page and to whom it may be shown."""

from django.http import QueryDict
from django.utils import timezone

from contact_center.live.registry import factory_of
from conversations.actions import perform
from conversations.delivery import claims
from conversations.models import OutboxEntry, WebhookEndpoint
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_customer, make_work_stream


def shown(cast, row, member=None):
    return cast.client(member).get(cast.url(f"conversations/{row.pk}/"))


def say(cast, row):
    perform("message_customer", [row.pk], actor=cast.actor(), parameters={"text": "It is over."})


def test_the_page_says_to_where_it_went_and_what_was_answered(harbor):
    with harbor.scope():
        WebhookEndpoint.objects.create(url="https://hooks.example.com/t0ken", secret="s")
        make_work_stream(Channel.SMS, queue=harbor.orders, delivery_url="https://sms.example.com/secret-path")
        mia = make_customer("Mia", email="mia@example.com")
        row = make_conversation(channel=Channel.SMS, queue=harbor.orders, customer=mia, customer_connected=False)
        say(harbor, row)
        message = OutboxEntry.objects.filter(kind="customer_message")
        message.update(status="failed", attempts=8, last_answer="500 Internal Server Error")
    response = shown(harbor, row)
    found = {each["what"]: each for each in response.context["deliveries"]}
    failed = found["Message to the customer"]
    assert (failed["to"], failed["state_label"], failed["attempts"], failed["answer"]) == (
        "sms.example.com",
        "Failed",
        "8 attempts",
        "500 Internal Server Error",
    )
    assert found["E-mail"]["to"] == "mia@example.com"
    page = response.content.decode()
    assert "is-failed" in page
    assert "secret-path" not in page
    assert "t0ken" not in page


def test_a_message_without_an_address_is_read_on_the_chat_page(harbor):
    with harbor.scope():
        row = make_conversation()
        say(harbor, row)
        claims.settle_unaddressed(timezone.now())
    (delivery,) = shown(harbor, row).context["deliveries"]
    assert (delivery["state"], delivery["to"]) == ("sent", "chat page and API")


def test_what_is_said_on_the_chat_page_never_left_and_isnt_listed(harbor):
    with harbor.scope():
        chat = make_conversation(status=Status.ACTIVE, representative=harbor.ana, queue=harbor.orders)
        sms = make_conversation(
            status=Status.ACTIVE, representative=harbor.ana, queue=harbor.orders, channel=Channel.SMS
        )
        for row in (chat, sms):
            perform("reply", [row.pk], actor=harbor.actor(harbor.agent), parameters={"text": "On its way."})
        claims.settle_unaddressed(timezone.now())
    assert shown(harbor, chat).context["deliveries"] == []
    (delivery,) = shown(harbor, sms).context["deliveries"]
    assert "no delivery address" in delivery["answer"]


def test_the_page_hears_of_every_attempt(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        say(harbor, row)
        watched = factory_of("conversation")(harbor.actor(), QueryDict(f"id={row.pk}"))
        before = watched.read()
        OutboxEntry.objects.update(attempts=1)
        second = watched.read()
        assert second != before
        OutboxEntry.objects.update(status="sent")
        assert watched.read() != second
        assert 'id="deliveries"' in watched.render_counters(before.counters)


def test_a_quiet_conversation_has_none(harbor):
    with harbor.scope():
        row = make_conversation()
    assert 'id="deliveries"' not in shown(harbor, row).content.decode()


def test_who_may_not_see_the_conversation_sees_no_delivery(harbor, summit):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders)
        say(harbor, row)
    assert shown(harbor, row, harbor.scoped).status_code == 404
    assert shown(harbor, row, summit.supervisor).status_code == 404
    assert shown(harbor, row, harbor.agent).status_code == 403
