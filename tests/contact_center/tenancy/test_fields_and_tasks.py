"""Keys between tenant tables, and tasks of one organization."""

import pytest
from celery import shared_task
from django.core.checks import run_checks
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from contact_center.tenancy.checks import tenant_tables_reference_only_their_own
from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, current_organization_id, organization_id_or_none
from contact_center.tenancy.tasks import OrganizationTask
from routing.models import Queue, QueueMember
from tests import factories


def test_a_key_into_another_organization_is_refused_by_the_database(harbor, summit):
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    with pytest.raises(IntegrityError, match="same_organization"), transaction.atomic(), harbor.scope():
        QueueMember.objects.create(queue_id=summit.orders.pk, representative=harbor.ana)


def test_a_key_inside_the_organization_is_taken(harbor):
    with harbor.scope():
        queue = factories.make_queue("Third")
        assert QueueMember.objects.create(queue=queue, representative=harbor.ana).queue == queue


def test_django_makes_no_plain_constraint_beside_the_composite_one():
    assert QueueMember._meta.get_field("queue").db_constraint is False
    assert "db_constraint" in QueueMember._meta.get_field("queue").deconstruct()[3]


def test_the_models_of_the_console_pass_the_checks():
    assert [error for error in run_checks() if error.id and error.id.startswith("tenancy.")] == []


@isolate_apps("routing")
def test_a_plain_key_between_tenant_tables_is_an_error(monkeypatch):
    class Loose(OrganizationModel):
        queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "routing"

    monkeypatch.setattr("contact_center.tenancy.checks.tenant_models", lambda: [Loose])
    monkeypatch.setattr("contact_center.tenancy.checks.organization_foreign_keys", lambda: [])
    assert [error.id for error in tenant_tables_reference_only_their_own(None)] == ["tenancy.E001"]


@isolate_apps("routing")
def test_a_key_to_a_table_without_the_composite_key_is_an_error(monkeypatch):
    class Bare(OrganizationModel):
        class Meta:
            app_label = "routing"

    class Pointing(OrganizationModel):
        bare = OrganizationForeignKey(Bare, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "routing"

    pairs = [(Pointing, Pointing._meta.get_field("bare"))]
    monkeypatch.setattr("contact_center.tenancy.checks.tenant_models", lambda: [Pointing])
    monkeypatch.setattr("contact_center.tenancy.checks.organization_foreign_keys", lambda: pairs)
    assert [error.id for error in tenant_tables_reference_only_their_own(None)] == ["tenancy.E002"]


# --- Tasks ---


@shared_task(base=OrganizationTask, name="tests.add_a_queue")
def add_a_queue(*, organization_id, name, fail=False):
    Queue.objects.create(name=name, kind="messaging")
    if fail:
        raise LookupError(name)
    return current_organization_id()


def test_a_task_runs_inside_its_organization(harbor, summit):
    assert add_a_queue(organization_id=harbor.organization.pk, name="Third") == harbor.organization.pk
    assert organization_id_or_none() is None
    with harbor.scope():
        assert Queue.objects.filter(name="Third").exists()
    with summit.scope():
        assert not Queue.objects.filter(name="Third").exists()


@pytest.mark.parametrize("organization_id", [None, "1", 2.0])
def test_a_task_without_an_organization_does_not_start(db, organization_id):
    with pytest.raises(TypeError, match=r"tests\.add_a_queue needs organization_id"):
        add_a_queue(organization_id=organization_id, name="Third")


def test_a_task_that_fails_leaves_nothing_behind(harbor):
    with pytest.raises(LookupError):
        add_a_queue(organization_id=harbor.organization.pk, name="Third", fail=True)
    with harbor.scope():
        assert not Queue.objects.filter(name="Third").exists()
