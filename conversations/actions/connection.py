"""Whether a customer's chat page is open: at most one write per half minute and page, and rows that say since when."""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value

from contact_center.live.publish import publish_on_commit
from conversations.models import Conversation
from conversations.models.conversation import TALKING
from routing.kinds import Mode

NOTED_EVERY = timedelta(seconds=30)
# Browsers let the clocks of a page in the background tick once a minute.
SILENT_AFTER = timedelta(seconds=75)
A_SECOND = Value(timedelta(seconds=1), output_field=DurationField())


def customer_seen(conversation: Conversation, *, now: datetime) -> None:
    """The customer's page has just asked: written down when they had been away, else twice a minute."""
    seen = conversation.customer_seen_at
    if conversation.customer_connected and seen is not None and now - seen < NOTED_EVERY:
        return
    # The thread that keeps pages live waits for nobody: whoever holds the row lets go, and the page asks again soon.
    rows = Conversation.objects.filter(pk=conversation.pk, status__in=TALKING)
    if not rows.select_for_update(skip_locked=True).values_list("pk").first():
        return
    if conversation.customer_connected:
        rows.update(customer_seen_at=now)
        return
    back = rows.filter(customer_connected=False).update(
        customer_seen_at=now,
        customer_connected=True,
        customer_disconnected_at=None,
        row_stamp=F("row_stamp") + 1,
    )
    if back:
        publish_on_commit(conversation.organization_id, "conversation", [conversation.pk])


def is_connected(conversation: Conversation, now: datetime) -> bool:
    """Whether the customer would see a message now: on the line of a live chat, or with the chat page open."""
    if conversation.mode == Mode.LIVE_CHAT:
        return conversation.customer_connected
    seen = conversation.customer_seen_at
    return seen is not None and now - seen < SILENT_AFTER


def notice_silence(*, organization_id: int, now: datetime) -> None:
    """Customers whose page has stopped asking are away since it asked last; one UPDATE where there are any."""
    silent = Conversation.objects.filter(
        status__in=TALKING, customer_connected=True, customer_seen_at__lte=now - SILENT_AFTER
    )
    if ids := list(silent.select_for_update(skip_locked=True).values_list("pk", flat=True)):
        silent.filter(pk__in=ids).update(
            customer_connected=False,
            customer_disconnected_at=F("customer_seen_at"),
            row_stamp=F("row_stamp") + 1,
        )
        publish_on_commit(organization_id, "conversation", ids)


def stays_away(now: datetime) -> Q:
    """Live chats whose reconnect window is over. Needs the work stream joined."""
    window = ExpressionWrapper(F("work_stream__reconnect_seconds") * A_SECOND, output_field=DurationField())
    since = ExpressionWrapper(Value(now) - window, output_field=DateTimeField())
    return Q(status__in=TALKING, mode=Mode.LIVE_CHAT, customer_connected=False, customer_disconnected_at__lte=since)


def has_stayed_away(conversation: Conversation, now: datetime) -> bool:
    """As `stays_away`, of a locked row."""
    since = conversation.customer_disconnected_at
    return (
        conversation.mode == Mode.LIVE_CHAT
        and conversation.status in TALKING
        and not conversation.customer_connected
        and since is not None
        and since + timedelta(seconds=conversation.work_stream.reconnect_seconds) <= now
    )
