"""One organization with a million closed conversations of its own: the past that reports and message search read.

Half a year of 5,500 a day. Each has its stay, its session, its offers, whoever held it, and two messages.
"""

from conversations.states import Author, OfferKind, OfferOutcome, SessionClosure, Status
from tests.bench.filling import Filler
from tests.bench.rows import MIXED, Place, conversations, customers

DEEP, DAYS, ONGOING, COUNTED = 1_000_000, 180, 1_000, 31
# "cushion" was said in one conversation of ten thousand, "delivery" in every one of them.
SAID_BY_ALL, SAID_RARELY = "delivery", "cushion"
# One in seven left before anybody accepted.
_PAST = {
    "channel": "(array['live_chat', 'live_chat', 'whatsapp', 'sms', 'persistent_chat'])[1 + n / 20 % 5]",
    "sentiment_score": "n * 7 % 101",
    "is_abandoned": "n % 7 = 0",
    "representative_id": "case when n % 7 > 0 then person_id end",
    "first_accepted_at": "case when n % 7 > 0 then drawn.created_at + n % 90 * interval '1 second' end",
}


def fill_past(filler: Filler, place: Place) -> None:
    """Nothing, where it stands already."""
    (have,) = filler.connection.execute(
        "select count(*) from (select from conversations_conversation where organization_id = %s limit %s) c",
        [place.id, DEEP],
    ).fetchone()
    if have >= DEEP:
        return
    customers(filler, place)
    filler.connection.commit()
    with filler.bare("conversations_conversation"):
        conversations(filler, place, DEEP, f"'{Status.CLOSED}'", days=DAYS, otherwise=_PAST)
        conversations(filler, place, ONGOING, MIXED, days=7)
    filler.connection.commit()
    _courses(filler, place)
    _messages(filler, place)
    # The month that reports ask about is counted by the console itself, the rest would take as long again five times.
    filler.insert(
        "analytics_counting",
        {"organization_id": str(place.id), "counted_until": f"date_trunc('day', now()) - interval '{COUNTED} days'"},
        "generate_series(1, 1)",
    )
    filler.connection.commit()


def _courses(filler: Filler, place: Place) -> None:
    closed = f"conversations_conversation c where c.organization_id = {place.id} and c.status = '{Status.CLOSED}'"
    accepted = f"{closed} and c.first_accepted_at is not null"
    common = {"organization_id": "c.organization_id", "conversation_id": "c.id"}
    of_queue = {"queue_id": "c.queue_id", "accepted_at": "c.first_accepted_at"}
    person = {"representative_id": "c.representative_id"}
    left = f"case when c.is_abandoned then '{SessionClosure.CUSTOMER_DISCONNECTED}' else '' end"
    stay = {"entered_at": "c.created_at", "left_at": "c.closed_at", "entry": "'DirectQueueEntry'", "exit": left}
    held = {"mode": "'primary'", "added_at": "c.first_accepted_at", "joined_at": "c.first_accepted_at"}
    offer = {"kind": f"'{OfferKind.ROUTING}'", "offered_at": "c.created_at", "answered_at": "c.first_accepted_at"}
    # One in nine was rejected by somebody first.
    rejected = f"{accepted} and c.id % 9 = 0"
    for table, columns, source in (
        ("conversations_queuesegment", {**of_queue, **stay, "is_abandoned": "c.is_abandoned"}, closed),
        (
            "conversations_session",
            {**of_queue, **person, "opened_at": "c.created_at", "closed_at": "c.closed_at"},
            closed,
        ),
        ("conversations_participant", {**person, **held, "left_at": "c.closed_at"}, accepted),
        ("conversations_offer", {**person, **offer, "outcome": f"'{OfferOutcome.ACCEPTED}'"}, accepted),
        ("conversations_offer", {**person, **offer, "outcome": f"'{OfferOutcome.REJECTED}'"}, rejected),
    ):
        with filler.bare(table):
            filler.insert(table, {**common, **columns}, source)
        filler.connection.commit()


def _messages(filler: Filler, place: Place) -> None:
    """A question and an answer each."""
    said = (
        f"case when author = '{Author.CUSTOMER}' then 'When does my {SAID_BY_ALL} come? ' || c.subject "
        f"|| case when c.id % 10000 = 77 then ' with the {SAID_RARELY}' else '' end "
        "else 'It is on its way and comes tomorrow.' end"
    )
    with filler.bare("conversations_message"):
        filler.insert(
            "conversations_message",
            {
                "organization_id": "c.organization_id",
                "conversation_id": "c.id",
                "author": "author",
                "visibility": "'public'",
                "text": said,
                "created_at": "c.created_at",
            },
            f"conversations_conversation c, unnest(array['{Author.CUSTOMER}', '{Author.REPRESENTATIVE}']) author "
            f"where c.organization_id = {place.id}",
        )
    filler.connection.commit()
