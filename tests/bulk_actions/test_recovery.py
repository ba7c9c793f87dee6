"""Real connections: two clicks at once, two workers on one run, an ending that fails."""

import pytest
from django.db import OperationalError

from bulk_actions import execution, finishing
from bulk_actions.limits import CHUNK
from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from bulk_actions.tasks import run_chunk
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from tests.bulk_actions.conftest import fresh, work
from tests.bulk_actions.test_views import open_dialog, proceed
from tests.concurrency import at_one_moment
from tests.factories import make_conversation, make_conversations

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.mark.parametrize("number", [1, 3])
def test_two_clicks_at_once_start_one_run(harbor, number):
    with harbor.scope():
        conversations = make_conversations(number)
    key = open_dialog(harbor, conversations)
    first, second = at_one_moment(*[lambda: proceed(harbor, key)] * 2)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    with harbor.scope():
        run = BulkAction.objects.exclude(status=RunStatus.PREVIEWED).get()
        assert AuditEvent.objects.filter(action=AuditAction.RUN_STARTED).count() == 1
    work(harbor, run)
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED).count() == number


def test_two_supervisors_who_close_the_same_one_get_one_success_and_one_conflict(harbor):
    with harbor.scope():
        conversation = make_conversation()
    keys = {member: open_dialog(harbor, [conversation], member) for member in (harbor.supervisor, harbor.second)}
    answers = at_one_moment(
        *[lambda member=member, key=key: proceed(harbor, key, member) for member, key in keys.items()]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED).count() == 1


def test_two_workers_on_one_run_share_its_items(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(CHUNK + 50))

    def chunk():
        with harbor.scope():
            return execution.run_chunk(run.pk)

    at_one_moment(chunk, chunk)
    run = work(harbor, run)
    assert (run.status, run.succeeded) == (RunStatus.COMPLETED, CHUNK + 50)
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED).count() == CHUNK + 50


def test_the_last_chunk_ends_the_run_in_a_transaction_of_its_own(harbor, started, monkeypatch):
    """Whatever ails the ending, the chunk before it stands."""
    with harbor.scope():
        run = started(harbor, make_conversations(2))
    ids = {"organization_id": harbor.organization.pk, "bulk_action_id": run.pk}

    def outage(bulk_action_id):
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as broken:
        broken.setattr(finishing, "finish", outage)
        with pytest.raises(OperationalError):
            run_chunk(**ids)
    half = fresh(harbor, run)
    assert (half.status, half.succeeded) == (RunStatus.RUNNING, 2)
    run_chunk(**ids)
    assert fresh(harbor, run).status == RunStatus.COMPLETED
