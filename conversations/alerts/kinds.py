"""The kinds of alerts, each with its condition and its words. Later layers register more when they are ready."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from contact_center.tenancy.models import OrganizationSettings
from conversations.models import Alert
from conversations.models.conversation import ONGOING_ROW
from conversations.rules import Action
from conversations.sentiment import level_of

Words = Callable[[Alert], tuple[str, str]]
# Where an alert leads that isn't about one conversation: the organization's slug is given with it.
Address = Callable[[Alert, str], str]


@dataclass(frozen=True, slots=True)
class AlertKind:
    """`words` gives title and text of an alert, which comes with its conversation, representative and queue.

    `holds` is the condition on a conversation while which the alert is open; None for kinds that are judged by
    `judging.py`. `ends_with` is the action by which it is done with, where there is one beside Ignore. `label` is what
    settings and the history call it, under the heading `group`.
    """

    name: str
    label: str
    group: str
    icon: str
    words: Words
    address: Address = lambda alert, slug: ""
    holds: Callable[[OrganizationSettings], Q] | None = None
    # The column that is kept as the alert's value.
    measures: str = ""
    ends_with: Action | None = None
    # Whether it needs somebody now, where its alerts have no level that says so.
    urgent: bool = True

    def tone(self, alert: Alert) -> str:
        """Red needs somebody now, amber soon."""
        now = alert.level == Alert.Level.CRITICAL if alert.level else self.urgent
        return "red" if now else "amber"


KINDS: dict[str, AlertKind] = {}


def register(kind: AlertKind) -> None:
    KINDS[kind.name] = kind


def of_conversations(off: Iterable[str] = ()) -> list[AlertKind]:
    """Those settled with each change of a conversation, without those that the organization doesn't want."""
    unwanted = frozenset(off)
    return [kind for kind in KINDS.values() if kind.holds is not None and kind.name not in unwanted]


def labels(names: Iterable[str] | None = None) -> dict[str, str]:
    """By name, in the order of the groups: for boxes to tick."""
    known = KINDS if names is None else {name: KINDS[name] for name in names if name in KINDS}
    return {kind.name: kind.label for kind in sorted(known.values(), key=lambda kind: kind.group)}


def _sentiment_words(alert: Alert) -> tuple[str, str]:
    row, level = alert.conversation, level_of(alert.value)
    assert row is not None  # noqa: S101  the kind is about conversations
    who = row.representative.name if row.representative else "nobody yet"
    mood = level.label if level else "Negative"
    return (
        f"{mood}: {row.customer_name or row.number}",
        f"“{row.subject}” with {who}. Sentiment {alert.value} of 100.",
    )


def _hand_words(alert: Alert) -> tuple[str, str]:
    row = alert.conversation
    assert row is not None  # noqa: S101  the kind is about conversations
    who = row.representative.name if row.representative else "A representative"
    return f"{who} raised a hand", f"{row.number}, “{row.subject}”: {row.hand_note}"


CUSTOMERS = "Conversations"
SENTIMENT = AlertKind(
    name="sentiment",
    label="Negative sentiment",
    group=CUSTOMERS,
    icon="sentiment-2",
    words=_sentiment_words,
    holds=lambda settings: ONGOING_ROW & Q(sentiment_score__lte=settings.sentiment_alert_threshold),
    measures="sentiment_score",
)
HAND = AlertKind(
    name="hand",
    label="Raised hand",
    group=CUSTOMERS,
    icon="hand",
    words=_hand_words,
    holds=lambda settings: ONGOING_ROW & Q(hand_raised_at__isnull=False),
    ends_with=Action.ANSWER_HAND,
)
register(SENTIMENT)
register(HAND)
