"""Force close of many: from the click on Proceed to Completed, against the bare SQL of the same changes."""

import json
import re
import statistics
import time
import uuid
from collections.abc import Sequence

import psycopg

from contact_center.audit.actions import AuditAction
from tests.bench.browser import Browser
from tests.bench.data import Place, Places, active_conversations
from tests.bench.filling import Filler
from tests.bench.report import Row, Table
from tests.bench.viewer import Watching
from tests.real_console import Console

SIZES = (250, 500, 1000)
REPEATS = 5
BAR = 10
# Doubling the number may cost this much more than double, on a machine that does other things too.
LINEAR = 1.25
_KEY = re.compile(r'name="run_key" value="([^"]+)"')
# What a force close writes to, and the column that finds its rows.
WRITTEN = {
    "conversations_conversation": "id",
    "conversations_session": "conversation_id",
    "conversations_queuesegment": "conversation_id",
    "conversations_participant": "conversation_id",
    "conversations_message": "conversation_id",
    "conversations_outboxentry": "conversation_id",
    "conversations_notification": "conversation_id",
    "audit_auditevent": "conversation_id",
}


def measure(console: Console, places: Places) -> list[Table]:
    place = places.bulk
    console.start_worker()
    console.start_web()
    browser = Browser(console, f"supervisor1@{place.slug}.example")
    table = Table(
        "Force close of many",
        f"Median of {REPEATS}: HTTP POST of Proceed until the run is Completed in the database, with a real worker (2 "
        "processes), audit, notices, outbox and a supervisor watching the list; beside it the same rows in one "
        f"transaction of bare SQL as the same role. Bar: {BAR} ×, and linear.",
        ("Conversations", "Click to Completed", "Bare SQL", "Ratio", "Per conversation"),
    )
    with psycopg.connect(console.owner_url) as owner, Watching(console, place, browser.cookie) as watching:
        filler = Filler(owner)
        click_to_completed(filler, browser, place, 50)  # the worker's first task imports what it needs
        before = None
        for size in SIZES:
            runs, bare = [], []
            for _ in range(REPEATS):
                ids = active_conversations(filler, place, size, "bulk")
                bare.append(bare_sql(console, filler, place, ids))
                by_hand = rows_written(owner, place, ids)
                seconds, ids = click_to_completed(filler, browser, place, size)
                runs.append(seconds)
                assert rows_written(owner, place, ids) == by_hand, "The bare SQL does not write the same rows."
            each = statistics.median(runs), statistics.median(bare)
            ratio = each[0] / each[1]
            linear = before is None or each[0] <= before * 2 * LINEAR
            table.rows.append(
                Row(
                    (
                        f"{size:,}",
                        f"{each[0] * 1000:.0f} ms",
                        f"{each[1] * 1000:.0f} ms",
                        f"{ratio:.1f}",
                        f"{each[0] / size * 1000:.2f} ms",
                    ),
                    ratio <= BAR and linear,
                )
            )
            before = each[0]
        assert watching.frames > len(SIZES), "Nobody saw the rows leave."
    console.stop()
    return [table]


def click_to_completed(filler: Filler, browser: Browser, place: Place, size: int) -> tuple[float, list[int]]:
    ids = active_conversations(filler, place, size, f"bulk{uuid.uuid4().hex[:8]}")
    dialog = browser.post(place.path("conversations/actions/force_close/"), [("id", f"{id}:1") for id in ids])
    key = _KEY.search(dialog)[1]
    connection = filler.connection
    begun = time.perf_counter()
    browser.post(
        place.path("conversations/actions/force_close/start/"),
        {"run_key": key, "reason": str(place.reason), "note": ""},
    )
    while True:
        status, succeeded = connection.execute(
            "select status, succeeded from bulk_actions_bulkaction where organization_id = %s and key = %s",
            [place.id, key],
        ).fetchone()
        connection.commit()
        if status not in ("previewed", "queued", "running"):
            break
        assert time.perf_counter() - begun < 120, "The run does not end."
        time.sleep(0.002)
    seconds = time.perf_counter() - begun
    assert (status, succeeded) == ("completed", size), f"{status}, {succeeded} of {size}"
    return seconds, ids


def rows_written(owner: psycopg.Connection, place: Place, ids: Sequence[int]) -> dict[str, int]:
    found = {
        table: owner.execute(
            f"select count(*) from {table} where organization_id = %s and {column} = any(%s)",  # noqa: S608
            [place.id, ids],
        ).fetchone()[0]
        for table, column in WRITTEN.items()
    }
    owner.commit()
    return found


def bare_sql(console: Console, filler: Filler, place: Place, ids: Sequence[int]) -> float:
    """The same rows as a run of the console, in one transaction, by the same role under row security."""
    operation, now = uuid.uuid4(), "now()"
    with psycopg.connect(console.database_url) as connection:
        runtime = Filler(connection)
        runtime._required = filler._required  # looked up beforehand: it isn't part of the work
        for table in ("bulk_actions_bulkaction", "bulk_actions_bulkactionitem", *WRITTEN):
            filler._required(table)
        filler.connection.commit()
        begun = time.perf_counter()
        with connection.transaction():
            connection.execute("select set_config('app.organization_id', %s, true)", [str(place.id)])
            connection.execute(
                "select id, version, status from conversations_conversation where organization_id = %s and id = any(%s) order by id for update",
                [place.id, ids],
            ).fetchall()
            chosen = f"conversations_conversation c where c.organization_id = {place.id} and c.id = any('{{{','.join(map(str, ids))}}}')"
            ((run,),) = runtime.insert(
                "bulk_actions_bulkaction",
                {
                    "organization_id": str(place.id),
                    "key": f"'{operation}'",
                    "action": "'force_close'",
                    "title": "'bare'",
                    "created_by_id": str(place.supervisor),
                    "status": "'completed'",
                    "total": str(len(ids)),
                },
                "(select 1) one",
                "id",
            )
            connection.execute(
                f"""update routing_representative r set units_used = units_used - held.units from (
                      select representative_id as id, sum(units_held) as units from {chosen} group by 1) held where r.id = held.id"""  # noqa: S608
            )
            parameters = {"organization": place.id, "ids": ids, "reason": place.reason}
            for statement in _UPDATES:
                connection.execute(statement, parameters)
            common = {"organization_id": str(place.id), "conversation_id": "c.id"}
            states = {
                "before": f"'{json.dumps({'status': 'active', 'status_reason': 'in_conversation', 'queue_id': 1, 'priority': 50, 'representative_id': 1})}'::jsonb",
                "after": f"'{json.dumps({'status': 'closed', 'status_reason': 'force_closed', 'queue_id': 1, 'priority': 50, 'representative_id': 1})}'::jsonb",
            }
            runtime.insert(
                "conversations_message",
                {
                    **common,
                    "author": "'system'",
                    "visibility": "'public'",
                    "text": "'A supervisor ended the conversation.'",
                    "created_at": now,
                },
                chosen,
            )
            runtime.insert(
                "conversations_outboxentry",
                {
                    **common,
                    "kind": "'customer_message'",
                    "message_id": "m.id",
                    "idempotency_key": f"'{operation}:' || c.id || ':message:0'",
                    "status": "'pending'",
                },
                "conversations_conversation c join lateral (select max(id) as id from conversations_message m "
                f"where m.organization_id = c.organization_id and m.conversation_id = c.id) m on true {chosen.partition(' c ')[2]}",
            )
            runtime.insert(
                "conversations_notification",
                {
                    **common,
                    "membership_id": "r.membership_id",
                    "kind": "'force_closed'",
                    "title": "'C-' || c.id || ' was ended by a supervisor'",
                    "text": "'Somebody force closed “' || c.subject || '”.'",
                    "operation_id": f"'{operation}'",
                    "expires_at": "now() + interval '14 days'",
                },
                f"conversations_conversation c join routing_representative r on r.id = c.representative_id and r.membership_id is not null {chosen.partition(' c ')[2]}",
            )
            runtime.insert(
                "audit_auditevent",
                {
                    **common,
                    **states,
                    "action": str(int(AuditAction.FORCE_CLOSED)),
                    "at": now,
                    "membership_id": str(place.supervisor),
                    "object_type": "'conversation'",
                    "object_id": "c.id",
                    "operation_id": f"'{operation}'",
                },
                chosen,
            )
            runtime.insert(
                "bulk_actions_bulkactionitem",
                {
                    **common,
                    **states,
                    "bulk_action_id": str(run),
                    "version": "c.version",
                    "outcome": "'succeeded'",
                    "done_at": now,
                },
                chosen,
            )
        return time.perf_counter() - begun


_OF = "organization_id = %(organization)s and conversation_id = any(%(ids)s)"
_UPDATES = (
    """update conversations_conversation set status = 'closed', status_reason = 'force_closed', status_since = now(),
       closed_at = now(), due_at = null, transfer_pending = false, units_held = 0, unanswered_since = null,
       force_close_reason_id = %(reason)s, version = version + 1, row_stamp = row_stamp + 1
       where organization_id = %(organization)s and id = any(%(ids)s)""",
    f"update conversations_session set closed_at = now(), closure = 'SupervisorForceClosed' where {_OF} and closed_at is null",
    f"update conversations_queuesegment set left_at = now(), exit = 'SupervisorForceClosed' where {_OF} and left_at is null",
    f"update conversations_participant set left_at = now(), left_reason = 'SupervisorForceClosed' where {_OF} and left_at is null",
)
