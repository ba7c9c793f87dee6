"""The conversations that the benchmarks run over: a million in twenty organizations."""

import json
from dataclasses import dataclass

import psycopg

from conversations.states import Author, Priority, Status, StatusReason
from tests.bench.filling import Filler
from tests.real_console import Console

ORGANIZATIONS = 20
TOTAL = 1_000_000
LARGE, MIDDLE, SMALL = 100_000, 10_000, 1_000
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


@dataclass(frozen=True)
class Places:
    large: Place
    small: Place
    bulk: Place
    live: Place
    intake: Place
    middle: Place


def prepare(console: Console, *, fresh: bool) -> Places:
    """The database, made on the first run and kept. Migrations are caught up in any case."""
    if fresh or not console.database_exists():
        console.create_database()
    console.home.mkdir(parents=True, exist_ok=True)
    console.migrate()
    described = json.loads(console.run("-m", "tests.bench.configure", str(ORGANIZATIONS)))
    places = [Place(**each) for each in described]
    with psycopg.connect(console.owner_url) as connection:
        filler = Filler(connection)
        (have,) = connection.execute(
            "select count(*) from (select from conversations_conversation limit %s) c", [TOTAL]
        ).fetchone()
        if have < TOTAL:
            fill(filler, places)
        (stays,) = connection.execute(
            "select exists (select from conversations_queuesegment where left_at is not null)"
        ).fetchone()
        if not stays:
            _courses_of_closed(filler)
        _to_middle(filler, places[5])
        _views_and_moods(filler, [places[0], places[1], places[5]])
    with psycopg.connect(console.owner_url, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
    return Places(*places[:6])


def fill(filler: Filler, places: list[Place]) -> None:
    ongoing = [LARGE if position == 0 else SMALL for position in range(len(places))]
    closed = (TOTAL - sum(ongoing)) // len(places)
    for place in places:
        filler.insert(
            "conversations_customer",
            {"organization_id": str(place.id), "external_id": "'customer-' || n", "name": "'Customer ' || n"},
            f"generate_series(1, {CUSTOMERS}) n",
        )
    # Keys can't be dropped while checks of them are pending.
    filler.connection.commit()
    with filler.bare("conversations_conversation"):
        for place, count in zip(places, ongoing, strict=True):
            _conversations(filler, place, closed, f"'{Status.CLOSED}'", days=180)
            # Of those that are watched live, every row shows a running wait.
            _conversations(filler, place, count, f"'{Status.OPEN}'" if place is places[3] else _MIXED, days=7)
    for place in places:
        filler.connection.execute(
            """update routing_representative r set units_used = held.units from (
                 select representative_id as id, sum(units_held) as units from conversations_conversation
                 where organization_id = %s and status <> 'closed' group by 1) held
               where r.id = held.id and held.units > 0""",
            [place.id],
        )


def _courses_of_closed(filler: Filler) -> None:
    """One stay and one session of each closed conversation: six of seven were accepted, the others abandoned."""
    filler.connection.execute(
        f"""update conversations_conversation
            set is_abandoned = id % 7 = 0,
                first_accepted_at = case when id % 7 > 0 then created_at + (id % 90) * interval '1 second' end
            where status = '{Status.CLOSED}'"""
    )
    filler.connection.commit()
    closed = f"conversations_conversation c where c.status = '{Status.CLOSED}'"
    common = {
        "organization_id": "c.organization_id",
        "conversation_id": "c.id",
        "queue_id": "c.queue_id",
        "accepted_at": "c.first_accepted_at",
    }
    with filler.bare("conversations_queuesegment"):
        filler.insert(
            "conversations_queuesegment",
            {
                **common,
                "entered_at": "c.created_at",
                "left_at": "c.closed_at",
                "entry": "'DirectQueueEntry'",
                "is_abandoned": "c.is_abandoned",
            },
            closed,
        )
    filler.connection.commit()
    with filler.bare("conversations_session"):
        columns = {**common, "opened_at": "c.created_at", "closed_at": "c.closed_at"}
        filler.insert("conversations_session", columns, closed)
    filler.connection.commit()


def _to_middle(filler: Filler, place: Place) -> None:
    """One organization between the small ones and the large one."""
    (have,) = filler.connection.execute(
        "select count(*) from conversations_conversation where organization_id = %s and status <> 'closed'", [place.id]
    ).fetchone()
    if have < MIDDLE:
        _conversations(filler, place, MIDDLE - have, _MIXED, days=7)
        filler.connection.commit()


def _views_and_moods(filler: Filler, places: list[Place]) -> None:
    """Twenty views of the second supervisor, one for each queue; one customer in a hundred is unhappy and waits."""
    for place in places:
        (has_views,) = filler.connection.execute(
            "select exists (select from conversations_savedview where organization_id = %s)", [place.id]
        ).fetchone()
        if has_views:
            continue
        filler.insert(
            "conversations_savedview",
            {
                "organization_id": str(place.id),
                "owner_id": str(place.second_supervisor),
                "page": "'conversations'",
                "name": "'Queue ' || n",
                "query": "'queue=' || n",
            },
            f"unnest('{{{','.join(map(str, place.queues))}}}'::bigint[]) n",
        )
        filler.connection.execute(
            """update conversations_conversation set sentiment_score = 20, unanswered_since = created_at
               where organization_id = %s and status <> 'closed' and id %% 100 = 7""",
            [place.id],
        )
        filler.connection.commit()


_MIXED = (
    # Spread by a prime, so that every page has some of each.
    f"case when n * 37 % 100 < 40 then '{Status.OPEN}' when n * 37 % 100 < 80 then '{Status.ACTIVE}' "
    f"when n * 37 % 100 < 95 then '{Status.WAITING}' else '{Status.WRAP_UP}' end"
)
_REASON = f"""case status when '{Status.OPEN}' then '{StatusReason.AWAITING_ASSIGNMENT}'
    when '{Status.ACTIVE}' then '{StatusReason.IN_CONVERSATION}'
    when '{Status.WAITING}' then '{StatusReason.AWAITING_CUSTOMER}'
    when '{Status.WRAP_UP}' then '{StatusReason.ENDED_BY_REPRESENTATIVE}' else '{StatusReason.ENDED_BY_CUSTOMER}' end"""


def _conversations(
    filler: Filler, place: Place, count: int, status: str, *, days: int, subject: str = "", returning: str = ""
) -> list[tuple]:
    """The newest has the highest number, as in life. Queues, people and words are spread by primes."""
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
        },
        source,
        returning,
    )


def active_conversations(filler: Filler, place: Place, count: int, subject: str) -> list[int]:
    """Conversations in talk with everything that belongs to them: session, stay, primary, held units, a message."""
    rows = _conversations(
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
