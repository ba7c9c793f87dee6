"""What tests of runs share: selecting as the list does, and playing the worker in the test's own process."""

import pytest

from bulk_actions import execution, finishing, starting
from bulk_actions.execution import Next
from bulk_actions.models import BulkAction
from bulk_actions.selection import freeze
from conversations.rules import Action
from conversations.selection import Selection

HTMX = {"HX-Request": "true"}


def chosen(conversations):
    """What the list posts for rows selected one by one."""
    return {"id": [f"{conversation.pk}:{conversation.version}" for conversation in conversations]}


@pytest.fixture
def preview():
    """A previewed run over these conversations, in the organization's scope."""

    def make(cast, conversations, member=None):
        actor = cast.actor(member)
        versions = {conversation.pk: conversation.version for conversation in conversations}
        with cast.scope():
            return freeze(Action.FORCE_CLOSE, Selection(actor, versions), actor=actor)

    return make


@pytest.fixture
def started(preview):
    """A run that was proceeded with and waits for a worker."""

    def make(cast, conversations, member=None):
        run = preview(cast, conversations, member)
        parameters = {"reason": cast.reason.pk, "reason_label": cast.reason.label, "note": ""}
        with cast.scope():
            starting.start(run, actor=cast.actor(member), parameters=parameters)
            run.refresh_from_db()
        return run

    return make


def work(cast, run, chunks=100):
    """Do up to so many chunks as a worker would, each in its own scope, then the ending."""
    for _ in range(chunks):
        with cast.scope():
            following = execution.run_chunk(run.pk)
        if following is not Next.CHUNK:
            with cast.scope():
                finishing.finish(run.pk)
            break
    return fresh(cast, run)


def fresh(cast, run):
    with cast.scope():
        return BulkAction.objects.get(pk=run.pk)


def outcomes(cast, run):
    """conversation id → (outcome, code)"""
    with cast.scope():
        return {item.target_id: (item.outcome, item.code) for item in run.items.all()}
