"""What is taken up again, what is forgotten, and what operators see of it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bulk_actions import sweeping, tasks
from bulk_actions.limits import PREVIEW_LIVES, STALLED_AFTER, STUCK_AFTER
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.states import RunStatus
from contact_center.celery import SCHEDULE, app
from tests.bulk_actions.conftest import fresh, work
from tests.factories import make_conversations

SECOND = timedelta(seconds=1)


def age(cast, run, **fields):
    """Let so much time have passed since each."""
    with cast.scope():
        BulkAction.objects.filter(pk=run.pk).update(**{name: timezone.now() - age for name, age in fields.items()})


def test_a_run_whose_next_chunk_never_came_is_taken_up_once(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
    assert sweeping.take_up_stalled(harbor.organization.pk) == []
    age(harbor, run, enqueued_at=STALLED_AFTER + SECOND)
    assert sweeping.organizations_with_unfinished_runs() == [harbor.organization.pk]
    assert sweeping.take_up_stalled(harbor.organization.pk) == [(run.pk, 1)]
    assert sweeping.take_up_stalled(harbor.organization.pk) == []


def test_a_run_whose_last_chunk_was_done_but_not_its_ending_is_taken_up_and_ends(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
        tasks.execution.run_chunk(run.pk)
    age(harbor, run, enqueued_at=STALLED_AFTER + SECOND)
    assert sweeping.take_up_stalled(harbor.organization.pk) == [(run.pk, 1)]
    assert work(harbor, run).status == RunStatus.COMPLETED
    assert sweeping.organizations_with_unfinished_runs() == []


def test_what_has_ended_is_left_alone(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
    work(harbor, run)
    age(harbor, run, enqueued_at=STALLED_AFTER + SECOND)
    assert sweeping.take_up_stalled(harbor.organization.pk) == []


def test_only_the_latest_turn_asks_for_the_next_chunk(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
        assert sweeping.is_latest_turn(run.pk, 0)
    age(harbor, run, enqueued_at=STALLED_AFTER + SECOND)
    sweeping.take_up_stalled(harbor.organization.pk)
    with harbor.scope():
        assert not sweeping.is_latest_turn(run.pk, 0)
        assert sweeping.is_latest_turn(run.pk, 1)


def test_a_preview_nobody_confirmed_is_forgotten_with_its_items(harbor, summit, preview, started):
    with harbor.scope():
        old, young = preview(harbor, make_conversations(2)), preview(harbor, make_conversations(2))
        run = started(harbor, make_conversations(2))
    with summit.scope():
        foreign = preview(summit, make_conversations(1))
    age(harbor, old, created_at=PREVIEW_LIVES + SECOND)
    age(harbor, run, created_at=PREVIEW_LIVES + SECOND)
    age(summit, foreign, created_at=PREVIEW_LIVES + SECOND)
    sweeping.forget_old_previews()
    with harbor.scope():
        assert set(BulkAction.objects.values_list("pk", flat=True)) == {young.pk, run.pk}
        assert not BulkActionItem.objects.filter(bulk_action_id=old.pk).exists()
    with summit.scope():
        assert not BulkAction.objects.exists()


def test_the_beat_names_tasks_that_exist():
    named = {entry["task"] for entry in SCHEDULE.values() if entry["task"].startswith("bulk_actions.")}
    assert named == {"bulk_actions.sweep_runs", "bulk_actions.expire_approvals", "bulk_actions.forget_previews"}
    assert named <= set(app.tasks)


def test_a_task_without_an_organization_is_refused(db):
    with pytest.raises(TypeError, match="organization_id"):
        tasks.run_chunk(bulk_action_id=1)


def test_a_task_for_a_run_of_another_organization_does_nothing(harbor, summit, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
    tasks.run_chunk(organization_id=summit.organization.pk, bulk_action_id=run.pk)
    tasks.finish_run(summit.organization.pk, run.pk)
    assert fresh(harbor, run).row_stamp == run.row_stamp


# --- manage.py bulk_status ---


def test_bulk_status_lists_unfinished_runs_of_each_organization(harbor, summit, started, capsys):
    with harbor.scope():
        run = started(harbor, make_conversations(3))
    call_command("bulk_status")
    line = capsys.readouterr().out
    assert line.startswith(f"harbor  run {run.pk}  queued  0 of 3  last progress 00:0")
    assert line.endswith("Force Close: 3 conversations\n")
    call_command("bulk_status", organization="summit")
    assert capsys.readouterr().out == "No unfinished runs.\n"


def test_bulk_status_ends_with_1_when_a_run_is_stuck(harbor, started, capsys):
    with harbor.scope():
        run = started(harbor, make_conversations(3))
    age(harbor, run, moved_at=STUCK_AFTER + SECOND)
    with pytest.raises(SystemExit) as ended:
        call_command("bulk_status")
    assert ended.value.code == 1
    assert "STUCK" in capsys.readouterr().out


def test_bulk_status_does_not_know_every_organization(db):
    with pytest.raises(CommandError, match="no active organization 'nowhere'"):
        call_command("bulk_status", organization="nowhere")
