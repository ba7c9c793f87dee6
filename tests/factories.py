"""Makes rows for tests, complete enough that every rule of the domain holds. Call inside an organization's scope."""

import itertools
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from contact_center.tenancy.models import Membership, Organization, OrganizationSettings, User
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import current_organization_id, organization_scope
from contact_center.tenancy.toggles import Toggle
from conversations.models import (
    Conversation,
    Customer,
    ForceCloseReason,
    Message,
    Participant,
    QueueSegment,
    RecordItem,
    Session,
)
from conversations.states import IN_SESSION, Status, StatusReason
from routing import auto_close
from routing.kinds import Channel, Kind, Presence, kind_of, mode_of
from routing.models import Queue, QueueMember, QueueScope, Representative, WorkStream

PASSWORD = "demo-password"
UNITS = 30
_number = itertools.count(1)

REASON_OF_STATUS = {
    Status.OPEN: StatusReason.AWAITING_ASSIGNMENT,
    Status.ACTIVE: StatusReason.IN_CONVERSATION,
    Status.WAITING: StatusReason.AWAITING_CUSTOMER,
    Status.WRAP_UP: StatusReason.ENDED_BY_REPRESENTATIVE,
    Status.CLOSED: StatusReason.ENDED_BY_CUSTOMER,
}


def make_organization(slug: str, *, toggles: Any = tuple(Toggle), **settings: Any) -> Organization:
    """An organization with its settings; every toggle is on unless said otherwise."""
    organization = Organization.objects.create(name=slug.replace("-", " ").title(), slug=slug)
    with organization_scope(organization.pk):
        OrganizationSettings.objects.create(toggles=list(toggles), **settings)
    return organization


def make_user(email: str, name: str = "") -> User:
    return User.objects.create_user(email, PASSWORD, name=name or _name_of(email))


def _name_of(email: str) -> str:
    return email.split("@")[0].replace(".", " ").title()


def make_member(
    email: str, *roles: Role, name: str = "", queues: list[Queue] | None = None, **fields: Any
) -> Membership:
    """A member with a user of their own; `queues` makes the member see those queues only."""
    user = User.objects.filter(email=email).first() or make_user(email, name)
    member = Membership.objects.create(
        user=user, roles=[str(role) for role in roles], all_queues=queues is None, **fields
    )
    for queue in queues or []:
        QueueScope.objects.create(membership=member, queue=queue)
    return member


def make_members(people: dict[str, Role], *, scoped: Collection[str] = ()) -> dict[str, Membership]:
    """Members by new address, each with a user of their own, in two statements: most tests begin with six."""
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(User(email=email, name=_name_of(email), password=password) for email in people)
    rows = [
        Membership(user=user, roles=[str(people[user.email])], all_queues=user.email not in scoped) for user in users
    ]
    return {row.user.email: row for row in Membership.objects.bulk_create(rows)}


def make_queue(name: str = "", *, kind: Kind = Kind.MESSAGING, **fields: Any) -> Queue:
    return Queue.objects.create(name=name or f"Queue {next(_number)}", kind=kind, **fields)


def make_work_stream(channel: Channel = Channel.LIVE_CHAT, *, queue: Queue | None = None, **fields: Any) -> WorkStream:
    """The work stream of the channel, made on first use."""
    slug = fields.pop("slug", str(channel).replace("_", "-"))
    if found := WorkStream.objects.filter(slug=slug).first():
        return found
    kind = kind_of(channel)
    fields.setdefault("waiting_auto_close_seconds", auto_close.usual(Channel.SMS)["waiting_auto_close_seconds"])
    return WorkStream.objects.create(
        name=channel.label,
        slug=slug,
        kind=kind,
        channel=channel,
        mode=mode_of(channel),
        default_queue=queue or make_queue(kind=kind),
        units_per_conversation=UNITS,
        **fields,
    )


def make_representative(
    name: str = "", *, queues: list[Queue] | None = None, membership: Membership | None = None, **fields: Any
) -> Representative:
    number = next(_number)
    fields.setdefault("presence", Presence.AVAILABLE)
    fields.setdefault("total_units", 100)
    representative = Representative.objects.create(
        name=name or f"Representative {number}",
        email=f"representative{number}@example.com",
        membership=membership,
        **fields,
    )
    if queues:
        QueueMember.objects.bulk_create(QueueMember(queue=queue, representative=representative) for queue in queues)
    return representative


def make_reason(label: str = "Outage resolved", **fields: Any) -> ForceCloseReason:
    return ForceCloseReason.objects.get_or_create(label=label, defaults=fields)[0]


def make_customer(name: str = "", **fields: Any) -> Customer:
    number = next(_number)
    fields.setdefault("external_id", f"customer-{current_organization_id()}-{number}")
    return Customer.objects.create(name=name or f"Customer {number}", **fields)


def make_conversation(**fields: Any) -> Conversation:
    return make_conversations(1, **fields)[0]


def make_conversations(
    count: int,
    *,
    status: Status = Status.OPEN,
    status_reason: StatusReason | None = None,
    channel: Channel = Channel.LIVE_CHAT,
    queue: Queue | None = None,
    representative: Representative | None = None,
    customer: Customer | None = None,
    created_at: datetime | None = None,
    subject: str = "",
    **fields: Any,
) -> list[Conversation]:
    """Conversations in one state, a second apart, with the session, segment and participant that belong to it.

    Whatever isn't Open gets a representative, made when none is given, who holds the units.
    """
    stream = make_work_stream(channel, queue=queue)
    if status not in (Status.OPEN, Status.CLOSED) and representative is None:
        representative = make_representative(queues=[queue or stream.default_queue], total_units=100 + UNITS * count)
    holds = representative is not None and status in (Status.ACTIVE, Status.WRAP_UP)
    accepted = status not in (Status.OPEN, Status.CLOSED) and status_reason != StatusReason.AWAITING_ACCEPTANCE
    customer = customer or (None if stream.kind == Kind.RECORD else make_customer())
    start = created_at or timezone.now() - timedelta(hours=1)
    rows = []
    for index in range(count):
        at = start + timedelta(seconds=index)
        rows.append(
            Conversation(
                work_stream=stream,
                queue=queue or stream.default_queue,
                representative=representative,
                customer=customer,
                kind=stream.kind,
                channel=stream.channel,
                mode=stream.mode,
                subject=subject or f"Subject {next(_number)}",
                customer_name=customer.name if customer else "",
                status=status,
                status_reason=status_reason or REASON_OF_STATUS[status],
                units_held=UNITS if holds else 0,
                created_at=at,
                queued_at=at,
                status_since=at,
                last_customer_message_at=at,
                accepted_at=at if accepted else None,
                first_accepted_at=at if accepted else None,
                closed_at=at if status == Status.CLOSED else None,
                **fields,
            )
        )
        if stream.kind == Kind.RECORD and "record" not in fields:
            rows[-1].record = RecordItem.objects.create(
                external_id=f"record-{next(_number)}", record_type=RecordItem.Type.CASE, title=rows[-1].subject
            )
    Conversation.objects.bulk_create(rows)
    _make_course(rows)
    if holds and representative is not None:
        representative.units_used += UNITS * count
        representative.save(update_fields=["units_used"])
    return rows


def _make_course(rows: list[Conversation]) -> None:
    Session.objects.bulk_create(
        Session(
            conversation=row,
            queue=row.queue,
            representative=row.representative,
            opened_at=row.created_at,
            offered_at=row.created_at if row.representative else None,
            accepted_at=row.accepted_at,
            closed_at=None if row.status in IN_SESSION else row.created_at,
        )
        for row in rows
    )
    QueueSegment.objects.bulk_create(
        QueueSegment(
            conversation=row,
            queue=row.queue,
            entered_at=row.created_at,
            accepted_at=row.accepted_at,
            left_at=row.closed_at,
        )
        for row in rows
    )
    Participant.objects.bulk_create(
        Participant(
            conversation=row,
            representative=row.representative,
            mode=Participant.Mode.PRIMARY,
            added_at=row.created_at,
            joined_at=row.accepted_at,
        )
        for row in rows
        if row.accepted_at and row.status in (Status.ACTIVE, Status.WRAP_UP)
    )


def make_message(conversation: Conversation, text: str = "Where is my parcel?", **fields: Any) -> Message:
    fields.setdefault("author", "customer")
    return Message.objects.create(conversation=conversation, text=text, **fields)
