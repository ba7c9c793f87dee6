"""Ends, by the customer and by the representative."""

import pytest

from conversations.models import Conversation
from conversations.states import Status
from routing.kinds import Channel
from tests import factories, invariants
from tests.conversations.api.caller import error_of


def end(cast, caller, by, **fields):
    with cast.scope():
        held = {} if fields.get("status", Status.OPEN) in (Status.OPEN, Status.CLOSED) else {"representative": cast.ana}
        row = factories.make_conversation(queue=None if fields.get("channel") else cast.orders, **held, **fields)
    return row, caller.post(f"/conversations/{row.pk}/end", {"by": by})


@pytest.mark.parametrize(
    ("by", "status", "channel", "after"),
    [
        ("customer", Status.OPEN, Channel.LIVE_CHAT, "closed"),
        ("customer", Status.ACTIVE, Channel.LIVE_CHAT, "wrap_up"),
        ("customer", Status.ACTIVE, Channel.VOICE, "wrap_up"),
        ("customer", Status.WRAP_UP, Channel.LIVE_CHAT, "wrap_up"),
        ("customer", Status.CLOSED, Channel.LIVE_CHAT, "closed"),
        ("representative", Status.ACTIVE, Channel.LIVE_CHAT, "wrap_up"),
        ("representative", Status.ACTIVE, Channel.SMS, "wrap_up"),
        ("representative", Status.WRAP_UP, Channel.SMS, "wrap_up"),
    ],
)
def test_an_end_does_what_the_state_asks_for(harbor, api, by, status, channel, after):
    row, response = end(harbor, api, by, status=status, channel=channel)
    assert (response.status_code, response.json()["status"]) == (200, after)
    again = api.post(f"/conversations/{row.pk}/end", {"by": by})
    assert (again.status_code, again.json()) == (200, response.json())
    with harbor.scope():
        invariants.assert_all()


def test_a_customer_who_leaves_before_anybody_accepted_counts_as_abandoned(harbor, api):
    row, _ = end(harbor, api, "customer")
    with harbor.scope():
        assert Conversation.objects.get(pk=row.pk).is_abandoned


@pytest.mark.parametrize(
    ("by", "status", "channel", "code"),
    [
        ("customer", Status.ACTIVE, Channel.SMS, "persistent"),
        ("customer", Status.OPEN, Channel.RECORD, "record_not_possible"),
        ("representative", Status.OPEN, Channel.LIVE_CHAT, "is_open"),
        ("representative", Status.WAITING, Channel.SMS, "is_waiting"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(harbor, api, by, status, channel, code):
    row, response = end(harbor, api, by, status=status, channel=channel)
    assert (response.status_code, error_of(response)["code"]) == (409, code)
    with harbor.scope():
        assert Conversation.objects.get(pk=row.pk).version == row.version


def test_who_ends_has_to_be_said(harbor, api):
    assert end(harbor, api, "supervisor")[1].status_code == 422
    assert api.post("/conversations/999999999/end", {"by": "customer"}).status_code == 404
