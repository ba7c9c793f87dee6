"""Whoever made an offer is told what became of it: who rejected it or let it time out, and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations.actions import perform
from conversations.actions.lifecycle import run_due_timers
from conversations.models import Notification
from conversations.states import Status
from tests import factories, invariants

NOW = timezone.now()


@pytest.fixture
def ben(harbor):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative", name="Ben Osei")
        return factories.make_representative("Ben Osei", queues=[harbor.orders], membership=member)


def offered(cast, action, person, **make):
    """A conversation that the supervisor has offered to the person."""
    row = factories.make_conversation(queue=cast.orders, subject="Where is my parcel?", **make)
    perform(action, [row.pk], actor=cast.actor(), parameters={"representative": person.pk}, now=NOW, single=True)
    return row


def told(member):
    return list(Notification.objects.filter(membership=member).values_list("kind", "title", "text"))


def test_the_supervisor_is_told_who_rejected_an_assigned_offer(harbor):
    with harbor.scope():
        row = offered(harbor, "assign_to_representative", harbor.ana)
        perform("reject", [row.pk], actor=harbor.actor(harbor.agent), single=True)
        assert told(harbor.supervisor) == [
            (
                "offer_rejected",
                f"Ana Ruiz rejected {row.number}",
                "“Where is my parcel?”: Ana Ruiz rejected it. It is open in its queue again.",
            )
        ]
        assert told(harbor.agent) == []
        invariants.assert_all()


def test_a_time_out_says_so(harbor):
    with harbor.scope():
        offered(harbor, "assign_to_representative", harbor.ana)
        run_due_timers(actor=system_actor(harbor.organization), now=NOW + timedelta(seconds=121))
        [(kind, title, text)] = told(harbor.supervisor)
        assert kind == "offer_timed_out"
        assert title.startswith("Ana Ruiz didn’t answer")
        assert "within 120 seconds" in text


@pytest.mark.parametrize(("answer", "kind"), [("reject", "offer_rejected"), ("accept", "transfer_accepted")])
def test_a_transfers_answer_is_told_to_the_supervisor_and_the_first_representative(harbor, ben, answer, kind):
    with harbor.scope():
        row = offered(harbor, "transfer_to_representative", ben, status=Status.ACTIVE, representative=harbor.ana)
        perform(answer, [row.pk], actor=harbor.actor(ben.membership), single=True)
        for member in (harbor.supervisor, harbor.agent):
            [(told_kind, title, text)] = told(member)
            assert told_kind == kind
            assert "Ben Osei" in title
            assert "Ben Osei" in text
        assert told(ben.membership) == []
        invariants.assert_all()


def test_nobody_is_told_of_what_they_did_themselves(harbor):
    """A supervisor with a profile assigns to herself, thinks again and rejects."""
    with harbor.scope():
        self_made = factories.make_representative("Supervisor", queues=[harbor.orders], membership=harbor.supervisor)
        row = offered(harbor, "assign_to_representative", self_made)
        perform("reject", [row.pk], actor=harbor.actor(), single=True)
        assert told(harbor.supervisor) == []


def test_the_longest_names_still_fit(harbor):
    with harbor.scope():
        harbor.ana.name = "A" * 120
        harbor.ana.save(update_fields=["name"])
        row = factories.make_conversation(queue=harbor.orders, subject="S" * 250)
        parameters = {"representative": harbor.ana.pk}
        perform("assign_to_representative", [row.pk], actor=harbor.actor(), parameters=parameters, single=True)
        perform("reject", [row.pk], actor=harbor.actor(harbor.agent), single=True)
        assert len(told(harbor.supervisor)) == 1


def test_many_time_outs_cost_no_more_statements_than_one(harbor):
    with harbor.scope():
        actor, counted = system_actor(harbor.organization), []
        for count in (1, 7):
            for _ in range(count):
                offered(harbor, "assign_to_representative", harbor.ana)
            with CaptureQueriesContext(connection) as queries:
                run_due_timers(actor=actor, now=NOW + timedelta(seconds=121))
            counted.append(len(queries))
        assert counted[0] == counted[1]
        assert len(told(harbor.supervisor)) == 8
