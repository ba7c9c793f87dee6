"""The four bulk actions: how a run of each is started, and what it must have done once to every conversation."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bulk_actions import starting
from bulk_actions.models import BulkAction
from bulk_actions.selection import freeze
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.roles import Role
from conversations.models import Conversation, Message, Notification, OutboxEntry, QueueSegment, WebhookEndpoint
from conversations.rules import Action
from conversations.selection import Selection
from conversations.states import Author, Status
from routing.kinds import Channel, Presence
from tests.cast import Cast
from tests.factories import make_conversations, make_member, make_representative, make_work_stream
from tests.receiver import Receiver

MESSAGE, EVENT = OutboxEntry.Kind.CUSTOMER_MESSAGE, OutboxEntry.Kind.EVENT
PEOPLE = 5
# Conversations of one person after the other: everybody has some in every chunk.
IN_A_ROW = 5


@dataclass(frozen=True)
class Case:
    """`deliveries` are the outbox rows of each conversation; `was_done` looks at the conversations themselves."""

    cast: Cast
    action: Action
    parameters: Mapping[str, Any]
    audit: AuditAction
    rows: list[Conversation]
    deliveries: Mapping[str, int]
    was_done: Callable[["Case", BulkAction], None]

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.rows]

    def start(self) -> BulkAction:
        """Select, preview and Proceed; the run waits for a worker."""
        actor = self.cast.actor()
        with self.cast.scope():
            run = freeze(self.action, Selection(actor, {row.pk: row.version for row in self.rows}), actor=actor)
            assert starting.start(run, actor=actor, parameters=self.parameters)
        return run

    def assert_once(self, run: BulkAction) -> None:
        """Each conversation changed once, audited once and delivered for once; one ending."""
        once = Counter(dict.fromkeys(self.ids, 1))
        with self.cast.scope():
            found = BulkAction.objects.get(pk=run.pk)
            assert (found.status, found.succeeded, found.skipped, found.failed) == ("completed", len(once), 0, 0)
            assert Counter(run.items.values_list("outcome", flat=True)) == {"succeeded": len(once)}
            events = AuditEvent.objects.filter(operation_id=run.key)
            assert Counter(events.filter(action=self.audit).values_list("conversation_id", flat=True)) == once
            assert events.filter(action=AuditAction.RUN_FINISHED).count() == 1
            outbox = OutboxEntry.objects.filter(conversation_id__in=self.ids)
            written = Counter(outbox.values_list("conversation_id", "kind"))
            assert written == Counter({(pk, kind): n for pk in self.ids for kind, n in self.deliveries.items()})
            self.was_done(self, found)

    def now(self) -> list[Conversation]:
        return list(Conversation.objects.filter(pk__in=self.ids))


def make_the_four(cast: Cast, receiver: Receiver, size: int) -> list[Case]:
    """A run of each on conversations of its own, of which nobody else takes any; deliveries go to the receiver."""
    # Nothing is offered to anybody meanwhile.
    cast.ana.presence = Presence.OFFLINE
    cast.ana.save(update_fields=["presence"])
    busy = make_representative(presence=Presence.OFFLINE, total_units=10_000)
    WebhookEndpoint.objects.create(url=receiver.url, secret="of the webhook")
    make_work_stream(Channel.LIVE_CHAT, queue=cast.orders, delivery_url=receiver.url)
    make_work_stream(Channel.SMS, queue=cast.orders, delivery_url=receiver.url)
    held = {"queue": cast.orders, "status": Status.ACTIVE}
    chats, texts = {"queue": cast.orders}, {"queue": cast.orders, "channel": Channel.SMS}
    people = _people() * (size // (PEOPLE * IN_A_ROW))
    notified = [row for person in people for row in make_conversations(IN_A_ROW, representative=person, **held)]
    reason = {"reason": cast.reason.pk, "reason_label": cast.reason.label, "note": ""}
    queue = {"queue": cast.refunds.pk, "queue_label": cast.refunds.name, "leaves_list": False}
    return [
        Case(
            *(cast, Action.FORCE_CLOSE, reason, AuditAction.FORCE_CLOSED),
            make_conversations(size, representative=busy, **held),
            deliveries={MESSAGE: 1, EVENT: 1},
            was_done=_closed,
        ),
        Case(
            *(cast, Action.ASSIGN_TO_QUEUE, queue, AuditAction.ASSIGNED_TO_QUEUE, make_conversations(size, **chats)),
            deliveries={},
            was_done=_assigned,
        ),
        Case(
            *(cast, Action.MESSAGE_CUSTOMER, {"text": "We are late."}, AuditAction.MESSAGED_CUSTOMER),
            make_conversations(size, **texts),
            deliveries={MESSAGE: 1},
            was_done=_messaged,
        ),
        Case(
            *(cast, Action.NOTIFY, {"title": "Storm", "text": "Say so."}, AuditAction.NOTIFIED, notified),
            deliveries={},
            was_done=_notified,
        ),
    ]


def _people() -> list[Any]:
    members = [make_member(f"person{number}@harbor.example", Role.REPRESENTATIVE) for number in range(PEOPLE)]
    return [make_representative(membership=member, presence=Presence.OFFLINE, total_units=10_000) for member in members]


def _closed(case: Case, run: BulkAction) -> None:
    assert {(row.status, row.version) for row in case.now()} == {(Status.CLOSED, 2)}
    _one_message_each(case, Author.SYSTEM)


def _assigned(case: Case, run: BulkAction) -> None:
    assert {(row.status, row.version, row.queue_id) for row in case.now()} == {(Status.OPEN, 2, case.cast.refunds.pk)}
    stays = QueueSegment.objects.filter(conversation_id__in=case.ids, queue=case.cast.refunds, left_at=None)
    assert Counter(stays.values_list("conversation_id", flat=True)) == Counter(dict.fromkeys(case.ids, 1))


def _messaged(case: Case, run: BulkAction) -> None:
    assert {(row.status, row.version) for row in case.now()} == {(Status.WAITING, 2)}
    _one_message_each(case, Author.ORGANIZATION)


def _notified(case: Case, run: BulkAction) -> None:
    assert {row.version for row in case.now()} == {1}
    told = Notification.objects.filter(operation_id=run.key).values_list("membership_id", flat=True)
    assert sorted(Counter(told).values()) == [1] * PEOPLE


def _one_message_each(case: Case, author: Author) -> None:
    said = Message.objects.filter(conversation_id__in=case.ids, author=author)
    assert Counter(said.values_list("conversation_id", flat=True)) == Counter(dict.fromkeys(case.ids, 1))
