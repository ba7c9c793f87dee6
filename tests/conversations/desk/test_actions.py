"""What representatives do at the desk: done, refused with the reason, lost to somebody faster, clicked twice."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contact_center.tenancy.models import ApiKey
from conversations.actions import perform
from conversations.models import Conversation, Disposition, Message, Offer, OutboxEntry
from conversations.states import OfferOutcome, Status, StatusReason
from routing.kinds import Channel
from routing.models import Queue
from tests import factories, invariants

HTMX = {"HX-Request": "true"}
# Of a reply: the door, the check under the lock, what is written, and the desk as it is then.
ACTION_QUERIES = 31


def act(cast, row, action, member=None, **data):
    data.setdefault("version", row.version)
    url = cast.url(f"desk/conversations/{row.pk}/{action}/")
    return cast.client(member or cast.agent).post(url, data, headers=HTMX)


def now(cast, row):
    with cast.scope():
        invariants.assert_all()
        return Conversation.objects.get(pk=row.pk)


def test_many_that_a_representative_takes_up_cost_no_more_statements_than_two(harbor):
    counted = []
    with harbor.scope():
        actor = harbor.actor(harbor.agent)
        for number in (2, 9):
            rows = factories.make_conversations(number, queue=harbor.orders)
            with CaptureQueriesContext(connection) as queries:
                results = perform("pick", [row.pk for row in rows], actor=actor)
            assert {result.outcome for result in results} == {"succeeded"}
            counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.fixture
def held(harbor):
    """Makes a conversation that Ana holds."""

    def make(status=Status.ACTIVE, channel=Channel.LIVE_CHAT, **fields):
        with harbor.scope():
            queue = None if channel in (Channel.RECORD, Channel.VOICE) else harbor.orders
            return factories.make_conversation(
                queue=queue, status=status, channel=channel, representative=harbor.ana, **fields
            )

    return make


@pytest.fixture
def open_one(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders)


@pytest.fixture
def offered(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        parameters = {"representative": harbor.ana.pk}
        perform("assign_to_representative", [row.pk], actor=harbor.actor(), parameters=parameters, single=True)
        row.refresh_from_db()
        return row


def test_accept_opens_the_conversation(harbor, offered):
    response = act(harbor, offered, "accept")
    assert response.status_code == 200
    assert response["HX-Push-Url"] == harbor.url(f"desk/?c={offered.pk}")
    assert now(harbor, offered).status_reason == StatusReason.IN_CONVERSATION


def test_reject_returns_it_to_its_queue(harbor, offered):
    response = act(harbor, offered, "reject")
    assert response.status_code == 200
    assert response.content.decode().startswith('<div id="desk-body"')
    row = now(harbor, offered)
    assert (row.status, row.representative_id) == (Status.OPEN, None)


def test_pick_takes_it_from_the_queue(harbor, open_one):
    assert act(harbor, open_one, "pick").status_code == 200
    row = now(harbor, open_one)
    assert (row.status, row.representative_id, row.units_held) == (Status.ACTIVE, harbor.ana.pk, factories.UNITS)


@pytest.mark.parametrize(
    ("action", "status", "channel", "becomes"),
    [
        ("leave_waiting", Status.ACTIVE, Channel.SMS, Status.WAITING),
        ("reopen", Status.WAITING, Channel.SMS, Status.ACTIVE),
        ("release_own", Status.ACTIVE, Channel.LIVE_CHAT, Status.OPEN),
        ("end", Status.ACTIVE, Channel.LIVE_CHAT, Status.WRAP_UP),
        ("wrap_up_done", Status.WRAP_UP, Channel.LIVE_CHAT, Status.CLOSED),
        ("resolve", Status.ACTIVE, Channel.RECORD, Status.CLOSED),
    ],
)
def test_each_action_does_what_it_says_and_only_once(harbor, held, action, status, channel, becomes):
    row = held(status, channel)
    assert act(harbor, row, action).status_code == 200
    assert now(harbor, row).status == becomes
    again = act(harbor, row, action)
    assert again.status_code == 409
    assert "It has changed: it is now" in again.content.decode()
    assert now(harbor, row).version == row.version + 1


@pytest.mark.parametrize(
    ("action", "status", "channel", "sentence"),
    [
        ("leave_waiting", Status.ACTIVE, Channel.LIVE_CHAT, "A live chat can&#x27;t wait for the customer."),
        ("reopen", Status.ACTIVE, Channel.SMS, "A representative is in conversation."),
        ("end", Status.WRAP_UP, Channel.LIVE_CHAT, "The talk is over and it is in wrap-up."),
        ("resolve", Status.ACTIVE, Channel.LIVE_CHAT, "This is for records only."),
        ("reply", Status.WRAP_UP, Channel.LIVE_CHAT, "The talk is over and it is in wrap-up."),
        ("accept", Status.ACTIVE, Channel.LIVE_CHAT, "It isn&#x27;t offered to you."),
    ],
)
def test_the_rule_tables_sentence_refuses(harbor, held, action, status, channel, sentence):
    row = held(status, channel)
    response = act(harbor, row, action, text="Hello")
    assert response.status_code == 403
    assert sentence in response.content.decode()
    assert now(harbor, row).version == row.version


@pytest.mark.parametrize("action", ["reply", "internal_note", "leave_waiting", "release_own", "end"])
def test_anothers_conversation_is_left_alone(harbor, action):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, channel=Channel.SMS)
    response = act(harbor, row, action, text="Hello")
    assert response.status_code == 403
    assert "It isn&#x27;t yours." in response.content.decode()
    with harbor.scope():
        assert not Message.objects.exists()


def test_what_one_has_nothing_to_do_with_is_not_found(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=factories.make_queue("Elsewhere"))
    assert act(harbor, row, "pick").status_code == 404


def test_a_foreign_id_is_not_found(harbor, summit):
    with summit.scope():
        row = factories.make_conversation(queue=summit.orders)
    for action in ("accept", "pick", "reply", "end"):
        assert act(harbor, row, action, text="Hello").status_code == 404
    with summit.scope():
        assert Conversation.objects.get(pk=row.pk).version == row.version


@pytest.mark.parametrize("action", ["force_close", "assign_to_queue", "remove", "transfer_own", "no-such-thing"])
def test_only_the_desks_own_actions_have_an_address(harbor, held, action):
    assert act(harbor, held(), action).status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_without_a_version_nothing_is_done(harbor, held, version):
    row = held()
    assert act(harbor, row, "end", version=version).status_code == 422
    assert now(harbor, row).status == Status.ACTIVE


def test_two_pick_the_same_and_the_slower_is_told_who_has_it(harbor, open_one):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative")
        factories.make_representative("Ben Osei", queues=[harbor.orders], membership=member)
    assert act(harbor, open_one, "pick").status_code == 200
    slower = act(harbor, open_one, "pick", member=member)
    assert slower.status_code == 409
    assert "Active with Ana Ruiz in Orders" in slower.content.decode()


def test_an_offer_that_was_withdrawn_in_the_meantime_answers_409(harbor, offered):
    with harbor.scope():
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders])
        perform("transfer_to_representative", [offered.pk], actor=harbor.actor(), parameters={"representative": ben.pk})
    response = act(harbor, offered, "accept")
    assert response.status_code == 409
    assert "awaiting acceptance with Ben Osei" in response.content.decode()
    with harbor.scope():
        assert Offer.objects.get(representative=harbor.ana).outcome == OfferOutcome.WITHDRAWN


def test_one_who_lost_it_to_a_queue_of_others_is_still_told_what_it_is_now(harbor, held):
    row = held()
    with harbor.scope():
        other = factories.make_queue("Elsewhere", intent_based=True)
        other.members.create(representative=factories.make_representative("Ben Osei"))
        Queue.objects.filter(pk=harbor.orders.pk).update(intent_based=True)
        perform("transfer_to_queue", [row.pk], actor=harbor.actor(), parameters={"queue": other.pk}, single=True)
    response = act(harbor, row, "end")
    assert response.status_code == 409
    assert "Open in Elsewhere" in response.content.decode()


def test_after_the_end_of_the_chosen_one_the_desk_stands_alone(harbor, held):
    row = held(Status.WRAP_UP)
    response = act(harbor, row, "wrap_up_done", c=row.pk)
    assert response["HX-Push-Url"] == harbor.url("desk/")
    assert "No conversation chosen" in response.content.decode()


class TestWrapUp:
    def test_a_disposition_is_stored(self, harbor, held):
        row = held(Status.WRAP_UP)
        with harbor.scope():
            solved = Disposition.objects.create(label="Solved")
        assert act(harbor, row, "wrap_up_done", disposition=solved.pk).status_code == 200
        assert now(harbor, row).disposition_id == solved.pk

    @pytest.mark.parametrize("typed", ["", "999999", "x"])
    def test_where_there_are_dispositions_one_is_chosen(self, harbor, held, typed):
        row = held(Status.WRAP_UP)
        with harbor.scope():
            Disposition.objects.create(label="Solved")
        response = act(harbor, row, "wrap_up_done", disposition=typed)
        assert response.status_code == 422
        assert "Choose a disposition" in response.content.decode()
        assert now(harbor, row).status == Status.WRAP_UP

    def test_a_foreign_disposition_is_none(self, harbor, summit, held):
        row = held(Status.WRAP_UP)
        with summit.scope():
            foreign = Disposition.objects.create(label="Solved")
        assert act(harbor, row, "wrap_up_done", disposition=foreign.pk).status_code == 422


class TestWriting:
    def test_a_reply_is_public_delivered_and_the_first_response(self, harbor, held):
        row = held(unanswered_since="2026-01-01T00:00Z")
        assert act(harbor, row, "reply", text="  On its way.\r\nPromised.  ").status_code == 200
        after = now(harbor, row)
        with harbor.scope():
            message = Message.objects.get()
            entry = OutboxEntry.objects.get()
        assert (message.text, message.visibility, message.author) == (
            "On its way.\nPromised.",
            "public",
            "representative",
        )
        assert (message.representative_id, message.membership_id) == (harbor.ana.pk, harbor.agent.pk)
        assert (entry.kind, entry.message_id) == (OutboxEntry.Kind.CUSTOMER_MESSAGE, message.pk)
        assert after.unanswered_since is None
        assert after.first_response_at is not None
        assert (after.version, after.row_stamp) == (row.version, row.row_stamp + 1)

    def test_the_first_response_stays_the_first(self, harbor, held):
        row = held()
        act(harbor, row, "reply", text="One")
        first = now(harbor, row).first_response_at
        act(harbor, row, "reply", text="Two")
        assert now(harbor, row).first_response_at == first

    @pytest.mark.parametrize("status", [Status.ACTIVE, Status.WRAP_UP])
    def test_an_internal_note_reaches_no_customer_by_any_path(self, harbor, held, status):
        row = held(status)
        assert act(harbor, row, "internal_note", text="Ask for the receipt").status_code == 200
        with harbor.scope():
            assert Message.objects.get().visibility == Message.Visibility.INTERNAL
            assert not OutboxEntry.objects.filter(kind=OutboxEntry.Kind.CUSTOMER_MESSAGE).exists()
        assert now(harbor, row).first_response_at is None

    @pytest.mark.parametrize("action", ["reply", "internal_note"])
    def test_a_double_click_stores_it_once(self, harbor, held, action):
        row = held()
        for _ in range(2):
            assert act(harbor, row, action, text="Hello", token="a" * 32).status_code == 200
        assert act(harbor, row, action, text="Hello", token="b" * 32).status_code == 200
        with harbor.scope():
            assert Message.objects.count() == 2

    @pytest.mark.parametrize("text", ["", " \n\0"])
    def test_nothing_written_is_refused(self, harbor, held, text):
        response = act(harbor, held(), "reply", text=text)
        assert response.status_code == 422
        assert "Write a message first." in response.content.decode()

    def test_6000_characters_fit_and_one_more_does_not(self, harbor, held):
        row = held()
        assert act(harbor, row, "reply", text="x" * 6_000).status_code == 200
        assert act(harbor, row, "reply", text="x" * 6_001).status_code == 422


def test_the_chat_page_and_the_api_show_replies_and_no_notes(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders, chat_key="key-of-harbor")
    customer = Client()
    customer.get("/chat/key-of-harbor/")
    customer.post("/chat/key-of-harbor/start/", {"name": "Mina", "question": "Where is it?", "token": uuid.uuid4()})
    with harbor.scope():
        row = Conversation.objects.get()
    act(harbor, row, "pick")
    row = now(harbor, row)
    assert act(harbor, row, "reply", text="On its way").status_code == 200
    assert act(harbor, row, "internal_note", text="Difficult customer").status_code == 200
    shown = customer.get("/chat/key-of-harbor/").content.decode()
    assert "On its way" in shown
    assert "Difficult customer" not in shown
    with harbor.scope():
        _, key = ApiKey.issue("Test")
    answer = Client().get(f"/api/v1/conversations/{row.pk}/messages", headers={"Authorization": f"Bearer {key}"})
    texts = [message["text"] for message in answer.json()["messages"]]
    assert "On its way" in texts
    assert "Difficult customer" not in texts


@pytest.mark.parametrize("count", [1, 30])
def test_an_action_costs_a_fixed_number_of_queries(harbor, held, django_assert_num_queries, count):
    with harbor.scope():
        factories.make_conversations(count, queue=harbor.orders)
    rows = [held() for _ in range(2)]
    act(harbor, rows[0], "reply", text="Warm")
    client = harbor.client(harbor.agent)
    client.get(harbor.url("desk/"))
    url = harbor.url(f"desk/conversations/{rows[1].pk}/reply/")
    with django_assert_num_queries(ACTION_QUERIES):
        response = client.post(url, {"text": "Hello", "version": 1, "c": rows[1].pk}, headers=HTMX)
    assert response.status_code == 200


class TestAStaleTab:
    """It still shows the conversation as it was; the version it sends is an old one."""

    def test_what_was_written_is_sent_while_it_is_ones_own(self, harbor, held):
        row = held()
        with harbor.scope():
            Conversation.objects.filter(pk=row.pk).update(version=row.version + 3)
        assert act(harbor, row, "reply", text="On its way").status_code == 200
        with harbor.scope():
            assert Message.objects.get().text == "On its way"

    def test_sent_again_it_is_stored_once(self, harbor, held):
        row = held()
        for version in (row.version, row.version + 5):
            assert act(harbor, row, "reply", text="Hello", token="a" * 32, version=version).status_code == 200
        with harbor.scope():
            assert Message.objects.count() == 1

    def test_otherwise_it_is_told_what_it_is_now_and_nothing_is_stored(self, harbor, held):
        row = held()
        act(harbor, row, "end")
        response = act(harbor, row, "reply", text="One more thing")
        assert response.status_code == 409
        assert "It has changed: it is now Wrap-up" in response.content.decode()
        with harbor.scope():
            assert not Message.objects.exclude(author="system").exists()
