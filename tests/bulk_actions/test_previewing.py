"""What a preview tells beside the reasons: whom it reaches, and what a queue would take on."""

from bulk_actions.previewing import TakesOn, customers_reached, queues_take_on, representatives_reached
from conversations.states import Status
from tests.factories import make_conversation, make_conversations, make_representative


def test_a_representative_of_several_conversations_is_reached_once(harbor, preview, django_assert_num_queries):
    with harbor.scope():
        ben = make_representative("Ben Osei", queues=[harbor.orders])
        conversations = [
            *make_conversations(2, status=Status.ACTIVE, representative=harbor.ana),
            make_conversation(status=Status.ACTIVE, representative=ben),
            make_conversation(),
        ]
    run = preview(harbor, conversations)
    with harbor.scope(), django_assert_num_queries(2):
        reached = representatives_reached(run)
    assert (reached.number, reached.names, reached.more) == (2, ("Ana Ruiz", "Ben Osei"), 0)


def test_who_is_not_eligible_reaches_nobody(harbor, preview):
    with harbor.scope():
        closed = make_conversations(2, status=Status.CLOSED, representative=harbor.ana)
    run = preview(harbor, closed)
    with harbor.scope():
        assert representatives_reached(run).number == 0
        assert customers_reached(run).number == 0


def test_a_queue_takes_on_what_is_not_in_it_yet(harbor, preview, django_assert_num_queries):
    with harbor.scope():
        make_conversations(4, queue=harbor.refunds)
        conversations = [
            *make_conversations(3, queue=harbor.orders),
            make_conversation(queue=harbor.refunds),
            make_conversation(queue=harbor.orders, status=Status.CLOSED),
        ]
    run = preview(harbor, conversations)
    with harbor.scope(), django_assert_num_queries(2):
        found = queues_take_on(run, [harbor.orders.pk, harbor.refunds.pk])
    assert found == {harbor.orders.pk: TakesOn(3, 4), harbor.refunds.pk: TakesOn(5, 8)}
