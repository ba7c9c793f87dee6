"""Every Celery task of ours: inside one organization's scope, or known to carry no row of any."""

import contextlib
import inspect

import pytest
from django.core.exceptions import ObjectDoesNotExist

from contact_center.celery import app
from contact_center.errors import DomainError
from contact_center.tenancy.row_security import tenant_models
from contact_center.tenancy.tasks import OrganizationTask
from tests.architecture.conftest import raw_sql

app.loader.import_default_modules()
# Tests make tasks of their own; whether those exist yet depends on the order of the files.
TASKS = {name: task for name, task in app.tasks.items() if not name.startswith(("celery.", "tests."))}
# They find organizations through functions that return ids, and open each one's scope themselves.
ACROSS = {
    "analytics.count_everywhere": "asks every organization to count its figures",
    "bulk_actions.sweep_runs": "takes up stalled runs of every organization",
    "bulk_actions.forget_previews": "clears previews nobody confirmed",
    "bulk_actions.expire_approvals": "finds the organizations whose runs waited too long for an approval",
    "conversations.find_due_deliveries": "finds the organizations whose deliveries are due",
    "conversations.find_due_sentiment": "finds the organizations whose customers wrote",
    "conversations.find_due_timers": "finds the organizations whose timers are due",
    "conversations.find_monitoring": "finds the organizations in which somebody monitors",
    "conversations.find_work_to_dispatch": "finds the organizations with work to offer",
    "conversations.judge_everywhere": "asks every organization to look at its figures and stuck work",
}
OF_ORGANIZATION = sorted(name for name, task in TASKS.items() if isinstance(task, OrganizationTask))


def test_every_task_works_for_one_organization_or_is_known_not_to():
    assert set(TASKS) - set(OF_ORGANIZATION) == set(ACROSS)
    assert OF_ORGANIZATION


def test_whatever_takes_an_organization_opens_its_scope():
    loose = [
        name
        for name, task in TASKS.items()
        if "organization_id" in inspect.signature(task.run).parameters and name not in OF_ORGANIZATION
    ]
    assert loose == []


@pytest.mark.parametrize("name", OF_ORGANIZATION)
@pytest.mark.parametrize("organization_id", [None, "1", 1.0])
def test_a_task_refuses_to_run_without_an_organization(db, name, organization_id):
    with pytest.raises(TypeError, match="needs organization_id"):
        TASKS[name](organization_id=organization_id)
    with pytest.raises(TypeError, match="needs organization_id"):
        TASKS[name]()


@pytest.mark.parametrize("name", OF_ORGANIZATION)
def test_a_task_of_one_organization_does_nothing_to_anothers_rows(full, name):
    harbor, summit = full
    arguments = foreign_arguments(TASKS[name], summit)
    before = rows_of(summit)
    with contextlib.suppress(ObjectDoesNotExist, DomainError):
        TASKS[name](organization_id=harbor.organization.pk, **arguments)
    assert rows_of(summit) == before


def foreign_arguments(task, rows):
    """The other organization's id for every argument that names a row."""
    by_name = {model._meta.model_name: model for model in tenant_models()}
    arguments = {}
    for name, parameter in inspect.signature(task.run).parameters.items():
        if name == "organization_id":
            continue
        if name.endswith(("_id", "_ids")):
            model = by_name[name.removesuffix("s").removesuffix("_id").replace("_", "")]
            pk = rows.of(model).pk
            arguments[name] = [pk] if name.endswith("_ids") else pk
        elif parameter.default is parameter.empty:
            pytest.fail(f"{task.name}: say in this test what {name} may be")
    return arguments


def rows_of(rows):
    with raw_sql(rows.organization.pk) as cursor:
        seen = {}
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute(f'select md5(string_agg(t::text, $$|$$ order by t.id)) from "{table}" t')
            seen[table] = cursor.fetchone()[0]
    return seen
