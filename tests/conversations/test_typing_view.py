"""Telling the customer that somebody types: who is in the conversation, while it goes on, never who watches."""

import pytest

from conversations.actions import perform
from conversations.models import Participant
from conversations.states import Status
from conversations.typing import Side, is_typing, typing_in
from tests import factories


@pytest.fixture
def row(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)


def tell(harbor, row, member, **data):
    return harbor.client(member).post(harbor.url(f"conversations/{row.pk}/typing/"), data).status_code


def seen(harbor, row):
    return typing_in(harbor.organization.pk, row.pk)


def test_the_holder_is_seen_and_stops(harbor, row):
    assert tell(harbor, row, harbor.agent) == 204
    assert seen(harbor, row).representatives == {harbor.ana.pk}
    assert tell(harbor, row, harbor.agent, stopped="1") == 204
    assert seen(harbor, row).representatives == frozenset()


def test_a_supervisor_who_has_joined_is_seen(harbor, row):
    with harbor.scope():
        Participant.objects.create(conversation=row, membership=harbor.supervisor, mode=Participant.Mode.CONSULT)
    assert tell(harbor, row, harbor.supervisor) == 204
    assert seen(harbor, row).supervisors == {harbor.supervisor.pk}


def test_who_only_watches_is_not_seen(harbor, row):
    with harbor.scope():
        Participant.objects.create(conversation=row, membership=harbor.supervisor, mode=Participant.Mode.MONITOR)
    assert tell(harbor, row, harbor.supervisor) == 404
    assert seen(harbor, row).our_mark == 0


@pytest.mark.parametrize("member", ["supervisor", "admin", "auditor"])
def test_to_anybody_else_it_does_not_exist(harbor, row, member):
    assert tell(harbor, row, getattr(harbor, member)) == 404


def test_after_the_end_nobody_types(harbor, row):
    with harbor.scope():
        perform("end", [row.pk], actor=harbor.actor(harbor.agent))
    assert tell(harbor, row, harbor.agent) == 404


def test_the_desk_shows_that_the_customer_types(harbor, row):
    page = harbor.url(f"desk/?c={row.pk}")
    client = harbor.client(harbor.agent)
    assert "is typing" not in client.get(page).text
    is_typing(harbor.organization.pk, row.pk, Side.CUSTOMER)
    assert f"{row.customer_name} is typing" in client.get(page).text
