"""Find a queue: which queues are offered for one and for many, what narrows them, and who may ask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.tenancy.models import OrganizationSettings
from routing.kinds import Channel, Kind
from routing.models import Queue
from tests.bulk_actions.work_item.conftest import ASSIGN, get, key_of, offered, open_dialog, text
from tests.factories import make_conversation, make_conversations, make_queue, make_representative

QUEUES = f"{ASSIGN}/queues/"


def staffed(name, **fields):
    queue = make_queue(name, **fields)
    make_representative(queues=[queue])
    return queue


@pytest.fixture
def dialog(harbor):
    with harbor.scope():
        return key_of(open_dialog(harbor, [make_conversation(queue=harbor.orders)]))


def test_active_queues_of_the_kind_are_listed_except_the_current_one(harbor, dialog):
    with harbor.scope():
        staffed("Calls", kind=Kind.VOICE)
        staffed("Old", is_active=False)
        vip = staffed("VIP", priority=1, intent_based=True)
    response = get(harbor, QUEUES, {"run_key": dialog})
    assert offered(response, "queue") == [harbor.refunds.pk, vip.pk]
    assert "VIP Intent-based: Yes Priority: 1 Waiting: 0" in text(response)
    assert "Refunds Intent-based: No Priority: None" in text(response)


def test_a_queue_without_members_is_listed_with_the_reason_and_cannot_be_chosen(harbor, dialog):
    with harbor.scope():
        empty = make_queue("Empty")
    response = get(harbor, QUEUES, {"run_key": dialog})
    assert "Empty The queue has no members." in text(response)
    assert empty.pk not in offered(response, "queue")


def test_a_voice_call_goes_to_a_voice_queue(harbor):
    with harbor.scope():
        calls = staffed("Calls", kind=Kind.VOICE)
        call = make_conversation(channel=Channel.VOICE)
    assert offered(open_dialog(harbor, [call]), "queue") == [calls.pk]


def test_searching_by_name_narrows_and_says_when_nothing_matches(harbor, dialog):
    with harbor.scope():
        staffed("VIP")
    response = get(harbor, QUEUES, {"run_key": dialog, "queue_name": "REF"})
    assert offered(response, "queue") == [harbor.refunds.pk]
    assert "No queue matches." in text(get(harbor, QUEUES, {"run_key": dialog, "queue_name": "zzz"}))


def test_without_another_queue_it_says_why(harbor, dialog):
    with harbor.scope():
        Queue.objects.exclude(pk=harbor.orders.pk).update(is_active=False)
    assert "There is no other active queue for this kind of work." in text(get(harbor, QUEUES, {"run_key": dialog}))


def test_many_queues_take_as_many_queries_as_few(harbor, dialog):
    client, url = harbor.client(), harbor.url(f"conversations/actions/{QUEUES}")
    counted = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            client.get(url, {"run_key": dialog})
        counted.append(len(queries))
        with harbor.scope():
            for _ in range(20):
                make_queue()
    assert counted[1] == counted[2]


def test_the_list_is_refused_without_the_toggle_the_right_and_in_another_organization(harbor, summit, dialog):
    with harbor.scope():
        many = make_conversations(2, queue=harbor.orders)
    run_of_many = key_of(open_dialog(harbor, many))
    assert offered(get(harbor, QUEUES, {"run_key": run_of_many}), "queue") == [harbor.orders.pk, harbor.refunds.pk]
    assert get(harbor, QUEUES, {"run_key": dialog}, member=harbor.second).status_code == 403
    assert get(harbor, QUEUES, {"run_key": dialog}, member=harbor.auditor).status_code == 403
    assert get(summit, QUEUES, {"run_key": dialog}).status_code == 404
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    assert get(harbor, QUEUES, {"run_key": dialog}).status_code == 403
    assert get(harbor, QUEUES, {"run_key": run_of_many}).status_code == 403
