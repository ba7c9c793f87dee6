"""The rows of the benchmark's conversations: one statement makes any number of them in one organization."""

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.states import Author, Priority, Status, StatusReason
from tests.bench.filling import Filler

CUSTOMERS = 5_000
UNITS = 30
# "parcel" stands in every subject, "refund" in one of ten, the zeppelin in one of twenty thousand.
COMMON, RARE = "parcel", "zeppelin"


@dataclass(frozen=True)
class Place:
    """One organization of the benchmark."""

    id: int
    slug: str
    work_stream: int
    queues: list[int]
    representatives: list[int]
    supervisor: int
    second_supervisor: int
    reason: int

    def path(self, rest: str = "conversations/") -> str:
        return f"/o/{self.slug}/{rest}"

    @property
    def key(self) -> str:
        return f"key-of-{self.slug}"


def customers(filler: Filler, place: Place) -> None:
    filler.insert(
        "conversations_customer",
        {"organization_id": str(place.id), "external_id": "'customer-' || n", "name": "'Customer ' || n"},
        f"generate_series(1, {CUSTOMERS}) n",
    )


MIXED = (
    # Spread by a prime, so that every page has some of each.
    f"case when n * 37 % 100 < 40 then '{Status.OPEN}' when n * 37 % 100 < 80 then '{Status.ACTIVE}' "
    f"when n * 37 % 100 < 95 then '{Status.WAITING}' else '{Status.WRAP_UP}' end"
)
_REASON = f"""case status when '{Status.OPEN}' then '{StatusReason.AWAITING_ASSIGNMENT}'
    when '{Status.ACTIVE}' then '{StatusReason.IN_CONVERSATION}'
    when '{Status.WAITING}' then '{StatusReason.AWAITING_CUSTOMER}'
    when '{Status.WRAP_UP}' then '{StatusReason.ENDED_BY_REPRESENTATIVE}' else '{StatusReason.ENDED_BY_CUSTOMER}' end"""


def conversations(
    filler: Filler,
    place: Place,
    count: int,
    status: str,
    *,
    days: int,
    subject: str = "",
    returning: str = "",
    otherwise: Mapping[str, str] = {},
) -> list[tuple]:
    """The newest has the highest number, as in life. Queues, people and words are spread by primes.

    `otherwise` are columns that differ, as expressions over n, the person and when each was created.
    """
    subject = subject or (
        f"'{COMMON} ' || case when n % 10 = 3 then 'refund' else 'question' end "
        f"|| case when n % 20000 = 777 or (n % 200 = 77 and {count} < 5000) then ' {RARE}' else '' end || ' ' || n"
    )
    queues, people = (f"'{{{','.join(map(str, ids))}}}'::bigint[]" for ids in (place.queues, place.representatives))
    source = f"""(
        select n, status, created_at, status in ('{Status.ACTIVE}', '{Status.WAITING}', '{Status.WRAP_UP}') as is_held,
               ({queues})[1 + (n * 7) % {len(place.queues)}] as queue_id,
               ({people})[1 + (n * 13) % {len(place.representatives)}] as person_id
        from (select n, {status} as status, now() - ({count} - n) * interval '{days} days' / {count} as created_at
              from generate_series(1, {count}) n) numbered
    ) drawn join conversations_customer customer
      on customer.organization_id = {place.id} and customer.external_id = 'customer-' || (1 + n % {CUSTOMERS})"""
    return filler.insert(
        "conversations_conversation",
        {
            "organization_id": str(place.id),
            "work_stream_id": str(place.work_stream),
            "queue_id": "queue_id",
            "representative_id": f"case when status <> '{Status.OPEN}' then person_id end",
            "customer_id": "customer.id",
            "customer_name": "customer.name",
            "kind": "'messaging'",
            "channel": "'live_chat'",
            "mode": "'live_chat'",
            "subject": subject,
            "status": "status",
            "status_reason": _REASON,
            "priority": str(int(Priority.NORMAL)),
            "units_held": f"case when status in ('{Status.ACTIVE}', '{Status.WRAP_UP}') then {UNITS} else 0 end",
            "version": "1",
            "row_stamp": "1",
            "created_at": "drawn.created_at",
            "queued_at": "drawn.created_at",
            "status_since": "drawn.created_at",
            "accepted_at": "case when is_held then drawn.created_at + interval '1 minute' end",
            "first_accepted_at": "case when is_held then drawn.created_at + interval '1 minute' end",
            "last_customer_message_at": "drawn.created_at",
            "closed_at": f"case when status = '{Status.CLOSED}' then drawn.created_at + interval '10 minutes' end",
            "customer_connected": "true",
            **otherwise,
        },
        source,
        returning,
    )


def active_conversations(filler: Filler, place: Place, count: int, subject: str) -> list[int]:
    """Conversations in talk with everything that belongs to them: session, stay, primary, held units, a message."""
    rows = conversations(
        filler,
        place,
        count,
        f"'{Status.ACTIVE}'",
        days=1,
        subject=f"'{subject} ' || n",
        returning="conversations_conversation.id",
    )
    ids = [row[0] for row in rows]
    listed = ",".join(map(str, ids))
    chosen = f"conversations_conversation c where c.organization_id = {place.id} and c.id = any('{{{listed}}}')"
    common = {"organization_id": str(place.id), "conversation_id": "c.id"}
    queue, person = {"queue_id": "c.queue_id"}, {"representative_id": "c.representative_id"}
    filler.insert(
        "conversations_session",
        {**common, **queue, **person, "opened_at": "c.created_at", "accepted_at": "c.accepted_at"},
        chosen,
    )
    filler.insert(
        "conversations_queuesegment",
        {
            **common,
            **queue,
            "entered_at": "c.created_at",
            "accepted_at": "c.accepted_at",
            "entry": "'DirectQueueEntry'",
        },
        chosen,
    )
    filler.insert(
        "conversations_participant",
        {**common, **person, "mode": "'primary'", "added_at": "c.created_at", "joined_at": "c.accepted_at"},
        chosen,
    )
    filler.insert(
        "conversations_message",
        {**common, "author": f"'{Author.CUSTOMER}'", "visibility": "'public'", "text": "'Where is it?'"},
        chosen,
    )
    filler.connection.execute(
        f"""update routing_representative r set units_used = units_used + held.units from (
              select representative_id as id, sum(units_held) as units from {chosen} group by 1) held
            where r.id = held.id"""
    )
    filler.connection.commit()
    return ids
