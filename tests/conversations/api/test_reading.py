"""Reading: the list's own filters, pages by cursor, transcripts without internal messages; and presence."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.actions import perform
from conversations.models import Conversation, Message
from conversations.states import Status
from routing.kinds import Channel
from routing.models import PresenceChange, Representative
from tests import factories
from tests.conversations.api.caller import error_of, make_caller


def listed(caller, query=""):
    response = caller.get(f"/conversations{query}")
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["conversations"]]


@pytest.fixture
def rows(harbor, api):
    """Open in Orders, Active with Ana, Closed; the last has an id of the caller's."""
    with harbor.scope():
        return [
            factories.make_conversation(queue=harbor.orders, subject="Lost parcel"),
            factories.make_conversation(
                queue=harbor.refunds, status=Status.ACTIVE, representative=harbor.ana, channel=Channel.SMS
            ),
            factories.make_conversation(queue=harbor.orders, status=Status.CLOSED, external_id="chat-77"),
        ]


def test_ongoing_ones_are_listed_newest_first(api, rows):
    assert listed(api) == [rows[1].pk, rows[0].pk]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=any", [2, 1, 0]),
        ("?status=closed", [2]),
        ("?status=open&status=active", [1, 0]),
        ("?channel=sms", [1]),
        ("?queue={orders}", [0]),
        ("?representative={ana}", [1]),
        ("?representative=none", [0]),
        ("?work_stream=sms", [1]),
        ("?q=parcel", [0]),
        ("?mode=persistent", [1]),
        ("?external_id=chat-77", [2]),
        ("?external_id=chat-78", []),
        ("?sort=created", [0, 1]),
        ("?created=1m", []),
    ],
)
def test_filters_are_those_of_the_list(harbor, api, rows, query, expected):
    found = listed(api, query.format(orders=harbor.orders.pk, ana=harbor.ana.pk))
    assert found == [rows[position].pk for position in expected]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?status=asleep", "status"),
        ("?queue=999999", "queue"),
        ("?work_stream=pigeon", "work_stream"),
        ("?colour=blue", "colour"),
        ("?sort=mood", "sort"),
        ("?limit=0", "limit"),
        ("?limit=201", "limit"),
        ("?limit=many", "limit"),
        ("?cursor=nonsense", "cursor"),
        ("?created=soon", "created"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(api, query, field):
    response = api.get(f"/conversations{query}")
    assert response.status_code == 422
    assert list(error_of(response)["fields"]) == [field]


def test_pages_follow_one_another_without_gap_or_repetition(harbor, api):
    with harbor.scope():
        made = factories.make_conversations(7, queue=harbor.orders)
    seen, cursor = [], ""
    while True:
        page = api.get(f"/conversations?limit=3{cursor}").json()
        seen.append([row["id"] for row in page["conversations"]])
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    ids = [row.pk for row in reversed(made)]
    assert seen == [ids[:3], ids[3:6], ids[6:]]


def test_a_cursor_whose_rest_is_gone_ends_the_list(harbor, api):
    with harbor.scope():
        made = factories.make_conversations(2, queue=harbor.orders)
    cursor = api.get("/conversations?limit=1").json()["next_cursor"]
    with harbor.scope():
        Conversation.objects.filter(pk=made[0].pk).update(status="closed", closed_at="2026-01-01T00:00:00Z")
    page = api.get(f"/conversations?limit=1&cursor={cursor}").json()
    assert page == {"conversations": [], "next_cursor": None}


def test_one_conversation_is_described_with_its_names(harbor, api, rows):
    given = api.get(f"/conversations/{rows[1].pk}").json()
    assert given["queue"] == {"id": harbor.refunds.pk, "name": "Refunds"}
    assert given["representative"] == {"name": "Ana Ruiz", "email": harbor.ana.email}
    assert given["customer"]["name"] == rows[1].customer_name
    assert (given["work_stream"], given["channel"], given["mode"]) == ("sms", "sms", "persistent")
    assert (given["status"], given["priority"]) == ("active", "normal")


@pytest.mark.parametrize("pk", [0, 999_999_999, 2**63, 10**40])
def test_what_does_not_exist_is_not_found(api, pk):
    assert api.get(f"/conversations/{pk}").status_code == 404
    assert api.get(f"/conversations/{pk}/messages").status_code == 404


def test_internal_messages_are_never_in_a_transcript(harbor, api, rows):
    with harbor.scope():
        factories.make_message(rows[0], "Public")
        factories.make_message(rows[0], "Secret", author="supervisor", visibility=Message.Visibility.INTERNAL)
    response = api.get(f"/conversations/{rows[0].pk}/messages")
    assert [message["text"] for message in response.json()["messages"]] == ["Public"]
    assert "Secret" not in response.content.decode()


def test_a_transcript_has_pages_oldest_first(harbor, api, rows):
    with harbor.scope():
        for number in range(5):
            factories.make_message(rows[0], str(number))
    path = f"/conversations/{rows[0].pk}/messages?limit=2"
    first = api.get(path).json()
    second = api.get(f"{path}&cursor={first['next_cursor']}").json()
    third = api.get(f"{path}&cursor={second['next_cursor']}").json()
    texts = [[message["text"] for message in page["messages"]] for page in (first, second, third)]
    assert texts == [["0", "1"], ["2", "3"], ["4"]]
    assert third["next_cursor"] is None


@pytest.mark.parametrize(("path", "queries"), [("/conversations", 7), ("/conversations/{id}/messages", 7)])
def test_reading_takes_a_fixed_number_of_queries(harbor, api, rows, path, queries):
    path = path.format(id=rows[0].pk)
    api.get(path)
    counts = []
    for number in (0, 20):
        with harbor.scope():
            if number:
                factories.make_conversations(number, queue=harbor.orders)
                Message.objects.bulk_create(
                    Message(conversation=rows[0], author="customer", text="x") for _ in range(number)
                )
        with CaptureQueriesContext(connection) as captured:
            api.get(path)
        counts.append(len(captured))
    assert counts == [queries, queries]


def test_presence_is_set_audited_and_kept_in_the_history(harbor, api):
    path = f"/representatives/{harbor.ana.email.upper()}/presence"
    first, second = (api.put(path, {"presence": "away"}) for _ in range(2))
    assert (first.status_code, first.json()["presence"], first.json()["name"]) == (200, "away", "Ana Ruiz")
    assert second.json() == first.json()
    with harbor.scope():
        assert Representative.objects.get(pk=harbor.ana.pk).presence == "away"
        assert [change.presence for change in PresenceChange.objects.all()] == ["away"]
        event = AuditEvent.objects.get(action=AuditAction.PRESENCE_CHANGED)
        assert (event.before, event.after) == ({"presence": "available"}, {"presence": "away"})


@pytest.mark.parametrize("presence", ["inactive", "asleep", "", None, 5])
def test_a_presence_that_cannot_be_set_is_named(harbor, api, presence):
    response = api.put(f"/representatives/{harbor.ana.email}/presence", {"presence": presence})
    assert response.status_code == 422
    assert list(error_of(response)["fields"]) == ["presence"]


@pytest.mark.parametrize("email", ["nobody@example.com", "a%00b", "x" * 300])
def test_the_presence_of_nobody_cannot_be_set(api, email):
    assert api.put(f"/representatives/{email}/presence", {"presence": "away"}).status_code in (404, 422)


def test_an_ai_agent_has_no_presence_to_set(harbor, api):
    with harbor.scope():
        agent = factories.make_representative(type=Representative.Type.AI_AGENT)
    assert api.put(f"/representatives/{agent.email}/presence", {"presence": "away"}).status_code == 404


def test_a_message_of_the_organization_is_what_the_customer_sees(harbor, api, rows):
    with harbor.scope():
        customer = rows[0].customer_name
        perform(
            "message_customer", [rows[0].pk], actor=harbor.actor(), parameters={"text": "Dear {customer}, it is over."}
        )
    (shown,) = [
        each
        for each in api.get(f"/conversations/{rows[0].pk}/messages").json()["messages"]
        if each["author"] == "organization"
    ]
    assert shown["text"] == f"Dear {customer}, it is over."
    assert harbor.actor().name not in str(shown)


def test_a_foreign_key_reads_no_message_of_the_organization(harbor, summit, rows):
    with harbor.scope():
        perform("message_customer", [rows[0].pk], actor=harbor.actor(), parameters={"text": "It is over."})
    assert make_caller(summit).get(f"/conversations/{rows[0].pk}/messages").status_code == 404
