"""Counts reports anew as the hub does, in a process of its own: the slug, then a query for each; prints JSON.

Between two readings one more conversation waits in a queue; nothing of it is kept.
"""

import json
import statistics
import sys
import time

import django

django.setup()

from django.db import transaction  # noqa: E402 - Django must be set up before its models
from django.http import QueryDict  # noqa: E402
from django.utils import timezone  # noqa: E402

from analytics.customized import pages  # noqa: E402
from analytics.customized.live_view import CustomizedView  # noqa: E402
from contact_center.tenancy.access import Actor, actor_of_membership  # noqa: E402
from contact_center.tenancy.models import Membership, Organization  # noqa: E402
from contact_center.tenancy.scope import organization_scope  # noqa: E402
from conversations.models import Conversation, QueueSegment  # noqa: E402
from conversations.states import Status  # noqa: E402

TIMES = 3


def refreshed(actor: Actor, query: str) -> dict[str, float]:
    with organization_scope(actor.organization_id):
        before = CustomizedView(actor, QueryDict(query)).read()
        taken = []
        _one_more()
        for _ in range(TIMES):
            # Each anew: what a view has counted it keeps for its pace.
            view = CustomizedView(actor, QueryDict(query))
            begun = time.perf_counter()
            pages.read(view.shown, timezone.now())
            taken.append(time.perf_counter() - begun)
        after = view.read()
        figures = {**before.counters, "figures": after.counters["figures"]}
        answer = {
            "seconds": statistics.median(taken),
            "frame": len(view.render_counter_changes(before.counters, figures).encode()),
            "all": len(view.render_counters(after.counters).encode()),
        }
        transaction.set_rollback(True)
    return answer


def _one_more() -> None:
    row = Conversation.objects.filter(status=Status.OPEN).latest("created_at")
    now = timezone.now()
    row.pk, row.external_id = None, ""
    row.created_at = row.queued_at = row.status_since = now
    row.save(force_insert=True)
    QueueSegment.objects.create(conversation=row, queue_id=row.queue_id, entered_at=now)


def main() -> None:
    slug, *queries = sys.argv[1:]
    with organization_scope(Organization.objects.get(slug=slug).pk):
        member = Membership.objects.get(user__email=f"supervisor1@{slug}.example")
        actor = actor_of_membership(member.pk)
    sys.stdout.write(json.dumps([refreshed(actor, query) for query in queries]))


if __name__ == "__main__":
    main()
