"""Priority, tags and the pinned note: set on one or many, written once, refused where nothing would change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Invalid, NotFound, Refused
from conversations.actions import perform
from conversations.models import Conversation, Tag
from conversations.states import Priority, Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations

pytestmark = pytest.mark.django_db


def do(cast, action, *rows, member=None, bulk=False, **parameters):
    with cast.scope():
        return perform(
            action,
            [row.pk for row in rows],
            actor=cast.actor(member),
            parameters=parameters,
            bulk=bulk,
            single=len(rows) == 1 and not bulk,
        )


def tags_of(cast, row):
    with cast.scope():
        return set(Conversation.objects.get(pk=row.pk).tags.values_list("name", flat=True))


@pytest.fixture
def row(harbor):
    with harbor.scope():
        return make_conversation(queue=harbor.refunds)


@pytest.fixture
def tags(harbor):
    with harbor.scope():
        return [Tag.objects.create(name=name) for name in ("vip", "fraud")]


def test_a_priority_counts_as_a_version_and_is_audited(harbor, row):
    do(harbor, "set_priority", row, priority=Priority.HIGH)
    with harbor.scope():
        found = Conversation.objects.get(pk=row.pk)
        event = AuditEvent.objects.get(action=AuditAction.PRIORITY_SET)
    assert (found.priority, found.version) == (Priority.HIGH, row.version + 1)
    assert (event.before["priority"], event.after["priority"]) == (Priority.NORMAL, Priority.HIGH)


@pytest.mark.parametrize("priority", ["", "7", "high", None])
def test_a_priority_that_there_is_not_is_refused(harbor, row, priority):
    with pytest.raises(Invalid, match="Choose a priority"):
        do(harbor, "set_priority", row, priority=priority)


def test_tags_are_added_and_taken_away(harbor, row, tags):
    vip, fraud = tags
    do(harbor, "set_tags", row, add=[vip.pk, fraud.pk], drop=[])
    assert tags_of(harbor, row) == {"vip", "fraud"}
    do(harbor, "set_tags", row, add=[vip.pk], drop=[fraud.pk])
    assert tags_of(harbor, row) == {"vip"}
    with harbor.scope():
        found = Conversation.objects.get(pk=row.pk)
        events = list(AuditEvent.objects.filter(action=AuditAction.TAGS_SET).order_by("pk"))
    assert (found.version, found.row_stamp) == (row.version, row.row_stamp + 2)
    assert [event.after["tags_dropped"] for event in events] == [[], [fraud.pk]]


def test_a_foreign_tag_is_no_tag(harbor, summit, row):
    with summit.scope():
        foreign = Tag.objects.create(name="theirs")
    with pytest.raises(Invalid, match="Choose tags from the list"):
        do(harbor, "set_tags", row, add=[foreign.pk], drop=[])


def test_a_note_is_pinned_replaced_and_taken_away(harbor, row):
    for text in ("Call back after five", "No: write instead", ""):
        do(harbor, "pin_note", row, text=text)
        with harbor.scope():
            assert Conversation.objects.get(pk=row.pk).supervisor_note == text
    with harbor.scope():
        events = list(AuditEvent.objects.filter(action=AuditAction.NOTE_PINNED))
    # The audit holds no texts.
    assert len(events) == 3
    assert "write instead" not in str([(event.before, event.after) for event in events])


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("set_priority", {"priority": Priority.NORMAL}),
        ("set_tags", {"add": [], "drop": []}),
        ("pin_note", {"text": ""}),
    ],
)
def test_what_changes_nothing_is_refused_with_the_reason(harbor, row, action, parameters):
    with pytest.raises(Refused, match="already"):
        do(harbor, action, row, **parameters)


@pytest.mark.parametrize("action", ["set_priority", "set_tags", "pin_note"])
def test_only_supervisors_of_the_queue_and_only_ongoing_ones(harbor, row, action):
    given = {"priority": Priority.HIGH, "text": "Hello", "add": [], "drop": []}
    with harbor.scope():
        elsewhere = make_conversation(queue=harbor.orders)
        closed = make_conversation(queue=harbor.orders, status=Status.CLOSED)
    with pytest.raises(NotFound):
        do(harbor, action, elsewhere, member=harbor.scoped, **given)
    with pytest.raises(Refused, match="Only supervisors"):
        do(harbor, action, row, member=harbor.agent, **given)
    with pytest.raises(Refused, match="closed"):
        do(harbor, action, closed, **given)


def test_many_of_every_kind_at_once_in_a_fixed_number_of_statements(harbor, tags):
    with harbor.scope():
        rows = [make_conversation(channel=channel) for channel in (Channel.SMS, Channel.VOICE, Channel.RECORD)]
        more = make_conversations(40, queue=harbor.orders)
    counts = []
    for chosen in (rows, more):
        with CaptureQueriesContext(connection) as captured:
            results = do(harbor, "set_tags", *chosen, bulk=True, add=[tags[0].pk], drop=[tags[1].pk])
        assert {result.outcome for result in results} == {"succeeded"}
        counts.append(len(captured))
    assert counts[0] == counts[1]
    again = do(harbor, "set_tags", *rows, bulk=True, add=[tags[0].pk], drop=[])
    assert {(result.outcome, result.code) for result in again} == {("skipped", "tags_already")}
