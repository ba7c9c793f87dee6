"""Presence and queues of many representatives: each with its outcome, audited, in a fixed number of queries."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Invalid, Refused
from conversations.floor import people
from conversations.models import Notification
from conversations.states import Status
from routing.floor import FloorAction
from routing.models import CustomPresence, PresenceChange, QueueMember, Representative
from tests.factories import make_conversation, make_queue, make_representative


def act(cast, action, rows, member=None, single=False, **parameters):
    operation = uuid.uuid4()
    results = people.perform(
        action,
        [row.pk for row in rows],
        actor=cast.actor(member),
        parameters=parameters,
        operation_id=operation,
        single=single,
    )
    return {result.id: (result.outcome, result.code) for result in results}


def served(person):
    return set(QueueMember.objects.filter(representative=person).values_list("queue_id", flat=True))


def test_the_presence_of_many_is_set_with_history_audit_and_a_word_to_each(harbor):
    with harbor.scope():
        ben = make_representative("Ben", queues=[harbor.orders], presence="away", presence_held=True)
        robot = make_representative("Robot", type="ai_agent")
        left = make_representative("Left", is_active=False)
        found = act(harbor, FloorAction.SET_PRESENCE, [harbor.ana, ben, robot, left], presence="away")
        assert found == {
            harbor.ana.pk: ("succeeded", ""),
            ben.pk: ("skipped", "presence_already"),
            robot.pk: ("skipped", "is_ai_agent"),
            left.pk: ("skipped", "person_inactive"),
        }
        ana = Representative.objects.get(pk=harbor.ana.pk)
        assert (ana.presence, ana.presence_held, ana.presence_set_by_system) == ("away", True, False)
        change = PresenceChange.objects.get()
        assert (change.representative_id, change.set_by_id) == (ana.pk, harbor.supervisor.pk)
        assert AuditEvent.objects.filter(action=AuditAction.PRESENCE_CHANGED).count() == 1
        [told] = Notification.objects.filter(membership=harbor.agent)
        assert told.title == "Your presence was set to Away"


def test_a_presence_of_the_organizations_own_can_be_set_and_a_foreign_one_cannot(harbor, summit):
    with summit.scope():
        foreign = CustomPresence.objects.create(name="Lunch", text="At lunch", base="away")
    with harbor.scope():
        own = CustomPresence.objects.create(name="Training", text="In training", base="do_not_disturb")
        act(harbor, FloorAction.SET_PRESENCE, [harbor.ana], presence=f"custom:{own.pk}", custom=own.pk)
        ana = Representative.objects.get(pk=harbor.ana.pk)
        assert (ana.presence, ana.custom_presence_id) == ("do_not_disturb", own.pk)
        with pytest.raises(Invalid):
            act(harbor, FloorAction.SET_PRESENCE, [harbor.ana], presence="x", custom=foreign.pk)
        with pytest.raises(Invalid):
            act(harbor, FloorAction.SET_PRESENCE, [harbor.ana], presence="inactive")


def test_queues_are_added_and_taken_away_and_nobody_leaves_one_they_hold_work_of(harbor):
    with harbor.scope():
        returns = make_queue("Returns")
        ben = make_representative("Ben", queues=[harbor.orders])
        make_conversation(status=Status.ACTIVE, queue=harbor.orders, representative=harbor.ana)
        found = act(harbor, FloorAction.CHANGE_QUEUES, [harbor.ana, ben], add=[returns.pk], drop=[harbor.orders.pk])
        assert found == {harbor.ana.pk: ("skipped", "holds_work_there"), ben.pk: ("succeeded", "")}
        assert served(ben) == {returns.pk}
        assert served(harbor.ana) == {harbor.orders.pk, harbor.refunds.pk}
        again = act(harbor, FloorAction.CHANGE_QUEUES, [ben], add=[returns.pk])
        assert again == {ben.pk: ("skipped", "queues_already")}
        event = AuditEvent.objects.get(action=AuditAction.QUEUES_CHANGED)
        assert (event.object_id, event.before, event.after) == (
            ben.pk,
            {"queues": [harbor.orders.pk]},
            {"queues": [returns.pk]},
        )


def test_a_scoped_supervisor_changes_their_own_queues_and_people_only(harbor):
    with harbor.scope():
        elsewhere = make_representative("Elsewhere", queues=[harbor.orders])
        found = act(harbor, FloorAction.SET_PRESENCE, [elsewhere], member=harbor.scoped, presence="away")
        assert found == {elsewhere.pk: ("skipped", "not_found")}
        with pytest.raises(Invalid):
            act(harbor, FloorAction.CHANGE_QUEUES, [harbor.ana], member=harbor.scoped, add=[harbor.orders.pk])


def test_who_is_no_supervisor_or_carries_api_access_changes_nothing(harbor):
    with harbor.scope():
        for member in (harbor.agent, harbor.auditor, harbor.admin):
            found = act(harbor, FloorAction.SET_PRESENCE, [harbor.ana], member=member, presence="away")
            assert found == {harbor.ana.pk: ("skipped", "not_supervisor")}
        type(harbor.supervisor).objects.filter(pk=harbor.supervisor.pk).update(api_access=True)
        with pytest.raises(Refused):
            act(harbor, FloorAction.SET_PRESENCE, [harbor.ana], single=True, presence="away")


@pytest.mark.parametrize("action", [FloorAction.SET_PRESENCE, FloorAction.CHANGE_QUEUES])
def test_many_cost_no_more_queries_than_one(harbor, action):
    with harbor.scope():
        returns = make_queue("Returns")
        many = [make_representative(queues=[harbor.orders]) for _ in range(12)]
        actor = harbor.actor()
        parameters = {"presence": "away", "add": [returns.pk], "drop": [harbor.orders.pk]}

        def cost(rows):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                people.perform(
                    action, [row.pk for row in rows], actor=actor, parameters=parameters, operation_id=uuid.uuid4()
                )
            return len(captured)

        assert cost(many[:1]) == cost(many[1:])


def test_people_of_another_organization_are_not_found(harbor, summit):
    with harbor.scope():
        found = act(harbor, FloorAction.SET_PRESENCE, [summit.ana], presence="away")
        assert found == {summit.ana.pk: ("skipped", "not_found")}
    with summit.scope():
        assert Representative.objects.get(pk=summit.ana.pk).presence == "available"
