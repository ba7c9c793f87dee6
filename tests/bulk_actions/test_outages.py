"""A database that is away for a moment, and a conversation that the database always refuses: over real connections."""

from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections

from bulk_actions import tasks
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.models import Conversation
from conversations.states import Status
from tests import invariants
from tests.bulk_actions.conftest import fresh, outcomes
from tests.factories import make_conversations

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@contextmanager
def database_refuses(condition):
    """Audit rows that match: an OperationalError of the server's own, as for a value beyond what an index can hold."""
    with connections["owner"].cursor() as owner:
        owner.execute("create sequence refusals; grant usage on sequence refusals to public")
        owner.execute(
            "create function refuse() returns trigger language plpgsql as $$ begin "
            f"if {condition} then raise exception 'too large' using errcode = 'program_limit_exceeded'; end if; "
            "return new; end $$"
        )
        owner.execute("create trigger refuse before insert on audit_auditevent for each row execute function refuse()")
    try:
        yield
    finally:
        with connections["owner"].cursor() as owner:
            owner.execute("drop function refuse cascade; drop sequence refusals")


def chunk(cast, run):
    """As a worker runs it, with its repetitions."""
    return tasks.run_chunk.apply(kwargs={"organization_id": cast.organization.pk, "bulk_action_id": run.pk})


def closed(cast):
    with cast.scope():
        return set(Conversation.objects.filter(status=Status.CLOSED).values_list("pk", flat=True))


def test_a_chunk_that_failed_once_is_tried_again_by_itself(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(5))
    # The first time only: sequences don't go back with the transaction.
    with database_refuses("new.conversation_id is not null and nextval('refusals') = 1"):
        assert chunk(harbor, run).successful()
    run = fresh(harbor, run)
    assert (run.status, run.succeeded, run.failed) == (RunStatus.COMPLETED, 5, 0)
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED).count() == 5
        invariants.assert_all()


def test_one_conversation_that_the_database_always_refuses_fails_and_the_others_are_done(harbor, started):
    with harbor.scope():
        rows = make_conversations(7)
        run = started(harbor, rows)
    bad = rows[4].pk
    with database_refuses(f"new.conversation_id = {bad}"):
        assert chunk(harbor, run).successful()
    run = fresh(harbor, run)
    assert (run.status, run.succeeded, run.failed) == (RunStatus.COMPLETED_WITH_ERRORS, 6, 1)
    assert outcomes(harbor, run)[bad] == ("failed", "database")
    assert closed(harbor) == {row.pk for row in rows} - {bad}
    with harbor.scope():
        said = run.items.get(target_id=bad).sentence
        assert said == "The database couldn't process it, however often it was tried. Nothing was changed."
        invariants.assert_all()


def test_a_database_that_stays_away_is_left_to_the_sweeper(harbor, started):
    """The connection ends with every attempt, so it can't be the conversation's fault."""
    with harbor.scope():
        run = started(harbor, make_conversations(3))
    ends = "new.conversation_id is not null and nextval('refusals') > 0 and pg_terminate_backend(pg_backend_pid())"
    with database_refuses(ends):
        result = chunk(harbor, run)
    connection.close()
    assert isinstance(result.result, OperationalError)
    run = fresh(harbor, run)
    assert (run.status, run.succeeded, run.failed) == (RunStatus.QUEUED, 0, 0)
    assert closed(harbor) == set()
    assert chunk(harbor, run).successful()
    assert fresh(harbor, run).status == RunStatus.COMPLETED
