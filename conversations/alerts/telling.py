"""Whom an alert is told: supervisors whose queues cover it, in their bells, and by e-mail those who chose that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.urls import reverse

from contact_center.tenancy.models import Membership, Organization
from contact_center.tenancy.roles import ROLES_WITH, Right
from contact_center.tenancy.scope import current_organization_id
from conversations.alerts.kinds import KINDS
from conversations.models import Alert, AlertChoice, AlertSettings, Conversation, OutboxEntry

# One mail lists so many; the page shows them all.
LISTED = 20
CHOSEN = "You chose to be told of alerts by e-mail. Change that under Alerts in the console."


@dataclass(frozen=True, slots=True)
class Supervisor:
    """`queue_ids` None for one who sees all queues; `by_mail` are the kinds they want an e-mail of."""

    membership_id: int
    email: str
    queue_ids: frozenset[int] | None
    by_mail: frozenset[str]
    from_level: str

    def sees(self, queue_id: int | None) -> bool:
        """What is about the whole organization is for those who see all of it."""
        return self.queue_ids is None or queue_id in self.queue_ids

    def wants_mail(self, alert: Alert) -> bool:
        too_mild = alert.level == Alert.Level.AT_RISK and self.from_level == Alert.Level.CRITICAL
        return alert.kind in self.by_mail and not too_mild


def choose(alerts: Iterable[Alert], own: AlertSettings) -> None:
    """Write down in the alerts, which aren't stored yet, who is told and who is mailed. Three queries at most."""
    alerts = list(alerts)
    people, queues = _supervisors(), _queues_of(alerts)
    for alert in alerts:
        queue_id = queues[alert.conversation_id] if alert.conversation_id else alert.queue_id
        concerned = [person for person in people if person.sees(queue_id)]
        alert.told = [person.membership_id for person in concerned]
        if alert.kind not in own.never_mailed:
            alert.mailed = [person.membership_id for person in concerned if person.wants_mail(alert)]


def _supervisors() -> list[Supervisor]:
    role = Q()
    for each in ROLES_WITH[Right.SUPERVISE]:
        role |= Q(roles__contains=[each])
    members = Membership.objects.filter(role, is_active=True, user__is_active=True)
    scope = ArrayAgg("queue_scopes__queue_id", filter=Q(queue_scopes__isnull=False), default=[])
    choices = {row.membership_id: row for row in AlertChoice.objects.all()}
    found = []
    rows = members.annotate(scope=scope).order_by("pk").values_list("pk", "user__email", "all_queues", "scope")
    for pk, email, all_queues, queue_ids in rows:
        choice = choices.get(pk) or AlertChoice()
        kinds, queues = frozenset(choice.by_mail), None if all_queues else frozenset(queue_ids)
        found.append(Supervisor(pk, email, queues, kinds, choice.from_level))
    return found


def _queues_of(alerts: Sequence[Alert]) -> Mapping[int, int]:
    ids = [alert.conversation_id for alert in alerts if alert.conversation_id]
    return dict(Conversation.objects.filter(pk__in=ids).values_list("pk", "queue_id")) if ids else {}


def mail(alerts: Iterable[Alert], now: datetime) -> None:
    """One letter for each person, whatever the number of alerts that began together; none queries where nobody is."""
    of_person: dict[int, list[int]] = defaultdict(list)
    for alert in alerts:
        for member in alert.mailed:
            of_person[member].append(alert.pk)
    if not of_person:
        return
    organization = Organization.objects.get(pk=current_organization_id())
    ids = {pk for each in of_person.values() for pk in each}
    rows = Alert.objects.filter(pk__in=ids).select_related("conversation__representative", "queue")
    lines = {row.pk: _line(row, organization.slug) for row in rows}
    addresses = Membership.objects.filter(pk__in=of_person).values_list("pk", "user__email")
    OutboxEntry.objects.bulk_create(
        _letter(email, member, [lines[pk] for pk in of_person[member]], min(of_person[member]), organization.slug, now)
        for member, email in addresses
    )


def _line(alert: Alert, slug: str) -> tuple[str, str, str]:
    """Title, text and address. What is said in a conversation isn't mailed: it is behind the address."""
    kind = KINDS[alert.kind]
    title, text = kind.words(alert)
    if alert.conversation_id:
        return title, "", absolute(reverse("conversations:detail", args=[slug, alert.conversation_id]))
    return title, text, absolute(kind.address(alert, slug))


def absolute(path: str) -> str:
    """Empty where the installation doesn't know its own address."""
    return f"{settings.CONSOLE_URL}{path}" if settings.CONSOLE_URL and path else ""


def _letter(
    email: str, member: int, lines: Sequence[tuple[str, str, str]], first: int, slug: str, now: datetime
) -> OutboxEntry:
    subject = lines[0][0] if len(lines) == 1 else f"{len(lines):,} new alerts"
    parts = ["\n".join(part for part in line if part) for line in lines[:LISTED]]
    if more := len(lines) - LISTED:
        parts += [f"And {more:,} more."] if more > 0 else []
    parts.append("\n".join(part for part in (CHOSEN, absolute(reverse("notifications:alerts", args=[slug]))) if part))
    return OutboxEntry(
        kind=OutboxEntry.Kind.EMAIL,
        payload={"to": email, "subject": subject, "text": "\n\n".join(parts)},
        idempotency_key=f"alerts:{first}:{member}",
        created_at=now,
        due_at=now,
    )
