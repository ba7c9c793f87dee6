"""Who sees which conversations, queues and representatives."""

import pytest

from contact_center.tenancy.scope import NoOrganizationInScope
from conversations.states import Status
from conversations.visibility import queues_of, representatives_of, visible_to
from tests.factories import make_conversation, make_representative


def test_a_supervisor_of_all_queues_sees_the_organization_and_nothing_else(harbor, summit):
    with summit.scope():
        make_conversation(queue=summit.orders)
    with harbor.scope():
        mine = {make_conversation(queue=harbor.orders), make_conversation(queue=harbor.refunds, status=Status.CLOSED)}
        assert set(visible_to(harbor.actor())) == mine


def test_a_scoped_supervisor_sees_the_listed_queues(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
        refund = make_conversation(queue=harbor.refunds)
        actor = harbor.actor(harbor.scoped)
        assert list(visible_to(actor)) == [refund]
        assert list(queues_of(actor)) == [harbor.refunds]


def test_work_that_is_moved_into_another_queue_leaves_the_scope(harbor):
    with harbor.scope():
        moved = make_conversation(queue=harbor.refunds)
        moved.queue = harbor.orders
        moved.save()
        assert not visible_to(harbor.actor(harbor.scoped)).exists()


def test_a_scope_names_its_members_and_who_holds_its_work(harbor):
    with harbor.scope():
        member = make_representative("Member", queues=[harbor.refunds])
        holder = make_representative("Holder", queues=[harbor.orders])
        make_conversation(queue=harbor.refunds, status=Status.ACTIVE, representative=holder)
        make_representative("Stranger", queues=[harbor.orders])
        assert set(representatives_of(harbor.actor(harbor.scoped))) == {harbor.ana, member, holder}


def test_without_an_organization_there_is_no_answer(harbor):
    actor = harbor.actor()
    with pytest.raises(NoOrganizationInScope):
        visible_to(actor)
