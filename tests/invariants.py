"""What must hold for every organization after anything at all was done; each returns the ids that break it."""

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from conversations.models import Conversation, Offer, Participant, QueueSegment, Session
from conversations.states import IN_SESSION, OfferOutcome, Status, StatusReason
from routing.models import Representative


def assert_all() -> None:
    """Call inside an organization's scope."""
    assert wrong_capacity() == {}
    assert wrong_sessions() == []
    assert broken_courses(Session, "opened_at", "closed_at", gaps_allowed=True) == []
    assert wrong_segments() == []
    assert broken_courses(QueueSegment, "entered_at", "left_at", gaps_allowed=False) == []
    assert wrong_primaries() == []
    assert wrong_consultants() == []
    assert wrong_monitoring() == []
    assert left_over_offers() == []
    assert hands_left_up() == []


def wrong_capacity() -> dict[int, tuple[int, int]]:
    """Units used by each representative against what their conversations and pending transfers hold, and spent."""
    held = dict(
        Conversation.objects.exclude(representative=None)
        .values_list("representative_id")
        .annotate(total=Sum("units_held"))
    )
    transfers = dict(
        Offer.objects.filter(outcome=OfferOutcome.PENDING, conversation__transfer_pending=True)
        .values_list("representative_id")
        .annotate(total=Sum("units"))
    )
    return {
        pk: (used, held.get(pk, 0) + transfers.get(pk, 0) + spent)
        for pk, used, spent in Representative.objects.values_list("pk", "units_used", "units_spent")
        if used != held.get(pk, 0) + transfers.get(pk, 0) + spent
    }


def wrong_sessions() -> list[int]:
    """Open, Active and Wrap-up have one open session, Waiting and Closed none."""
    open_sessions = Count("sessions", filter=Q(sessions__closed_at=None), distinct=True)
    counted = Conversation.objects.annotate(n=open_sessions)
    return list(
        counted.filter(
            Q(status__in=IN_SESSION) & ~Q(n=1) | ~Q(status__in=IN_SESSION) & ~Q(n=0),
        ).values_list("pk", flat=True)
    )


def wrong_segments() -> list[int]:
    """An ongoing conversation has one open stay, in its own queue; a closed one has none."""
    n = Count("segments", filter=Q(segments__left_at=None), distinct=True)
    here = Count("segments", filter=Q(segments__left_at=None, segments__queue_id=F("queue_id")), distinct=True)
    counted = Conversation.objects.annotate(n=n, here=here)
    ongoing = ~Q(status=Status.CLOSED)
    return list(counted.filter(ongoing & ~Q(n=1, here=1) | ~ongoing & ~Q(n=0)).values_list("pk", flat=True))


def broken_courses(model: type, start: str, end: str, *, gaps_allowed: bool) -> list[int]:
    """Stretches that overlap, or leave a gap where none may be."""
    broken = []
    last: dict[int, object] = {}
    for pk, began, ended in model.objects.order_by("conversation_id", start, "pk").values_list(
        "conversation_id", start, end
    ):
        if pk in last and (last[pk] is None or began < last[pk] or (not gaps_allowed and began != last[pk])):
            broken.append(pk)
        last[pk] = ended
    return broken


def wrong_primaries() -> list[int]:
    """Active and Wrap-up have one primary, the row's representative; other states have none."""
    primary = Q(participants__mode=Participant.Mode.PRIMARY, participants__left_at=None)
    n = Count("participants", filter=primary, distinct=True)
    own = Count(
        "participants", filter=primary & Q(participants__representative_id=F("representative_id")), distinct=True
    )
    counted = Conversation.objects.annotate(n=n, own=own)
    with_one = Q(status__in=[Status.ACTIVE, Status.WRAP_UP])
    return list(counted.filter(with_one & ~Q(n=1, own=1) | ~with_one & ~Q(n=0)).values_list("pk", flat=True))


def wrong_consultants() -> list[int]:
    """Nobody is a consultant twice, nor in what they hold; a closed conversation has none."""
    present = Participant.objects.filter(mode=Participant.Mode.CONSULT, left_at=None)
    twice = present.values("conversation_id", "representative_id").annotate(n=Count("pk")).filter(n__gt=1)
    own = Q(
        conversation__status__in=[Status.ACTIVE, Status.WRAP_UP], conversation__representative=F("representative")
    ) & ~Q(conversation__status_reason=StatusReason.AWAITING_ACCEPTANCE)
    found = present.filter(own | Q(conversation__status=Status.CLOSED)).values_list("conversation_id", flat=True)
    return [*(row["conversation_id"] for row in twice.exclude(representative=None)), *found]


def wrong_monitoring() -> list[int]:
    """A supervisor who joined is monitoring; each person monitors a conversation once."""
    present = Participant.objects.filter(left_at=None, membership__isnull=False)
    monitoring = present.filter(mode=Participant.Mode.MONITOR)
    same = {"conversation_id": OuterRef("conversation_id"), "membership_id": OuterRef("membership_id")}
    joined = present.filter(~Exists(monitoring.filter(**same)), mode=Participant.Mode.CONSULT)
    twice = monitoring.values("conversation_id", "membership_id").annotate(n=Count("pk")).filter(n__gt=1)
    return [*joined.values_list("conversation_id", flat=True), *(row["conversation_id"] for row in twice)]


def left_over_offers() -> list[int]:
    """A pending offer exists exactly where one is awaited."""
    awaited = Q(status=Status.ACTIVE, status_reason=StatusReason.AWAITING_ACCEPTANCE) | Q(transfer_pending=True)
    n = Count("offers", filter=Q(offers__outcome=OfferOutcome.PENDING), distinct=True)
    return list(
        Conversation.objects.annotate(n=n).filter(awaited & ~Q(n=1) | ~awaited & ~Q(n=0)).values_list("pk", flat=True)
    )


def hands_left_up() -> list[int]:
    """A hand is up only while its representative holds the conversation."""
    holding = Q(status__in=[Status.ACTIVE, Status.WRAP_UP], representative__isnull=False)
    return list(Conversation.objects.filter(~holding, hand_raised_at__isnull=False).values_list("pk", flat=True))
