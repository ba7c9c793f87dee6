"""The table of transitions: complete, without a way out of an end, and made by one of several who try."""

import pytest

from bulk_actions.lifecycle import TRANSITIONS, ending_of, move, touch
from bulk_actions.progress import Counts
from bulk_actions.states import TERMINAL, UNFINISHED, RunStatus
from tests.bulk_actions.conftest import fresh
from tests.factories import make_conversations


def test_every_status_can_be_reached_from_a_preview():
    reached, grown = {str(RunStatus.PREVIEWED)}, True
    while grown:
        found = {str(each.target) for each in TRANSITIONS.values() if each.sources & reached}
        grown = not found <= reached
        reached |= found
    assert reached == set(RunStatus.values)


def test_every_status_but_an_end_leads_on_and_no_end_does():
    sources = set().union(*(each.sources for each in TRANSITIONS.values()))
    assert sources == set(RunStatus.values) - TERMINAL


def test_what_is_unfinished_can_end_and_be_cancelled():
    for status in UNFINISHED:
        for name in ("complete", "complete_with_errors", "fail", "cancel"):
            assert status in TRANSITIONS[name].sources


@pytest.mark.parametrize("name", sorted(TRANSITIONS))
@pytest.mark.parametrize("status", RunStatus.values)
def test_a_transition_is_made_from_its_sources_only(harbor, preview, name, status):
    with harbor.scope():
        run = preview(harbor, make_conversations(1))
        type(run).objects.filter(pk=run.pk).update(status=status)
        allowed = status in TRANSITIONS[name].sources
        assert move(run.pk, name) is allowed
        after = fresh(harbor, run)
    assert after.status == (TRANSITIONS[name].target if allowed else status)
    assert after.row_stamp == run.row_stamp + allowed


def test_an_ended_run_makes_no_progress(harbor, preview):
    with harbor.scope():
        run = preview(harbor, make_conversations(1))
        assert touch(run.pk, succeeded=1) is False
    assert fresh(harbor, run).succeeded == 0


@pytest.mark.parametrize(
    ("succeeded", "failed", "cancelled", "errors", "ending"),
    [
        (5, 0, 0, 0, "complete"),
        (0, 0, 0, 0, "complete"),
        (5, 1, 0, 1, "complete_with_errors"),
        (5, 0, 0, 3, "complete_with_errors"),
        (0, 4, 0, 4, "fail"),
        (0, 0, 0, 4, "fail"),
        (2, 1, 3, 1, "cancel"),
    ],
)
def test_outcomes_decide_how_a_run_ends(succeeded, failed, cancelled, errors, ending):
    assert ending_of(Counts(9, 0, succeeded, 3, failed, cancelled, errors)) == ending
