"""Retry failed: a run of its own over what failed, through preview and Proceed, linked both ways."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings
from tests.bulk_actions.conftest import fresh, outcomes, work
from tests.bulk_actions.test_views import post, proceed, text
from tests.cast import make_cast
from tests.factories import make_conversations


def with_failures(cast, started, number=2, queue=None):
    """A finished run of which so many items failed, although nothing stands in their way now."""
    with cast.scope():
        conversations = make_conversations(number + 1, queue=queue or cast.orders)
        run = started(cast, conversations)
        failing = run.items.filter(target_id__in=[each.pk for each in conversations[:number]])
        failing.update(outcome="failed", code="failed", sentence="It couldn't be processed.")
    return work(cast, run), conversations[:number]


def ask(cast, run, member=None):
    return post(cast, f"action-history/{run.pk}/retry/", {}, member)


def key_in(response):
    return re.search(r'name="run_key" value="([^"]+)"', response.content.decode())[1]


def test_only_what_failed_is_tried_again(harbor, started):
    run, failed = with_failures(harbor, started)
    assert (run.status, run.failed) == (RunStatus.COMPLETED_WITH_ERRORS, 2)
    response = ask(harbor, run, harbor.second)
    assert "Force close 2 conversations" in text(response)
    assert f'<option value="{harbor.reason.pk}" selected>' in response.content.decode()
    assert proceed(harbor, key_in(response), harbor.second).status_code == 200
    with harbor.scope():
        again = BulkAction.objects.get(retry_of=run)
    again = work(harbor, again)
    assert (again.status, again.created_by_id) == (RunStatus.COMPLETED, harbor.second.pk)
    assert set(outcomes(harbor, again)) == {each.pk for each in failed}
    assert fresh(harbor, run).failed == 2
    with harbor.scope():
        event = AuditEvent.objects.get(action=AuditAction.RUN_STARTED, operation_id=again.key)
    assert event.after["retry_of"] == run.pk


def test_both_runs_lead_to_each_other(harbor, started):
    run, _ = with_failures(harbor, started)
    proceed(harbor, key_in(ask(harbor, run)))
    with harbor.scope():
        again = BulkAction.objects.get(retry_of=run)
    for page, other in ((run, again), (again, run)):
        body = harbor.client().get(harbor.url(f"action-history/{page.pk}/")).content.decode()
        assert harbor.url(f"action-history/{other.pk}/") in body


def test_a_preview_alone_is_no_retry_yet(harbor, started):
    run, _ = with_failures(harbor, started)
    ask(harbor, run)
    assert "Retried in" not in text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))


def test_a_run_without_failures_offers_none(harbor, started):
    with harbor.scope():
        run = work(harbor, started(harbor, make_conversations(2)))
    assert "Retry failed" not in text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    response = ask(harbor, run)
    assert response.status_code == 403
    assert "Nothing of this run has failed." in text(response)


def test_a_run_that_is_not_over_is_not_retried(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
        BulkActionItem.objects.filter(bulk_action=run).update(outcome="failed")
        BulkAction.objects.filter(pk=run.pk).update(failed=2)
    assert ask(harbor, run).status_code == 403


def test_a_scope_has_to_cover_the_whole_run(harbor, started):
    run, _ = with_failures(harbor, started)
    response = ask(harbor, run, harbor.scoped)
    assert response.status_code == 403
    assert "queues that you don’t see" in text(response)
    covered, _ = with_failures(harbor, started, queue=harbor.refunds)
    assert ask(harbor, covered, harbor.scoped).status_code == 200


def test_who_lost_the_toggle_is_told_why(harbor, started):
    run, _ = with_failures(harbor, started)
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    response = ask(harbor, run)
    assert response.status_code == 403
    assert "Force Close is switched off" in text(response)


@pytest.mark.parametrize("who", ["auditor", "admin", "agent"])
def test_only_supervisors_retry(harbor, started, who):
    run, _ = with_failures(harbor, started)
    assert ask(harbor, run, getattr(harbor, who)).status_code == 403


def test_a_run_of_another_organization_is_not_found(harbor, summit, started):
    run, _ = with_failures(harbor, started)
    assert ask(summit, run).status_code == 404


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_proceed_clicked_twice_at_once_retries_once(started):
    cast = make_cast("harbor")
    run, failed = with_failures(cast, started)
    key = key_in(ask(cast, run))

    def click(_):
        try:
            return proceed(cast, key).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(click, range(3))) == {200}
    with cast.scope():
        again = BulkAction.objects.get(retry_of=run)
        assert AuditEvent.objects.filter(action=AuditAction.RUN_STARTED, operation_id=again.key).count() == 1
    assert work(cast, again).succeeded == len(failed)
