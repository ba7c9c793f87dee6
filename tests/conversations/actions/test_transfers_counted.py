"""A transfer counts once it is accepted; what overtakes a pending one is told to both sides."""

import pytest
from django.utils import timezone

from conversations.actions import perform
from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote
from conversations.models import Notification
from conversations.states import Status
from routing.kinds import Channel
from tests import factories, invariants


@pytest.fixture
def ben(harbor):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative", name="Ben Osei")
        return factories.make_representative("Ben Osei", queues=[harbor.orders], membership=member)


def transferred_to(cast, person, row):
    (result,) = perform(
        "transfer_to_representative", [row.pk], actor=cast.actor(), parameters={"representative": person.pk}
    )
    assert result.outcome == "succeeded"
    return row


def counted(row):
    row.refresh_from_db()
    return row.transfer_count


def awaiting(cast):
    row = factories.make_conversation(queue=cast.orders)
    perform("assign_to_representative", [row.pk], actor=cast.actor(), parameters={"representative": cast.ana.pk})
    return row


def held(cast):
    return factories.make_conversation(queue=cast.orders, status=Status.ACTIVE, representative=cast.ana)


@pytest.mark.parametrize("make", [awaiting, held])
def test_a_transfer_counts_once_it_is_accepted(harbor, ben, make):
    with harbor.scope():
        row = transferred_to(harbor, ben, make(harbor))
        assert counted(row) == 0
        perform("accept", [row.pk], actor=harbor.actor(ben.membership), single=True)
        assert counted(row) == 1
        invariants.assert_all()


@pytest.mark.parametrize("make", [awaiting, held])
def test_a_transfer_that_is_rejected_counts_for_nothing(harbor, ben, make):
    with harbor.scope():
        row = transferred_to(harbor, ben, make(harbor))
        perform("reject", [row.pk], actor=harbor.actor(ben.membership), single=True)
        assert counted(row) == 0


def test_an_assignment_that_is_accepted_is_no_transfer(harbor):
    with harbor.scope():
        row = awaiting(harbor)
        perform("accept", [row.pk], actor=harbor.actor(harbor.agent), single=True)
        assert counted(row) == 0


def told(kind="transfer_withdrawn"):
    return dict(Notification.objects.filter(kind=kind).values_list("membership_id", "text"))


def test_a_customer_who_writes_again_overtakes_the_transfer_and_everybody_in_it_is_told(harbor, ben):
    with harbor.scope():
        row = factories.make_conversation(
            queue=harbor.orders, channel=Channel.SMS, status=Status.WAITING, representative=harbor.ana
        )
        transferred_to(harbor, ben, row)
        customer_wrote([Said(row.pk, "", "Hello again")], actor=harbor.actor(), now=timezone.now())
        assert set(told()) == {harbor.agent.pk, ben.membership_id}
        assert all("the customer wrote again" in text for text in told().values())
        invariants.assert_all()


@pytest.mark.parametrize(("action", "why"), [("end", "the talk has ended"), ("release_own", "released to its queue")])
def test_who_ends_or_releases_it_is_not_told_of_the_transfer_they_overtook(harbor, ben, action, why):
    with harbor.scope():
        row = transferred_to(harbor, ben, held(harbor))
        perform(action, [row.pk], actor=harbor.actor(harbor.agent), single=True)
        assert set(told()) == {harbor.supervisor.pk, ben.membership_id}
        assert all(why in text for text in told().values())
        invariants.assert_all()
