"""Prepared replies: filled for the customer, for one's own conversation only."""

import pytest

from conversations.models import MessageTemplate
from conversations.states import Status
from tests import factories


@pytest.fixture
def held(harbor):
    with harbor.scope():
        MessageTemplate.objects.create(
            use="reply", name="Greeting", text="Hello {customer}, I am {representative} of {organization}. {unknown}"
        )
        MessageTemplate.objects.create(use="reply", name="Old", text="Gone", is_active=False)
        MessageTemplate.objects.create(use="message", name="Outage", text="It is over")
        return factories.make_conversation(
            queue=harbor.orders,
            status=Status.ACTIVE,
            representative=harbor.ana,
            customer=factories.make_customer("Mina <b>Okafor</b>"),
        )


def get(cast, row, member=None):
    return cast.client(member or cast.agent).get(cast.url(f"desk/conversations/{row.pk}/templates/"))


def test_they_are_filled_and_escaped(harbor, held):
    text = get(harbor, held).content.decode()
    assert "Hello Mina &lt;b&gt;Okafor&lt;/b&gt;, I am Agent of Harbor. {unknown}" in text
    assert "Gone" not in text
    assert "It is over" not in text


def test_without_any_it_says_who_adds_them(harbor, held):
    with harbor.scope():
        MessageTemplate.objects.all().delete()
    assert "An administrator adds them" in get(harbor, held).content.decode()


def test_they_are_for_ones_own_conversation(harbor, summit, held):
    with harbor.scope():
        anothers = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        elsewhere = factories.make_conversation(queue=factories.make_queue("Elsewhere"), status=Status.ACTIVE)
    with summit.scope():
        foreign = factories.make_conversation(queue=summit.orders, status=Status.ACTIVE)
    assert get(harbor, anothers).status_code == 403
    assert get(harbor, elsewhere).status_code == 404
    assert get(harbor, foreign).status_code == 404
    assert get(harbor, held, summit.agent).status_code == 404
    assert get(harbor, held, harbor.supervisor).status_code == 403
