"""Message Customer and Notify CSR over HTTP: whom the dialogs say they reach, what may be sent, and who may send it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.tenancy.models import Membership
from conversations.models import Conversation, Message, MessageTemplate, Notification, OutboxEntry
from conversations.states import Status
from routing.kinds import Channel
from tests.bulk_actions.conftest import HTMX, chosen, outcomes, work
from tests.factories import (
    make_conversation,
    make_conversations,
    make_customer,
    make_member,
    make_representative,
)

MESSAGE, NOTIFY = "message_customer", "notify"
TYPED = {MESSAGE: {"text": "The outage is over."}, NOTIFY: {"title": "Outage", "text": "Tell customers it is over."}}


def post(cast, action, data, member=None, *, start=False):
    path = f"conversations/actions/{action}/" + ("start/" if start else "")
    return cast.client(member).post(cast.url(path), data, headers=HTMX)


def words(response):
    """What a person reads: tags away, white space in one."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()).replace(" .", ".").replace(" ,", ",")


def open_dialog(cast, action, conversations, member=None):
    response = post(cast, action, chosen(conversations), member)
    assert response.status_code == 200, words(response)
    return re.search(r'name="run_key" value="([^"]+)"', response.content.decode())[1]


def send(cast, action, key, member=None, **typed):
    return post(cast, action, {"run_key": key, **(typed or TYPED[action])}, member, start=True)


def runs(cast):
    with cast.scope():
        return list(BulkAction.objects.exclude(status=RunStatus.PREVIEWED))


def held_by(representative, count=1, **fields):
    return make_conversations(count, status=Status.ACTIVE, representative=representative, **fields)


# --- Preview ---


def test_the_dialog_says_how_many_customers_get_the_message_and_why_others_dont(harbor):
    with harbor.scope():
        silent = make_conversation(channel=Channel.WHATSAPP)
        Conversation.objects.update(last_customer_message_at=timezone.now() - timedelta(hours=25))
        gone = make_conversation(customer=make_customer(opted_out_at=timezone.now()))
        waiting = make_conversation(channel=Channel.SMS)
        rows = [*(make_conversation() for _ in range(3)), waiting, silent, gone]
    said = words(post(harbor, MESSAGE, chosen(rows)))
    assert "Message Customer · 6 conversations" in said
    assert "4 customers will get this message. 2 won’t." in said
    assert "1 WhatsApp allows messages only within 24 hours of the customer&#x27;s last one." in said
    assert "1 The customer has opted out of messages." in said
    assert "One open conversation then waits for its customer." in said
    assert said.endswith("Cancel Send to 4")


def test_one_customer_with_several_conversations_counts_once(harbor):
    with harbor.scope():
        mia = make_customer("Mia")
        rows = [*make_conversations(2, customer=mia), make_conversation(status=Status.CLOSED)]
    said = words(post(harbor, MESSAGE, chosen(rows)))
    assert "1 customer will get this message, in 2 conversations. 1 conversation is left out." in said


def test_notify_names_the_representatives_it_reaches_once_each(harbor):
    with harbor.scope():
        ben = make_representative("Ben Osei", membership=make_member("ben@harbor.example"))
        nobody = make_representative("Without account")
        rows = [*held_by(harbor.ana, 3), *held_by(ben), *held_by(nobody), make_conversation()]
    said = words(post(harbor, NOTIFY, chosen(rows)))
    assert "2 representatives will be notified once each: Ana Ruiz, Ben Osei. 2 conversations are left out." in said
    assert "1 Its representative has no account to notify." in said
    assert "1 No representative holds it." in said
    assert said.endswith("Cancel Send to 2")


@pytest.mark.parametrize(
    ("action", "sentence"),
    [(MESSAGE, "Mia will get this message about “Parcel”."), (NOTIFY, "Ana Ruiz will be notified.")],
)
def test_one_conversation_says_who_is_reached(harbor, action, sentence):
    with harbor.scope():
        rows = held_by(harbor.ana, subject="Parcel", customer=make_customer("Mia"))
    said = words(post(harbor, action, chosen(rows)))
    assert sentence in said
    assert said.endswith("Cancel Send")


def test_templates_are_the_organizations_active_ones_for_this_use(harbor, summit):
    def template(use, name, **fields):
        MessageTemplate.objects.create(use=use, name=name, text="Dear {customer}", **fields)

    with summit.scope():
        template("message", "Of Summit")
    with harbor.scope():
        template("message", "Outage over")
        template("message", "Old one", is_active=False)
        template("notify", "For colleagues")
        rows = [make_conversation()]
    page = post(harbor, MESSAGE, chosen(rows)).content.decode()
    assert re.findall(r"<option[^>]*>([^<]+)</option>", page) == ["None", "Outage over"]
    assert 'data-text="Dear {customer}"' in page


def test_placeholders_are_offered_with_what_the_first_reader_will_see(harbor):
    with harbor.scope():
        row = make_conversation(customer=make_customer('Mia "M" <b>'), subject="Parcel")
    page = post(harbor, MESSAGE, chosen([row])).content.decode()
    assert re.findall(r'data-placeholder="([^"]+)" data-value="([^"]*)"', page) == [
        ("{customer}", "Mia &quot;M&quot; &lt;b&gt;"),
        ("{number}", f"C-{row.pk}"),
        ("{subject}", "Parcel"),
        ("{organization}", "Harbor"),
    ]


# --- Send ---


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": ""}, "Write a message first."),
        ({"text": " \r\n "}, "Write a message first."),
        ({"text": "\0"}, "Write a message first."),
        ({"text": "x" * 1001}, "Keep it to 1,000 characters; it has 1,001."),
        ({"text": "👍🏽" * 501}, "Keep it to 1,000 characters; it has 1,002."),
        ({"text": "Dear {name}"}, "There is no placeholder {name}."),
    ],
)
def test_a_senseless_message_is_refused_in_the_dialog_and_what_was_typed_is_kept(harbor, typed, sentence):
    with harbor.scope():
        row = make_conversation()
    response = send(harbor, MESSAGE, open_dialog(harbor, MESSAGE, [row]), **typed)
    assert response.status_code == 422
    assert sentence in words(response)
    assert 'aria-invalid="true"' in response.content.decode()
    assert typed["text"].strip("\0 \r\n") in response.content.decode()
    assert runs(harbor) == []


def test_a_notification_names_both_fields_that_are_wrong(harbor):
    with harbor.scope():
        rows = held_by(harbor.ana)
    response = send(harbor, NOTIFY, open_dialog(harbor, NOTIFY, rows), title="x" * 101, text="")
    said = words(response)
    assert response.status_code == 422
    assert "Keep it to 100 characters; it has 101." in said
    assert "Write a message first." in said
    assert "x" * 101 in response.content.decode()


@pytest.mark.parametrize("text", ["x" * 1000, "👍" * 1000, "a\r\nb" + "x" * 997, "nul\0 is dropped"])
def test_a_thousand_characters_are_sent(harbor, text):
    with harbor.scope():
        row = make_conversation()
    assert send(harbor, MESSAGE, open_dialog(harbor, MESSAGE, [row]), text=text).status_code == 200
    with harbor.scope():
        assert Message.objects.get().text == text.replace("\r\n", "\n").replace("\0", "")


@pytest.mark.parametrize("action", [MESSAGE, NOTIFY])
def test_sent_twice_it_is_one_run(harbor, action):
    with harbor.scope():
        rows = held_by(harbor.ana)
    key = open_dialog(harbor, action, rows)
    first, second = send(harbor, action, key), send(harbor, action, key)
    assert [first.status_code, second.status_code] == [200, 200]
    assert first.content == second.content
    assert len(runs(harbor)) == 1
    with harbor.scope():
        assert Message.objects.filter(author="organization").count() == (action == MESSAGE)
        assert Notification.objects.count() == (action == NOTIFY)


def test_the_run_of_a_notification_is_called_as_typed_and_counts_representatives(harbor):
    with harbor.scope():
        rows = held_by(harbor.ana, 3)
    send(harbor, NOTIFY, open_dialog(harbor, NOTIFY, rows))
    (run,) = runs(harbor)
    work(harbor, run)
    history = words(harbor.client().get(harbor.url("action-history/")))
    assert "Notify CSR Outage Supervisor 1 representative Completed 3 succeeded" in history
    page = words(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "Title Outage Message Tell customers it is over." in page


def test_two_hundred_with_mixed_reasons_go_through_a_chunk(harbor):
    with harbor.scope():
        gone = make_customer(opted_out_at=timezone.now())
        rows = [
            *make_conversations(80),
            *make_conversations(40, channel=Channel.SMS),
            *make_conversations(30, customer=gone),
            *make_conversations(30, channel=Channel.VOICE),
            *make_conversations(20, status=Status.CLOSED),
        ]
    send(harbor, MESSAGE, open_dialog(harbor, MESSAGE, rows), text="Dear {customer}, it is over.")
    (run,) = runs(harbor)
    # Each set has one customer.
    assert (run.recipients, run.eligible, run.title) == (2, 120, "Message Customer: 200 conversations")
    run = work(harbor, run)
    found = list(outcomes(harbor, run).values())
    assert {outcome: found.count(outcome) for outcome in set(found)} == {
        ("succeeded", ""): 120,
        ("skipped", "opted_out"): 30,
        ("skipped", "voice_not_possible"): 30,
        ("skipped", "is_closed"): 20,
    }
    with harbor.scope():
        assert Message.objects.filter(author="organization").count() == 120
        assert OutboxEntry.objects.filter(kind="customer_message").count() == 120
        assert Conversation.objects.filter(status=Status.WAITING).count() == 40


def test_who_opted_out_between_preview_and_run_gets_nothing(harbor):
    with harbor.scope():
        rows = [make_conversation(), make_conversation()]
    key = open_dialog(harbor, MESSAGE, rows)
    send(harbor, MESSAGE, key)
    with harbor.scope():
        type(rows[0].customer).objects.filter(pk=rows[0].customer_id).update(opted_out_at=timezone.now())
    run = work(harbor, runs(harbor)[0])
    assert outcomes(harbor, run)[rows[0].pk] == ("skipped", "opted_out")


# --- Who may ---


@pytest.mark.parametrize("action", [MESSAGE, NOTIFY])
def test_a_foreign_conversation_cannot_be_told_from_an_absent_one(harbor, summit, action):
    with summit.scope():
        (foreign,) = held_by(summit.ana, subject="Secret of Summit")
    answers = [words(post(harbor, action, {"id": [asked]})) for asked in (f"{foreign.pk}:1", "999999999:1")]
    assert len(set(answers)) == 1
    assert "Not found, or not in your queues." in answers[0]
    assert "Send" not in answers[0]


@pytest.mark.parametrize("action", [MESSAGE, NOTIFY])
def test_a_scoped_supervisor_reaches_own_queues_only(harbor, action):
    with harbor.scope():
        (mine,), (other,) = held_by(harbor.ana, queue=harbor.refunds), held_by(harbor.ana, queue=harbor.orders)
    send(harbor, action, open_dialog(harbor, action, [mine, other], harbor.scoped), harbor.scoped)
    run = work(harbor, runs(harbor)[0])
    assert outcomes(harbor, run) == {mine.pk: ("succeeded", "")}


@pytest.mark.parametrize("action", [MESSAGE, NOTIFY])
@pytest.mark.parametrize("who", ["admin", "auditor", "agent"])
def test_who_is_no_supervisor_is_refused_both_steps(harbor, action, who):
    with harbor.scope():
        rows = held_by(harbor.ana)
    key = open_dialog(harbor, action, rows)
    member = getattr(harbor, who)
    assert post(harbor, action, chosen(rows), member).status_code == 403
    assert send(harbor, action, key, member).status_code == 403
    assert runs(harbor) == []


@pytest.mark.parametrize("action", [MESSAGE, NOTIFY])
def test_a_member_of_another_organization_finds_neither(harbor, summit, action):
    with harbor.scope():
        rows = held_by(harbor.ana)
    key = open_dialog(harbor, action, rows)
    assert post(harbor, action, chosen(rows), summit.supervisor).status_code == 404
    assert send(harbor, action, key, summit.supervisor).status_code == 404
    assert post(summit, action, {"run_key": key, **TYPED[action]}, start=True).status_code == 404


def test_without_the_right_to_notify_the_button_says_so_and_nothing_is_sent(harbor):
    with harbor.scope():
        rows = held_by(harbor.ana)
    key = open_dialog(harbor, NOTIFY, rows)
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(may_notify=False)
    page = harbor.client().get(harbor.url("conversations/")).content.decode()
    reason = re.search(r'id="reason-notify">([^<]*)<', page)[1]
    assert reason == "You don&#x27;t have the right to notify representatives."
    assert "Send" not in words(post(harbor, NOTIFY, chosen(rows)))
    assert send(harbor, NOTIFY, key).status_code == 403
    with harbor.scope():
        assert not Notification.objects.exists()


def test_the_right_is_asked_again_at_every_chunk(harbor):
    with harbor.scope():
        rows = held_by(harbor.ana, 2)
    send(harbor, NOTIFY, open_dialog(harbor, NOTIFY, rows))
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(may_notify=False)
    run = work(harbor, runs(harbor)[0])
    assert {outcome for outcome, _ in outcomes(harbor, run).values()} == {"skipped"}
    with harbor.scope():
        assert not Notification.objects.exists()
