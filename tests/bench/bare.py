"""The same changes as a force close of the console, in one transaction of bare SQL by the same role."""

import json
import time
import uuid
from collections.abc import Sequence

import psycopg

from contact_center.audit.actions import AuditAction
from tests.bench.filling import Filler
from tests.bench.rows import Place
from tests.real_console import Console

TABLES = (
    "bulk_actions_bulkaction",
    "bulk_actions_bulkactionitem",
    "conversations_message",
    "conversations_outboxentry",
    "conversations_notification",
    "audit_auditevent",
)
_STATES = {
    name: {"status": status, "status_reason": reason, "queue_id": 1, "priority": 50, "representative_id": 1}
    for name, status, reason in (("before", "active", "in_conversation"), ("after", "closed", "force_closed"))
}
_LOCK = """
select id, version, status from conversations_conversation
where organization_id = %(organization)s and id = any(%(ids)s) order by id for update
"""
_OF = "organization_id = %(organization)s and conversation_id = any(%(ids)s)"
_UPDATES = (
    """update conversations_conversation set status = 'closed', status_reason = 'force_closed', status_since = now(),
       closed_at = now(), due_at = null, transfer_pending = false, units_held = 0, unanswered_since = null,
       force_close_reason_id = %(reason)s, version = version + 1, row_stamp = row_stamp + 1
       where organization_id = %(organization)s and id = any(%(ids)s)""",
    f"""update conversations_session set closed_at = now(), closure = 'SupervisorForceClosed'
        where {_OF} and closed_at is null""",
    f"""update conversations_queuesegment set left_at = now(), exit = 'SupervisorForceClosed'
        where {_OF} and left_at is null""",
    f"""update conversations_participant set left_at = now(), left_reason = 'SupervisorForceClosed'
        where {_OF} and left_at is null""",
)
_FREE_UNITS = """
update routing_representative r set units_used = units_used - held.units from (
    select representative_id as id, sum(units_held) as units from conversations_conversation
    where organization_id = %(organization)s and id = any(%(ids)s) group by 1) held
where r.organization_id = %(organization)s and r.id = held.id
"""


def bare_sql(console: Console, filler: Filler, place: Place, ids: Sequence[int]) -> float:
    """Seconds from BEGIN to the answer to COMMIT; connecting and looking at the tables isn't part of it."""
    with psycopg.connect(console.database_url) as connection:
        runtime = Filler(connection, like=filler)
        for table in TABLES:
            runtime.required(table)
        filler.connection.commit()
        begun = time.perf_counter()
        with connection.transaction():
            connection.execute("select set_config('app.organization_id', %s, true)", [str(place.id)])
            parameters = {"organization": place.id, "ids": ids, "reason": place.reason}
            connection.execute(_LOCK, parameters).fetchall()
            connection.execute(_FREE_UNITS, parameters)
            for statement in _UPDATES:
                connection.execute(statement, parameters)
            _insert(runtime, place, ids)
        return time.perf_counter() - begun


def _insert(runtime: Filler, place: Place, ids: Sequence[int]) -> None:
    operation = uuid.uuid4()
    where = f"where c.organization_id = {place.id} and c.id = any('{{{','.join(map(str, ids))}}}')"
    chosen = f"conversations_conversation c {where}"
    common = {"organization_id": str(place.id), "conversation_id": "c.id"}
    states = {name: f"'{json.dumps(state)}'::jsonb" for name, state in _STATES.items()}
    run = runtime.insert(
        "bulk_actions_bulkaction",
        {
            "organization_id": str(place.id),
            "key": f"'{operation}'",
            "action": "'force_close'",
            "title": "'Bare SQL'",
            "created_by_id": str(place.supervisor),
            "status": "'completed'",
            "total": str(len(ids)),
        },
        "(select 1) one",
        "id",
    )[0][0]
    runtime.insert(
        "conversations_message",
        {
            **common,
            "author": "'system'",
            "visibility": "'public'",
            "text": "'A supervisor ended the conversation.'",
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
        f"where m.organization_id = c.organization_id and m.conversation_id = c.id) m on true {where}",
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
        "conversations_conversation c join routing_representative r "
        f"on r.id = c.representative_id and r.membership_id is not null {where}",
    )
    runtime.insert(
        "audit_auditevent",
        {
            **common,
            **states,
            "action": str(int(AuditAction.FORCE_CLOSED)),
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
            "done_at": "now()",
        },
        chosen,
    )
