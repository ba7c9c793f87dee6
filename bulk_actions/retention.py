"""What retention takes from runs: the words that somebody typed for them. Numbers, states and people stay."""

from datetime import datetime

from django.db.models import Q

from bulk_actions.kinds import KINDS, kind_of
from bulk_actions.models import BulkAction
from bulk_actions.selection import title_of
from bulk_actions.states import TERMINAL


def forget_words(before: datetime, *, most: int, using: str) -> int:
    """Of so many runs at most that began before; of how many."""
    runs = BulkAction.objects.using(using).filter(_has_words(), status__in=TERMINAL, created_at__lt=before)
    found = list(runs.order_by("pk")[:most])
    for run in found:
        words = kind_of(run.action).words
        run.parameters = {name: value for name, value in run.parameters.items() if name not in words}
        if "title" in words:
            run.title = title_of(run)
        run.row_stamp += 1
    BulkAction.objects.using(using).bulk_update(found, ["parameters", "title", "row_stamp"], batch_size=100)
    return len(found)


def _has_words() -> Q:
    found = Q(pk__in=[])
    for kind in KINDS.values():
        if kind.words:
            found |= Q(action=kind.action, parameters__has_any_keys=list(kind.words))
    return found
