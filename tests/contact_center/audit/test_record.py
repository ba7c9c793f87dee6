"""The audit log: written with the change, by whom, and never changed again."""

import uuid

import pytest
from django.db import ProgrammingError, connection, transaction

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.audit.record import AuditOutsideTransaction, record, record_all
from contact_center.tenancy import scope
from contact_center.tenancy.access import system_actor
from contact_center.tenancy.scope import NoOrganizationInScope


def test_an_event_says_who_did_what_to_which_row(harbor):
    operation = uuid.uuid4()
    with harbor.scope():
        record(
            AuditAction.TOGGLE_CHANGED,
            actor=harbor.actor(harbor.admin),
            object_type="organizationsettings",
            object_id=7,
            before={"on": False},
            after={"on": True},
            operation_id=operation,
        )
        event = AuditEvent.objects.get()
    assert (event.membership_id, event.object_type, event.object_id) == (harbor.admin.pk, "organizationsettings", 7)
    assert (event.before, event.after, event.operation_id) == ({"on": False}, {"on": True}, operation)
    assert (event.label, event.organization_id) == ("Toggle changed", harbor.organization.pk)


def test_the_system_is_recorded_as_nobody(harbor):
    with harbor.scope():
        record(AuditAction.PURGED, actor=system_actor(harbor.organization))
        assert AuditEvent.objects.get().membership_id is None


def test_many_events_cost_one_statement(harbor, django_assert_num_queries):
    with harbor.scope(), django_assert_num_queries(1):
        record_all(AuditEvent(action=AuditAction.CREATED, conversation_id=number) for number in range(50))


def test_an_event_without_an_organization_is_refused(db):
    with pytest.raises(NoOrganizationInScope):
        record(AuditAction.CREATED, actor=system_actor(1))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_an_event_outside_the_transaction_of_its_change_is_refused():
    """A scope always is a transaction; this is for whoever finds a way around it."""
    token = scope._organization_id.set(1)
    try:
        with pytest.raises(AuditOutsideTransaction):
            record(AuditAction.CREATED, actor=system_actor(1))
    finally:
        scope._organization_id.reset(token)


def test_an_event_disappears_with_the_change_it_speaks_of(harbor):
    def change():
        with harbor.scope():
            record(AuditAction.CREATED, actor=system_actor(harbor.organization))
            raise LookupError

    with pytest.raises(LookupError):
        change()
    with harbor.scope():
        assert not AuditEvent.objects.exists()


def test_another_organization_reads_none_of_it(harbor, summit):
    with harbor.scope():
        record(AuditAction.CREATED, actor=system_actor(harbor.organization))
    with summit.scope():
        assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "update audit_auditevent set action = 100",
        "delete from audit_auditevent",
        "truncate audit_auditevent",
        "alter table audit_auditevent disable trigger audit_append_only",
        "drop table audit_auditevent",
        "insert into audit_auditevent (id, organization_id, action, at, object_type, operation_id, before, after) "
        "select id, organization_id, 100, at, object_type, operation_id, before, after from audit_auditevent "
        "on conflict (id) do update set action = 100",
    ],
)
def test_raw_sql_of_the_runtime_role_cannot_change_it(harbor, sql):
    with harbor.scope():
        record(AuditAction.CREATED, actor=system_actor(harbor.organization))
        before = list(AuditEvent.objects.values())
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert list(AuditEvent.objects.values()) == before


def test_the_manager_cannot_change_it_either(harbor):
    with harbor.scope():
        record(AuditAction.CREATED, actor=system_actor(harbor.organization))
        event = AuditEvent.objects.get()
        for change in (event.delete, event.save, lambda: AuditEvent.objects.update(action=1)):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()
        assert AuditEvent.objects.get().action == AuditAction.CREATED


def test_the_names_of_actions_are_unique():
    labels = [action.label for action in AuditAction]
    assert len(set(labels)) == len(labels)
