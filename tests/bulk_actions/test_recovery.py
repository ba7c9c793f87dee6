"""Real processes and real connections: a killed worker, two clicks at once, two workers on one run."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
import redis
from django.db import OperationalError, connection, connections
from django.utils import timezone

from bulk_actions import execution
from bulk_actions.limits import CHUNK, STALLED_AFTER
from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from bulk_actions.tasks import run_chunk
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.embedded import Servers
from conversations.models import Conversation, Message, OutboxEntry, QueueSegment, Session
from conversations.states import Status
from routing.models import Representative
from tests.bulk_actions.conftest import fresh, outcomes, work
from tests.bulk_actions.test_views import open_dialog, proceed
from tests.factories import make_conversation, make_conversations, make_representative
from tests.real_console import ROOT, Console

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

REDIS_NUMBER = 7


def in_parallel(*functions):
    """Each in a thread with connections of its own; their answers."""
    answers, ready = [None] * len(functions), threading.Barrier(len(functions))

    def call(place, function):
        try:
            ready.wait()
            answers[place] = function()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=each) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.parametrize("number", [1, 3])
def test_two_clicks_at_once_start_one_run(harbor, number):
    with harbor.scope():
        conversations = make_conversations(number)
    key = open_dialog(harbor, conversations)
    first, second = in_parallel(*[lambda: proceed(harbor, key)] * 2)
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
    answers = in_parallel(
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

    in_parallel(chunk, chunk)
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
        broken.setattr(execution, "finish", outage)
        with pytest.raises(OperationalError):
            run_chunk(**ids)
    half = fresh(harbor, run)
    assert (half.status, half.succeeded) == (RunStatus.RUNNING, 2)
    run_chunk(**ids)
    assert fresh(harbor, run).status == RunStatus.COMPLETED


# --- A worker that is killed ---


@pytest.fixture
def console(tmp_path, transactional_db):
    """The environment of a worker on the database of this test, with a Redis number of its own."""
    urls = (os.environ[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"))
    console = Console(tmp_path, Servers(*urls), str(connection.settings_dict["NAME"]), REDIS_NUMBER)
    with redis.Redis.from_url(console.redis_url) as broker:
        broker.flushdb()
    yield console
    print(console.last_lines())  # noqa: T201 - shown when the test fails


@pytest.fixture
def worker(console):
    """Starts workers, beat included, each in a process group of its own; kills whatever is left."""
    running = []

    def start():
        place = console.home / f"beat-{len(running)}"
        command = ["-m", "celery", "--app", "contact_center", "worker", "--beat", "--schedule", str(place)]
        with (console.home / f"worker-{len(running)}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command, "--concurrency", "2", "--loglevel", "INFO"],
                cwd=ROOT,
                env=console.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running.append(process)
        return process

    yield start
    for process in running:
        kill(process)


def kill(process):
    """SIGKILL to the worker and all its children at once: nobody says goodbye."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "It didn't happen in time."
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def locked(console, representative):
    """Somebody else holds this row: a chunk that frees the representative's units waits for it, half of it written."""
    with psycopg.connect(console.owner_url) as other:
        other.execute("select 1 from routing_representative where id = %s for update", [representative.pk])
        yield
        other.rollback()


def waits_for_a_lock(console):
    with psycopg.connect(console.owner_url, autocommit=True) as other:
        return other.execute("select count(*) from pg_locks where not granted").fetchone()[0]


def make_work(cast):
    """A thousand in three states; from the third chunk on, closing them frees units of one representative."""
    ana = make_representative(total_units=100_000)
    return [
        *make_conversations(400, queue=cast.orders),
        *make_conversations(400, queue=cast.orders, status=Status.ACTIVE, representative=ana),
        *make_conversations(200, queue=cast.orders, status=Status.WRAP_UP, representative=ana),
    ], ana


@pytest.mark.slow
def test_a_run_of_a_thousand_survives_the_sudden_death_of_its_worker(harbor, started, console, worker):
    with harbor.scope():
        conversations, ana = make_work(harbor)
        run = started(harbor, conversations)
        # As if its first task had been lost with the broker: a worker finds the run by itself.
        BulkAction.objects.update(enqueued_at=timezone.now() - STALLED_AFTER - timedelta(seconds=1))

    with locked(console, ana):
        first = worker()
        wait_until(lambda: fresh(harbor, run).succeeded == 2 * CHUNK)
        wait_until(lambda: waits_for_a_lock(console))
        kill(first)
    half = fresh(harbor, run)
    assert (half.status, half.succeeded, half.failed) == (RunStatus.RUNNING, 2 * CHUNK, 0)

    worker()
    wait_until(lambda: fresh(harbor, run).status != RunStatus.RUNNING)
    run = fresh(harbor, run)
    assert (run.status, run.succeeded, run.skipped, run.failed) == (RunStatus.COMPLETED, 1_000, 0, 0)
    assert set(outcomes(harbor, run).values()) == {("succeeded", "")}
    assert_each_was_closed_once(harbor, run, conversations)
    with harbor.scope():
        assert Representative.objects.get(pk=ana.pk).units_used == 0


def assert_each_was_closed_once(cast, run, conversations):
    """Exactly one audit event, one line, one delivery and one change of state for each; none forgotten."""
    once = Counter({conversation.pk: 1 for conversation in conversations})
    with cast.scope():
        events = AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED, operation_id=run.key)
        assert Counter(events.values_list("conversation_id", flat=True)) == once
        assert Counter(Message.objects.values_list("conversation_id", flat=True)) == once
        assert Counter(OutboxEntry.objects.values_list("conversation_id", flat=True)) == once
        assert Conversation.objects.filter(status=Status.CLOSED, version=2).count() == len(conversations)
        assert not Session.objects.filter(closed_at=None).exists()
        assert not QueueSegment.objects.filter(left_at=None).exists()
        ends = AuditEvent.objects.filter(action=AuditAction.RUN_FINISHED, operation_id=run.key)
        assert ends.count() == 1
