"""Stuck work: conversations that nobody moves on, each kind with its limit, which the organization sets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Now

from conversations.models import AlertSettings, Offer
from conversations.rules import in_phase
from conversations.states import OfferKind, OfferOutcome, Phase
from routing.kinds import Channel, Presence
from routing.models import Representative, WorkStream


def limits() -> AlertSettings:
    """The organization's own, or the usual ones. One query."""
    return AlertSettings.objects.first() or AlertSettings()


def _offline(own: AlertSettings) -> Q:
    """In conversation with somebody who is gone. Records are worked on over days, so they don't count."""
    gone_before = Now() - timedelta(minutes=own.offline_minutes)
    gone = Q(
        representative__type=Representative.Type.PERSON,
        representative__presence=Presence.OFFLINE,
        representative__presence_since__lte=gone_before,
    )
    return in_phase(Phase.ACTIVE) & ~Q(channel=Channel.RECORD) & gone


def _transfer(own: AlertSettings) -> Q:
    """Offered to a second representative, who has neither accepted nor rejected; the first may not have either."""
    pending = Offer.objects.filter(
        conversation_id=OuterRef("pk"),
        kind=OfferKind.TRANSFER,
        outcome=OfferOutcome.PENDING,
        offered_at__lte=Now() - timedelta(seconds=own.transfer_seconds),
    )
    return (Q(transfer_pending=True) | in_phase(Phase.AWAITING)) & Q(Exists(pending))


def _wrap_up(own: AlertSettings) -> Q:
    """Longer than the limit, and than the work stream itself gives for it."""
    minutes = timedelta(minutes=own.wrap_up_minutes)
    hold = ExpressionWrapper(F("work_stream__wrap_up_hold_seconds") * timedelta(seconds=1), DurationField())
    given = Q(work_stream__wrap_up_rule=WorkStream.WrapUpRule.FOR_A_WHILE, status_since__gt=Now() - hold)
    return in_phase(Phase.WRAP_UP) & Q(status_since__lte=Now() - minutes) & ~given


def _waiting(own: AlertSettings) -> Q:
    """Left to wait for a customer who hasn't answered for so long that somebody should ask or close."""
    return in_phase(Phase.WAITING) & Q(status_since__lte=Now() - timedelta(hours=own.waiting_hours))


@dataclass(frozen=True, slots=True)
class Stuck:
    """`label` names the filter's value and the view; `one` and `many` what is counted; `advice` what can be done."""

    name: str
    label: str
    one: str
    many: str
    advice: str
    icon: str
    condition: Callable[[AlertSettings], Q]
    # For how long at least, in words.
    within: Callable[[AlertSettings], str]

    def counted(self, number: int) -> str:
        return f"{number:,} {self.one if number == 1 else self.many}"


STUCK: dict[str, Stuck] = {
    each.name: each
    for each in (
        Stuck(
            "offline",
            "Representative offline",
            "conversation with an offline representative",
            "conversations with offline representatives",
            "Nobody answers these customers. Transfer the conversations, or message the customers.",
            "user",
            _offline,
            lambda own: _many(own.offline_minutes, "minute"),
        ),
        Stuck(
            "transfer",
            "Transfer unanswered",
            "transfer unanswered",
            "transfers unanswered",
            "Who was asked to take over hasn’t answered. Transfer to somebody else.",
            "transfer",
            _transfer,
            lambda own: _many(own.transfer_seconds, "second"),
        ),
        Stuck(
            "wrap_up",
            "Wrap-up overdue",
            "wrap-up overdue",
            "wrap-ups overdue",
            "Their representatives may take no new work. Notify them, or close the conversations.",
            "status-wrap-up",
            _wrap_up,
            lambda own: _many(own.wrap_up_minutes, "minute"),
        ),
        Stuck(
            "waiting",
            "Waiting past the limit",
            "conversation waiting past the limit",
            "conversations waiting past the limit",
            "The customers haven’t answered. Message them, or close the conversations.",
            "status-waiting",
            _waiting,
            lambda own: _many(own.waiting_hours, "hour"),
        ),
    )
}
LABELS: dict[str, str] = {name: each.label for name, each in STUCK.items()}


def condition(names: Iterable[str], own: AlertSettings) -> Q:
    """Of several kinds any."""
    found = Q(pk__in=[])
    for name in names:
        found |= STUCK[name].condition(own)
    return found


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
