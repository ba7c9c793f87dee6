"""Takes due outbox rows under a lease, and writes down what became of them."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q

from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.scope import current_organization_id
from conversations.delivery import silence
from conversations.delivery.parcels import Answer, Parcel
from conversations.models import OutboxEntry
from routing.models import WorkStream

BATCH = 50
# Longer than sending a batch may take: a worker that died with the row gives it back by itself.
LEASE = timedelta(seconds=90)
# No request is begun later than this; it and its answer fit into the lease.
SENDING_SECONDS = 30
# 5 s, 10 s, 20 s … 320 s: given up ten and a half minutes after the first attempt, when every server answers.
ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=5)
# As long as a server counts as silent.
UNASKED_PAUSE = timedelta(seconds=silence.SECONDS)
READ_ELSEWHERE = "Shown on the chat page and through the API; the work stream has no delivery address."

Status = OutboxEntry.Status


def settle_unaddressed(now: datetime) -> int:
    """Messages of work streams without a delivery address are where they are read already. Two statements at most."""
    pending = OutboxEntry.objects.filter(status=Status.PENDING, kind=OutboxEntry.Kind.CUSTOMER_MESSAGE)
    without = dict(pending.filter(conversation__work_stream__delivery_url="").values_list("pk", "conversation_id"))
    if not without:
        return 0
    _tell(without.values())
    return OutboxEntry.objects.filter(pk__in=without, status=Status.PENDING).update(
        status=Status.SENT, sent_at=now, last_answer=READ_ELSEWHERE
    )


def claim(now: datetime, limit: int = BATCH) -> list[Parcel]:
    """The next due rows, leased; rows that another worker holds are left to it. Fixed number of statements."""
    due = OutboxEntry.objects.filter(status=Status.PENDING, due_at__lte=now).order_by("due_at", "pk")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    OutboxEntry.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1, due_at=now + LEASE)
    rows = OutboxEntry.objects.filter(pk__in=ids).select_related(
        "conversation__work_stream", "conversation__customer", "message", "endpoint", "organization"
    )
    return [parcel_of(row) for row in rows.order_by("pk")]


def give_back(parcels: Iterable[Parcel], now: datetime) -> None:
    """Leased, but not tried: due at once, and not counted as an attempt. What another worker has leased since is its
    own. One statement for each lease."""
    leased: dict[datetime, list[int]] = {}
    for parcel in parcels:
        leased.setdefault(parcel.lease, []).append(parcel.entry_id)
    for lease, ids in leased.items():
        rows = OutboxEntry.objects.filter(pk__in=ids, status=Status.PENDING, due_at=lease)
        rows.update(attempts=F("attempts") - 1, due_at=now)


def parcel_of(entry: OutboxEntry) -> Parcel:
    if entry.kind == OutboxEntry.Kind.EMAIL:
        return _email(entry)
    if entry.kind == OutboxEntry.Kind.EVENT and entry.endpoint is not None:
        url, secret, on = entry.endpoint.url, entry.endpoint.secret, entry.endpoint.is_active
        body = {"type": "event", "event": entry.event, **_conversation(entry), **entry.payload}
    else:
        stream = _with_secret(entry.conversation.work_stream) if entry.conversation else None
        url, secret = (stream.delivery_url, stream.delivery_secret) if stream else ("", "")
        on = bool(url)
        body = {"type": "message", **_conversation(entry), "message": _message(entry)}
    return Parcel(
        entry.pk,
        entry.idempotency_key,
        entry.attempts,
        entry.due_at,
        url=url,
        secret=secret,
        body=body,
        is_switched_on=on,
    )


def _email(entry: OutboxEntry) -> Parcel:
    """To a customer with the message it delivers; to a member with what stands in the row itself."""
    subject = entry.conversation.subject if entry.conversation else str(entry.payload.get("subject", ""))
    return Parcel(
        entry.pk,
        entry.idempotency_key,
        entry.attempts,
        entry.due_at,
        address=str(entry.payload.get("to", "")),
        subject=" ".join(f"{entry.organization.name}: {subject}".split()),
        text=entry.message.text if entry.message else str(entry.payload.get("text", "")),
    )


def _conversation(entry: OutboxEntry) -> dict[str, object]:
    row = entry.conversation
    if row is None:
        return {}
    customer = row.customer.external_id if row.customer else ""
    return {"conversation": {"id": row.pk, "number": row.number, "external_id": row.external_id, "customer": customer}}


def _message(entry: OutboxEntry) -> dict[str, object]:
    message = entry.message
    if message is None:
        return {}
    return {
        "id": message.pk,
        "from": message.author,
        "text": message.text,
        "created_at": message.created_at.isoformat(),
    }


def _with_secret(stream: WorkStream) -> WorkStream:
    """A work stream gets its signing secret with its first delivery; administrators read it in the admin."""
    if not stream.delivery_secret:
        stream.delivery_secret = secrets.token_hex(32)
        WorkStream.objects.filter(pk=stream.pk, delivery_secret="").update(delivery_secret=stream.delivery_secret)
        stream.refresh_from_db(fields=["delivery_secret"])
    return stream


def store(answers: Iterable[Answer], now: datetime) -> None:
    """Sent, to be tried again later, or given up after the last attempt. What was never asked is no attempt.

    What arrived has arrived; of a failure nothing is written when another worker has leased the row since.
    """
    conversations: set[int | None] = set()
    for answer in answers:
        entry = OutboxEntry.objects.filter(Q(pk=answer.entry_id) & ~Q(status=Status.SENT))
        if not answer.delivered:
            entry = entry.filter(due_at=answer.lease)
        conversations.update(entry.values_list("conversation_id", flat=True))
        if answer.delivered:
            entry.update(status=Status.SENT, sent_at=now, last_answer=answer.text[:250])
        elif not answer.was_asked:
            # Claiming counted it; the row comes again when the server is asked again.
            entry.update(attempts=F("attempts") - 1, due_at=now + UNASKED_PAUSE, last_answer=answer.text[:250])
        elif answer.attempts >= ATTEMPTS:
            entry.update(status=Status.FAILED, last_answer=answer.text[:250])
        else:
            pause = FIRST_PAUSE * 2 ** (answer.attempts - 1)
            entry.update(due_at=now + pause, last_answer=answer.text[:250])
    _tell(conversations)


def _tell(conversation_ids: Iterable[int | None]) -> None:
    """The pages that show these deliveries."""
    if known := {pk for pk in conversation_ids if pk}:
        publish_on_commit(current_organization_id(), "conversation", known)
