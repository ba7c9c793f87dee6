"""The desk over HTTP: who may open it, and what stands on it."""

import pytest
from django.test import Client

from contact_center.tenancy.roles import Role
from conversations.actions import perform
from conversations.desk.reading import MESSAGES_SHOWN
from conversations.models import Conversation, Message
from conversations.states import Status
from routing.kinds import Channel, Presence
from routing.models import CustomPresence, Representative
from tests import factories

QUERIES = 26


def page(cast, query="", member=None, **headers):
    return cast.client(member or cast.agent).get(cast.url(f"desk/{query}"), headers=headers or None)


def text_of(response):
    return response.content.decode()


def offer(cast, **make):
    row = factories.make_conversation(queue=cast.orders, **make)
    parameters = {"representative": cast.ana.pk}
    perform("assign_to_representative", [row.pk], actor=cast.actor(), parameters=parameters, single=True)
    return row


def test_an_empty_desk_says_how_to_receive_work(harbor):
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(presence=Presence.AWAY)
    text = text_of(page(harbor))
    assert "Nothing is offered to you. You are Away: choose Available to receive work." in text
    assert "You hold no conversations." in text
    assert "Nobody is waiting in your queues." in text
    assert "No conversation chosen" in text


def test_offers_conversations_and_open_work_stand_on_it(harbor):
    with harbor.scope():
        factories.make_conversation(
            queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana, subject="Mine"
        )
        factories.make_conversation(queue=harbor.orders, subject="Open one")
        factories.make_conversation(queue=factories.make_queue("Elsewhere"), subject="Not my queue")
        offer(harbor, subject="Offered one")
        factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, subject="Another's")
    response = page(harbor)
    parts = response.context["parts"]
    assert "Offered one" in parts["offers"]
    assert "Assigned by" in parts["offers"]
    assert "Mine" in parts["mine"]
    assert "Open one" in parts["open"]
    assert "Not my queue" not in text_of(response)
    assert "Another&#x27;s" not in text_of(response)
    assert "<b>60</b> of 100" in parts["status"]


def test_exceeded_capacity_says_by_how_much(harbor):
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(units_used=130)
    assert "exceeds by 30 units" in text_of(page(harbor))


def test_records_are_offered_too(harbor):
    with harbor.scope():
        row = factories.make_conversation(channel=Channel.RECORD, subject="Broken chair")
        perform(
            "assign_to_representative",
            [row.pk],
            actor=harbor.actor(),
            parameters={"representative": harbor.ana.pk},
            single=True,
        )
    offers = page(harbor).context["parts"]["offers"]
    assert "Broken chair" in offers
    assert "Reject" in offers


def test_ones_own_conversation_shows_its_transcript_with_notes_apart(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        factories.make_message(row, "Where is my parcel?")
        factories.make_message(row, "Check the depot.", visibility=Message.Visibility.INTERNAL, author="supervisor")
    transcript = page(harbor, f"?c={row.pk}").context["parts"]["transcript"]
    assert "Where is my parcel?" in transcript
    assert transcript.count("is-internal") == 1


@pytest.mark.parametrize("status", [Status.OPEN, Status.ACTIVE])
def test_nobody_reads_the_transcript_of_what_isnt_theirs(harbor, status):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=status)
        factories.make_message(row, "A secret")
    text = text_of(page(harbor, f"?c={row.pk}"))
    assert "A secret" not in text
    assert "This conversation isn’t with you" in text


def test_what_is_only_offered_isnt_read_yet(harbor):
    with harbor.scope():
        row = offer(harbor)
        factories.make_message(row, "A secret")
    assert "A secret" not in text_of(page(harbor, f"?c={row.pk}"))


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 30, "٣", "%00"])
def test_a_senseless_choice_shows_the_desk(harbor, typed):
    assert page(harbor, f"?c={typed}").status_code == 200


def test_markup_in_texts_shows_as_text(harbor):
    with harbor.scope():
        row = factories.make_conversation(
            queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana, subject="<script>alert(1)</script>"
        )
        factories.make_message(row, "<img src=x>")
    text = text_of(page(harbor, f"?c={row.pk}"))
    assert "<script>alert(1)" not in text
    assert "<img src=x>" not in text


def test_who_set_the_presence_is_named(harbor):
    client = harbor.client(harbor.agent)
    client.post(harbor.url("desk/presence/"), {"presence": "away"})
    assert "Set by you" in text_of(client.get(harbor.url("desk/")))


def test_a_custom_presence_stands_in_the_list_and_can_be_chosen(harbor):
    with harbor.scope():
        lunch = CustomPresence.objects.create(name="lunch", text="Out for lunch", base=Presence.AWAY)
    client = harbor.client(harbor.agent)
    assert client.post(harbor.url("desk/presence/"), {"presence": f"custom:{lunch.pk}"}).status_code == 302
    with harbor.scope():
        ana = Representative.objects.get(pk=harbor.ana.pk)
    assert (ana.presence, ana.custom_presence_id) == (Presence.AWAY, lunch.pk)
    assert "You are Out for lunch" in text_of(client.get(harbor.url("desk/")))


@pytest.mark.parametrize("typed", ["", "inactive", "nonsense", "custom:", "custom:999999", "custom:x"])
def test_a_presence_that_isnt_on_the_list_is_refused(harbor, typed):
    response = harbor.client(harbor.agent).post(harbor.url("desk/presence/"), {"presence": typed})
    assert response.status_code == 422
    with harbor.scope():
        assert Representative.objects.get(pk=harbor.ana.pk).presence == Presence.AVAILABLE


def test_a_foreign_custom_presence_is_none(harbor, summit):
    with summit.scope():
        foreign = CustomPresence.objects.create(name="lunch", text="Lunch", base=Presence.AWAY)
    response = harbor.client(harbor.agent).post(harbor.url("desk/presence/"), {"presence": f"custom:{foreign.pk}"})
    assert response.status_code == 422


def test_a_representative_without_a_profile_is_told_what_to_do(harbor):
    with harbor.scope():
        member = factories.make_member("new@harbor.example", Role.REPRESENTATIVE)
    assert "no representative profile yet" in text_of(page(harbor, member=member))
    response = harbor.client(member).post(harbor.url("desk/presence/"), {"presence": "away"})
    assert response.status_code == 403


def test_the_front_door_leads_representatives_to_their_desk(harbor):
    response = harbor.client(harbor.agent).get(harbor.url())
    assert response["Location"] == harbor.url("desk/")


@pytest.mark.parametrize("path", ["desk/", "desk/presence/", "desk/conversations/1/accept/"])
class TestWhoIsLetIn:
    def test_a_foreign_organization_is_not_found(self, harbor, summit, path):
        client = harbor.client(summit.agent)
        assert client.get(harbor.url(path)).status_code == 404
        assert client.post(harbor.url(path)).status_code == 404

    def test_an_anonymous_visitor_is_led_to_the_sign_in(self, harbor, path):
        assert Client().get(harbor.url(path))["Location"].startswith("/accounts/login/")

    @pytest.mark.parametrize("name", ["supervisor", "admin", "auditor"])
    def test_who_is_no_representative_is_told_so(self, harbor, path, name):
        method = "get" if path == "desk/" else "post"
        response = getattr(harbor.client(getattr(harbor, name)), method)(harbor.url(path))
        assert response.status_code == 403
        assert "The desk is for representatives." in text_of(response)

    def test_another_method_is_refused(self, harbor, path):
        method = "post" if path == "desk/" else "get"
        assert getattr(harbor.client(harbor.agent), method)(harbor.url(path)).status_code == 405


@pytest.mark.parametrize("count", [0, 1, 20])
def test_it_is_read_in_a_fixed_number_of_queries(harbor, django_assert_num_queries, count):
    with harbor.scope():
        mine = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        factories.make_conversations(count, queue=harbor.orders)
        factories.make_conversations(count, queue=harbor.orders, status=Status.WRAP_UP, representative=harbor.ana)
        for _ in range(min(count, 5)):
            offer(harbor)
        for number in range(count):
            factories.make_message(mine, f"Message {number}")
    client = harbor.client(harbor.agent)
    client.get(harbor.url("desk/"))
    with django_assert_num_queries(QUERIES):
        client.get(harbor.url(f"desk/?c={mine.pk}"))


def test_htmx_gets_the_desk_alone(harbor):
    text = text_of(page(harbor, **{"HX-Request": "true", "HX-Target": "desk"}))
    assert text.lstrip().startswith('<div id="desk"')


def test_200_conversations_stand_on_it_and_can_be_searched(harbor):
    with harbor.scope():
        factories.make_conversations(200, queue=harbor.orders, status=Status.WAITING, representative=harbor.ana)
    mine = page(harbor).context["parts"]["mine"]
    assert mine.count('class="desk-row"') == 200
    assert "data-desk-find" in mine
    with harbor.scope():
        Conversation.objects.all().delete()
    assert "data-desk-find" not in page(harbor).context["parts"]["mine"]


def test_of_a_long_transcript_the_newest_messages_are_shown(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        for number in range(MESSAGES_SHOWN + 1):
            factories.make_message(row, f"Message {number}.")
    transcript = page(harbor, f"?c={row.pk}").context["parts"]["transcript"]
    assert f"The newest {MESSAGES_SHOWN} messages are shown." in transcript
    assert "Message 0." not in transcript
    assert f"Message {MESSAGES_SHOWN}." in transcript
