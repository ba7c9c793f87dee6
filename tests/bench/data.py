"""The conversations that the benchmarks run over: a million in twenty organizations, and a past of a million in one."""

import json
from dataclasses import dataclass

import psycopg

from conversations.states import Status
from tests.bench.filling import Filler
from tests.bench.past import fill_past
from tests.bench.rows import MIXED, Place, conversations, customers
from tests.real_console import Console

ORGANIZATIONS = 20
TOTAL = 1_000_000
LARGE, MIDDLE, SMALL = 100_000, 10_000, 1_000


@dataclass(frozen=True)
class Places:
    large: Place
    small: Place
    bulk: Place
    live: Place
    intake: Place
    middle: Place
    # A million closed ones of its own, beside the million of all the others.
    deep: Place


def prepare(console: Console, *, fresh: bool) -> Places:
    """The database, made on the first run and kept. Migrations are caught up in any case."""
    if fresh or not console.database_exists():
        console.create_database()
    console.home.mkdir(parents=True, exist_ok=True)
    console.migrate()
    described = json.loads(console.run("-m", "tests.bench.configure", str(ORGANIZATIONS + 1)))
    *places, deep = [Place(**each) for each in described]
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
        fill_past(filler, deep)
    with psycopg.connect(console.owner_url, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
    return Places(*places[:6], deep)


def fill(filler: Filler, places: list[Place]) -> None:
    ongoing = [LARGE if position == 0 else SMALL for position in range(len(places))]
    closed = (TOTAL - sum(ongoing)) // len(places)
    for place in places:
        customers(filler, place)
    # Keys can't be dropped while checks of them are pending.
    filler.connection.commit()
    with filler.bare("conversations_conversation"):
        for place, count in zip(places, ongoing, strict=True):
            conversations(filler, place, closed, f"'{Status.CLOSED}'", days=180)
            # Of those that are watched live, every row shows a running wait.
            conversations(filler, place, count, f"'{Status.OPEN}'" if place is places[3] else MIXED, days=7)
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
        conversations(filler, place, MIDDLE - have, MIXED, days=7)
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
