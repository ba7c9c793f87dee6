"""What the bell says about runs: to whom, for how long, and that it leads to the run."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils import timezone

from bulk_actions.limits import APPROVAL_EXPIRES
from bulk_actions.models import BulkAction
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from conversations.actions.write import NOTIFICATION_LIVES
from conversations.models import Notification
from conversations.notifications.presenters import ICONS, LINKS

ASKED, DECIDED, CANCELLED = "approval", "approval_decided", "run_cancelled"


def tell(run: BulkAction, kind: str, members: Iterable[int], title: str, text: str) -> None:
    now = timezone.now()
    rows = [
        Notification(
            membership_id=member,
            kind=kind,
            title=title[:100],
            text=text[:1000],
            operation_id=run.key,
            created_at=now,
            expires_at=now + (APPROVAL_EXPIRES if kind == ASKED else NOTIFICATION_LIVES),
        )
        for member in members
    ]
    if rows:
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        publish_on_commit(run.organization_id, "notification", [row.membership_id for row in rows])


def tell_of_cancel(run: BulkAction, actor: Actor, undone: int) -> None:
    """Whoever started it hears when a colleague ends it: by whom, and how much of it won't be done any more."""
    if run.created_by_id == actor.membership_id:
        return
    title = f"{actor.name[:60]} cancelled your run"
    tell(run, CANCELLED, [run.created_by_id], title, f"{run.title}. {_left(run, undone)}")


def _left(run: BulkAction, undone: int) -> str:
    if undone >= run.eligible:
        return "Nothing of it was done."
    if not undone:
        return "Nothing of it was left undone."
    return f"{undone:,} of {run.eligible:,} {'was' if undone == 1 else 'were'} left undone."


def take_back_question(run: BulkAction) -> None:
    """It has been answered, or there is nothing to decide any more."""
    asked = Notification.objects.filter(operation_id=run.key, kind=ASKED, dismissed_at=None)
    told = list(asked.values_list("membership_id", flat=True))
    asked.update(dismissed_at=timezone.now())
    if told:
        publish_on_commit(run.organization_id, "notification", told)


def _links(notifications: Iterable[Notification], actor: Actor) -> Mapping[int, str]:
    rows = list(notifications)
    runs = dict(BulkAction.objects.filter(key__in=[row.operation_id for row in rows]).values_list("key", "pk"))
    return {
        row.pk: reverse("bulk_actions:run", args=[actor.organization_slug, runs[row.operation_id]])
        for row in rows
        if row.operation_id in runs
    }


def link_notifications() -> None:
    """Lead from the bell to the run."""
    LINKS[ASKED] = LINKS[DECIDED] = LINKS[CANCELLED] = _links
    ICONS[CANCELLED] = "ban"
